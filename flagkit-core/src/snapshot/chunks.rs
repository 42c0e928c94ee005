//! A list whose versions share what they have in common.

use std::sync::Arc;

/// A list in pages of 256. A clone copies one pointer per page; a change copies
/// one page, and only if another version still shares it.
#[derive(Clone, Debug)]
pub(crate) struct Chunks<T> {
    pages: Vec<Arc<[T; PAGE]>>,
    len: u32,
}

impl<T: Clone + Default> Chunks<T> {
    #[inline]
    pub(crate) fn get(&self, index: u32) -> Option<&T> {
        let index = index as usize;
        self.pages.get(index / PAGE)?.get(index % PAGE)
    }

    /// Puts an item at a place, growing the list up to it.
    pub(crate) fn set(&mut self, index: u32, item: T) {
        self.len = self.len.max(index.saturating_add(1));
        let place = index as usize;
        while self.pages.len() <= place / PAGE {
            self.pages.push(Arc::new(std::array::from_fn(|_| T::default())));
        }
        if let Some(page) = self.pages.get_mut(place / PAGE)
            && let Some(slot) = Arc::make_mut(page).get_mut(place % PAGE)
        {
            *slot = item;
        }
    }

    /// Takes an item out of its place.
    pub(crate) fn take(&mut self, index: u32) -> T {
        let place = index as usize;
        let page = self.pages.get_mut(place / PAGE).map(Arc::make_mut);
        page.and_then(|page| page.get_mut(place % PAGE)).map(std::mem::take).unwrap_or_default()
    }

    /// One more than the last place that was ever set.
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flat_map(|page| page.iter()).take(self.len as usize)
    }
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self { pages: Vec::new(), len: 0 }
    }
}

const PAGE: usize = 256;
