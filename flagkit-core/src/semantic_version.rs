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

    #[inline]
    fn read(text: &'a str, numbers: Numbers) -> Option<Self> {
        match plain_numbers(text) {
            Some(numbers) => Some(Self { numbers, label: "", build: "" }),
            None => Self::read_all(text, numbers),
        }
    }

    fn read_all(text: &'a str, numbers: Numbers) -> Option<Self> {
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

/// A version that owns its text, read once.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OwnedVersion {
    text: Box<str>,
    numbers: [u64; 3],
    label: Box<str>,
    build: Box<str>,
}

impl OwnedVersion {
    /// This version, which was read from this text.
    pub(crate) fn new(text: &str, version: &SemanticVersion<'_>) -> Self {
        let SemanticVersion { numbers, label, build } = *version;
        Self { text: text.into(), numbers, label: label.into(), build: build.into() }
    }

    #[inline]
    pub(crate) fn borrow(&self) -> SemanticVersion<'_> {
        SemanticVersion { numbers: self.numbers, label: &self.label, build: &self.build }
    }
}

/// The text that it was read from.
impl AsRef<str> for OwnedVersion {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// Three numbers and nothing else, as almost all versions are; `None` for any other text.
#[inline]
fn plain_numbers(text: &str) -> Option<[u64; 3]> {
    let mut numbers = [0; 3];
    let mut places = numbers.iter_mut();
    let (mut place, mut len) = (places.next()?, 0);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' if len < DIGITS_MAX && !(len == 1 && *place == 0) => {
                *place = *place * 10 + u64::from(byte - b'0');
                len += 1;
            }
            b'.' if len > 0 => (place, len) = (places.next()?, 0),
            _ => return None,
        }
    }
    (len > 0 && places.next().is_none()).then_some(numbers)
}

/// So many digits fit 64 bits whatever they are.
const DIGITS_MAX: u32 = 19;

/// How many of the three numbers must be there.
#[derive(Clone, Copy)]
enum Numbers {
    All,
    OneAtLeast,
}

impl Ord for SemanticVersion<'_> {
    #[inline]
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
