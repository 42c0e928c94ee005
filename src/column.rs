//! One flag for a column of contexts.

use std::fmt;

use flagkit_core::{Attributes, ErrorCode, Flag, Outcome, Resolution, Snapshot, Value, ValueRef};

use crate::clock::System;
use crate::key::Key;
use crate::overrides;

/// Values of one attribute that lie somewhere else: in a column of a data frame, in memory of another
/// language.
///
/// ```
/// use flagkit::{Client, Column, Rows, ValueRef};
///
/// /// Texts one after the other, as Arrow has them.
/// struct Texts { bytes: String, ends: Vec<usize> }
///
/// impl Rows for Texts {
///     fn len(&self) -> usize {
///         self.ends.len()
///     }
///
///     fn get(&self, row: usize) -> Option<ValueRef<'_>> {
///         let start = row.checked_sub(1).map_or(0, |last| self.ends[last]);
///         Some(self.bytes.get(start..*self.ends.get(row)?)?.into())
///     }
/// }
///
/// let ids = Texts { bytes: "user-1user-2".to_owned(), ends: vec![6, 12] };
/// let client = Client::from_text("schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 100}}")?;
/// let view = client.view();
/// assert_eq!(view.evaluate_column("beta", Column::Rows(&ids), &[]).count_enabled(), 2);
/// # Ok::<(), flagkit::Error>(())
/// ```
pub trait Rows {
    /// How many rows there are.
    fn len(&self) -> usize;

    /// The value of this row; `None` where it is absent.
    fn get(&self, row: usize) -> Option<ValueRef<'_>>;

    /// Whether there is no row.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Values of one attribute, one for each row.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Column<'a> {
    /// Borrowed texts.
    Texts(&'a [&'a str]),
    /// Owned texts.
    Strings(&'a [String]),
    /// Integers.
    Integers(&'a [i64]),
    /// Numbers.
    Floats(&'a [f64]),
    /// `true` and `false`.
    Booleans(&'a [bool]),
    /// Values of any kind; null is absent.
    Values(&'a [Value]),
    /// Values that lie somewhere else.
    Rows(&'a dyn Rows),
}

impl fmt::Debug for Column<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = (0..self.len()).map(|row| self.get(row).unwrap_or(ValueRef::Null));
        f.debug_list().entries(rows).finish()
    }
}

impl<'a> Column<'a> {
    /// How many rows it has.
    pub fn len(&self) -> usize {
        match self {
            Self::Texts(rows) => rows.len(),
            Self::Strings(rows) => rows.len(),
            Self::Integers(rows) => rows.len(),
            Self::Floats(rows) => rows.len(),
            Self::Booleans(rows) => rows.len(),
            Self::Values(rows) => rows.len(),
            Self::Rows(rows) => rows.len(),
        }
    }

    /// Whether it has no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    fn get(self, row: usize) -> Option<ValueRef<'a>> {
        match self {
            Self::Texts(rows) => rows.get(row).map(|text| ValueRef::String(text)),
            Self::Strings(rows) => rows.get(row).map(|text| ValueRef::String(text)),
            Self::Integers(rows) => rows.get(row).map(|value| ValueRef::Integer(*value)),
            Self::Floats(rows) => rows.get(row).map(|value| ValueRef::Float(*value)),
            Self::Booleans(rows) => rows.get(row).map(|value| ValueRef::Boolean(*value)),
            Self::Values(rows) => rows.get(row).map(Value::borrow),
            Self::Rows(rows) => rows.get(row),
        }
    }
}

macro_rules! columns {
    ($($kind:ty => $column:ident),*) => {$(
        impl<'a> From<&'a [$kind]> for Column<'a> {
            fn from(rows: &'a [$kind]) -> Self {
                Self::$column(rows)
            }
        }

        impl<'a> From<&'a Vec<$kind>> for Column<'a> {
            fn from(rows: &'a Vec<$kind>) -> Self {
                Self::$column(rows)
            }
        }

        impl<'a, const N: usize> From<&'a [$kind; N]> for Column<'a> {
            fn from(rows: &'a [$kind; N]) -> Self {
                Self::$column(rows)
            }
        }
    )*};
}

columns!(
    &'a str => Texts, String => Strings, i64 => Integers, f64 => Floats, bool => Booleans,
    Value => Values
);

/// The context of one row.
#[derive(Clone, Copy)]
struct Row<'a> {
    ids: Column<'a>,
    attributes: &'a [(&'a str, Column<'a>)],
    place: usize,
}

impl Attributes for Row<'_> {
    #[inline]
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        let (_, column) = self.attributes.iter().find(|(other, _)| *other == name)?;
        column.get(self.place)
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        for (name, column) in self.attributes {
            if let Some(value) = column.get(self.place) {
                visit(name, value);
            }
        }
    }

    #[inline]
    fn targeting_key(&self) -> Option<ValueRef<'_>> {
        self.ids.get(self.place)
    }
}

/// What a flag serves in each row of a column: four bytes a row. Made by
/// [`View::evaluate_column`](crate::View::evaluate_column).
#[derive(Clone, Debug)]
pub struct ServedColumn<'v> {
    flag: Option<&'v Flag>,
    /// The places of variants, or a number from [`FAILED`] on.
    rows: Vec<u32>,
    /// The errors of rows from `FAILED` on; a flag has few different ones.
    errors: Vec<ErrorCode>,
    /// What a test wants the flag to be on this thread.
    overridden: Option<Value>,
}

impl<'v> ServedColumn<'v> {
    pub(crate) fn new<K: Key + ?Sized>(
        snapshot: &'v Snapshot,
        key: &K,
        ids: Column<'_>,
        attributes: &[(&str, Column<'_>)],
        is_ready: bool,
    ) -> Self {
        let overridden = if overrides::is_any() { overrides::find(key.as_key()) } else { None };
        let mut served = Self {
            flag: key.find(snapshot),
            rows: Vec::with_capacity(ids.len()),
            errors: Vec::new(),
            overridden,
        };
        let Some(flag) = served.flag else {
            snapshot.counting(|counting| counting.missing(key.as_key(), ids.len() as u64));
            let missing = ErrorCode::FlagNotFound;
            served.errors.push(if is_ready { missing } else { ErrorCode::ProviderNotReady });
            served.rows.resize(ids.len(), FAILED);
            return served;
        };
        let rows = (0..ids.len()).map(|place| Row { ids, attributes, place });
        let (is_counted, mut tallied) = (snapshot.is_counted(), Tallied::new(snapshot, flag));
        snapshot.resolve_each(flag, rows, &System, |found| {
            if is_counted {
                tallied.add(&found);
            }
            let row = match found {
                Ok(found) => found
                    .variant_position()
                    .map_or(DEFAULT, |place| u32::try_from(place).unwrap_or(DEFAULT)),
                Err(code) => served.failed(code),
            };
            served.rows.push(row);
        });
        tallied.count();
        served
    }

    /// The number of an error.
    fn failed(&mut self, code: ErrorCode) -> u32 {
        let known = self.errors.iter().position(|other| *other == code);
        let place = known.unwrap_or_else(|| {
            self.errors.push(code);
            self.errors.len() - 1
        });
        FAILED.saturating_add(u32::try_from(place).unwrap_or_default())
    }

    /// How many rows there are: as many as ids.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether the flag is on in this row; off where anything is wrong.
    pub fn is_enabled(&self, row: usize) -> bool {
        match &self.overridden {
            Some(value) => row < self.len() && overrides::is_on(value),
            None => self.served(row).is_some_and(|variant| variant.enabled),
        }
    }

    /// In how many rows the flag is on.
    pub fn count_enabled(&self) -> usize {
        (0..self.len()).filter(|row| self.is_enabled(*row)).count()
    }

    /// The name of the variant of this row, if what is served has one.
    pub fn variant(&self, row: usize) -> Option<&'v str> {
        match self.overridden {
            Some(_) => None,
            None => self.served(row)?.key.as_deref(),
        }
    }

    /// The place of this row's variant among [`variants`](Self::variants), if it has one.
    pub fn variant_place(&self, row: usize) -> Option<usize> {
        match self.overridden {
            Some(_) => None,
            None => {
                usize::try_from(*self.rows.get(row)?).ok().filter(|place| *place < DEFAULT as usize)
            }
        }
    }

    /// All variants of the flag: the name, where it has one, and the value.
    pub fn variants(&self) -> impl ExactSizeIterator<Item = (Option<&'v str>, &'v Value)> {
        let variants = self.flag.map(Flag::variants).unwrap_or_default();
        variants.iter().map(|variant| (variant.key.as_deref(), &variant.value))
    }

    /// The value of this row; `None` where the caller's default is to be used.
    pub fn value(&self, row: usize) -> Option<&Value> {
        match &self.overridden {
            Some(value) => (row < self.len()).then_some(value),
            None => self.served(row).map(|variant| &variant.value),
        }
    }

    /// The values of all rows, in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = Option<&Value>> {
        (0..self.len()).map(|row| self.value(row))
    }

    /// Why there is no value of the flag's own in this row.
    pub fn error(&self, row: usize) -> Option<ErrorCode> {
        let place = self.rows.get(row)?.checked_sub(FAILED)?;
        match self.overridden {
            Some(_) => None,
            None => self.errors.get(usize::try_from(place).ok()?).copied(),
        }
    }

    fn served(&self, row: usize) -> Option<&'v flagkit_core::document::Variant> {
        let place = usize::try_from(*self.rows.get(row)?).ok()?;
        self.flag?.variants().get(place)
    }
}

/// What a column came to, for counting it all at once. Nobody has seen it: no row is an exposure.
struct Tallied<'v> {
    snapshot: &'v Snapshot,
    flag: &'v Flag,
    /// A flag has few different outcomes, and the latest comes again.
    sums: Vec<(Result<Outcome, ErrorCode>, u64)>,
}

impl<'v> Tallied<'v> {
    fn new(snapshot: &'v Snapshot, flag: &'v Flag) -> Self {
        Self { snapshot, flag, sums: Vec::new() }
    }

    #[inline(never)]
    fn add(&mut self, found: &Result<Resolution<'_>, ErrorCode>) {
        let row = found.map(|found| found.outcome(self.flag));
        match self.sums.iter_mut().find(|(known, _)| *known == row) {
            Some((_, times)) => *times += 1,
            None => self.sums.push((row, 1)),
        }
    }

    fn count(self) {
        self.snapshot.counting(|counting| {
            for (row, times) in &self.sums {
                match row {
                    Ok(outcome) => counting.served_times(*outcome, *times),
                    Err(code) => counting.failed(self.flag, *code, *times),
                }
            }
        });
    }
}

/// The caller's default.
const DEFAULT: u32 = 1 << 31;
/// The first of the errors.
const FAILED: u32 = DEFAULT + 1;
