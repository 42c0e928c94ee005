//! Structs that grow: the caller says in `size` how much of one there is.
//!
//! A program that was compiled against an older header has shorter structs, one that was compiled
//! against a newer header longer ones. Fields are only ever added at the end, so what both know is
//! the beginning.

use std::{mem, ptr};

use crate::status::{FLAGKIT_INVALID_SIZE, FLAGKIT_NULL_PARAMETER, flagkit_status};

/// A struct of the header whose first field is `size: u32`.
///
/// # Safety
///
/// The type is `repr(C)`, begins with its size as `u32`, and is whole if all its bytes are 0.
pub(crate) unsafe trait Sized32: Copy {
    /// The same with this size in its first field.
    fn with_size(self, size: u32) -> Self;
}

/// How large the caller's struct is.
///
/// # Safety
///
/// `place` is NULL or points to a struct of the caller's that begins with its size.
pub(crate) unsafe fn size_of<T: Sized32>(place: *const T) -> Result<usize, flagkit_status> {
    if place.is_null() {
        return Err(FLAGKIT_NULL_PARAMETER);
    }
    // SAFETY: it is not NULL, and begins with four bytes that the caller has set.
    check(unsafe { place.cast::<u32>().read() } as usize)
}

/// Whether a struct of the caller's can be so large.
pub(crate) fn check(size: usize) -> Result<usize, flagkit_status> {
    // With less than 8 there is no field besides the size.
    if (8..=SIZE_MAX).contains(&size) { Ok(size) } else { Err(FLAGKIT_INVALID_SIZE) }
}

/// What the caller's struct says; fields that it does not have are 0.
///
/// # Safety
///
/// As for [`size_of`], and there are as many bytes as its size says.
pub(crate) unsafe fn read<T: Sized32>(place: *const T) -> Result<T, flagkit_status> {
    // SAFETY: as the caller says.
    let size = unsafe { size_of(place) }?;
    // SAFETY: by the contract of the trait.
    let mut value: T = unsafe { mem::zeroed() };
    let known = size.min(mem::size_of::<T>());
    // SAFETY: both have that many bytes, and nobody else has `value` yet.
    unsafe { ptr::copy_nonoverlapping(place.cast::<u8>(), (&raw mut value).cast(), known) };
    Ok(value)
}

/// Fills a struct of this size; fields that only the caller knows become 0.
///
/// # Safety
///
/// `place` points to `size` bytes that may be written, and `size` has been [checked](check).
pub(crate) unsafe fn write<T: Sized32>(place: *mut T, size: usize, value: T) {
    let value = value.with_size(u32::try_from(size).unwrap_or_default());
    let (known, bytes) = (size.min(mem::size_of::<T>()), place.cast::<u8>());
    // SAFETY: both have that many bytes.
    unsafe { ptr::copy_nonoverlapping((&raw const value).cast::<u8>(), bytes, known) };
    // SAFETY: from `known` on, the caller has that many bytes more.
    unsafe { bytes.add(known).write_bytes(0, size - known) };
}

/// More than this is a number that nobody has set.
const SIZE_MAX: usize = 65_536;
