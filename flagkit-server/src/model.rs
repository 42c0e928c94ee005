//! What the server keeps, as plain data.
//!
//! Nothing in here is checked: texts come from the border, where they were, or from the database.
//! Times are milliseconds since 1970.

#![expect(clippy::exhaustive_structs, reason = "plain data between the storage and the routes")]

mod audit;
mod change;
mod environment;
mod key;
mod part;
mod slug;
mod usage;

pub use audit::{AuditId, AuditRecord, HistoryQuery, Subject};
pub use change::{Author, Change, Changed, Edit, Expected};
pub use environment::{Environment, EnvironmentId, EnvironmentSettings, NewEnvironment, Project};
pub use key::{ApiKey, KeyHash, KeyId, NewKey, Scope};
pub use part::{Kind, StoredDocument, StoredPart};
pub use slug::{InvalidSlug, Slug};
pub use usage::{ExposureCount, LastSeen, Usage, UsageCount, UsageQuery};
