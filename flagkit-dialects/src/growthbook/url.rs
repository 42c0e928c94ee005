//! Pages: which ones an experiment is for, and variations forced in the address bar.

use flagkit_core::document::{Condition, Lookup, Origin};

use super::condition::{ConditionId, Conditions, NEVER, matches};
use super::object::Object;
use super::pattern::{self, Letters, Refused};
use crate::node::Node;

mod glob;
mod parse;

pub(super) use parse::Url;

/// A page, or a kind of pages, that an experiment is for or not for.
#[derive(Debug)]
pub(super) struct UrlTarget {
    pub(super) is_excluded: bool,
    pub(super) matching: Matching,
}

/// How pages are matched.
#[derive(Debug)]
pub(super) enum Matching {
    /// Part by part, with wildcards.
    Simple(String),
    /// A condition about the whole URL and its path.
    Pattern(ConditionId),
    /// Not at all: an unknown type, or no regular expression.
    Never,
}

impl UrlTarget {
    /// Reads a target, or says what is wrong with it.
    pub(super) fn read(
        object: &Object<'_>,
        conditions: &mut Conditions<'_>,
    ) -> Result<Self, String> {
        let is_excluded = object.get("include") == Some(&Node::Boolean(false));
        let pattern = object.get("pattern").and_then(Node::as_text).unwrap_or_default();
        let matching = match object.get("type").and_then(Node::as_text) {
            Some("simple") => Matching::Simple(pattern.to_owned()),
            Some("regex") => match page_matches(pattern)? {
                Some(condition) => Matching::Pattern(conditions.keep(condition)),
                None => Matching::Never,
            },
            _ => Matching::Never,
        };
        Ok(Self { is_excluded, matching })
    }
}

/// The condition that a page, or its path, matches a regular expression; `None` if that is none.
pub(super) fn page_matches(pattern: &str) -> Result<Option<Condition>, String> {
    match pattern::operator(pattern, Letters::AsWritten) {
        Ok(operator) => {
            let either = [PAGE, PATH].map(|name| {
                let lookup = Lookup::Walk(Origin::Context, vec![name.to_owned()]);
                matches(lookup, operator.clone())
            });
            Ok(Some(Condition::Any(either.into())))
        }
        Err(Refused::Invalid) => Ok(Some(NEVER)),
        Err(Refused::Unsupported(why)) => {
            Err(format!("the pattern `{pattern}` cannot be used: {why}"))
        }
    }
}

/// Whether a page is one that a simple pattern describes.
pub(super) fn is_like(page: &Url, pattern: &str) -> bool {
    // A host without scheme gets one.
    let before = pattern.find([':', '/', '?']).unwrap_or(pattern.len());
    let has_host = pattern.get(..before).is_some_and(|host| host.contains('.'));
    let scheme = if has_host { "https://" } else { "" };
    let pattern = format!("{scheme}{pattern}").replace('*', glob::WILDCARD);
    let Some(wanted) = Url::parse(&pattern, glob::WILDCARD) else { return false };
    let is_hash_like = wanted.hash.is_empty() || glob::matches(&page.hash, &wanted.hash);
    glob::matches(&page.host, &wanted.host)
        && glob::matches_path(&page.path, &wanted.path)
        && is_hash_like
        && wanted.parameters().iter().all(|(name, value)| {
            let found = page.parameters().into_iter().find(|(other, _)| other == name);
            glob::matches(&found.map(|(_, value)| value).unwrap_or_default(), value)
        })
}

/// The path and what follows, as the older regular expressions see it.
pub(super) fn path_only(url: &str) -> String {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let rest = rest.unwrap_or(url);
    rest.find('/')
        .map_or_else(|| rest.to_owned(), |slash| rest.get(slash..).unwrap_or_default().to_owned())
}

/// The variation that `?experiment=1` forces, if there is such a variation.
///
/// ```
/// use flagkit_dialects::growthbook::query_string_override;
///
/// assert_eq!(query_string_override("exp", "https://example.com/?a=b&exp=1#top", 2), Some(1));
/// assert_eq!(query_string_override("exp", "https://example.com/?exp=2", 2), None);
/// ```
pub fn query_string_override(key: &str, url: &str, variations: usize) -> Option<usize> {
    let query = url.split('?').nth(1)?;
    let query = without_anchor(query);
    let pairs = query.split('&').map(|pair| {
        let mut parts = pair.split('=');
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    });
    let (_, value) = pairs.into_iter().find(|(name, _)| *name == key)?;
    leading_integer(value).filter(|variation| *variation < variations)
}

/// Without everything from `#` to the end of its line.
fn without_anchor(query: &str) -> String {
    let Some(start) = query.find('#') else { return query.to_owned() };
    let (before, anchor) = query.split_at_checked(start).unwrap_or((query, ""));
    let end = anchor.find(['\n', '\r', '\u{2028}', '\u{2029}']).unwrap_or(anchor.len());
    format!("{before}{}", anchor.get(end..).unwrap_or_default())
}

/// `parseInt`: blanks, a sign and digits in front count; hexadecimal with `0x`.
fn leading_integer(text: &str) -> Option<usize> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (radix, digits) = hexadecimal.map_or((10, text), |digits| (16, digits));
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let number = usize::from_str_radix(digits.get(..end)?, radix).ok()?;
    (!is_negative || number == 0).then_some(number)
}

/// The names under which conditions see a page.
pub(super) const PAGE: &str = "page";
pub(super) const PATH: &str = "path";
