//! Queries: who a rule is for, in go-feature-flag's own grammar or as `JsonLogic`.
//!
//! What follows a complete query is ignored, and a query that is none holds for nobody: so do
//! the vendor's evaluators. Both are warnings.

use flagkit_core::Value;
use flagkit_core::document::{Condition, Expression, Supplied};

use crate::json_logic::{Extent, Reader};
use crate::node::{self, Node, Tree};
use crate::path::Path;
use crate::report::Report;

mod leaf;
mod outcome;
mod parser;
mod value;

/// Who the query is for.
pub(super) fn condition(text: &str, path: &Path<'_>, report: &mut Report) -> Condition {
    let text: String = text.split('\n').map(|line| line.trim_start_matches(' ')).collect();
    if text.is_empty() {
        return Condition::Always;
    }
    let mut tree = Tree::default();
    if let Some(root) = json_object(&text, &mut tree) {
        return json_logic(&root, path, report);
    }
    match parser::parse(&text) {
        Err(problem) => {
            let problem = format!("the query cannot be read: {problem}");
            report.warning(path, problem, "it holds for nobody", "correct it");
            NEVER
        }
        Ok(parsed) => {
            if !parsed.ignored.trim().is_empty() {
                let ignored = node::shortened(parsed.ignored);
                let problem = format!("`{ignored}` is no part of the query");
                report.warning(path, problem, "it is ignored", "correct or remove it");
            }
            outcome::condition(&parsed.query, path, report)
        }
    }
}

fn json_object<'a>(text: &'a str, tree: &'a mut Tree<'a>) -> Option<Node<'a>> {
    let is_object = text.trim_start().starts_with('{');
    let root = is_object.then(|| node::read(text, tree).ok())??;
    matches!(root, Node::Map(_)).then_some(root)
}

fn json_logic(tree: &Node<'_>, path: &Path<'_>, report: &mut Report) -> Condition {
    let mut reader =
        Reader { operators: &|_| None, parts: &|_| None, report, extent: Extent::default() };
    let term = reader.term(tree, path);
    let key = |name: &str| (name.to_owned(), Supplied::TargetingKey);
    Condition::Holds(Expression {
        term,
        supplied: vec![key("key"), key("targetingKey")],
        when_failing: Some(Value::Boolean(false)),
    })
}

pub(super) const NEVER: Condition = Condition::Any(Vec::new());
