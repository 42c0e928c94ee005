//! Answers as flagd's providers give them: typed, with OpenFeature's reasons and codes.

use flagkit_core::{Ambient, Attributes, ErrorCode, Reason, Snapshot, Structure, Value};

/// What the caller asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "OpenFeature has these five")]
pub enum ValueType {
    /// `true` or `false`.
    Boolean,
    /// Text.
    Text,
    /// A number that is written without fraction.
    Integer,
    /// Any number.
    Float,
    /// An object or a list.
    Object,
}

impl ValueType {
    fn holds(self, value: &Value) -> bool {
        matches!(
            (self, value),
            (Self::Boolean, Value::Boolean(_))
                | (Self::Text, Value::String(_))
                | (Self::Integer | Self::Float, Value::Integer(_) | Value::Unsigned(_))
                | (Self::Float, Value::Float(_))
                | (Self::Object, Value::List(_) | Value::Structure(_))
        )
    }
}

/// What a flag answers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Answer<'s> {
    /// The value; `None` stands for the caller's default.
    pub value: Option<&'s Value>,
    /// The name of the variant.
    pub variant: Option<&'s str>,
    /// Why.
    pub reason: Reason,
    /// Why not.
    pub error: Option<ErrorCode>,
    /// The metadata of the flag, over that of the document.
    pub metadata: Option<&'s Structure>,
}

/// Asks a flag for a value of a type.
///
/// ```
/// use flagkit_core::{ErrorCode, Fixed, Snapshot, Timestamp};
/// use flagkit_dialects::flagd::{ValueType, answer};
///
/// let world = Fixed::at(Timestamp::EPOCH);
/// let snapshot = Snapshot::empty();
/// let answer = answer(&snapshot, ("beta", ValueType::Boolean), &(), &world);
/// assert_eq!(answer.error, Some(ErrorCode::FlagNotFound));
/// ```
pub fn answer<'s, C: Attributes + ?Sized>(
    snapshot: &'s Snapshot,
    (key, wanted): (&str, ValueType),
    context: &C,
    ambient: &dyn Ambient,
) -> Answer<'s> {
    let failed = |code| Answer {
        value: None,
        variant: None,
        reason: Reason::Error,
        error: Some(code),
        metadata: None,
    };
    let Some(flag) = snapshot.flag(key) else { return failed(ErrorCode::FlagNotFound) };
    match snapshot.resolve_flag(flag, context, ambient, &mut ()) {
        Err(code) => failed(code),
        Ok(found) if found.value().is_some_and(|value| !wanted.holds(value)) => {
            failed(ErrorCode::TypeMismatch)
        }
        Ok(found) => Answer {
            value: found.value(),
            variant: found.variant(),
            reason: found.reason(),
            error: None,
            metadata: flag.metadata().map(|metadata| &**metadata),
        },
    }
}
