//! Values as scripting languages convert and compare them (ECMAScript, ECMA-262).
//!
//! Some flag management systems evaluate in a browser first, and their conditions mean what
//! the browser's language makes of `"8" > 5`, `[1] == "1"` or `null < 1`. Each operation of
//! that language which a condition can reach is here once. Numbers are double-precision
//! floats, text is a sequence of UTF-16 code units.
//!
//! Nothing here allocates, except for lists whose text is longer than a short buffer, and for
//! lower-casing text with a capital sigma, whose form depends on its neighbours.

mod compare;
mod json;
mod lowercase;
mod number;
mod padded;
mod text;

pub(crate) use compare::{are_identical, compare, is_truthy, number_of};
pub(crate) use json::are_same_json;
pub(crate) use lowercase::is_lowercase_of;
pub(crate) use padded::compare_versions;
pub use text::SURROGATES;
pub(crate) use text::{with_text, with_units};

#[cfg(test)]
mod tests;
