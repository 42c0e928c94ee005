//! Why flags could not be loaded.

use std::fmt;
use std::path::{Path, PathBuf};

use flagkit_core::Diagnostic;
use flagkit_dialects::DecodeError;

/// Why flags could not be loaded or replaced. What was there before is still there.
#[derive(Debug)]
pub struct Error(Kind);

#[derive(Debug)]
enum Kind {
    Read { path: PathBuf, source: std::io::Error },
    NoDocument { path: Option<PathBuf>, source: DecodeError },
    Malformed { path: Option<PathBuf>, diagnostics: Vec<Diagnostic> },
    AlreadyInitialised,
}

impl Error {
    /// Whether a file could not be read.
    pub fn is_io(&self) -> bool {
        matches!(self.0, Kind::Read { .. })
    }

    /// Whether the text is no flag document at all.
    pub fn is_no_document(&self) -> bool {
        matches!(self.0, Kind::NoDocument { .. })
    }

    /// What is wrong with the flags of a document that was refused for them.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match &self.0 {
            Kind::Malformed { diagnostics, .. } => diagnostics,
            _ => &[],
        }
    }

    #[cold]
    pub(crate) fn read(path: &Path, source: std::io::Error) -> Self {
        Self(Kind::Read { path: path.into(), source })
    }

    #[cold]
    pub(crate) fn no_document(source: DecodeError) -> Self {
        Self(Kind::NoDocument { path: None, source })
    }

    #[cold]
    pub(crate) fn malformed(diagnostics: Vec<Diagnostic>) -> Self {
        Self(Kind::Malformed { path: None, diagnostics })
    }

    #[cold]
    pub(crate) fn already_initialised() -> Self {
        Self(Kind::AlreadyInitialised)
    }

    /// The same error, about this file.
    pub(crate) fn in_file(self, file: &Path) -> Self {
        Self(match self.0 {
            Kind::NoDocument { source, .. } => Kind::NoDocument { path: Some(file.into()), source },
            Kind::Malformed { diagnostics, .. } => {
                Kind::Malformed { path: Some(file.into()), diagnostics }
            }
            other => other,
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Read { path, source } => write!(f, "cannot read `{}`: {source}", path.display()),
            Kind::NoDocument { path, source } => {
                write_path(f, path.as_deref())?;
                write!(f, "{source}")
            }
            Kind::Malformed { path, diagnostics } => {
                write_path(f, path.as_deref())?;
                let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
                write!(f, "refused for {} errors", errors.clone().count())?;
                errors.take(SHOWN).try_for_each(|diagnostic| write!(f, "\n  {diagnostic}"))
            }
            Kind::AlreadyInitialised => f.write_str(
                "flagkit is initialised already; keep one guard, or use a `Client` of your own",
            ),
        }
    }
}

fn write_path(f: &mut fmt::Formatter<'_>, path: Option<&Path>) -> fmt::Result {
    path.map_or(Ok(()), |path| write!(f, "`{}`: ", path.display()))
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Kind::Read { source, .. } => Some(source),
            Kind::NoDocument { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// More errors than this are counted, not printed.
const SHOWN: usize = 10;
