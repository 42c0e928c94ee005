//! What a store promises, asked of both databases.

mod documents;
mod environments;
mod keys;
mod postgres;
mod sqlite;
mod usage;
