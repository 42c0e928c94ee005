//! What happens to a service while a release is out: traffic, errors, outages.

use flagkit_stats::Arms;
use flagkit_stats::events::Look;

use crate::chance::Chance;

/// A service with a release on a part of its traffic.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World {
    /// Requests per second, of both sides together.
    pub(crate) rate: f64,
    /// Errors per request on the control.
    pub(crate) errors: f64,
    /// How many times as many on the treatment.
    pub(crate) ratio: f64,
    /// From which second on; before it there is no difference.
    pub(crate) turn: u32,
    pub(crate) split: Split,
    pub(crate) weather: Weather,
    pub(crate) clients: Clients,
}

/// The share of the treatment.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Split {
    Constant(f64),
    /// 1, 5, 10, 25 and 50 %, the same time each.
    Ramp,
}

/// What changes rates of errors and load without the release.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Weather {
    Calm,
    /// Load and errors of both sides follow their last minute with φ = 0.9.
    Wandering,
    /// Six times the errors on both sides, for ten minutes.
    Outage,
    /// Each side's errors wander by themselves, with this deviation of the logarithm.
    Apart(f64),
}

/// How failures come.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clients {
    /// One by one.
    Single,
    /// A client that fails does so five times on average, and each failure counts.
    BurstsByRequest,
    /// The same, and the first failure of a client in a window counts.
    BurstsByUnit,
}

impl World {
    /// Errors are half a per cent, a tenth of the traffic is on the treatment, nothing happens.
    pub(crate) fn calm(rate: f64) -> Self {
        Self {
            rate,
            errors: 0.005,
            ratio: 1.0,
            turn: 0,
            split: Split::Constant(0.1),
            weather: Weather::Calm,
            clients: Clients::Single,
        }
    }

    /// From the beginning, in steps of some seconds.
    pub(crate) fn run(self, step: u32, chance: Chance) -> Run {
        let mut run = Run { world: self, step, second: 0, chance, load: 0.0, errors: [0.0; 2] };
        // A walk that has been going on for ever.
        run.load = run.chance.normal();
        run.errors = [run.chance.normal(), run.chance.normal()];
        run
    }
}

/// One release in one world.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    world: World,
    step: u32,
    second: u32,
    chance: Chance,
    /// Autoregressive walks with variance 1.
    load: f64,
    errors: [f64; 2],
}

impl Run {
    /// The second at the end of the step, and what was counted in it.
    pub(crate) fn step(&mut self) -> (u32, Look) {
        let minute = self.second / 60;
        if self.second % 60 < self.step {
            self.turn_of_minute();
        }
        let share = match self.world.split {
            Split::Constant(share) => share,
            Split::Ramp => RAMP.get(minute as usize / 12).copied().unwrap_or(0.5),
        };
        let load = match self.world.weather {
            Weather::Wandering => (0.3 * self.load).exp(),
            _ => 1.0,
        };
        let requests = self.world.rate * load * f64::from(self.step);
        let requests = Arms { control: requests * (1.0 - share), treatment: requests * share };
        let look = self.look(requests, minute);
        self.second += self.step;
        (self.second, look)
    }

    fn look(&mut self, requests: Arms<f64>, minute: u32) -> Look {
        let own = match self.world.weather {
            Weather::Calm => [1.0, 1.0],
            Weather::Outage => [if (20..30).contains(&minute) { 6.0 } else { 1.0 }; 2],
            Weather::Wandering => [(0.7 * self.errors[0]).exp(); 2],
            Weather::Apart(deviation) => self.errors.map(|walk| (deviation * walk).exp()),
        };
        let rate = self.world.errors;
        let ratio = if self.second < self.world.turn { 1.0 } else { self.world.ratio };
        let rates = Arms { control: rate * own[0], treatment: rate * own[1] * ratio };
        let per_unit = match self.world.clients {
            Clients::Single => 1.0,
            Clients::BurstsByRequest | Clients::BurstsByUnit => BURST,
        };
        let chance = &mut self.chance;
        let units = requests.map(|mean| chance.poisson(mean / per_unit));
        let failing = units.zip(rates).map(|(units, rate)| chance.poisson(number(units) * rate));
        match self.world.clients {
            Clients::Single | Clients::BurstsByUnit => Look { exposures: units, events: failing },
            Clients::BurstsByRequest => Look {
                exposures: units.map(|units| units * BURST_COUNT),
                events: failing.map(|units| (0..units).map(|_| chance.burst(BURST)).sum()),
            },
        }
    }

    fn turn_of_minute(&mut self) {
        for walk in std::iter::once(&mut self.load).chain(&mut self.errors) {
            *walk = PHI * *walk + (1.0 - PHI * PHI).sqrt() * self.chance.normal();
        }
    }
}

/// A count to calculate with.
#[expect(clippy::cast_precision_loss, reason = "no simulation counts to 2^53")]
pub(crate) fn number(count: u64) -> f64 {
    count as f64
}

const RAMP: [f64; 5] = [0.01, 0.05, 0.1, 0.25, 0.5];
/// How much of a minute's deviation is left in the next.
const PHI: f64 = 0.9;
/// Failures of a client that fails.
const BURST: f64 = 5.0;
const BURST_COUNT: u64 = 5;
