//! Feature flags for applications: targeting, percentages, variants, live updates.
//!
//! ```
//! # let file = std::env::temp_dir().join(format!("flagkit-doc-{}.yaml", std::process::id()));
//! # std::fs::write(&file, "schema: flagkit/1\nflags: {new-checkout: {enabled: true, rollout_percentage: 100}}")?;
//! let _flags = flagkit::init_from_file(&file)?;
//! let context = flagkit::Context::new("user-42").with("country", "DE").with("plan", "pro");
//! if flagkit::is_enabled("new-checkout", &context) {
//!     println!("the new one");
//! }
//! # assert!(flagkit::is_enabled("new-checkout", &context));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **An evaluation never fails, never waits and never panics.** Whatever is wrong
//! (no such flag, a malformed one, a value of another type, flags not loaded yet),
//! it returns the default of its caller, and the `_details` form says why.
//!
//! * [`init`] once to follow a server as the environment says, or [`init_from_file`], then [`is_enabled`], [`boolean`], [`string`],
//!   [`integer`], [`float`] and [`json`] anywhere: the paved road.
//! * [`Client`] for several environments or no globals; [`View`] for one consistent
//!   version through a whole request.
//! * [`View::evaluate_all`] for all flags of one context, [`View::evaluate_column`] for one flag of
//!   many contexts.
//! * [`flags!`](crate::flags) declares flags with their types and defaults, checked by [`verify()`].
//! * [`ctx!`](crate::ctx) and [`derive@Attributes`] make contexts that borrow from the
//!   application and allocate nothing; [`gated`] chooses between two functions.
//! * [`testing::with`] overrides a flag for one test's thread.
//! * [`explain`] tells every step of a decision.
//! * With the feature `openfeature-provider`, `provider::Provider` answers applications that ask
//!   through OpenFeature. With `opentelemetry`, `telemetry::EvaluationEvents` emits events.

#![forbid(unsafe_code)]

mod asked;
mod attribute_value;
mod client;
mod clock;
mod column;
mod details;
mod evaluate;
mod evaluations;
mod global;
mod handle;
mod key;
mod overrides;
#[cfg(feature = "openfeature-provider")]
pub mod provider;
#[cfg(feature = "opentelemetry")]
pub mod telemetry;
pub mod testing;
mod verify;
mod view;

/// The flag management systems whose documents this build can load, each behind the feature of
/// its name.
///
/// Each module says what it reads and has a function `context` that builds an evaluation context
/// in the words of the vendor.
pub mod vendors {
    #[cfg(feature = "configcat")]
    pub use flagkit_dialects::configcat;
    #[cfg(feature = "eppo")]
    pub use flagkit_dialects::eppo;
    #[cfg(feature = "flagd")]
    pub use flagkit_dialects::flagd;
    #[cfg(feature = "flagsmith")]
    pub use flagkit_dialects::flagsmith;
    #[cfg(feature = "flipt")]
    pub use flagkit_dialects::flipt;
    #[cfg(feature = "go-feature-flag")]
    pub use flagkit_dialects::go_feature_flag;
    #[cfg(feature = "growthbook")]
    pub use flagkit_dialects::growthbook;
    #[cfg(feature = "launchdarkly")]
    pub use flagkit_dialects::launchdarkly;
    #[cfg(feature = "openfeature")]
    pub use flagkit_dialects::openfeature;
    #[cfg(feature = "split")]
    pub use flagkit_dialects::split;
    #[cfg(feature = "statsig")]
    pub use flagkit_dialects::statsig;
    #[cfg(feature = "unleash")]
    pub use flagkit_dialects::unleash;
}

// The public interface is:
pub use attribute_value::AttributeValue;
pub use client::{Builder, Client};
pub use column::{Column, Rows, ServedColumn};
pub use details::Details;
pub use evaluate::FlagValue;
pub use evaluations::{Evaluation, Evaluations};
pub use flagkit_client::{
    Change, Changes, Delivered, Error, Log, Metrics, Options, Origin, Status, Str, Subscription,
    Version, Watching, source,
};
pub use flagkit_core::{
    Ambient, Attributes, Context, ContextRef, Diagnostic, ErrorCode, Evaluated, Explanation, Fixed,
    List, Reason, Structure, Timestamp, Value, ValueRef,
};
pub use flagkit_dialects::{Dialect, InvalidContext, UnknownDialect, value_from_text};
pub use flagkit_macros::{Attributes, flags, gated};
pub use global::{
    Flags, boolean, boolean_details, client, explain, float, float_details, init, init_from_file,
    init_from_str, init_with, integer, integer_details, is_enabled, is_enabled_details, json,
    json_details, string, string_details, verify, view,
};
pub use handle::{DeclaredFlag, FlagHandle};
pub use key::{FlagKey, Key};
pub use verify::{Mismatch, VerifyError};
pub use view::View;

/// A context that borrows: nothing is copied, nothing allocated.
///
/// The first expression is the targeting key, then `"name" => value` pairs. It
/// lives as long as the statement it stands in.
///
/// ```
/// let (id, country) = ("user-42", String::from("DE"));
/// let on = flagkit::is_enabled("new-checkout", flagkit::ctx!(id, "country" => country, "age" => 37));
/// assert!(!on);
/// ```
#[macro_export]
macro_rules! ctx {
    ($key:expr $(, $name:expr => $value:expr)* $(,)?) => {
        &$crate::ContextRef::new(
            $crate::AttributeValue::as_value(&$key),
            &[$(($name, $crate::AttributeValue::as_value(&$value))),*],
        )
    };
}
