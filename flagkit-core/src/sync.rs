//! Shared state, or its model: under `--cfg loom` the types of the model checker.

use std::sync::Arc;

#[cfg(not(loom))]
pub(crate) use {
    arc_swap::ArcSwap as Swap,
    std::sync::atomic::{AtomicU64, Ordering},
};

/// A list that only grows, at its front. Nobody who reads or adds waits for another.
pub(crate) struct List<T> {
    #[cfg(not(loom))]
    first: arc_swap::ArcSwapOption<Node<T>>,
    #[cfg(loom)]
    first: loom::sync::RwLock<Option<Arc<Node<T>>>>,
}

struct Node<T> {
    item: T,
    next: Option<Arc<Node<T>>>,
}

impl<T: Clone> List<T> {
    /// Adds an item.
    pub(crate) fn push(&self, item: T) {
        let node = |next: &Option<Arc<Node<T>>>| {
            Some(Arc::new(Node { item: item.clone(), next: next.clone() }))
        };
        #[cfg(not(loom))]
        self.first.rcu(node);
        #[cfg(loom)]
        if let Ok(mut first) = self.first.write() {
            *first = node(&first);
        }
    }

    /// The first item that is it.
    pub(crate) fn find(&self, mut is_it: impl FnMut(&T) -> bool) -> Option<T> {
        let first = self.load();
        let mut next = &first;
        while let Some(node) = next {
            if is_it(&node.item) {
                return Some(node.item.clone());
            }
            next = &node.next;
        }
        None
    }

    /// Looks at all items.
    pub(crate) fn each(&self, mut look: impl FnMut(&T)) {
        self.find(|item| {
            look(item);
            false
        });
    }

    /// All items.
    pub(crate) fn to_vec(&self) -> Vec<T> {
        let mut items = Vec::new();
        self.each(|item| items.push(item.clone()));
        items
    }

    #[cfg(not(loom))]
    fn load(&self) -> Option<Arc<Node<T>>> {
        self.first.load_full()
    }

    #[cfg(loom)]
    fn load(&self) -> Option<Arc<Node<T>>> {
        self.first.read().ok().and_then(|first| first.clone())
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { first: Option::<Arc<Node<T>>>::None.into() }
    }
}

impl<T> Drop for Node<T> {
    /// One after the other: a long list would otherwise need a deep stack.
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(node) = next {
            next = Arc::into_inner(node).and_then(|mut node| node.next.take());
        }
    }
}

#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicU64, Ordering};

/// What the model takes for the atomic pointer: its promises, not its mechanism.
#[cfg(loom)]
pub(crate) struct Swap<T>(loom::sync::RwLock<std::sync::Arc<T>>);

#[cfg(loom)]
impl<T> Swap<T> {
    pub(crate) fn from_pointee(value: T) -> Self {
        Self(loom::sync::RwLock::new(std::sync::Arc::new(value)))
    }

    pub(crate) fn store(&self, value: std::sync::Arc<T>) {
        if let Ok(mut place) = self.0.write() {
            *place = value;
        }
    }

    pub(crate) fn load_full(&self) -> std::sync::Arc<T> {
        match self.0.read() {
            Ok(place) => place.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }
}
