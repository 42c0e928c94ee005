//! Why flags could not be loaded.

use std::fmt;
use std::path::{Path, PathBuf};

use flagkit_core::Diagnostic;
use flagkit_dialects::DecodeError;
use flagkit_protocol::Version;

use crate::publisher::Rank;

/// Why flags could not be loaded or replaced. What was there before is still there.
#[derive(Debug)]
pub struct Error(Kind);

#[derive(Debug)]
enum Kind {
    Read { path: PathBuf, source: std::io::Error },
    NoDocument { path: Option<PathBuf>, source: DecodeError },
    Malformed { path: Option<PathBuf>, diagnostics: Vec<Diagnostic> },
    Outranked { offered: String, held: String },
    SuddenlyEmpty { flags: usize },
    OtherBase { offered: Version, held: Option<Version> },
    OtherTerms,
    OtherEnvironment { served: String, wanted: String },
    InDelta(Box<Kind>),
    Configuration(String),
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

    /// Whether flags were refused because those that are held are newer, or from a source that is
    /// trusted more.
    pub fn is_outranked(&self) -> bool {
        matches!(self.0, Kind::Outranked { .. })
    }

    /// Whether a change of some flags was refused, and all flags have to be asked for.
    pub fn needs_snapshot(&self) -> bool {
        matches!(self.0, Kind::OtherBase { .. } | Kind::OtherTerms | Kind::InDelta(_))
    }

    /// Whether FlagKit was set up in a way that cannot work.
    pub fn is_configuration(&self) -> bool {
        matches!(self.0, Kind::Configuration(_))
    }

    /// What is wrong with the flags of a document that was refused for them.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        self.0.diagnostics()
    }

    /// FlagKit is set up in a way that cannot work: where, what, and how to mend it.
    #[cold]
    pub fn configuration(text: impl Into<String>) -> Self {
        Self(Kind::Configuration(text.into()))
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
    pub(crate) fn outranked(offered: &Rank, held: &Rank) -> Self {
        Self(Kind::Outranked { offered: offered.to_string(), held: held.to_string() })
    }

    #[cold]
    pub(crate) fn suddenly_empty(flags: usize) -> Self {
        Self(Kind::SuddenlyEmpty { flags })
    }

    #[cold]
    pub(crate) fn other_base(offered: &Version, held: Option<&Version>) -> Self {
        Self(Kind::OtherBase { offered: offered.clone(), held: held.cloned() })
    }

    #[cold]
    pub(crate) fn other_terms() -> Self {
        Self(Kind::OtherTerms)
    }

    #[cold]
    pub(crate) fn other_environment(served: &str, wanted: Option<&str>) -> Self {
        let (served, wanted) = (served.to_owned(), wanted.unwrap_or_default().to_owned());
        Self(Kind::OtherEnvironment { served, wanted })
    }

    /// The same error, about a change of some flags.
    pub(crate) fn in_delta(self) -> Self {
        Self(Kind::InDelta(Box::new(self.0)))
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

impl Kind {
    fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            Self::Malformed { diagnostics, .. } => diagnostics,
            Self::InDelta(kind) => kind.diagnostics(),
            _ => &[],
        }
    }

    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read { source, .. } => Some(source),
            Self::NoDocument { source, .. } => Some(source),
            Self::InDelta(kind) => kind.source(),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
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
            Kind::Outranked { offered, held } => {
                write!(f, "{offered} were offered, {held} are held, which is better")
            }
            Kind::SuddenlyEmpty { flags } => write!(
                f,
                "the document has no flags, {flags} are held, and nothing in it says that this is meant"
            ),
            Kind::OtherBase { offered, held } => {
                write!(f, "a change from `{offered}` does not fit to what is held")?;
                held.as_ref().map_or(Ok(()), |held| write!(f, ", which is `{held}`"))
            }
            Kind::OtherEnvironment { served, wanted } => write!(
                f,
                "the key is one of the environment `{served}`, and the application is of `{wanted}`"
            ),
            Kind::OtherTerms => f.write_str("a change concerns all flags, not some"),
            Kind::InDelta(kind) => write!(f, "a change of some flags: {kind}"),
            Kind::Configuration(text) => f.write_str(text),
        }
    }
}

fn write_path(f: &mut fmt::Formatter<'_>, path: Option<&Path>) -> fmt::Result {
    path.map_or(Ok(()), |path| write!(f, "`{}`: ", path.display()))
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

/// More errors than this are counted, not printed.
const SHOWN: usize = 10;
