//! One flag for many contexts, in arrays of the caller's.

use std::cell::Cell;
use std::ffi::c_void;
use std::slice;

use flagkit::{Column, Key, Rows, ServedColumn, Value, ValueRef};

use crate::boundary::boundary;
use crate::context::elements;
use crate::flag_id::{self, flagkit_flag_id};
use crate::handle;
use crate::sized::{self, Sized32};
use crate::status::{
    self, FLAGKIT_INVALID_PARAMETER, FLAGKIT_INVALID_UTF8, FLAGKIT_LIMIT_EXCEEDED,
    FLAGKIT_NULL_PARAMETER, FLAGKIT_OK, FLAGKIT_PANIC, flagkit_status,
};
use crate::strings::flagkit_str;
use crate::view::flagkit_view;
use crate::words::{
    self, FLAGKIT_TYPE_BOOLEAN, FLAGKIT_TYPE_DOUBLE, FLAGKIT_TYPE_INTEGER, FLAGKIT_TYPE_STRING,
};

/// The variant of a row that has none.
pub const FLAGKIT_NO_VARIANT: u32 = 0xFFFF_FFFF;

/// Values of one attribute, one for each row. Read during the call, never copied.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct flagkit_column {
    /// The name of the attribute; not looked at for targeting keys.
    pub name: flagkit_str,
    /// What `rows` is an array of: `FLAGKIT_TYPE_STRING` (`flagkit_str`), `FLAGKIT_TYPE_INTEGER`
    /// (`int64_t`), `FLAGKIT_TYPE_DOUBLE` (`double`) or `FLAGKIT_TYPE_BOOLEAN` (`bool`).
    pub kind: u32,
    /// 0.
    pub reserved: u32,
    /// The values. A text whose `ptr` is NULL is absent.
    pub rows: *const c_void,
    /// Whether each row has a value; NULL if all have one.
    pub present: *const bool,
}

/// Where `flagkit_evaluate_column` puts what it finds: arrays with one place for each row, or NULL for
/// what is not wanted.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct flagkit_column_output {
    /// Set by the caller: `sizeof(flagkit_column_output)`.
    pub size: u32,
    /// 0.
    pub reserved: u32,
    /// Whether the flag is on. Every row is written.
    pub enabled: *mut bool,
    /// Values that are booleans. All other rows are left as they are: fill the array with the fallback
    /// first. So for the next three.
    pub booleans: *mut bool,
    /// Values that are integers, or numbers without fraction.
    pub integers: *mut i64,
    /// Values that are numbers.
    pub numbers: *mut f64,
    /// Values that are texts, lent by the view until it is closed.
    pub strings: *mut flagkit_str,
    /// The places of the variants in what `flagkit_view_variants` says, or `FLAGKIT_NO_VARIANT`. Every
    /// row is written.
    pub variants: *mut u32,
    /// `FLAGKIT_ERROR_…`. Every row is written.
    pub errors: *mut u8,
}

// SAFETY: repr(C), the size comes first, and zeros are NULL.
unsafe impl Sized32 for flagkit_column_output {
    fn with_size(self, size: u32) -> Self {
        Self { size, ..self }
    }
}

/// What a flag serves for `rows` contexts, which stand in columns: `keys` has their targeting keys (NULL
/// if they have none), `attributes` points to `attribute_count` columns.
///
/// The answers are those of single calls, at a fraction of their time. It allocates a few bytes for each
/// row and frees them before it returns. A text that is not UTF-8 counts as absent, and then the
/// answer is `FLAGKIT_INVALID_UTF8` after everything has been written. For any other answer than that
/// and `FLAGKIT_OK`, nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_evaluate_column(
    view: *const flagkit_view,
    key: flagkit_str,
    rows: usize,
    keys: *const flagkit_column,
    attributes: *const flagkit_column,
    attribute_count: usize,
    output: *const flagkit_column_output,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        let input = Input { rows, keys, attributes, attribute_count };
        // SAFETY: a text by the rules of the header.
        let done = unsafe { key.required() }.and_then(|key| {
            // SAFETY: a view and columns by the rules of the header.
            unsafe { evaluate(view, key, &input, output) }
        });
        done.map_or_else(|status| status::answer(status, status), |()| FLAGKIT_OK)
    })
}

/// `flagkit_evaluate_column` by the id of the flag.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_evaluate_column_by_id(
    view: *const flagkit_view,
    id: flagkit_flag_id,
    rows: usize,
    keys: *const flagkit_column,
    attributes: *const flagkit_column,
    attribute_count: usize,
    output: *const flagkit_column_output,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        let input = Input { rows, keys, attributes, attribute_count };
        let done = flag_id::find(id).and_then(|key| {
            // SAFETY: a view and columns by the rules of the header.
            unsafe { evaluate(view, key, &input, output) }
        });
        done.map_or_else(|status| status::answer(status, status), |()| FLAGKIT_OK)
    })
}

/// The names of all variants of a flag, the first `capacity` of them; how many there are. One without
/// name has no text. `names` may be NULL if `capacity` is 0. The texts are lent until the view is closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_view_variants(
    view: *const flagkit_view,
    key: flagkit_str,
    names: *mut flagkit_str,
    capacity: usize,
) -> usize {
    boundary!(0, {
        let list = || {
            // SAFETY: a view by the rules of the header.
            let view = unsafe { handle::borrow(view) }.ok_or(FLAGKIT_NULL_PARAMETER)?;
            // SAFETY: a text by the rules of the header.
            let served = view.view.evaluate_column(unsafe { key.required() }?, NOBODY, &[]);
            if names.is_null() && capacity > 0 {
                return Err(FLAGKIT_NULL_PARAMETER);
            }
            for (place, (name, _)) in served.variants().take(capacity).enumerate() {
                // SAFETY: `place` is less than `capacity`.
                unsafe { names.add(place).write(flagkit_str::of_some(name)) };
            }
            Ok(served.variants().len())
        };
        list().unwrap_or_else(|status| status::answer(status, 0))
    })
}

/// No row.
const NOBODY: &[&str] = &[];

/// The columns of a call.
struct Input {
    rows: usize,
    keys: *const flagkit_column,
    attributes: *const flagkit_column,
    attribute_count: usize,
}

/// # Safety
///
/// Pointers are NULL or what they say they are, with as many rows as the input says.
unsafe fn evaluate<K: Key + ?Sized>(
    view: *const flagkit_view,
    key: &K,
    input: &Input,
    output: *const flagkit_column_output,
) -> Result<(), flagkit_status> {
    // SAFETY: as the caller says.
    let view = unsafe { handle::borrow(view) }.ok_or(FLAGKIT_NULL_PARAMETER)?;
    if input.rows > ROWS_MAX || input.attribute_count > COLUMNS_MAX {
        return Err(FLAGKIT_LIMIT_EXCEEDED);
    }
    // SAFETY: as the caller says.
    let output = unsafe { sized::read(output) }?;
    // SAFETY: as the caller says.
    let keys = unsafe { input.keys.as_ref() };
    // SAFETY: as the caller says.
    let keys = unsafe { Lent::new(keys, input.rows) }?;
    // SAFETY: as the caller says.
    let attributes = unsafe { elements(input.attributes, input.attribute_count) }?;
    // SAFETY: as the caller says.
    let lent = attributes.iter().map(|column| unsafe { Lent::new(Some(column), input.rows) });
    let lent = lent.collect::<Result<Vec<_>, _>>()?;
    // SAFETY: as the caller says.
    let names = attributes.iter().map(|column| unsafe { column.name.required() });
    let names = names.collect::<Result<Vec<_>, _>>()?;
    let columns = names.iter().zip(&lent).map(|(name, rows)| (*name, Column::Rows(rows)));
    let columns: Vec<(&str, Column<'_>)> = columns.collect();

    let served = view.view.evaluate_column(key, Column::Rows(&keys), &columns);
    // SAFETY: as the caller says.
    unsafe { write(view, &served, &output) };
    let is_bad = lent.iter().chain([&keys]).any(|column| column.is_bad.get());
    if is_bad { Err(FLAGKIT_INVALID_UTF8) } else { Ok(()) }
}

/// # Safety
///
/// Each array is NULL or has a place for each row.
unsafe fn write(view: &flagkit_view, served: &ServedColumn<'_>, output: &flagkit_column_output) {
    for row in 0..served.len() {
        let place = served.variant_place(row);
        let variant = place.and_then(|place| u32::try_from(place).ok());
        let value = served.value(row);
        // SAFETY: `row` is less than the number of rows, by the contract of this function; so for all.
        unsafe {
            put(output.enabled, row, Some(served.is_enabled(row)));
            put(output.booleans, row, value.and_then(Value::as_bool));
            put(output.integers, row, value.and_then(Value::as_integer));
            put(output.numbers, row, value.and_then(Value::as_float));
            put(output.variants, row, Some(variant.unwrap_or(FLAGKIT_NO_VARIANT)));
            put(output.errors, row, Some(words::error(served.error(row))));
        }
        if !output.strings.is_null() {
            // What an override serves belongs to no flag.
            let value = if place.is_some() { value } else { value.map(|it| view.kept.keep(it)) };
            let text = value.and_then(Value::as_str).map(flagkit_str::of);
            // SAFETY: as above.
            unsafe { put(output.strings, row, text) };
        }
    }
}

/// # Safety
///
/// `first` is NULL or points to more places than `row`.
unsafe fn put<T>(first: *mut T, row: usize, value: Option<T>) {
    if let Some(value) = value
        && !first.is_null()
    {
        // SAFETY: as the caller says.
        unsafe { first.add(row).write(value) };
    }
}

/// A column that the caller lends.
struct Lent<'a> {
    rows: Array<'a>,
    count: usize,
    /// 0 where a row has no value.
    present: Option<&'a [u8]>,
    /// Whether a text was not UTF-8.
    is_bad: Cell<bool>,
}

enum Array<'a> {
    Absent,
    Texts(&'a [flagkit_str]),
    Integers(&'a [i64]),
    Numbers(&'a [f64]),
    /// 0 is `false`.
    Booleans(&'a [u8]),
}

impl Lent<'_> {
    /// # Safety
    ///
    /// The arrays have that many rows, which stay unchanged for `'a`.
    unsafe fn new(column: Option<&flagkit_column>, count: usize) -> Result<Self, flagkit_status> {
        let Some(column) = column else {
            return Ok(Self {
                rows: Array::Absent,
                count,
                present: None,
                is_bad: Cell::new(false),
            });
        };
        let rows = column.rows;
        // SAFETY: as the caller says, by the kind of the column; so for all.
        let rows = unsafe {
            match u8::try_from(column.kind) {
                Ok(FLAGKIT_TYPE_STRING) => Array::Texts(elements(rows.cast(), count)?),
                Ok(FLAGKIT_TYPE_INTEGER) => Array::Integers(elements(rows.cast(), count)?),
                Ok(FLAGKIT_TYPE_DOUBLE) => Array::Numbers(elements(rows.cast(), count)?),
                Ok(FLAGKIT_TYPE_BOOLEAN) => Array::Booleans(elements(rows.cast(), count)?),
                _ => return Err(FLAGKIT_INVALID_PARAMETER),
            }
        };
        let present = column.present.cast::<u8>();
        // SAFETY: not NULL, and as the caller says.
        let present =
            (!present.is_null()).then(|| unsafe { slice::from_raw_parts(present, count) });
        Ok(Self { rows, count, present, is_bad: Cell::new(false) })
    }
}

impl Lent<'_> {
    fn text<'a>(&self, rows: &[flagkit_str], row: usize) -> Option<&'a str> {
        // SAFETY: a text that stays unchanged, by the contract of `new`.
        let text = unsafe { rows.get(row)?.optional() };
        text.unwrap_or_else(|_| {
            self.is_bad.set(true);
            None
        })
    }
}

impl Rows for Lent<'_> {
    fn len(&self) -> usize {
        self.count
    }

    #[inline]
    fn get(&self, row: usize) -> Option<ValueRef<'_>> {
        let is_present =
            self.present.is_none_or(|all| all.get(row).is_some_and(|there| *there != 0));
        if !is_present {
            return None;
        }
        Some(match self.rows {
            Array::Absent => return None,
            Array::Texts(rows) => ValueRef::String(self.text(rows, row)?),
            Array::Integers(rows) => ValueRef::Integer(*rows.get(row)?),
            Array::Numbers(rows) => ValueRef::Float(*rows.get(row)?),
            Array::Booleans(rows) => ValueRef::Boolean(*rows.get(row)? != 0),
        })
    }
}

/// More rows have no place in the memory of any machine.
const ROWS_MAX: usize = u32::MAX as usize / 2;
/// More columns are a number that nobody has set.
const COLUMNS_MAX: usize = 4096;
