//! Columns in memory of Arrow and of `NumPy`, read where they lie.
//!
//! This is the one file of the crate with unsafe code, because both hand out addresses. What it
//! relies on is what whoever hands them out promises: Arrow's C data interface, and `NumPy`'s array
//! interface. Everything that can be checked is: null, alignment, lengths, offsets, UTF-8. Whoever
//! holds the memory is held as long as it is read, and so is the interpreter; other threads must not
//! write to a column meanwhile, as with any other library that reads one.

use std::ffi::{CStr, c_char, c_void};

use flagkit::{Rows, ValueRef};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};

/// Memory of somebody else, and who keeps it.
pub(super) struct Foreign<'py> {
    memory: Memory,
    len: usize,
    /// The first row: rows of Arrow's arrays may begin behind their memory.
    offset: usize,
    /// A bit for each row, from the beginning of the memory on; null, if all rows are there.
    validity: *const u8,
    _keeper: (Bound<'py, PyAny>, Option<Bound<'py, PyAny>>),
}

/// What lies in it, and where.
#[derive(Clone, Copy)]
enum Memory {
    Bits(*const u8),
    Bytes(*const u8),
    I8(*const i8),
    I16(*const i16),
    I32(*const i32),
    I64(*const i64),
    U8(*const u8),
    U16(*const u16),
    U32(*const u32),
    U64(*const u64),
    F32(*const f32),
    F64(*const f64),
    /// Offsets and bytes.
    Texts(*const i32, *const u8),
    LargeTexts(*const i64, *const u8),
}

/// `ArrowSchema` of the C data interface, as far as it is read.
#[repr(C)]
struct ArrowSchema {
    format: *const c_char,
    _names: [*const c_char; 2],
    _numbers: [i64; 2],
    _children: *mut c_void,
    dictionary: *mut c_void,
    release: *mut c_void,
    _private_data: *mut c_void,
}

/// `ArrowArray` of the C data interface, as far as it is read.
#[repr(C)]
struct ArrowArray {
    length: i64,
    _null_count: i64,
    offset: i64,
    buffer_count: i64,
    _child_count: i64,
    buffers: *const *const c_void,
    _children: *mut c_void,
    _dictionary: *mut c_void,
    release: *mut c_void,
    _private_data: *mut c_void,
}

impl<'py> Foreign<'py> {
    /// An array of Arrow: anything with `__arrow_c_array__` of a type that is read here.
    pub(super) fn of_arrow(value: &Bound<'py, PyAny>) -> Option<Self> {
        let exported = value.call_method0(intern!(value.py(), "__arrow_c_array__")).ok()?;
        let (schema, array): (Bound<'py, PyCapsule>, Bound<'py, PyCapsule>) =
            exported.extract().ok()?;
        let schema_at = schema.pointer_checked(Some(c"arrow_schema")).ok()?.cast::<ArrowSchema>();
        let array_at = array.pointer_checked(Some(c"arrow_array")).ok()?.cast::<ArrowArray>();
        // SAFETY: capsules of these names hold these structs until they are dropped, which is not
        // before the end of this function.
        let (schema_read, array_read) = unsafe { (schema_at.as_ref(), array_at.as_ref()) };
        if schema_read.release.is_null()
            || array_read.release.is_null()
            || !schema_read.dictionary.is_null()
        {
            return None;
        }
        // SAFETY: the format of a schema that is not released is a text of C.
        let format = unsafe { CStr::from_ptr(schema_read.format) }.to_bytes();
        let buffer = |place: usize| -> Option<*const c_void> {
            let count = usize::try_from(array_read.buffer_count).ok()?;
            if place >= count || array_read.buffers.is_null() {
                return None;
            }
            // SAFETY: there are as many addresses as the array says.
            Some(unsafe { *array_read.buffers.add(place) })
        };
        let memory = Memory::of_arrow(format, buffer(1)?, buffer(2).unwrap_or(std::ptr::null()))?;
        Some(Self {
            memory,
            len: usize::try_from(array_read.length).ok()?,
            offset: usize::try_from(array_read.offset).ok()?,
            validity: buffer(0)?.cast(),
            _keeper: (array.into_any(), Some(schema.into_any())),
        })
    }

    /// An array of `NumPy` with one dimension and no gaps, of numbers or booleans.
    pub(super) fn of_numpy(value: &Bound<'py, PyAny>) -> Option<Self> {
        let py = value.py();
        let ndarray = py.import(intern!(py, "numpy")).ok()?.getattr(intern!(py, "ndarray")).ok()?;
        if !value.is_exact_instance(&ndarray) {
            return None;
        }
        let said =
            value.getattr(intern!(py, "__array_interface__")).ok()?.cast_into::<PyDict>().ok()?;
        let item = |name| said.get_item(name).ok().flatten();
        let (address, _): (usize, bool) = item("data")?.extract().ok()?;
        let (len,): (usize,) = item("shape")?.extract().ok()?;
        if item("strides").is_some_and(|strides| !strides.is_none()) {
            return None;
        }
        let kind: String = item("typestr")?.extract().ok()?;
        let memory = Memory::of_numpy(&kind, std::ptr::with_exposed_provenance(address))?;
        let keeper = (value.clone(), None);
        Some(Self { memory, len, offset: 0, validity: std::ptr::null(), _keeper: keeper })
    }
}

impl Memory {
    /// What a format of Arrow's says; `None` for others, and for addresses that cannot be right.
    fn of_arrow(format: &[u8], first: *const c_void, second: *const c_void) -> Option<Self> {
        Some(match format {
            b"b" => Self::Bits(aligned(first)?),
            b"c" => Self::I8(aligned(first)?),
            b"s" => Self::I16(aligned(first)?),
            b"i" => Self::I32(aligned(first)?),
            b"l" => Self::I64(aligned(first)?),
            b"C" => Self::U8(aligned(first)?),
            b"S" => Self::U16(aligned(first)?),
            b"I" => Self::U32(aligned(first)?),
            b"L" => Self::U64(aligned(first)?),
            b"f" => Self::F32(aligned(first)?),
            b"g" => Self::F64(aligned(first)?),
            b"u" => Self::Texts(aligned(first)?, second.cast()),
            b"U" => Self::LargeTexts(aligned(first)?, second.cast()),
            _ => return None,
        })
    }

    /// The same for `NumPy`'s words, in the byte order of the machine.
    fn of_numpy(kind: &str, at: *const c_void) -> Option<Self> {
        let order = if cfg!(target_endian = "little") { '<' } else { '>' };
        Some(match kind.trim_start_matches([order, '|']) {
            "b1" => Self::Bytes(aligned(at)?),
            "i1" => Self::I8(aligned(at)?),
            "i2" => Self::I16(aligned(at)?),
            "i4" => Self::I32(aligned(at)?),
            "i8" => Self::I64(aligned(at)?),
            "u1" => Self::U8(aligned(at)?),
            "u2" => Self::U16(aligned(at)?),
            "u4" => Self::U32(aligned(at)?),
            "u8" => Self::U64(aligned(at)?),
            "f4" => Self::F32(aligned(at)?),
            "f8" => Self::F64(aligned(at)?),
            _ => return None,
        })
    }
}

/// The address, if it can be one of such things.
fn aligned<T>(at: *const c_void) -> Option<*const T> {
    let at = at.cast::<T>();
    (!at.is_null() && at.is_aligned()).then_some(at)
}

impl Rows for Foreign<'_> {
    fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn get(&self, row: usize) -> Option<ValueRef<'_>> {
        if row >= self.len {
            return None;
        }
        let place = row.checked_add(self.offset)?;
        if !self.validity.is_null() && !bit(self.validity, place) {
            return None;
        }
        Some(match self.memory {
            Memory::Bits(at) => ValueRef::Boolean(bit(at, place)),
            Memory::Bytes(at) => ValueRef::Boolean(at_place(at, place) != 0),
            Memory::I8(at) => ValueRef::Integer(at_place(at, place).into()),
            Memory::I16(at) => ValueRef::Integer(at_place(at, place).into()),
            Memory::I32(at) => ValueRef::Integer(at_place(at, place).into()),
            Memory::I64(at) => ValueRef::Integer(at_place(at, place)),
            Memory::U8(at) => ValueRef::Integer(at_place(at, place).into()),
            Memory::U16(at) => ValueRef::Integer(at_place(at, place).into()),
            Memory::U32(at) => ValueRef::Integer(at_place(at, place).into()),
            Memory::U64(at) => at_place(at, place).into(),
            Memory::F32(at) => ValueRef::Float(at_place(at, place).into()),
            Memory::F64(at) => ValueRef::Float(at_place(at, place)),
            Memory::Texts(offsets, bytes) => {
                let (start, end) = (at_place(offsets, place), at_place(offsets, place + 1));
                self.text(bytes, start.into(), end.into())?
            }
            Memory::LargeTexts(offsets, bytes) => {
                let (start, end) = (at_place(offsets, place), at_place(offsets, place + 1));
                self.text(bytes, start, end)?
            }
        })
    }
}

impl Foreign<'_> {
    /// The text between two offsets; `None` where they are none, or it is no UTF-8.
    #[inline]
    #[expect(clippy::unused_self, reason = "the text borrows the keeper of the memory")]
    fn text(&self, bytes: *const u8, start: i64, end: i64) -> Option<ValueRef<'_>> {
        let start = usize::try_from(start).ok()?;
        let len = usize::try_from(end).ok()?.checked_sub(start)?;
        if len == 0 {
            return Some(ValueRef::String(""));
        }
        if bytes.is_null() {
            return None;
        }
        // SAFETY: the bytes of a row lie between its offsets, and their keeper lives as long as we
        // do, whom the text borrows.
        let bytes = unsafe { std::slice::from_raw_parts(bytes.add(start), len) };
        std::str::from_utf8(bytes).ok().map(ValueRef::String)
    }
}

/// What lies at this place.
#[inline]
fn at_place<T: Copy>(at: *const T, place: usize) -> T {
    // SAFETY: `place` is below length and offset of the memory, which `get` has checked; offsets of
    // texts have one more. The address is aligned, which `aligned` has checked.
    unsafe { *at.add(place) }
}

/// The bit at this place.
#[inline]
fn bit(at: *const u8, place: usize) -> bool {
    at_place(at, place / 8) >> (place % 8) & 1 == 1
}
