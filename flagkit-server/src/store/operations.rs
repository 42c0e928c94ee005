//! What is done with a database, for both of them.

mod change;
mod documents;
mod environments;
mod history;
mod keys;
mod projects;
mod usage;

pub(super) use change::ChangeDocument;
pub(super) use documents::{ChangesSince, ReadDocument};
pub(super) use environments::{
    CreateEnvironment, DeleteEnvironment, ListEnvironments, RenewEpochs, UpdateEnvironment,
};
pub(super) use history::{FindRecord, ListHistory};
pub(super) use keys::{CreateFirstKey, CreateKey, ListKeys, NoteKeyUses, RevokeKey, RotateKey};
pub(super) use projects::{CreateProject, DeleteProject, ListProjects, Ping};
pub(super) use usage::{AddUsage, ListExposures, ListLastSeen, ListUsage, Sweep};
