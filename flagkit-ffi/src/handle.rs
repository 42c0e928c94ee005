//! Handles: pointers to what C cannot look into, with their ownership in the type.
//!
//! Whether a pointer stands for the only owner or for one of many is said once, where its type is
//! declared. Giving back what is shared as if it was not does not compile.

use std::sync::Arc;

/// A type that C holds pointers to.
pub(crate) trait Handle: Sized {
    /// [`Sole`] or [`Shared`].
    type Ownership;
}

/// A pointer is the only owner.
#[derive(Debug)]
pub(crate) struct Sole;

/// A pointer is one of several owners.
#[derive(Debug)]
pub(crate) struct Shared;

/// What a pointer points to; `None` for NULL.
///
/// # Safety
///
/// The pointer is NULL, or was given away by this module and not taken back. It stays so for `'a`,
/// and nobody changes what it points to meanwhile.
#[inline]
pub(crate) unsafe fn borrow<'a, T: Handle>(pointer: *const T) -> Option<&'a T> {
    // SAFETY: what was given away points to a T, and the caller says that it is still there.
    unsafe { pointer.as_ref() }
}

/// The same to change it.
///
/// # Safety
///
/// As for [`borrow`], and nobody else uses it during `'a`.
pub(crate) unsafe fn borrow_mut<'a, T: Handle<Ownership = Sole>>(
    pointer: *mut T,
) -> Option<&'a mut T> {
    // SAFETY: as above, and the caller says that there is no other reference.
    unsafe { pointer.as_mut() }
}

/// Gives something away to its only owner.
pub(crate) fn give<T: Handle<Ownership = Sole>>(value: T) -> *mut T {
    Box::into_raw(Box::new(value))
}

/// Takes it back; `None` for NULL.
///
/// # Safety
///
/// The pointer is NULL or came from [`give`], and nobody uses it any more.
pub(crate) unsafe fn take<T: Handle<Ownership = Sole>>(pointer: *mut T) -> Option<Box<T>> {
    // SAFETY: `give` made it from a box, and the caller gives it back once.
    (!pointer.is_null()).then(|| unsafe { Box::from_raw(pointer) })
}

/// Gives one share of something away.
pub(crate) fn give_share<T: Handle<Ownership = Shared>>(value: Arc<T>) -> *mut T {
    Arc::into_raw(value).cast_mut()
}

/// One share more; `None` for NULL.
///
/// # Safety
///
/// The pointer is NULL or a share that is given away.
pub(crate) unsafe fn share<T: Handle<Ownership = Shared>>(pointer: *const T) -> Option<Arc<T>> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: `give_share` made it from an Arc, of which the caller still has a share.
    unsafe { Arc::increment_strong_count(pointer) };
    // SAFETY: the share that was just made.
    Some(unsafe { Arc::from_raw(pointer) })
}

/// Takes one share back; `None` for NULL.
///
/// # Safety
///
/// The pointer is NULL or a share that is given away, and this share is not used any more.
pub(crate) unsafe fn take_share<T: Handle<Ownership = Shared>>(pointer: *mut T) -> Option<Arc<T>> {
    // SAFETY: as above; the caller gives this share back once.
    (!pointer.is_null()).then(|| unsafe { Arc::from_raw(pointer) })
}
