//! How a document writes its texts: in plain words, or so that clients cannot read them.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flagkit_core::document::FlagKeys;

use crate::error::WrongShape;
use crate::node::Node;

/// How texts are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Writing {
    Plain,
    /// Names and what they are compared with as MD5, all else in base64.
    Obfuscated,
}

impl Writing {
    pub(super) fn of(root: &Node<'_>) -> Result<Self, WrongShape> {
        match root.entry("format").map(|format| (format, format.as_text())) {
            None | Some((_, Some("SERVER"))) => Ok(Self::Plain),
            Some((_, Some("CLIENT"))) => Ok(Self::Obfuscated),
            Some((format, _)) => {
                let problem = format!(
                    "the format is {}; flags come in the formats `SERVER` and `CLIENT`",
                    format.summary()
                );
                Err(WrongShape::new("format", problem))
            }
        }
    }

    pub(super) fn flag_keys(self) -> FlagKeys {
        match self {
            Self::Plain => FlagKeys::Plain,
            Self::Obfuscated => FlagKeys::Digests,
        }
    }

    /// What a text says; `None` if it is not written as it must be.
    pub(super) fn read(self, text: &str) -> Option<Cow<'_, str>> {
        match self {
            Self::Plain => Some(Cow::Borrowed(text)),
            Self::Obfuscated => {
                let bytes = STANDARD.decode(text).ok()?;
                String::from_utf8(bytes).ok().map(Cow::Owned)
            }
        }
    }
}
