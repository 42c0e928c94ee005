//! Feature-flag evaluation without IO, locks, clocks or allocation.
//!
//! ```text
//!    cold path: once per update                       hot path: every evaluation
//!  Document ──compile──► Snapshot ──publish──► SnapshotCell ──load──► resolve ──► Resolution
//!      plain data,   │    immutable,             one atomic pointer     ▲    ▲
//!      may be wrong  └──► Vec<Diagnostic>                         context  ambient
//!                                                                  (who?)   (now, random)
//! ```
//!
//! A vendor's bytes become a [`Document`] (in `flagkit-dialects`); a document
//! compiles to a [`Snapshot`]; a snapshot resolves a flag for a context.
//!
//! ```
//! use flagkit_core::document::{Condition, Document, Flag, Rule, Serve, Variant};
//! use flagkit_core::{compile, Context, Fixed, Reason, Timestamp};
//!
//! let flag = Flag {
//!     key: "greeting".into(),
//!     variants: vec![Variant {
//!         key: Some("hi".into()),
//!         value: "Hello".into(),
//!         enabled: true,
//!         metadata: None,
//!     }],
//!     rules: vec![Rule {
//!         id: None,
//!         label: None,
//!         when: Condition::Always,
//!         serve: Serve::Variant(0),
//!         reason: Reason::Static,
//!     }],
//!     version: None,
//!     metadata: None,
//! };
//! let compiled = compile(Document { flags: vec![flag], ..Document::default() });
//! let world = Fixed::at(Timestamp::EPOCH);
//! let found = compiled.snapshot.resolve("greeting", &Context::new("user-42"), &world, &mut ())?;
//! assert_eq!(found.value().and_then(|value| value.as_str()), Some("Hello"));
//! # Ok::<(), flagkit_core::ErrorCode>(())
//! ```
//!
//! Most applications use the crate `flagkit`, which adds files, typed calls and
//! defaults on top of this one.

#![forbid(unsafe_code)]

// What goes in.
pub mod document;

mod ambient;
mod bucketing;
mod context;
mod digest;
mod lanes;
mod lenient_version;
mod reading;
mod reason;
mod script;
mod semantic_version;
mod text;
mod timestamp;
mod value;

// Checked once, then immutable.
mod compile;
mod counters;
mod snapshot;

// What is swapped and what comes out.
mod cell;
mod collect;
mod counting;
mod resolution;
mod resolve;
#[cfg(feature = "serde")]
mod serial;
mod sync;
mod trace;

// The public interface is:
pub use ambient::{Ambient, Fixed};
pub use bucketing::{Bucketing, Division, Hash, Part, PreparedBucketing, Reduction, Scale, Units};
pub use cell::SnapshotCell;
pub use collect::Counted;
pub use compile::{Compilation, Diagnostic, Severity, compile, recompile};
pub use context::{Context, ContextRef};
pub use counters::{Blank, Evaluated, Outcome, Witness};
pub use counting::Counting;
pub use document::{Changes, Document};
pub use lenient_version::LenientVersion;
pub use reason::{ErrorCode, Reason};
pub use resolution::Resolution;
pub use semantic_version::SemanticVersion;
pub use snapshot::{Flag, FlagIndex, Snapshot};
pub use text::Case;
pub use timestamp::Timestamp;
pub use trace::{Explanation, Scope, Step, Trace};
pub use value::{Attributes, List, Number, Structure, Value, ValueRef};
