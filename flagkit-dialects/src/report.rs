//! The report of a reading: diagnostics, and whether anything is broken.

use flagkit_core::Diagnostic;
#[cfg(feature = "unleash")]
use flagkit_core::Severity;

use crate::path::Path;
use crate::suggest;

/// Collects what is wrong while a document is read.
#[derive(Debug)]
pub(crate) struct Report {
    diagnostics: Vec<Diagnostic>,
    unlisted: usize,
    errors: usize,
    consequence: &'static str,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self { diagnostics: Vec::new(), unlisted: 0, errors: 0, consequence: FLAG_FAILS }
    }

    /// Errors from now on concern a flag.
    pub(crate) fn begin_flag(&mut self) {
        self.consequence = FLAG_FAILS;
    }

    /// Errors from now on concern a segment.
    pub(crate) fn begin_segment(&mut self) {
        self.consequence = SEGMENT_FAILS;
    }

    /// Errors from now on concern evaluations that get as far as their place.
    #[cfg(feature = "configcat")]
    pub(crate) fn begin_place(&mut self) {
        self.consequence = PLACE_FAILS;
    }

    /// How many errors there are; a part is broken if there are more after it than before.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    /// Something fails.
    pub(crate) fn error(&mut self, path: &Path<'_>, problem: impl Into<String>, mend: &str) {
        self.errors += 1;
        let diagnostic = Diagnostic::error(path.to_string(), problem);
        self.push(diagnostic.with_consequence(self.consequence).with_mend(mend));
    }

    /// Something fails because of this text.
    pub(crate) fn error_about(
        &mut self,
        path: &Path<'_>,
        problem: impl Into<String>,
        mend: &str,
        about: &str,
    ) {
        self.error(path, problem, mend);
        self.mark(about);
    }

    /// Everything works, but not as the author may think.
    pub(crate) fn warning(
        &mut self,
        path: &Path<'_>,
        problem: impl Into<String>,
        consequence: &str,
        mend: &str,
    ) {
        let diagnostic = Diagnostic::warning(path.to_string(), problem);
        self.push(diagnostic.with_consequence(consequence).with_mend(mend));
    }

    /// What was an error since there were this many is a warning after all: a part holds for no
    /// one, and that is all.
    #[cfg(feature = "unleash")]
    pub(crate) fn forgive(&mut self, errors: usize) {
        let excess = self.errors.saturating_sub(errors);
        self.errors = errors;
        let listed = self.diagnostics.iter_mut().rev();
        for diagnostic in listed.filter(|diagnostic| diagnostic.is_error()).take(excess) {
            diagnostic.severity = Severity::Warning;
            diagnostic.consequence = String::from("this part holds for no one");
        }
    }

    /// A key that means nothing here.
    pub(crate) fn unknown_key(&mut self, path: &Path<'_>, key: &str, known: &[&'static str]) {
        let hint = self.did_you_mean(key, known.iter().copied());
        let problem = format!("the key `{key}` is unknown here{hint}");
        self.warning(path, problem, "it changes nothing", "correct or remove it");
        self.mark(key);
    }

    /// A hint at the known word that is closest; none once there are very many diagnostics.
    pub(crate) fn did_you_mean<'k>(
        &self,
        word: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> String {
        if self.diagnostics.len() > HINTED_MAX {
            return String::new();
        }
        suggest::did_you_mean(word, known)
    }

    /// Everything that was found; of very many, the first, and how many more there are.
    pub(crate) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        if self.unlisted > 0 {
            let problem = format!("{} more problems are not listed", self.unlisted);
            let more = Diagnostic::error(String::new(), problem).with_consequence("");
            self.diagnostics.push(more.with_mend("mend the others first"));
        }
        self.diagnostics
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < LISTED_MAX {
            self.diagnostics.push(diagnostic);
        } else {
            self.unlisted += 1;
        }
    }

    /// Marks the last diagnostic as being about this text.
    /// The last diagnostic is about a place this many characters into its text.
    pub(crate) fn mark_offset(&mut self, offset: usize) {
        if self.unlisted == 0
            && let Some(last) = self.diagnostics.last_mut()
        {
            last.offset = offset;
        }
    }

    fn mark(&mut self, about: &str) {
        if self.unlisted > 0 {
            return;
        }
        if let Some(last) = self.diagnostics.pop() {
            self.diagnostics.push(last.about(about));
        }
    }
}

/// The most diagnostics of one document that are listed.
const LISTED_MAX: usize = 100_000;
/// With more diagnostics than this nobody reads hints, and looking for them takes time.
const HINTED_MAX: usize = 1_000;
const FLAG_FAILS: &str = "the flag answers the caller's default with PARSE_ERROR";
#[cfg(feature = "configcat")]
const PLACE_FAILS: &str =
    "evaluations that get this far answer the caller's default with PARSE_ERROR";
const SEGMENT_FAILS: &str =
    "every flag that uses the segment answers the caller's default with PARSE_ERROR";
