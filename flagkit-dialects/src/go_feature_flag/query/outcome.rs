//! Queries as conditions.
//!
//! A comparison may be impossible (`a gt true`, or a path that leads into text). Reaching one
//! makes the whole query false, even under `not`. So of a part that may fail both is kept: when
//! it is true, and when it is false.

use flagkit_core::document::Condition;

use super::parser::Comparison;
use super::parser::{Joint, Query};
use super::value::Literal;
use super::{NEVER, leaf};
use crate::path::Path;
use crate::report::Report;

/// Who the query is true for.
pub(super) fn condition(query: &Query<'_>, path: &Path<'_>, report: &mut Report) -> Condition {
    let outcome = outcome(query);
    if outcome.size > SIZE_MAX {
        let problem = "the query has too many comparisons that may be impossible";
        report.error(path, problem, "split it into several rules");
        return NEVER;
    }
    outcome.when_true
}

/// What a part of a query comes to.
struct Outcome {
    when_true: Condition,
    /// For parts that may fail; others are false when they are not true.
    when_false: Option<Condition>,
    /// How often parts that may fail are repeated.
    size: usize,
}

impl Outcome {
    fn certain(when_true: Condition) -> Self {
        Self { when_true, when_false: None, size: 0 }
    }

    fn when_false(&self) -> Condition {
        self.when_false.clone().unwrap_or_else(|| self.when_true.clone().negated())
    }

    fn may_fail(&self) -> bool {
        self.when_false.is_some()
    }
}

fn outcome(query: &Query<'_>) -> Outcome {
    match query {
        Query::Not(inner) => {
            let inner = outcome(inner);
            let when_true = inner.when_false();
            let when_false = inner.may_fail().then_some(inner.when_true);
            Outcome { when_true, when_false, size: inner.size }
        }
        Query::Chain(first, joined) => {
            joined.iter().fold(outcome(first), |left, (joint, right)| {
                // What is too long already is refused, so it need not grow.
                if left.size > SIZE_MAX { left } else { join(left, *joint, outcome(right)) }
            })
        }
        Query::Present(path) => attribute(path, Some(leaf::present(path)), false),
        Query::Compare(path, comparison, literal) => {
            let holds_without = (*comparison, literal) == (Comparison::Equal, &Literal::Null);
            attribute(path, leaf::comparison(path, *comparison, literal), holds_without)
        }
    }
}

/// A comparison, or none if it is impossible.
fn attribute(path: &[&str], condition: Option<Condition>, holds_without: bool) -> Outcome {
    let Some(condition) = condition.filter(|_| !leaf::is_dead_end(path)) else {
        return Outcome { when_true: NEVER, when_false: Some(NEVER), size: 1 };
    };
    if path.len() == 1 {
        return Outcome::certain(condition);
    }
    let above = (1..path.len()).filter_map(|len| path.get(..len));
    let is_possible = || above.clone().map(|path| leaf::is_no_object(path).negated());
    let when_false = [condition.clone().negated()].into_iter().chain(is_possible()).collect();
    let when_true = if holds_without {
        Condition::All([condition].into_iter().chain(is_possible()).collect())
    } else {
        condition
    };
    Outcome { when_true, when_false: Some(Condition::All(when_false)), size: path.len() }
}

fn join(left: Outcome, joint: Joint, right: Outcome) -> Outcome {
    let size = left.size * 2 + right.size;
    if !left.may_fail() && !right.may_fail() {
        let when_true = match joint {
            Joint::And => all(left.when_true, right.when_true),
            Joint::Or => any(left.when_true, right.when_true),
        };
        return Outcome::certain(when_true);
    }
    // The right side is looked at only if the left one does not decide.
    let (left_false, right_false) = (left.when_false(), right.when_false());
    let (when_true, when_false) = match joint {
        Joint::And => (
            all(left.when_true.clone(), right.when_true),
            any(left_false, all(left.when_true, right_false)),
        ),
        Joint::Or => (
            any(left.when_true, all(left_false.clone(), right.when_true)),
            all(left_false, right_false),
        ),
    };
    Outcome { when_true, when_false: Some(when_false), size }
}

fn all(left: Condition, right: Condition) -> Condition {
    match left {
        Condition::All(mut parts) => {
            parts.push(right);
            Condition::All(parts)
        }
        left => Condition::All(vec![left, right]),
    }
}

fn any(left: Condition, right: Condition) -> Condition {
    match left {
        Condition::Any(mut parts) => {
            parts.push(right);
            Condition::Any(parts)
        }
        left => Condition::Any(vec![left, right]),
    }
}

const SIZE_MAX: usize = 4_096;
