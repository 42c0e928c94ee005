//! `flagkit validate`: what is wrong with flag files, at which line.

use std::path::Path;
use std::process::ExitCode;

use crate::arguments::{Output, Validate};
use crate::document_file::{DocumentFile, Finding, Loaded, Trouble};
use crate::failure::Outcome;

mod json;
mod text;

/// Checks every file and prints what was found; fails if a file has an error.
pub(crate) fn run(arguments: &Validate) -> Outcome {
    let check = |path: &std::path::PathBuf| Checked::new(path, arguments);
    let checked: Vec<Checked> = arguments.files.iter().map(check).collect();
    match arguments.output {
        Output::Text => text::print(&checked)?,
        Output::Json => json::print(&checked, arguments.strict)?,
    }
    let fails = checked.iter().any(|checked| checked.fails(arguments.strict));
    Ok(ExitCode::from(u8::from(fails)))
}

/// A checked file.
#[derive(Debug)]
enum Checked {
    /// It is a document, perhaps with findings.
    Document(Box<Loaded>),
    /// It is none.
    None(Trouble),
}

impl Checked {
    fn new(path: &Path, arguments: &Validate) -> Self {
        match DocumentFile::read(path, &arguments.reading).and_then(DocumentFile::load) {
            Ok(loaded) => Self::Document(Box::new(loaded)),
            Err(trouble) => Self::None(trouble),
        }
    }

    fn fails(&self, strict: bool) -> bool {
        self.errors() > 0 || (strict && self.warnings() > 0)
    }

    fn findings(&self) -> &[Finding] {
        match self {
            Self::Document(loaded) => &loaded.findings,
            Self::None(_) => &[],
        }
    }

    fn flags(&self) -> usize {
        match self {
            Self::Document(loaded) => loaded.snapshot.len(),
            Self::None(_) => 0,
        }
    }

    /// A file without document is one error.
    fn errors(&self) -> usize {
        match self {
            Self::Document(loaded) => loaded.errors(),
            Self::None(_) => 1,
        }
    }

    fn warnings(&self) -> usize {
        match self {
            Self::Document(loaded) => loaded.warnings(),
            Self::None(_) => 0,
        }
    }
}
