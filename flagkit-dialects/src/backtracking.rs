//! Patterns that look around or back.

use flagkit_core::document::ForeignPattern;

/// A pattern for an engine that tries again where it failed.
///
/// It gives up after a million steps; then nobody matches.
#[derive(Debug)]
pub(crate) struct Backtracking {
    source: String,
    regex: fancy_regex::Regex,
}

impl Backtracking {
    /// A pattern that may match anywhere in the text; `source` is what its author wrote.
    #[cfg(feature = "growthbook")]
    pub(crate) fn anywhere(source: &str, pattern: &str) -> Result<Self, String> {
        let regex = fancy_regex::Regex::new(pattern).map_err(|error| error.to_string())?;
        Ok(Self { source: source.to_owned(), regex })
    }

    /// A pattern that must match from the start of the text; `source` is what its author wrote.
    #[cfg(feature = "flagsmith")]
    pub(crate) fn at_start(source: &str, pattern: &str) -> Result<Self, String> {
        let built = fancy_regex::Regex::new(&format!(r"\A(?:{pattern})"));
        let regex = built.map_err(|error| error.to_string())?;
        Ok(Self { source: source.to_owned(), regex })
    }
}

impl ForeignPattern for Backtracking {
    fn matches(&self, text: &str) -> Option<bool> {
        self.regex.is_match(text).ok()
    }

    fn source(&self) -> &str {
        &self.source
    }
}
