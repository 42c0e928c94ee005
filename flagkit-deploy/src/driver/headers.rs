//! Rules beside the split: which requests they are for, and what of that a proxy can be told.
//!
//! A rule names headers and their values, all of which must be equal. `cookie:NAME` stands for a cookie in the
//! place of a header. Names of headers have no case, names of cookies have.

use std::collections::BTreeMap;

use crate::plan::{Does, Plan};
use crate::refusal::Refusal;

/// Where a value stands in a request.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Part {
    /// A header, in lower case.
    Header(String),
    /// A cookie.
    Cookie(String),
}

/// The parts of a request that a rule asks for, and their values.
pub(crate) type Parts = BTreeMap<Part, String>;

impl Part {
    /// Reads `x-canary` or `cookie:beta`.
    pub(crate) fn read(name: &str) -> Option<Self> {
        let is_plain = |name: &str| {
            let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            (1..=NAME_MAX).contains(&name.len()) && name.bytes().all(is_fine)
        };
        match name.strip_prefix(COOKIE) {
            Some(cookie) => is_plain(cookie).then(|| Self::Cookie(cookie.to_owned())),
            None => is_plain(name).then(|| Self::Header(name.to_ascii_lowercase())),
        }
    }

    /// As it is written in a plan.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Header(name) => name.clone(),
            Self::Cookie(name) => format!("{COOKIE}{name}"),
        }
    }

    /// Whether a value can stand there, and can be told to a proxy.
    fn takes(&self, value: &str) -> bool {
        let is_text = !value.chars().any(char::is_control) && value.trim() == value;
        let is_cookie = !value.contains([';', ',', '"', '\\', ' ']);
        let is_fine = is_text && (is_cookie || matches!(self, Self::Header(_)));
        is_fine && (1..=VALUE_MAX).contains(&value.len())
    }
}

/// The parts of a rule, or the problem with them.
pub(crate) fn parts(headers: &BTreeMap<String, String>) -> Result<Parts, String> {
    if headers.len() > HEADERS_MAX {
        return Err(format!("{} headers are more than {HEADERS_MAX}", headers.len()));
    }
    let mut parts = Parts::new();
    for (name, value) in headers {
        let shown = name.escape_debug();
        let Some(part) = Part::read(name) else {
            return Err(format!("`{shown}` is no name of a header"));
        };
        if !part.takes(value) {
            return Err(format!("`{}` is no value of `{shown}`", value.escape_debug()));
        }
        if parts.insert(part, value.clone()).is_some() {
            return Err(format!("the header `{shown}` is there twice"));
        }
    }
    Ok(parts)
}

/// A refusal of each step that sends requests by headers to an arm and has a problem, of which `beyond` knows
/// some of its proxy's own, with how to mend them.
pub(crate) fn refusals(
    plan: &Plan,
    beyond: impl Fn(&Parts) -> Option<(String, String)>,
) -> Vec<Refusal> {
    let refusal = |(at, step): (usize, &crate::plan::Step)| {
        let Does::Route { headers, .. } = &step.does else { return None };
        let (problem, mend) = match parts(headers) {
            Err(problem) => (problem, MEND.to_owned()),
            Ok(parts) if parts.is_empty() => return None,
            Ok(parts) => beyond(&parts)?,
        };
        Some(Refusal::new(format!("steps[{at}]"), problem, mend))
    };
    plan.steps.iter().enumerate().filter_map(refusal).collect()
}

const MEND: &str = "name up to 8 headers, or cookies as `cookie:NAME`, in letters, digits, `-` and `_`, and values of \
                    1 to 256 bytes without control characters, a cookie's also without blanks, `,`, `;`, `\"` and `\\`";

const COOKIE: &str = "cookie:";

/// The most headers of a rule.
const HEADERS_MAX: usize = 8;

/// The longest name and the longest value, in bytes.
const NAME_MAX: usize = 100;
const VALUE_MAX: usize = 256;

#[cfg(test)]
mod tests;
