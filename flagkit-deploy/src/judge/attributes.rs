//! What conditions may ask for: numbers of a window, and of the whole release.

use super::Rules;
use super::numbers::Summary;
use super::rules::MetricRules;
use super::state::{ArmState, State};
use crate::plan::Direction;
use crate::policy::Facts;

impl Rules {
    /// Everything that windows and [`attributes`](Self::attributes) may have under a name.
    pub fn names(&self) -> impl Iterator<Item = String> + '_ {
        self.metrics.iter().flat_map(|metric| {
            let dotted = SUFFIXES.iter().map(|suffix| format!("metrics.{}{suffix}", metric.name));
            dotted.chain([metric.name.clone()])
        })
    }

    /// The numbers of all windows together, under the names that
    /// [`Window::attributes`](super::Window::attributes) has for one.
    ///
    /// Shares and means are those of all observations. Of quantiles and readings it is the mean of
    /// the windows, each weighted with its observations: what lies between windows is not kept.
    pub fn attributes(&self, state: &State) -> Facts {
        let mut facts = Facts::default();
        for (rules, metric) in self.metrics.iter().zip(&state.metrics) {
            let all = |arm: &ArmState| Summary { value: arm.estimate(), count: arm.count };
            let arms: Vec<Summary> = metric.arms.iter().map(all).collect();
            rules.describe(&arms, &mut facts);
        }
        facts
    }
}

impl MetricRules {
    /// Puts the numbers of one metric under their names.
    pub(super) fn describe(&self, arms: &[Summary], facts: &mut Facts) {
        let control = arms.first().copied().unwrap_or_default();
        let new = arms.get(1..).unwrap_or_default();
        let worst = new.iter().filter_map(|arm| arm.value).reduce(|one, two| {
            if self.badness(one, control.value) >= self.badness(two, control.value) {
                one
            } else {
                two
            }
        });
        let compared = worst.zip(control.value);
        let ratio = compared.and_then(|(new, control)| (control != 0.0).then(|| new / control));
        let count = new.iter().fold(0_u64, |sum, arm| sum.saturating_add(arm.count));
        let values = [
            worst,
            control.value,
            ratio,
            compared.map(|(new, control)| new - control),
            Some(super::state::number(count)),
        ];
        for (suffix, value) in SUFFIXES.iter().zip(values) {
            if let Some(value) = value.filter(|value| value.is_finite()) {
                facts.put(format!("metrics.{}{suffix}", self.name), value);
            }
        }
        if let Some(value) = worst
            && facts.get(&self.name).is_none()
        {
            facts.put(self.name.as_str(), value);
        }
    }

    /// How bad a value is beside others of this metric.
    fn badness(&self, value: f64, control: Option<f64>) -> f64 {
        match self.direction {
            Direction::Increase => value,
            Direction::Decrease => -value,
            Direction::Either => (value - control.unwrap_or_default()).abs(),
        }
    }
}

/// What follows on `metrics.NAME`.
const SUFFIXES: [&str; 5] = ["", ".control", ".ratio", ".difference", ".count"];
