//! Traces: watching an evaluation decide.
//!
//! An evaluation tells a [`Trace`] what it looks at. The unit type `()` listens
//! to nothing and costs nothing; an [`Explanation`] keeps every step for people.

use std::fmt::{self, Display};

use crate::document::{Accepts, Lookup};
use crate::reason::{ErrorCode, Reason};
use crate::resolution::Resolution;
use crate::value::ValueRef;

/// Something with parts that an evaluation looks into.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Scope<'a> {
    /// A flag, by its key.
    Flag(&'a str),
    /// A rule of the flag that was entered last.
    #[non_exhaustive]
    Rule {
        /// Its place among the flag's rules, from 0.
        position: usize,
        /// Its id.
        id: Option<&'a str>,
        /// What the flag management system calls its outcome.
        label: Option<&'a str>,
        /// The reason that it reports.
        reason: Reason,
    },
    /// A branch of what the rule serves, by its place from 0.
    Branch(usize),
    /// A segment, by its key.
    Segment(&'a str),
    /// Another flag that must serve this; the flag is entered next.
    Prerequisite(&'a Accepts),
    /// The elements of this list, of which one must fulfil a condition.
    AnyElement(&'a Lookup),
    /// Conditions of which the first that does not hold must be refuted.
    Refuted,
    /// A percentage.
    Bucket,
    /// An expression.
    Expression,
    /// Conditions that must all hold.
    All,
    /// Conditions of which one must hold.
    Any,
    /// A condition that must not hold.
    Not,
}

/// Something that watches evaluations. Every method does nothing by itself.
pub trait Trace {
    /// Whether anybody listens. Where nobody does, an evaluation may skip steps that
    /// cannot change its outcome.
    const LISTENS: bool = true;

    /// The evaluation begins with something that has parts.
    fn enter(&mut self, _what: &Scope<'_>) {}

    /// That is decided.
    fn leave(&mut self, _holds: Result<bool, ErrorCode>) {}

    /// An attribute was tested.
    fn test(
        &mut self,
        _test: &dyn Display,
        _value: Option<ValueRef<'_>>,
        _holds: Result<bool, ErrorCode>,
    ) {
    }

    /// A subject was put into a bucket; `bucket` is `None` if there was no subject.
    fn bucket(
        &mut self,
        _recipe: &dyn Display,
        _subject: Option<ValueRef<'_>>,
        _bucket: Option<f64>,
    ) {
    }

    /// A flag was resolved.
    fn served(&mut self, _result: &Result<Resolution<'_>, ErrorCode>) {}
}

impl Trace for () {
    const LISTENS: bool = false;
}

/// Every step of an evaluation, in words.
///
/// ```
/// use flagkit_core::{Explanation, Fixed, Snapshot, Timestamp};
///
/// let mut explanation = Explanation::default();
/// let world = Fixed::at(Timestamp::EPOCH);
/// let snapshot = Snapshot::empty();
/// let found = snapshot.resolve("beta", &(), &world, &mut explanation);
/// assert!(found.is_err());
/// assert_eq!(explanation.to_string(), "flag `beta`\n  error FLAG_NOT_FOUND\n");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    steps: Vec<Step>,
    open: Vec<usize>,
}

/// One line of an [`Explanation`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// How deep it stands under the steps before it, from 0.
    pub depth: usize,
    /// What was looked at.
    pub text: String,
    /// Whether it held, where that is a question.
    pub holds: Option<bool>,
}

impl Explanation {
    /// The steps in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    fn push(&mut self, text: String, holds: Option<bool>) {
        self.steps.push(Step { depth: self.open.len(), text, holds });
    }
}

impl Trace for Explanation {
    fn enter(&mut self, what: &Scope<'_>) {
        let place = self.steps.len();
        self.push(what.to_string(), None);
        self.open.push(place);
    }

    fn leave(&mut self, holds: Result<bool, ErrorCode>) {
        if let Some(step) = self.open.pop().and_then(|place| self.steps.get_mut(place)) {
            step.holds = holds.ok();
        }
    }

    fn test(
        &mut self,
        test: &dyn Display,
        value: Option<ValueRef<'_>>,
        holds: Result<bool, ErrorCode>,
    ) {
        let text = match value {
            Some(value) => format!("{test} (it is {value})"),
            None => format!("{test} (it is absent)"),
        };
        match holds {
            Ok(holds) => self.push(text, Some(holds)),
            Err(code) => self.push(format!("{text}: error {code}"), None),
        }
    }

    fn bucket(&mut self, recipe: &dyn Display, subject: Option<ValueRef<'_>>, bucket: Option<f64>) {
        let text = match (subject, bucket) {
            (Some(subject), Some(bucket)) => format!("bucket of {subject}: {recipe} = {bucket}"),
            _ => format!("bucket: {recipe}, but there is nothing to put into it"),
        };
        self.push(text, None);
    }

    fn served(&mut self, result: &Result<Resolution<'_>, ErrorCode>) {
        let text = match result {
            Err(code) => format!("error {code}"),
            Ok(found) => {
                let state = if found.is_enabled() { "on" } else { "off" };
                let value =
                    found.value().map_or("the caller's default".into(), ToString::to_string);
                let variant =
                    found.variant().map(|v| format!(", variant `{v}`")).unwrap_or_default();
                format!("{state}: {value}{variant}, {}", found.reason())
            }
        };
        self.push(text, None);
        self.open.pop();
    }
}

/// One line per step, indented by two blanks per level.
impl Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            let answer = match step.holds {
                None => "",
                Some(true) => ": yes",
                Some(false) => ": no",
            };
            writeln!(f, "{:indent$}{}{answer}", "", step.text, indent = step.depth * 2)?;
        }
        Ok(())
    }
}
