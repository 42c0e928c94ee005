//! From a resolution to a typed value: resolve, read, or use the caller's default.

use flagkit_core::{Attributes, ErrorCode, Explanation, Reason, Snapshot, Value};

use crate::asked::Asked;
use crate::clock::System;
use crate::details::Details;
use crate::evaluations::Evaluation;
use crate::key::Key;
use crate::overrides;
use flagkit_client::Str;

/// A type that a flag can have.
///
/// Integers accept numbers without fraction, floats accept every number; nothing
/// else is converted.
pub trait FlagValue: Clone + 'static {
    /// How a default is written where a flag is declared.
    type Declared: Copy + Send + Sync + 'static;

    /// The type in the words of messages: `a boolean`.
    const KIND: &'static str;

    /// The value of what a flag serves, if it is of this type.
    fn read(value: &Value) -> Option<Self>;

    /// The default, from how it was declared.
    fn from_declared(declared: Self::Declared) -> Self;

    /// The only values there are, if there is an end to them.
    fn choices() -> Option<&'static [&'static str]> {
        None
    }
}

impl FlagValue for bool {
    type Declared = Self;
    const KIND: &'static str = "a boolean";

    fn read(value: &Value) -> Option<Self> {
        value.as_bool()
    }

    fn from_declared(declared: Self) -> Self {
        declared
    }
}

impl FlagValue for i64 {
    type Declared = Self;
    const KIND: &'static str = "an integer";

    fn read(value: &Value) -> Option<Self> {
        value.as_integer()
    }

    fn from_declared(declared: Self) -> Self {
        declared
    }
}

impl FlagValue for f64 {
    type Declared = Self;
    const KIND: &'static str = "a number";

    fn read(value: &Value) -> Option<Self> {
        value.as_float()
    }

    fn from_declared(declared: Self) -> Self {
        declared
    }
}

impl FlagValue for Str {
    type Declared = &'static str;
    const KIND: &'static str = "text";

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::from(text.clone())),
            _ => None,
        }
    }

    fn from_declared(declared: &'static str) -> Self {
        declared.into()
    }
}

impl FlagValue for Value {
    type Declared = &'static str;
    const KIND: &'static str = "any value";

    fn read(value: &Value) -> Option<Self> {
        Some(value.clone())
    }

    fn from_declared(declared: &'static str) -> Self {
        Self::from(declared)
    }
}

/// Whether the flag is on; off where anything is wrong.
#[inline]
pub(crate) fn is_enabled<K: Key + ?Sized, C: Attributes + ?Sized>(
    asked: Asked<'_, '_>,
    key: &K,
    context: &C,
) -> bool {
    if overrides::is_any()
        && let Some(value) = overrides::find(key.as_key())
    {
        return overrides::is_on(&value);
    }
    asked.is_enabled(key, context)
}

/// The flag's value, or `None` where the caller's default is to be used.
#[inline]
pub(crate) fn value<T: FlagValue, K: Key + ?Sized, C: Attributes + ?Sized>(
    asked: Asked<'_, '_>,
    key: &K,
    context: &C,
) -> Option<T> {
    if overrides::is_any()
        && let Some(value) = overrides::find(key.as_key())
    {
        return T::read(&value);
    }
    asked.value(asked.flag(key, context)?, context)
}

/// The flag's value with everything about it.
pub(crate) fn details<T: FlagValue, K: Key + ?Sized, C: Attributes + ?Sized>(
    asked: Asked<'_, '_>,
    key: &K,
    context: &C,
    default: T,
) -> Details<T> {
    if overrides::is_any()
        && let Some(value) = overrides::find(key.as_key())
    {
        return overridden(T::read(&value), overrides::is_on(&value), default);
    }
    let Some(flag) = asked.flag(key, context) else {
        return Details::failed(default, ErrorCode::FlagNotFound);
    };
    match asked.read(flag, context) {
        Ok((found, value)) => Details {
            value: value.unwrap_or(default),
            enabled: found.is_enabled(),
            variant: found.variant_arc().map(Str::from),
            reason: found.reason(),
            error: None,
            rule: found.rule_arc().map(Str::from),
            flag_version: flag.version(),
            metadata: flag.metadata().cloned(),
        },
        Err(code) => Details::failed(default, code),
    }
}

/// On or off with everything about it.
pub(crate) fn enabled_details<K: Key + ?Sized, C: Attributes + ?Sized>(
    asked: Asked<'_, '_>,
    key: &K,
    context: &C,
) -> Details<bool> {
    let Details { enabled, variant, reason, error, rule, flag_version, metadata, .. } =
        details(asked, key, context, Value::Null);
    Details { value: enabled, enabled, variant, reason, error, rule, flag_version, metadata }
}

/// Everything that was found, lent.
pub(crate) fn evaluation<'s, K: Key + ?Sized, C: Attributes + ?Sized>(
    asked: Asked<'s, '_>,
    key: &'s K,
    context: &C,
    is_ready: impl FnOnce() -> bool,
) -> Evaluation<'s> {
    let Some(flag) = asked.flag(key, context) else {
        return Evaluation::missing(key.as_key(), is_ready());
    };
    Evaluation::new((key.as_key(), Some(flag)), asked.resolution(flag, context))
}

/// Every step of an evaluation.
pub(crate) fn explain<C: Attributes + ?Sized>(
    snapshot: &Snapshot,
    key: &str,
    context: &C,
) -> Explanation {
    let mut explanation = Explanation::default();
    // The explanation holds the outcome, be it a value or an error.
    let _ = snapshot.resolve(key, context, &System, &mut explanation);
    explanation
}

fn overridden<T>(value: Option<T>, enabled: bool, default: T) -> Details<T> {
    let Some(value) = value else { return Details::failed(default, ErrorCode::TypeMismatch) };
    Details {
        value,
        enabled,
        variant: None,
        reason: Reason::Static,
        error: None,
        rule: Some("override in a test".into()),
        flag_version: None,
        metadata: None,
    }
}

/// The typed calls of everything that can evaluate flags: one text for clients and views.
///
/// `$with` is the method that lends what is asked to a closure.
macro_rules! typed_calls {
    ($with:ident) => {
        /// Whether the flag is on for this context; off where anything is wrong.
        #[inline]
        pub fn is_enabled<K: $crate::Key + ?Sized, C: Attributes + ?Sized>(
            &self,
            key: &K,
            context: &C,
        ) -> bool {
            self.$with(|asked| $crate::evaluate::is_enabled(asked, key, context))
        }

        /// Whether the flag is on, and why.
        pub fn is_enabled_details<K: $crate::Key + ?Sized, C: Attributes + ?Sized>(
            &self,
            key: &K,
            context: &C,
        ) -> $crate::Details<bool> {
            let found = self.$with(|asked| $crate::evaluate::enabled_details(asked, key, context));
            self.judge(found)
        }

        /// The value of a boolean flag.
        #[inline]
        pub fn boolean<K: $crate::Key + ?Sized, C: Attributes + ?Sized>(
            &self,
            key: &K,
            context: &C,
            default: bool,
        ) -> bool {
            self.value(key, context).unwrap_or(default)
        }

        /// The value of a boolean flag, and why.
        pub fn boolean_details<K: $crate::Key + ?Sized, C: Attributes + ?Sized>(
            &self,
            key: &K,
            context: &C,
            default: bool,
        ) -> $crate::Details<bool> {
            self.details(key, context, default)
        }

        /// The value of a text flag.
        #[inline]
        pub fn string<K: $crate::Key + ?Sized, C: Attributes + ?Sized>(
            &self,
            key: &K,
            context: &C,
            default: &str,
        ) -> $crate::Str {
            self.value(key, context).unwrap_or_else(|| default.into())
        }

        /// The value of a text flag, and why.
        pub fn string_details<K: $crate::Key + ?Sized, C: Attributes + ?Sized>(
            &self,
            key: &K,
            context: &C,
            default: &str,
        ) -> $crate::Details<$crate::Str> {
            self.details(key, context, default.into())
        }

        /// The value of an integer flag; a number without fraction counts.
        #[inline]
        pub fn integer<K: $crate::Key + ?Sized, C: Attributes + ?Sized>(
            &self,
            key: &K,
            context: &C,
            default: i64,
        ) -> i64 {
            self.value(key, context).unwrap_or(default)
        }

        /// The value of an integer flag, and why.
        pub fn integer_details<K: $crate::Key + ?Sized, C: Attributes + ?Sized>(
            &self,
            key: &K,
            context: &C,
            default: i64,
        ) -> $crate::Details<i64> {
            self.details(key, context, default)
        }

        /// The value of a number flag.
        #[inline]
        pub fn float<K: $crate::Key + ?Sized, C: Attributes + ?Sized>(
            &self,
            key: &K,
            context: &C,
            default: f64,
        ) -> f64 {
            self.value(key, context).unwrap_or(default)
        }

        /// The value of a number flag, and why.
        pub fn float_details<K: $crate::Key + ?Sized, C: Attributes + ?Sized>(
            &self,
            key: &K,
            context: &C,
            default: f64,
        ) -> $crate::Details<f64> {
            self.details(key, context, default)
        }

        /// The value of a flag of any type, an object for example.
        #[inline]
        pub fn json<K: $crate::Key + ?Sized, C: Attributes + ?Sized>(
            &self,
            key: &K,
            context: &C,
            default: impl Into<$crate::Value>,
        ) -> $crate::Value {
            self.value(key, context).unwrap_or_else(|| default.into())
        }

        /// The value of a flag of any type, and why.
        pub fn json_details<K: $crate::Key + ?Sized, C: Attributes + ?Sized>(
            &self,
            key: &K,
            context: &C,
            default: impl Into<$crate::Value>,
        ) -> $crate::Details<$crate::Value> {
            self.details(key, context, default.into())
        }

        /// Every step of an evaluation, for people.
        pub fn explain<K: $crate::Key + ?Sized, C: Attributes + ?Sized>(
            &self,
            key: &K,
            context: &C,
        ) -> $crate::Explanation {
            self.$with(|asked| $crate::evaluate::explain(asked.snapshot, key.as_key(), context))
        }

        /// Calls `read` with everything that the evaluation found. Nothing of it is copied, so this
        /// is the way to text and objects where even counting their owners is too much.
        ///
        /// ```
        /// let client = flagkit::Client::from_text(
        ///     "schema: flagkit/1\nflags: {color: {enabled: true, variants: {on: {value: red, weight: 1}}, rollout_percentage: 100}}",
        /// )?;
        /// let length = client.evaluate_with("color", &flagkit::Context::new("user-42"), |found| {
        ///     found.value().and_then(flagkit::Value::as_str).map_or(0, str::len)
        /// });
        /// assert_eq!(length, 3);
        /// # Ok::<(), flagkit::Error>(())
        /// ```
        #[inline]
        pub fn evaluate_with<K: $crate::Key + ?Sized, C: Attributes + ?Sized, R>(
            &self,
            key: &K,
            context: &C,
            read: impl FnOnce(&$crate::Evaluation<'_>) -> R,
        ) -> R {
            let is_ready = || self.is_ready();
            self.$with(|asked| read(&$crate::evaluate::evaluation(asked, key, context, is_ready)))
        }

        /// The value of a flag whose type the caller knows; `None` where the caller's default is to be
        /// used.
        ///
        /// ```
        /// let client = flagkit::Client::from_text("schema: flagkit/1\nflags: {}")?;
        /// let color: Option<flagkit::Str> = client.value("color", &());
        /// assert_eq!(color, None);
        /// # Ok::<(), flagkit::Error>(())
        /// ```
        #[inline]
        pub fn value<T: $crate::FlagValue, K: $crate::Key + ?Sized, C: Attributes + ?Sized>(
            &self,
            key: &K,
            context: &C,
        ) -> Option<T> {
            self.$with(|asked| $crate::evaluate::value(asked, key, context))
        }

        /// The value of a flag of any type, and why.
        pub fn details<T: $crate::FlagValue, K: $crate::Key + ?Sized, C: Attributes + ?Sized>(
            &self,
            key: &K,
            context: &C,
            default: T,
        ) -> $crate::Details<T> {
            let found = self.$with(|asked| $crate::evaluate::details(asked, key, context, default));
            self.judge(found)
        }
    };
}
pub(crate) use typed_calls;
