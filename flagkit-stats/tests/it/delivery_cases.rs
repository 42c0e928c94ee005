//! Cases that others wrote down, from `../shared/delivery-cases` seen from the workspace or the
//! folder that `FLAGKIT_DELIVERY_CASES` names; skipped, with a word, where that is absent.
//!
//! Every case of a file is run, so a longer file asks for more.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// The `cases` of a file of that folder; none if it is absent.
pub(crate) fn cases(file: &str) -> Vec<Value> {
    list(file, "cases")
}

/// A list of a file of that folder by its name; empty if the file is absent.
pub(crate) fn list(file: &str, name: &str) -> Vec<Value> {
    let folder = std::env::var_os("FLAGKIT_DELIVERY_CASES").map(PathBuf::from);
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/delivery-cases");
    let path = folder.unwrap_or_else(|| beside.into()).join(file);
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: there are no cases in {}", path.display());
        return Vec::new();
    };
    // Python writes what is no number as a bare word, which is no JSON.
    let words = [": NaN", ": Infinity", ": -Infinity"];
    let quoted = |text: String, word: &str| text.replace(word, &format!(": \"{}\"", &word[2..]));
    let text = words.into_iter().fold(text, quoted);
    let mut tree: Value = serde_json::from_str(&text).unwrap();
    let Value::Array(cases) = tree[name].take() else {
        panic!("{} has no list `{name}`", path.display());
    };
    assert!(!cases.is_empty(), "{} is empty", path.display());
    cases
}

/// A number, which may be written as the text `NaN`.
pub(crate) fn number(value: &Value) -> f64 {
    let text = || value.as_str().and_then(|text| text.parse().ok());
    value.as_f64().or_else(text).unwrap_or_else(|| panic!("{value} is no number"))
}

/// A list of numbers; an absent one is empty.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().map(|list| list.iter().map(number).collect()).unwrap_or_default()
}

/// Whether two numbers are as close as that, or both are none.
pub(crate) fn close(left: f64, right: f64, tolerance: f64) -> bool {
    left == right || (left - right).abs() <= tolerance || (left.is_nan() && right.is_nan())
}
