//! A place in a file: its value and its path, for messages that say where.

use std::fmt;

use serde_json::Value;

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Where: a path such as `$.cases[3].params.tolerance`, or a line and a column.
    pub path: String,
    /// What is wrong, and how to mend it.
    pub what: String,
}

impl Problem {
    /// A problem at a place.
    pub fn new(path: impl Into<String>, what: impl Into<String>) -> Self {
        Self { path: path.into(), what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path, self.what)
    }
}

impl std::error::Error for Problem {}

/// A place in a file. A place that is not there has no value, and reading it says so.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    value: &'a Value,
    path: String,
}

static ABSENT: Value = Value::Null;

impl<'a> Field<'a> {
    /// The whole file.
    pub(super) fn root(value: &'a Value) -> Self {
        Self { value, path: "$".to_owned() }
    }

    /// What is there; null if nothing is.
    pub fn value(&self) -> &'a Value {
        self.value
    }

    /// Where it is.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The field of that name.
    #[must_use]
    pub fn at(&self, name: &str) -> Field<'a> {
        let value = self.value.get(name).unwrap_or(&ABSENT);
        Field { value, path: format!("{}.{name}", self.path) }
    }

    /// The first of these fields that is there; the first one if none is.
    #[must_use]
    pub fn first(&self, names: &[&str]) -> Field<'a> {
        let here = names.iter().map(|name| self.at(name)).find(|field| !field.is_absent());
        here.unwrap_or_else(|| self.at(names.first().copied().unwrap_or_default()))
    }

    /// The element at an index of a list.
    #[must_use]
    pub fn item(&self, index: usize) -> Field<'a> {
        let value = self.value.get(index).unwrap_or(&ABSENT);
        Field { value, path: format!("{}[{index}]", self.path) }
    }

    /// Whether it is not there, or null.
    pub fn is_absent(&self) -> bool {
        self.value.is_null()
    }

    /// Whether it has all of these fields.
    pub fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.value.get(name).is_some())
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        self.value.is_array()
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        self.value.is_object()
    }

    /// The elements of a list.
    ///
    /// # Errors
    ///
    /// If it is no list.
    pub fn items(&self) -> Result<Vec<Field<'a>>, Problem> {
        let list = self.value.as_array().ok_or_else(|| self.wrong("a list"))?;
        Ok((0..list.len()).map(|index| self.item(index)).collect())
    }

    /// The fields of an object with their names.
    ///
    /// # Errors
    ///
    /// If it is no object.
    pub fn entries(&self) -> Result<Vec<(&'a str, Field<'a>)>, Problem> {
        let object = self.value.as_object().ok_or_else(|| self.wrong("an object"))?;
        Ok(object.keys().map(|name| (name.as_str(), self.at(name))).collect())
    }

    /// A number, which may be written as text: `"NaN"`, `"1.25e-300"`.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn number(&self) -> Result<f64, Problem> {
        let text = || self.value.as_str().and_then(|text| text.trim().parse().ok());
        self.value.as_f64().or_else(text).ok_or_else(|| self.wrong("a number"))
    }

    /// A number, or what it is if nothing is said.
    ///
    /// # Errors
    ///
    /// If something else is there.
    pub fn or(&self, default: f64) -> Result<f64, Problem> {
        if self.is_absent() { Ok(default) } else { self.number() }
    }

    /// A list of numbers, in which null is no number.
    ///
    /// # Errors
    ///
    /// If it is no list, or something in it is neither.
    pub fn numbers(&self) -> Result<Vec<f64>, Problem> {
        self.items()?.iter().map(|item| item.or(f64::NAN)).collect()
    }

    /// A whole number that is not negative; `3.0` is one.
    ///
    /// # Errors
    ///
    /// If it is none.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, and within what a double counts exactly"
    )]
    pub fn count(&self) -> Result<u64, Problem> {
        if let Some(count) = self.value.as_u64() {
            return Ok(count);
        }
        match self.value.as_f64() {
            Some(number) if number.fract() == 0.0 && (0.0..=COUNT_MAX).contains(&number) => {
                Ok(number as u64)
            }
            _ => Err(self.wrong("a whole number that is not negative")),
        }
    }

    /// A list of whole numbers.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn counts(&self) -> Result<Vec<u64>, Problem> {
        self.items()?.iter().map(Field::count).collect()
    }

    /// A text.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn text(&self) -> Result<&'a str, Problem> {
        self.value.as_str().ok_or_else(|| self.wrong("a text in quotes"))
    }

    /// True or false; false if nothing is said.
    ///
    /// # Errors
    ///
    /// If something else is there.
    pub fn flag(&self) -> Result<bool, Problem> {
        if self.is_absent() {
            return Ok(false);
        }
        self.value.as_bool().ok_or_else(|| self.wrong("true or false"))
    }

    /// That the value here is not one that can be computed.
    pub fn problem(&self, what: impl Into<String>) -> Problem {
        Problem::new(self.path.clone(), what)
    }

    /// That a word here is none of those that are known.
    pub fn unknown(&self, word: &str, known: &[&str]) -> Problem {
        self.problem(format!("`{word}` is not known here; write one of: {}", known.join(", ")))
    }

    fn wrong(&self, wanted: &str) -> Problem {
        let found = match self.value {
            Value::Null => return self.problem(format!("is missing; write {wanted}")),
            Value::Bool(_) => "true or false".to_owned(),
            Value::Number(number) => format!("the number {number}"),
            Value::String(text) => format!("the text `{}`", shortened(text)),
            Value::Array(_) => "a list".to_owned(),
            Value::Object(_) => "an object".to_owned(),
        };
        self.problem(format!("is {found}; write {wanted}"))
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

/// 2^53.
const COUNT_MAX: f64 = 9_007_199_254_740_992.0;
