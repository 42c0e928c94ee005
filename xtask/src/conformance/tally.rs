//! Counting agreements, and showing them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{field, known};
use crate::failure::{Failure, Outcome};

/// How one vendor's cases came out.
#[derive(Debug)]
pub(crate) struct Tally {
    vendor: String,
    /// Per kind: right answers, all cases.
    kinds: BTreeMap<String, (usize, usize)>,
    /// Per known reason: how many cases cannot be answered here.
    excused: BTreeMap<&'static str, usize>,
    /// The first wrong answers, in words.
    wrong: Vec<String>,
}

impl Tally {
    pub(crate) fn new(vendor: &str) -> Self {
        Self {
            vendor: vendor.to_owned(),
            kinds: BTreeMap::new(),
            excused: BTreeMap::new(),
            wrong: Vec::new(),
        }
    }

    /// Counts one case and its answer.
    pub(crate) fn count(&mut self, case: &Value, answer: &Value, is_right: bool) {
        let kind = field(case, "kind").as_str().unwrap_or("unnamed").to_owned();
        let (right, all) = self.kinds.entry(kind).or_default();
        *right += usize::from(is_right);
        *all += 1;
        if is_right {
            return;
        }
        if let Some(reason) = known::reason(&self.vendor, answer) {
            *self.excused.entry(reason).or_default() += 1;
        } else if self.wrong.len() < SHOWN {
            let given = answer.get("result").unwrap_or(field(answer, "unsupported"));
            let asked = format!("{} for {}", field(case, "flag"), field(case, "context"));
            let wanted = field(case, "expected");
            self.wrong
                .push(format!("{}: {asked}\n  wants {wanted}\n  gets  {given}", field(case, "id")));
        }
    }

    /// Right answers and all cases.
    pub(crate) fn sums(&self) -> (usize, usize) {
        let add = |(right, all): (usize, usize), of: &(usize, usize)| (right + of.0, all + of.1);
        self.kinds.values().fold((0, 0), add)
    }
}

impl Tally {
    /// Wrong answers for which there is no known reason.
    fn unexpected(&self) -> usize {
        let (right, all) = self.sums();
        all - right - self.excused.values().sum::<usize>()
    }
}

/// A Markdown table with a line for each vendor.
pub(crate) fn table(tallies: &[Tally]) -> String {
    let mut lines = vec![
        "| vendor | cases answered as the vendor does | of them by kind |".to_owned(),
        "|---|---|---|".to_owned(),
    ];
    for tally in tallies {
        let (right, all) = tally.sums();
        let kinds = tally.kinds.iter().map(|(kind, (right, all))| {
            if right == all { format!("{kind} {all}") } else { format!("{kind} {right} of {all}") }
        });
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        let excused = tally.excused.iter().map(|(reason, many)| format!("; {many}: {reason}"));
        let excused = excused.collect::<String>();
        lines.push(format!("| {} | {right} of {all}{excused} | {kinds} |", tally.vendor));
    }
    lines.join("\n")
}

/// An error that shows the first wrong answers, if there are any.
pub(crate) fn verdict(tallies: &[Tally]) -> Outcome {
    let wrong: usize = tallies.iter().map(Tally::unexpected).sum();
    if wrong == 0 {
        return Ok(());
    }
    let shown = tallies.iter().flat_map(|tally| &tally.wrong).cloned().collect::<Vec<_>>();
    Err(Failure::new(format!(
        "{wrong} cases are answered differently, among them\n{}",
        shown.join("\n")
    )))
}

/// The most wrong answers that are shown for each vendor.
const SHOWN: usize = 5;

#[cfg(test)]
mod tests;
