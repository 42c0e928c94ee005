//! Test support of `FlagKit`: a second opinion, and things to ask it about.
//!
//! ```
//! use flagkit_testkit::{Choices, World, evaluate, generate};
//! use serde_json::json;
//!
//! let document = json!({ "flags": { "new-checkout": {
//!     "enabled": true,
//!     "targeting_rules": [{ "id": "eu", "conditions": ["country in ['DE', 'FR']"] }],
//! }}});
//! let world = World { environment: None, now: 1_796_083_200.0 };
//! let answer =
//!     evaluate(&document, "new-checkout", &json!({ "country": "FR" }), &json!(false), &world);
//! assert_eq!((answer.reason, answer.rule.as_deref()), ("TARGETING_MATCH", Some("eu")));
//!
//! // And a thousand questions more, the same ones every time:
//! let mut choices = Choices::from_seed(1);
//! let document = generate::document(&mut choices);
//! for request in generate::requests(&mut choices, &document, 1_000) {
//!     let _answer =
//!         evaluate(&document, &request.flag, &request.context, &request.default, &request.world());
//! }
//! ```
//!
//! * [`mod@reference`] answers every evaluation the slow and obvious way, written from
//!   `docs/flag-files.md` alone and sharing no code with the engine.
//! * [`generate`] makes documents, good and hostile, and the contexts to go with them.
//! * `postgres`, behind a feature, starts a database of our own.
//! * [`Choices`] decides for the generators, from a seed or from a fuzzer's bytes.
//!
//! Only tests depend on this crate; it is never published.

mod choices;
pub mod generate;
#[cfg(all(feature = "postgres", unix))]
pub mod postgres;
pub mod reference;

pub use self::choices::Choices;
pub use self::reference::{
    Answer, World, evaluate, evaluate_feature_flags, evaluate_rollout_rules,
};
