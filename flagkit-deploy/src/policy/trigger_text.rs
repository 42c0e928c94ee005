//! Triggers as one line: `error_rate > 5% for 3 of 5m`.

use std::num::IntErrorKind;

use serde_json::Value;

use crate::plan::Rule;
use crate::quantity::{Quantity, QuantityError, SpanText};
use crate::time::Span;

/// What a line says about a trigger.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TriggerText {
    /// What must not be.
    pub rule: Rule,
    /// In how many windows.
    pub times: u8,
    /// Within which time.
    pub within: Span,
}

impl TriggerText {
    /// Reads `CONDITION`, `CONDITION for N of SPAN` or `CONDITION for SPAN`, where windows are `look`
    /// long. The last means every window of the span.
    ///
    /// The condition itself is not checked here; [`Policies`](super::Policies) does that.
    ///
    /// ```
    /// use flagkit_deploy::Span;
    /// use flagkit_deploy::policy::TriggerText;
    ///
    /// let look = Span::from_secs(10);
    /// let trigger = TriggerText::read("metrics.error_rate > 5% for 3 of 5m", look)?;
    /// assert_eq!(trigger.rule, "metrics.error_rate > 5%");
    /// assert_eq!((trigger.times, trigger.within), (3, Span::from_secs(300)));
    ///
    /// let trigger = TriggerText::read("metrics.p95_s > 1 for 1m", look)?;
    /// assert_eq!((trigger.times, trigger.within), (6, Span::from_secs(60)));
    /// # Ok::<(), flagkit_deploy::quantity::QuantityError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// More than [`TIMES_MAX`] windows, more windows than the span holds, and what is no count or no
    /// length of time.
    pub fn read(text: &str, look: Span) -> Result<Self, QuantityError> {
        let Some((rule, tail)) = apart(text) else {
            let rule = text.trim().to_owned();
            return Ok(Self { rule, times: 1, within: Span::ZERO });
        };
        let rule = rule.trim().to_owned();
        let windows = |span: Span| span.ms() / look.ms().max(1);
        if let Some((times, span)) = tail.split_once(" of ") {
            let (times, within) = (count(times.trim())?, length(span)?);
            if u64::from(times) > windows(within).max(1) {
                return Err(QuantityError {
                    problem: format!("there are not {times} windows of {look} in {within}"),
                    mend: "ask for fewer, or for a longer span".to_owned(),
                });
            }
            return Ok(Self { rule, times, within });
        }
        let within = length(tail)?;
        let times = u8::try_from(windows(within).max(1)).ok().filter(|times| *times <= TIMES_MAX);
        let times = times.ok_or_else(|| QuantityError {
            problem: format!("there are more than {TIMES_MAX} windows of {look} in {within}"),
            mend: format!("write `for {TIMES_MAX} of {within}`, or look less often"),
        })?;
        Ok(Self { rule, times, within })
    }
}

/// The condition and what follows the last `for` outside of quotes and backticks.
fn apart(text: &str) -> Option<(&str, &str)> {
    let (mut quote, mut escaped, mut found) = (None, false, None);
    for (at, character) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some('"' | '\'') if character == '\\' => escaped = true,
            Some(open) if open == character => quote = None,
            None if "\"'`".contains(character) => quote = Some(character),
            None if text.get(at..).is_some_and(|rest| rest.starts_with(FOR)) => found = Some(at),
            _ => {}
        }
    }
    let (rule, rest) = text.split_at_checked(found?)?;
    Some((rule, rest.strip_prefix(FOR)?.trim()))
}

fn count(text: &str) -> Result<u8, QuantityError> {
    let times: Result<u8, _> = text.parse();
    let problem = match &times {
        Ok(times) if (1..=TIMES_MAX).contains(times) => return Ok(*times),
        Ok(0) => "a trigger that needs no window always fires".to_owned(),
        Err(error) if *error.kind() != IntErrorKind::PosOverflow => {
            format!("`{text}` is no count of windows")
        }
        _ => format!("{text} windows are too many"),
    };
    Err(QuantityError { problem, mend: format!("write 1 to {TIMES_MAX}") })
}

fn length(text: &str) -> Result<Span, QuantityError> {
    SpanText::read(&Value::from(text)).map(|span| span.0)
}

const FOR: &str = " for ";

/// The most windows that a trigger counts.
pub const TIMES_MAX: u8 = 64;
