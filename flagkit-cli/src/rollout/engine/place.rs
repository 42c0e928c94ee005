//! Where an engine keeps its journal: in its folder, or in a database that it shares with others.

use std::path::Path;

use flagkit_deploy::journal::Journal;
use flagkit_deploy::journal::postgres::Postgres;

use super::folder;
use crate::arguments::rollout::State;
use crate::failure::Failure;

/// The place of a journal.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'a> {
    /// In the folder of the engine, for one engine at a time.
    Folder(&'a Path),
    /// In a PostgreSQL database, for several engines of which one leads.
    Database(&'a str),
}

impl<'a> Place<'a> {
    /// As the arguments say.
    pub(crate) fn of(state: &'a State) -> Self {
        match &state.journal {
            Some(url) => Self::Database(url.reveal()),
            None => Self::Folder(&state.state),
        }
    }

    /// Whether other engines may have the journal at the same time.
    pub(crate) fn is_shared(self) -> bool {
        matches!(self, Self::Database(_))
    }

    /// The journal. It has been asked once, so mistakes in its place are known at once.
    pub(crate) fn open(self) -> Result<Box<dyn Journal>, Failure> {
        match self {
            Self::Folder(folder) => folder::journal(folder),
            Self::Database(url) => Ok(Box::new(database(url)?)),
        }
    }
}

/// The journal in a database. It has been asked once.
pub(crate) fn database(url: &str) -> Result<Postgres, Failure> {
    let mut journal = Postgres::new(url).map_err(Failure::input)?;
    journal.releases().map_err(Failure::input)?;
    Ok(journal)
}
