//! What a machine tells.

use std::fmt;

use flagkit_protocol::Version;

/// News from a [`Machine`](super::Machine).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// All flags of our server.
    Snapshot(Snapshot),
    /// What changed since the state that was told before, from our server.
    Delta(Delta),
    /// All flags, as any other source writes them.
    Document(Document),
    /// The source has said something true: what is held is what it has. Told when that begins and
    /// when the way changes, after the flags that came with it.
    Connected(Transport),
    /// The source was connected and is not any more. What is held stays.
    Disconnected(Problem),
    /// Something else is wrong than before; told once, not at each attempt.
    Problem(Problem),
}

/// All flags of an environment of our server.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Which state this is.
    pub version: Version,
    /// The name of the environment.
    pub environment: String,
    /// A native document, byte for byte as it came.
    pub document: String,
}

/// What changed in an environment of our server.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Delta {
    /// The state before; what was told last.
    pub from: Version,
    /// The state after.
    pub version: Version,
    /// A native document of the new and changed flags and segments and of all settings.
    pub document: String,
    /// Keys of flags that are gone.
    pub removed_flags: Vec<String>,
    /// Keys of segments that are gone.
    pub removed_segments: Vec<String>,
}

/// All flags in the words of a flag management system.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Document {
    /// The document, in the dialect of the source.
    pub text: String,
    /// What to ask with whether it is still current, where the source said so.
    pub etag: Option<String>,
}

/// How flags arrive.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Transport {
    /// The source sends each change.
    Stream,
    /// The source is asked from time to time.
    Poll,
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Stream => "stream",
            Self::Poll => "poll",
        })
    }
}

/// Why flags do not arrive, or why some did not.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Problem {
    /// For programs.
    pub kind: ProblemKind,
    /// For people: where, what, and how to mend it. Without keys.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

/// Kinds of problems.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The key is missing, wrong or not allowed to: status 401 or 403.
    Unauthorized,
    /// There is no such address: status 404 or 410.
    NotFound,
    /// The source asks for patience: status 408, 425, 429 or 503.
    Busy,
    /// Another status that is no success.
    Status,
    /// No connection, or no answer in time.
    Unreachable,
    /// The connection was cut.
    Closed,
    /// The connection stayed open, and nothing came any more.
    Silent,
    /// The source announced that it closes; another, or the same, is there soon.
    Leaving,
    /// What came is not what the source is meant to send.
    Malformed,
    /// What came is beyond a limit.
    TooLarge,
    /// A change does not fit to what is held, or a checksum is wrong.
    Mismatch,
    /// The source is at an older state than what is held, which therefore stays.
    Outdated,
}

impl ProblemKind {
    /// The name in logs and metrics: `too_large`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::NotFound => "not_found",
            Self::Busy => "busy",
            Self::Status => "status",
            Self::Unreachable => "unreachable",
            Self::Closed => "closed",
            Self::Silent => "silent",
            Self::Leaving => "leaving",
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::Mismatch => "mismatch",
            Self::Outdated => "outdated",
        }
    }

    /// A problem of this kind.
    pub(super) fn because(self, message: impl Into<String>) -> Problem {
        Problem { kind: self, message: message.into() }
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
