//! Readings of a monitoring system: compared with a limit and with nothing else.

use serde::{Deserialize, Serialize};

use super::Finding;
use crate::judge::rules::MetricRules;
use crate::plan::Direction;
use crate::sample::Numbers;

/// The last reading and how many there were.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(in crate::judge) struct ReadingTest {
    count: u64,
    /// The last reading, if it was beyond the limit.
    beyond: Option<f64>,
}

impl ReadingTest {
    pub(super) fn add(&mut self, rules: &MetricRules, numbers: &Numbers) {
        let Numbers::Reading(value) = numbers else { return };
        self.count = self.count.saturating_add(1);
        let is_beyond = |limit: f64| match rules.direction {
            Direction::Increase => *value > limit,
            Direction::Decrease => *value < limit,
            Direction::Either => value.abs() > limit.abs(),
        };
        self.beyond = rules.limit.is_some_and(is_beyond).then_some(*value);
    }

    pub(super) fn remark(rules: &MetricRules) -> String {
        let remark = "a reading has no error control";
        match rules.limit {
            Some(_) => remark.to_owned(),
            None => format!("{remark} and no limit: it is shown, and triggers may ask for it"),
        }
    }

    pub(super) fn finding(&self, rules: &MetricRules) -> Finding {
        let Some(limit) = rules.limit else {
            return Finding { bound: f64::MAX, ..Finding::default() };
        };
        let says = |value: f64| format!("the last reading {value} is beyond the limit {limit}");
        Finding {
            bound: f64::MAX,
            worse: self.beyond.map(says),
            not_worse: self.count > 0 && self.beyond.is_none(),
            ..Finding::default()
        }
    }
}
