//! Commands that talk to a server: one file for each, and what they share.

use crate::arguments::remote::Remote;
use crate::failure::Outcome;

// The commands.
mod delete;
mod environments;
mod export;
mod get;
mod history;
mod import;
mod keys;
mod list;
mod promote;
mod revert;
mod set;
pub(crate) mod switch;
mod tail;

// What they share.
pub(crate) mod connection;
mod difference;
mod flag;
mod patch;
mod session;
mod summary;
mod table;

/// Does what was asked for.
pub(crate) fn run(command: &Remote) -> Outcome {
    match command {
        Remote::List(arguments) => list::run(arguments),
        Remote::Get(arguments) => get::run(arguments),
        Remote::Set(arguments) => set::run(arguments),
        Remote::On(arguments) => switch::on(arguments),
        Remote::Off(arguments) => switch::off(arguments),
        Remote::Delete(arguments) => delete::run(arguments),
        Remote::History(arguments) => history::run(arguments),
        Remote::Revert(arguments) => revert::run(arguments),
        Remote::Promote(arguments) => promote::run(arguments),
        Remote::Keys(arguments) => keys::run(arguments),
        Remote::Environments(arguments) => environments::run(arguments),
        Remote::Export(arguments) => export::run(arguments),
        Remote::Import(arguments) => import::run(arguments),
        Remote::Tail(arguments) => tail::run(arguments),
    }
}
