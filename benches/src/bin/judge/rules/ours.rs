//! The rule of this project, and the floors below it.

use flagkit_stats::Alpha;
use flagkit_stats::events::{Dispersion, EventTest, LateTest, Look};

use super::{Rule, Window};
use crate::chance::Chance;
use crate::race::HOUR;
use crate::world::{Split, World, number};

/// The e-process on the arm of each event, looked at every some seconds.
#[derive(Debug)]
pub(crate) struct Steady {
    test: EventTest,
    log_bound: f64,
    every: u32,
    window: Window,
}

impl Steady {
    pub(crate) fn new(alpha: f64, every: u32) -> Self {
        let log_bound = Alpha::new(alpha).map_or(f64::INFINITY, Alpha::log_bound);
        Self { test: test(), log_bound, every, window: Window::default() }
    }

    /// At 0.1 %, with the dispersion of an hour before the release.
    pub(crate) fn dispersed(world: &World) -> Self {
        let mut before = Dispersion::default();
        let mut run = World { ratio: 1.0, ..*world }.run(10, Chance::of_run(50, 0));
        for _ in 0..HOUR / 10 {
            before.add(&run.step().1);
        }
        let factor = before.factor();
        let test = EventTest::with_dispersion(1.0, factor).unwrap_or_else(|_| test());
        Self { test, ..Self::new(0.001, 10) }
    }
}

impl Rule for Steady {
    fn look(&mut self, second: u32, look: &Look) -> bool {
        let Some(window) = self.window.add(second, self.every, look) else { return false };
        self.test.add(&window);
        self.test.worse().highest >= self.log_bound
    }
}

/// The test for releases that may turn bad.
#[derive(Debug)]
pub(crate) struct Watching {
    all: EventTest,
    late: LateTest,
    log_bound: f64,
    window: Window,
}

impl Watching {
    pub(crate) fn new(alpha: f64) -> Self {
        let log_bound = Alpha::new(alpha).map_or(f64::INFINITY, Alpha::log_bound);
        #[expect(clippy::expect_used, reason = "1 is a margin")]
        let late = LateTest::new(1.0).expect("1 is a margin");
        Self { all: test(), late, log_bound, window: Window::default() }
    }
}

impl Rule for Watching {
    fn look(&mut self, second: u32, look: &Look) -> bool {
        let Some(window) = self.window.add(second, 10, look) else { return false };
        self.all.add(&window);
        self.late.add(&window, 1.0, &self.all);
        self.late.worse().highest >= self.log_bound
    }
}

/// Several metrics of one release, each with its part of α.
#[derive(Debug)]
pub(crate) struct Released {
    tests: Vec<EventTest>,
    log_bound: f64,
}

impl Released {
    pub(crate) fn new(alpha: f64, metrics: u32) -> Self {
        let part = Alpha::new(alpha / f64::from(metrics));
        let log_bound = part.map_or(f64::INFINITY, Alpha::log_bound);
        Self { tests: (0..metrics).map(|_| test()).collect(), log_bound }
    }

    /// One look at each metric. True rolls back.
    pub(crate) fn look(&mut self, looks: impl Iterator<Item = Look>) -> bool {
        let mut is_worse = false;
        for (test, look) in self.tests.iter_mut().zip(looks) {
            test.add(&look);
            is_worse |= test.worse().highest >= self.log_bound;
        }
        is_worse
    }
}

/// A test with a margin of 1, which always exists.
fn test() -> EventTest {
    #[expect(clippy::expect_used, reason = "1 is a margin")]
    EventTest::new(1.0).expect("1 is a margin")
}

/// The sequential probability ratio test (Wald 1945): among tests with its false alarms none needs
/// fewer events on average. It knows what nobody does, so it is a floor.
#[derive(Debug)]
pub(crate) struct Oracle {
    /// ln of the likelihood ratio of an event on the treatment and on the control.
    gains: [f64; 2],
    /// What each exposure of the treatment takes away.
    loss: f64,
    log_e: f64,
    log_bound: f64,
}

impl Oracle {
    /// Knows the ratio and looks at the arm of each event.
    pub(crate) fn of_ratio(world: &World, alpha: f64) -> Self {
        let Split::Constant(share) = world.split else {
            return Self { gains: [0.0; 2], loss: 0.0, log_e: 0.0, log_bound: f64::INFINITY };
        };
        let total = share * world.ratio + 1.0 - share;
        let gains = [(world.ratio / total).ln(), -total.ln()];
        Self { gains, loss: 0.0, log_e: 0.0, log_bound: -alpha.ln() }
    }

    /// Knows both rates and looks at the treatment alone.
    pub(crate) fn of_rates(world: &World, alpha: f64) -> Self {
        let gains = [world.ratio.ln(), 0.0];
        let loss = world.errors * (world.ratio - 1.0);
        Self { gains, loss, log_e: 0.0, log_bound: -alpha.ln() }
    }
}

impl Rule for Oracle {
    fn look(&mut self, _second: u32, look: &Look) -> bool {
        let [treatment, control] = self.gains;
        self.log_e += treatment * number(look.events.treatment)
            + control * number(look.events.control)
            - self.loss * number(look.exposures.treatment);
        self.log_e >= self.log_bound
    }
}
