//! Migrations that are read, and not run: what they would take away.
//!
//! They are parsed by PostgreSQL's grammar, so a word in a comment or in a name is no statement,
//! and a `WHERE` counts for the statement that it stands in. Bodies of functions and of `DO` are
//! texts to SQL, and are not looked into.

use std::ops::ControlFlow;
use std::path::Path;

use serde_json::json;
use sqlparser::ast::{
    AlterTableOperation, CreateIndex, ObjectType, Spanned, Statement, Visit, Visitor,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use tokio::task::spawn_blocking;

use crate::order::{Failure, Finding};

/// Reads the files, in their order.
pub(super) async fn read(files: Vec<String>) -> Result<Finding, Failure> {
    let found = spawn_blocking(move || look(&files)).await;
    found.map_err(|_| Failure::permanent("the migrations could not be looked at"))?
}

/// What all files together would do. A file that is no SQL is found, not failed for.
fn look(files: &[String]) -> Result<Finding, Failure> {
    let mut tally = Tally::default();
    let mut finding = Finding::default();
    for file in files {
        let text = text(Path::new(file))?;
        match Parser::parse_sql(&PostgreSqlDialect {}, &text) {
            Ok(statements) => tally.add(file, &statements),
            Err(error) => {
                let error = format!("`{file}` cannot be read as PostgreSQL's SQL: {error}");
                finding.attributes.insert("error".to_owned(), json!(error));
                return Ok(finding);
            }
        }
    }
    finding.attributes.insert("sql".to_owned(), tally.to_json());
    Ok(finding)
}

/// The text of a file. One that is not there is nobody's finding: the plan names it.
fn text(file: &Path) -> Result<String, Failure> {
    let name = file.display();
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    if size > BYTES_MAX {
        let problem = format!("`{name}` has {size} bytes, and migrations may have {BYTES_MAX}");
        return Err(Failure::permanent(problem));
    }
    std::fs::read_to_string(file)
        .map_err(|error| Failure::permanent(format!("`{name}` cannot be read: {error}")))
}

/// What was counted.
#[derive(Debug, Default)]
struct Tally {
    file: String,
    statements: u32,
    drops: u32,
    truncates: u32,
    updates_without_where: u32,
    deletes_without_where: u32,
    indexes_not_concurrently: u32,
    found: Vec<String>,
}

impl Tally {
    fn add(&mut self, file: &str, statements: &[Statement]) {
        file.clone_into(&mut self.file);
        for statement in statements {
            self.statements += 1;
            // It never breaks off.
            let _: ControlFlow<()> = statement.visit(self);
        }
    }

    fn to_json(&self) -> serde_json::Value {
        json!({
            "statements": self.statements,
            "drops": self.drops,
            "truncates": self.truncates,
            "updates_without_where": self.updates_without_where,
            "deletes_without_where": self.deletes_without_where,
            "indexes_not_concurrently": self.indexes_not_concurrently,
            "found": self.found,
        })
    }

    /// What a statement does is shown with its place.
    fn note(&mut self, statement: &Statement) {
        if self.found.len() < FOUND_MAX {
            let line = statement.span().start.line;
            let words: String = statement.to_string().chars().take(WORDS_MAX).collect();
            self.found.push(format!("{}:{line}: {words}", self.file));
        }
    }
}

impl Visitor for Tally {
    type Break = ();

    /// Statements inside of others come by here, too: a `DELETE` in a `WITH`.
    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        let counts = match statement {
            Statement::Drop { object_type, names, .. } if has_data(*object_type) => {
                (&mut self.drops, names.len())
            }
            Statement::AlterTable(alter) => {
                let is_drop = |operation: &&AlterTableOperation| {
                    matches!(operation, AlterTableOperation::DropColumn { .. })
                };
                (&mut self.drops, alter.operations.iter().filter(is_drop).count())
            }
            Statement::Truncate(truncate) => (&mut self.truncates, truncate.table_names.len()),
            Statement::Update(update) if update.selection.is_none() => {
                (&mut self.updates_without_where, 1)
            }
            Statement::Delete(delete) if delete.selection.is_none() => {
                (&mut self.deletes_without_where, 1)
            }
            Statement::CreateIndex(CreateIndex { concurrently: false, .. }) => {
                (&mut self.indexes_not_concurrently, 1)
            }
            _ => return ControlFlow::Continue(()),
        };
        let (counter, count) = counts;
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        *counter = counter.saturating_add(count);
        if count > 0 {
            self.note(statement);
        }
        ControlFlow::Continue(())
    }
}

/// Whether dropping one of these loses what somebody wrote.
fn has_data(kind: ObjectType) -> bool {
    matches!(
        kind,
        ObjectType::Table
            | ObjectType::MaterializedView
            | ObjectType::Schema
            | ObjectType::Database
            | ObjectType::Sequence
            | ObjectType::Type
    )
}

/// The longest file.
const BYTES_MAX: u64 = 16 << 20;
/// So many statements are shown.
const FOUND_MAX: usize = 20;
/// So much of each, in characters.
const WORDS_MAX: usize = 120;

#[cfg(test)]
mod tests;
