//! Cases that are known not to be answered, and why.

use serde_json::Value;

use super::field;

/// Why nobody can answer this case here, if that is known.
pub(crate) fn reason(vendor: &str, answer: &Value) -> Option<&'static str> {
    let said = field(answer, "unsupported").as_str()?;
    let known = |(of, begin, _): &&(&str, &str, &str)| *of == vendor && said.starts_with(begin);
    KNOWN.iter().find(known).map(|(_, _, reason)| *reason)
}

/// The vendor, the beginning of what our runner says, and the reason for people.
const KNOWN: &[(&str, &str, &str)] = &[
    ("flagd", "originals/", "the documents are not among the public data"),
    (
        "statsig",
        "a rule asks what only user agents or IP addresses say",
        "a parser of user agents or a table of countries is needed",
    ),
];
