//! FlagKit for C: the functions of `flagkit.h`.
//!
//! C programs use the header in `bindings/c/include`, which is made from this crate. Nothing here
//! decides anything about flags: each function turns what C has into what the facade takes, and back.
//!
//! * `boundary` stops panics, `status` says what is wrong with a call, `sized` lets structs grow,
//!   `handle` has the ownership of pointers in their types.
//! * `client`, `context`, `evaluate`, `view` and their neighbours are the functions.
//!
//! The rules that every caller keeps, and that every `SAFETY` here refers to, stand at the top of the
//! header, and for that in `cbindgen.toml`.

#![expect(non_camel_case_types, reason = "types have the names that they have in C")]
#![expect(clippy::missing_safety_doc, reason = "what C has to keep is said once, in the header")]
#![expect(clippy::exhaustive_structs, reason = "structs of the header grow behind their size")]

mod batch;
mod boundary;
mod callback;
mod client;
mod client_status;
mod column;
mod context;
mod evaluate;
mod flag_id;
mod handle;
mod listener;
mod log;
mod options;
mod resolution;
mod sized;
mod status;
mod strings;
mod value;
mod version;
mod view;
mod words;
mod writer;

// The public interface is:
pub use batch::*;
pub use boundary::*;
pub use callback::*;
pub use client::*;
pub use client_status::*;
pub use column::*;
pub use context::*;
pub use evaluate::*;
pub use flag_id::*;
pub use listener::*;
pub use log::*;
pub use options::*;
pub use resolution::*;
pub use status::*;
pub use strings::*;
pub use value::*;
pub use version::*;
pub use view::*;
pub use words::*;
