//! Conditions as they are written in a file.

use flagkit_dialects::{Settings, condition};

/// The condition as a plan holds it, if it can be read.
///
/// # Errors
///
/// What is wrong with it, with the column, and what to write instead.
pub(super) fn condition(text: &str) -> Result<&str, (String, String)> {
    let text = text.trim();
    match condition::parse(text, &Settings::default()) {
        Ok(_) => match thousandfold(text) {
            Some((name, time)) => Err(misnamed(name, time)),
            None => Ok(text),
        },
        Err(error) => {
            let (problem, mend) = error.message().split_once("; ").unwrap_or((
                error.message(),
                "write it like `error_rate < 1% and p95 < 500ms`; see docs/conditions.md",
            ));
            let column = error.column();
            Err((format!("column {column} of the condition `{text}`: {problem}"), mend.to_owned()))
        }
    }
}

/// A name that says milliseconds, and the time that is compared with it: a time counts in seconds.
fn thousandfold(text: &str) -> Option<(&str, &str)> {
    let words = words(text);
    words.windows(3).find_map(|three| {
        let &[name, operator, time] = three else { return None };
        let is_compared = operator.starts_with(['<', '>', '=', '!']);
        (is_compared && says_milliseconds(name) && is_time(time)).then_some((name, time))
    })
}

/// Whether one of the parts of a name ends as names of milliseconds do.
pub(super) fn says_milliseconds(name: &str) -> bool {
    name.split('.').any(|part| part.ends_with("_ms"))
}

/// Whether it is a number with a unit of time.
pub(super) fn is_time(text: &str) -> bool {
    condition::Quantity::parse(text).is_ok_and(|it| it.unit.is_some_and(condition::Unit::is_time))
}

/// What is wrong with a time for a metric of milliseconds, and what to write instead.
pub(super) fn misnamed(name: &str, time: &str) -> (String, String) {
    (
        format!("`{time}` counts in seconds, and `{name}` says that it has milliseconds"),
        "write the number of milliseconds without a unit".to_owned(),
    )
}

/// Names and numbers, operators, and everything else, each by itself.
fn words(text: &str) -> Vec<&str> {
    let class = |character: char| match character {
        '<' | '>' | '=' | '!' => 1,
        '_' | '.' => 2,
        other if other.is_alphanumeric() => 2,
        other if other.is_whitespace() => 0,
        _ => 3,
    };
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|other| class(other) != class(first)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        words.push(word);
        rest = after.trim_start();
    }
    words
}
