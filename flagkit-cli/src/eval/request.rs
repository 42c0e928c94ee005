//! Requests: what one line asks, borrowed from the line.

use std::borrow::Cow;
use std::fmt;

use flagkit_core::{Context, ErrorCode, Value};
use flagkit_dialects::{Dialect, context_from_text};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::answer::Fault;
use crate::context::BorrowedContext;
use crate::json::Text;

/// One evaluation to be made. Every part is still JSON text: each is read when it is
/// needed, so one that cannot be read does not take the others with it.
#[derive(Debug, Default)]
pub(crate) struct Request<'a> {
    id: Option<&'a RawValue>,
    flag: Option<&'a RawValue>,
    context: Option<&'a RawValue>,
    default: Option<&'a RawValue>,
    kind: Option<&'a RawValue>,
}

impl<'a> Request<'a> {
    /// Takes a line apart.
    pub(crate) fn parse(line: &'a [u8]) -> Result<Self, Fault<'a>> {
        let unreadable = |error: &dyn fmt::Display| {
            Fault::new(ErrorCode::ParseError, format!("the request cannot be read: {error}"))
        };
        let text = std::str::from_utf8(line).map_err(|error| unreadable(&error))?;
        serde_json::from_str(text).map_err(|error| unreadable(&error))
    }

    /// The id, as JSON text.
    pub(crate) fn id(&self) -> &'a str {
        self.id.map_or("null", RawValue::get)
    }

    /// The caller's default, as JSON text.
    pub(crate) fn default_value(&self) -> &'a str {
        self.default.map_or("null", RawValue::get)
    }

    /// The key of the flag.
    pub(crate) fn flag(&self) -> Result<Cow<'a, str>, Fault<'a>> {
        let Some(flag) = self.flag else {
            return Err(Fault::new(ErrorCode::ParseError, "the request names no `flag`"));
        };
        let wrong = |_| Fault::new(ErrorCode::ParseError, "`flag` is not text");
        serde_json::from_str(flag.get()).map(|Text(text)| text).map_err(wrong)
    }

    /// Who asks; nobody if the request does not say.
    pub(crate) fn context(&self) -> Result<BorrowedContext<'a>, Fault<'a>> {
        let Some(context) = self.context else {
            return Ok(BorrowedContext::default());
        };
        serde_json::from_str(context.get()).map_err(|error| {
            Fault::new(ErrorCode::InvalidContext, format!("`context` cannot be used: {error}"))
        })
    }

    /// The same in the words of a vendor.
    pub(crate) fn context_in(&self, dialect: Dialect) -> Result<Context, Fault<'a>> {
        let text = self.context.map_or("null", RawValue::get);
        context_from_text(dialect, text).map_err(|problem| {
            Fault::new(ErrorCode::InvalidContext, format!("`context` cannot be used: {problem}"))
        })
    }

    /// What kind of value is asked for.
    pub(crate) fn kind(&self) -> Result<Option<Kind>, Fault<'a>> {
        let Some(kind) = self.kind.map(RawValue::get).filter(|kind| *kind != "null") else {
            return Ok(None);
        };
        let read = serde_json::from_str(kind).ok().and_then(|Text(name)| Kind::named(&name));
        read.map(Some).ok_or_else(|| {
            let names = Kind::ALL.map(|(name, _)| name).join(", ");
            Fault::new(ErrorCode::ParseError, format!("`type` is none of {names}"))
        })
    }
}

/// A name that is there twice counts where it is there last; unknown names are ignored.
impl<'de> Deserialize<'de> for Request<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RequestVisitor)
    }
}

struct RequestVisitor;

impl<'de> Visitor<'de> for RequestVisitor {
    type Value = Request<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut request = Request::default();
        while let Some(Text(name)) = map.next_key()? {
            let place = match &*name {
                "id" => &mut request.id,
                "flag" => &mut request.flag,
                "context" => &mut request.context,
                "default" => &mut request.default,
                "type" => &mut request.kind,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *place = Some(map.next_value()?);
        }
        Ok(request)
    }
}

/// The kinds of values that can be asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// `true` or `false`.
    Boolean,
    /// Text.
    String,
    /// A number without fraction.
    Integer,
    /// Any number.
    Number,
    /// An object or a list.
    Object,
    /// Anything.
    Json,
}

impl Kind {
    const ALL: [(&str, Self); 7] = [
        ("boolean", Self::Boolean),
        ("string", Self::String),
        ("integer", Self::Integer),
        ("float", Self::Number),
        ("number", Self::Number),
        ("object", Self::Object),
        ("json", Self::Json),
    ];

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }

    /// Whether a value is of this kind.
    pub(crate) fn fits(self, value: &Value) -> bool {
        match self {
            Self::Boolean => value.as_bool().is_some(),
            Self::String => value.as_str().is_some(),
            Self::Integer => value.as_integer().is_some(),
            Self::Number => value.as_float().is_some(),
            Self::Object => matches!(value, Value::Structure(_) | Value::List(_)),
            Self::Json => true,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean => "a boolean",
            Self::String => "text",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::Object => "an object",
            Self::Json => "JSON",
        })
    }
}
