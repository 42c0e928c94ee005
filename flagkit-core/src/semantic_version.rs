//! Semantic versions, borrowed from their text.
//!
//! The `semver` crate copies long pre-release labels to the heap; an evaluation
//! must not. This reads the same language (checked against that crate in the
//! tests) and keeps the label where it is. Build metadata is ignored unless asked for.

use std::cmp::Ordering;

/// A version `major.minor.patch`, with a pre-release label perhaps.
///
/// ```
/// use flagkit_core::SemanticVersion;
///
/// let version = SemanticVersion::parse("1.4.0-rc.1+build.7").unwrap();
/// assert!(version < SemanticVersion::parse("1.4.0").unwrap());
/// assert!(SemanticVersion::parse("v1.4.0").is_none());
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SemanticVersion<'a> {
    numbers: [u64; 3],
    label: &'a str,
    /// Empty where it is ignored.
    build: &'a str,
}

impl<'a> SemanticVersion<'a> {
    /// Reads a version as SemVer 2.0 writes it: three numbers, no leading zeros, no `v`.
    pub fn parse(text: &'a str) -> Option<Self> {
        Self::read(text, Numbers::All).map(Self::without_build)
    }

    /// The same where the second and third number may be missing: `2`, `2.1`, `2-rc`.
    pub(crate) fn parse_short(text: &'a str) -> Option<Self> {
        Self::read(text, Numbers::OneAtLeast).map(Self::without_build)
    }

    /// The same as [`SemanticVersion::parse`], and build metadata decides between versions that
    /// are equal otherwise.
    ///
    /// Such a version comes after one without build metadata; identifiers compare as those of
    /// a label, and of equal numbers the one with fewer zeros before it comes first.
    ///
    /// ```
    /// use flagkit_core::SemanticVersion;
    ///
    /// let version = SemanticVersion::parse_with_build("1.4.0+build.7");
    /// assert!(version < SemanticVersion::parse_with_build("1.4.0+build.10"));
    /// ```
    pub fn parse_with_build(text: &'a str) -> Option<Self> {
        Self::read(text, Numbers::All)
    }

    fn without_build(self) -> Self {
        Self { build: "", ..self }
    }

    fn read(text: &'a str, numbers: Numbers) -> Option<Self> {
        let (text, build) = text.split_once('+').map_or((text, None), |(v, b)| (v, Some(b)));
        let (core, label) = text.split_once('-').map_or((text, None), |(v, l)| (v, Some(l)));
        if !build.is_none_or(|build| are_identifiers(build, is_build_identifier)) {
            return None;
        }
        if !label.is_none_or(|label| are_identifiers(label, is_label_identifier)) {
            return None;
        }
        let mut parts = core.split('.').map(number);
        let major = parts.next()??;
        let mut next = || match (parts.next(), numbers) {
            (None, Numbers::OneAtLeast) => Some(0),
            (part, _) => part?,
        };
        let numbers = [major, next()?, next()?];
        let (label, build) = (label.unwrap_or_default(), build.unwrap_or_default());
        parts.next().is_none().then_some(Self { numbers, label, build })
    }

    /// Major, minor and patch.
    pub fn numbers(&self) -> [u64; 3] {
        self.numbers
    }

    /// The pre-release label without its dash; empty for a release.
    pub fn label(&self) -> &'a str {
        self.label
    }
}

/// How many of the three numbers must be there.
#[derive(Clone, Copy)]
enum Numbers {
    All,
    OneAtLeast,
}

impl Ord for SemanticVersion<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let labels = || compare_labels(self.label, other.label);
        let builds = || compare_builds(self.build, other.build);
        self.numbers.cmp(&other.numbers).then_with(labels).then_with(builds)
    }
}

impl PartialOrd for SemanticVersion<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A release comes after its pre-releases; labels compare identifier by identifier.
fn compare_labels(left: &str, right: &str) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => compare_all(left, right),
    }
}

/// A version without build metadata comes first.
fn compare_builds(left: &str, right: &str) -> Ordering {
    let is_empty = left.is_empty() || right.is_empty();
    if is_empty { left.len().cmp(&right.len()) } else { compare_all(left, right) }
}

fn compare_all(left: &str, right: &str) -> Ordering {
    by_identifiers(left, right, compare_identifiers)
}

/// Identifier by identifier; of two that begin alike the shorter comes first.
pub(crate) fn by_identifiers(
    left: &str,
    right: &str,
    compare: impl Fn(&str, &str) -> Ordering,
) -> Ordering {
    let mut theirs = right.split('.');
    for mine in left.split('.') {
        let Some(other) = theirs.next() else { return Ordering::Greater };
        let order = compare(mine, other);
        if order.is_ne() {
            return order;
        }
    }
    if theirs.next().is_some() { Ordering::Less } else { Ordering::Equal }
}

/// Numeric identifiers compare as numbers of any length and come before the others.
fn compare_identifiers(left: &str, right: &str) -> Ordering {
    match (is_digits(left), is_digits(right)) {
        (true, true) => compare_digits(left, right),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => left.cmp(right),
    }
}

/// Only build metadata may have zeros in front.
fn compare_digits(left: &str, right: &str) -> Ordering {
    let [mine, theirs] = [left, right].map(|digits| digits.trim_start_matches('0'));
    let lengths = || left.len().cmp(&right.len());
    mine.len().cmp(&theirs.len()).then_with(|| mine.cmp(theirs)).then_with(lengths)
}

fn number(text: &str) -> Option<u64> {
    (is_digits(text) && !has_leading_zero(text)).then(|| text.parse().ok()).flatten()
}

fn are_identifiers(text: &str, is_valid: fn(&str) -> bool) -> bool {
    text.split('.').all(is_valid)
}

fn is_build_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_label_identifier(text: &str) -> bool {
    is_build_identifier(text) && !(is_digits(text) && has_leading_zero(text))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn has_leading_zero(text: &str) -> bool {
    text.len() > 1 && text.starts_with('0')
}

#[cfg(test)]
mod tests;
