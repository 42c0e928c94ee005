//! Readings: how a value is taken for text, a number, a time or a version.
//!
//! Flag management systems differ in what they take `"42"`, `true` or `[1, 2]` for.
//! Each way is a reading here, named for what it does; a test says which it uses.

mod number;
mod numeral;
mod text;
mod texts;
mod time;
mod version;

pub use number::NumberReading;
pub(crate) use number::number;
pub(crate) use numeral::Numeral;
pub use text::TextReading;
pub(crate) use texts::any_text;
pub use time::TimeReading;
pub use version::VersionReading;

/// How the values of a test are read where its operator needs a kind that they may not be.
///
/// ```
/// use flagkit_core::document::{NumberReading, Readings};
///
/// let lenient = Readings { number: NumberReading::InText, ..Readings::STRICT };
/// assert_ne!(lenient, Readings::default());
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
#[expect(clippy::exhaustive_structs, reason = "plain data: a new field must be said everywhere")]
pub struct Readings {
    /// Where text is needed.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub text: TextReading,
    /// Where a number is needed.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub number: NumberReading,
    /// Where a time is needed.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub time: TimeReading,
    /// Where a version is needed.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub version: VersionReading,
    /// Where the value is a list.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "crate::serial::is_default")
    )]
    pub lists: ListReading,
}

impl Readings {
    /// Numbers are numbers and text is text.
    pub const STRICT: Self = Self {
        text: TextReading::Strict,
        number: NumberReading::Strict,
        time: TimeReading::TextOrSeconds,
        version: VersionReading::Strict,
        lists: ListReading::Whole,
    };
}

/// What a test does with a value that is a list.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[expect(clippy::exhaustive_enums, reason = "plain data: a new kind must be said everywhere")]
pub enum ListReading {
    /// The operator gets the list.
    #[default]
    Whole,
    /// The operator is met if one of the elements meets it that are neither lists nor objects;
    /// an empty list meets nothing. Elements that cannot be read do not meet it.
    AnyElement,
    /// For operators of sets: text is the list of its characters, an object that of its names.
    Members,
}
