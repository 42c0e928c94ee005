//! Kayenta's judge over a growing window, as its canary stage asks it: one metric, the rate of
//! errors in each minute, judged every five minutes.

use flagkit_stats::events::Look;
use flagkit_stats::kayenta::classify::{Demand, Direction};
use flagkit_stats::kayenta::{Classifier, Label, Samples};

use super::{Rule, Window};
use crate::world::number;

#[derive(Debug, Default)]
pub(crate) struct Kayenta {
    window: Window,
    control: Vec<f64>,
    treatment: Vec<f64>,
}

impl Rule for Kayenta {
    fn look(&mut self, second: u32, look: &Look) -> bool {
        let Some(minute) = self.window.add(second, 60, look) else { return false };
        let rates = minute
            .events
            .zip(minute.exposures)
            .map(|(events, exposures)| (exposures > 0).then(|| number(events) / number(exposures)));
        self.control.extend(rates.control);
        self.treatment.extend(rates.treatment);
        if !second.is_multiple_of(300) {
            return false;
        }
        let samples = Samples { control: &self.control, experiment: &self.treatment };
        let demand = Demand { direction: Direction::Increase, ..Demand::default() };
        Classifier::default().classify(&samples, demand).label == Label::High
    }
}
