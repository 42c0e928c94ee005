//! What a condition was compared with, in one sentence.

use std::fmt::Display;

use flagkit_core::{ErrorCode, Resolution, Scope, Timestamp, Trace, ValueRef};

/// Watches an evaluation and keeps what decided it.
#[derive(Debug, Default)]
pub(super) struct Why {
    /// Groups that are not decided yet, the outermost first.
    open: Vec<Group>,
    /// What was decided outside of any group.
    done: Vec<Part>,
}

#[derive(Debug)]
struct Group {
    kind: Kind,
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    All,
    Any,
    /// One inside of the other: what is true of the inner one is told.
    Around,
}

#[derive(Debug)]
enum Part {
    Group(Group, bool),
    Test(String),
}

impl Why {
    /// The sentence.
    pub(super) fn into_text(self, rule: &str) -> String {
        let mut told = Vec::new();
        self.done.iter().for_each(|part| part.tell(&mut told));
        if told.is_empty() { rule.to_owned() } else { told.join("; ") }
    }

    fn add(&mut self, part: Part) {
        match self.open.last_mut() {
            Some(group) => group.parts.push(part),
            None => self.done.push(part),
        }
    }
}

impl Part {
    /// Adds what decided this part.
    fn tell(&self, told: &mut Vec<String>) {
        match self {
            Self::Test(text) => told.push(text.clone()),
            Self::Group(group, holds) => {
                // A group that ended early was decided by the last thing that it looked at.
                let decided_by_one = match group.kind {
                    Kind::All => !holds,
                    Kind::Any => *holds,
                    Kind::Around => false,
                };
                let skipped = if decided_by_one { group.parts.len().saturating_sub(1) } else { 0 };
                group.parts.iter().skip(skipped).for_each(|part| part.tell(told));
            }
        }
    }
}

impl Trace for Why {
    fn enter(&mut self, what: &Scope<'_>) {
        let kind = match what {
            Scope::All => Kind::All,
            Scope::Any => Kind::Any,
            _ => Kind::Around,
        };
        self.open.push(Group { kind, parts: Vec::new() });
    }

    fn leave(&mut self, holds: Result<bool, ErrorCode>) {
        if let Some(group) = self.open.pop() {
            self.add(Part::Group(group, holds.unwrap_or_default()));
        }
    }

    fn test(
        &mut self,
        test: &dyn Display,
        value: Option<ValueRef<'_>>,
        holds: Result<bool, ErrorCode>,
    ) {
        self.add(Part::Test(sentence(&test.to_string(), value, holds == Ok(true))));
    }

    fn served(&mut self, _result: &Result<Resolution<'_>, ErrorCode>) {
        self.leave(Ok(true));
    }
}

/// `lag_s is 7.2, and 7.2 < 5 does not hold`.
fn sentence(test: &str, value: Option<ValueRef<'_>>, holds: bool) -> String {
    let (name, check) = split(test);
    let verb = if holds { "holds" } else { "does not hold" };
    let asked = words(check);
    let Some(value) = value else {
        return match &*asked {
            "exists" | "not exists" => format!("there is no {name}"),
            asked => format!("there is no {name}, and {name} {asked} {verb}"),
        };
    };
    let value = written(name, value);
    if asked == "exists" || asked == "not exists" {
        return format!("{name} is {value}");
    }
    let again = if value.chars().count() <= SHORT { &value } else { name };
    format!("{name} is {value}, and {again} {asked} {verb}")
}

/// The name of the attribute and what is asked of it. Names with blanks are told by the words
/// that can follow them.
fn split(test: &str) -> (&str, &str) {
    let blanks = test.match_indices(' ').map(|(at, _)| at);
    let is_check = |at: &usize| {
        test.get(*at..).is_some_and(|rest| CHECKS.iter().any(|word| rest.starts_with(word)))
    };
    let end = blanks.clone().find(is_check).or_else(|| blanks.clone().next());
    let (name, check) = test.split_at_checked(end.unwrap_or(test.len())).unwrap_or((test, ""));
    (name, check.trim_start())
}

/// In the words of the language where the core has others.
fn words(check: &str) -> String {
    let (is_negated, bare) = match check.strip_prefix("not ") {
        Some(bare) => (true, bare),
        None => (false, check),
    };
    let list = bare.strip_prefix("is one of ");
    let Some(list) = list else {
        return check.replace('≤', "<=").replace('≥', ">=");
    };
    let values: Option<Vec<serde_json::Value>> = serde_json::from_str(list).ok();
    match (values.as_deref(), is_negated) {
        (Some([single]), false) => format!("== {single}"),
        (Some([single]), true) => format!("!= {single}"),
        (_, false) => format!("in {list}"),
        (_, true) => format!("not in {list}"),
    }
}

/// The value as a reader wants it: times as times, and nothing endless.
fn written(name: &str, value: ValueRef<'_>) -> String {
    let time = match value {
        ValueRef::Float(seconds) if name == "now" => Timestamp::from_unix_seconds(seconds),
        _ => None,
    };
    let text = time.map_or_else(|| value.to_string(), |time| time.to_string());
    if text.chars().count() <= LONG {
        return text;
    }
    text.chars().take(LONG).chain(['…']).collect()
}

/// What may stand behind a name, as the core describes tests.
const CHECKS: [&str; 17] = [
    " not ",
    " exists",
    " is one of ",
    " is at ",
    " is on ",
    " is in one of ",
    " contains one of ",
    " starts with one of ",
    " ends with one of ",
    " matches one of ",
    " version ",
    " time ",
    " = ",
    " < ",
    " > ",
    " ≤ ",
    " ≥ ",
];

/// Values up to this many characters are said twice in a sentence.
const SHORT: usize = 32;
/// Of longer values only the beginning is shown.
const LONG: usize = 200;
