//! One play: the machine is told what a made-up world answers.

use std::collections::BTreeMap;

use super::exposure::Shares;
use super::traffic::around;
use super::{End, Run, START, Trial};
use crate::event::{Actor, Command, Event, What};
use crate::judge::Verdict;
use crate::order::{Fence, Finding, Outcome, Wanted};
use crate::plan::{Direction, Does, Judgement, Measure, Role};
use crate::record::{Entry, Record};
use crate::release::{Next, Stage, State, Status, Work};
use crate::sample::Sample;
use crate::simulation::chaos::Random;
use crate::time::{Span, Time};

/// A play under way.
struct Play<'a> {
    trial: &'a Trial,
    seed: u64,
    state: State,
    now: Time,
    /// What comes when: an order and what came of it.
    coming: BTreeMap<(Time, u64), (u32, Wanted)>,
    number: u64,
    shares: Shares,
    steps: Vec<Span>,
    held: BTreeMap<String, Span>,
    records: Option<&'a mut Vec<Record>>,
}

/// Plays a trial once.
pub(super) fn play(trial: &Trial, seed: u64, records: Option<&mut Vec<Record>>) -> Run {
    let plan = trial.plan();
    let shares = match &plan.route {
        Some(_) => (0..plan.arms.len()).map(|arm| share(plan.base.of(arm).ppm())).collect(),
        None => by_instances(&trial.planned.replicas),
    };
    let mut play = Play {
        trial,
        seed,
        state: trial.planned.clone(),
        now: START,
        coming: BTreeMap::new(),
        number: 0,
        shares: Shares::before(shares),
        steps: vec![Span::ZERO; plan.steps.len()],
        held: BTreeMap::new(),
        records,
    };
    let (author, plan) = (Actor::default(), Box::new(plan.clone()));
    play.keep(Entry::Planned { now: START, author, plan });
    let by = Actor { name: "trial".to_owned(), roles: Vec::new() };
    play.take(What::Command { by, command: Command::Start });
    while play.next() {}
    play.end()
}

impl Play<'_> {
    /// The next thing that happens. False if nothing does, or the time is over.
    fn next(&mut self) -> bool {
        let status = self.state.status();
        let is_over = status.is_final() || matches!(status, Status::Frozen | Status::Paused);
        if is_over && self.coming.is_empty() || self.now - START >= self.trial.horizon {
            return false;
        }
        // A release that stands still would be looked at for ever.
        if matches!(status, Status::Frozen | Status::Paused) {
            return false;
        }
        let wake = self.trial.release.wake_at(&self.state);
        let first = self.coming.first_key_value().map(|((at, _), _)| *at);
        match (first, wake) {
            (None, None) => return false,
            (Some(at), wake) if wake.is_none_or(|wake| at <= wake) => {
                if let Some(((at, _), (order, wanted))) = self.coming.pop_first() {
                    self.advance(at);
                    let outcome = self.outcome(&wanted);
                    self.take(What::Came { order, outcome });
                }
            }
            (_, wake) => {
                // Time moves on, whatever a timer says.
                let at = wake.unwrap_or(self.now).max(self.now);
                let at = if at == self.now { at + Span::from_ms(1) } else { at };
                self.advance(at);
                self.take(What::Time);
            }
        }
        true
    }

    /// Time passes: the step lasts, and perhaps waits.
    fn advance(&mut self, at: Time) {
        let passed = at - self.now;
        let step = usize::from(self.state.step);
        if self.state.status() == Status::Progressing {
            if let Some(lasted) = self.steps.get_mut(step) {
                *lasted = *lasted + passed;
            }
            if let Some(what) = self.waits_for(step) {
                let held = self.held.entry(what).or_default();
                *held = *held + passed;
            }
        }
        self.now = at;
    }

    /// What a step by evidence waits for, once it has lasted long enough.
    fn waits_for(&self, step: usize) -> Option<String> {
        let Stage::Working(Work::Evidence { since, .. }) = &self.state.stage else { return None };
        let Does::Judge(judgement) = &self.trial.plan().steps.get(step)?.does else { return None };
        (self.now - *since > judgement.at_least).then(|| self.lacking(judgement))
    }

    fn lacking(&self, judgement: &Judgement) -> String {
        let metrics = &self.trial.plan().metrics;
        let evidence = self.trial.release.evidence(&self.state);
        let seen = evidence.iter().filter(|evidence| evidence.metric.is_some());
        let most = seen.map(|evidence| evidence.observations[0]).max().unwrap_or_default();
        if most == 0 {
            return "any traffic of the new version".to_owned();
        }
        if judgement.proof {
            for evidence in &evidence {
                let metric = evidence.metric.and_then(|at| metrics.get(usize::from(at)));
                let known = matches!(evidence.verdict, Verdict::NotWorse | Verdict::Better);
                if let Some(metric) = metric.filter(|metric| metric.role == Role::Guard && !known) {
                    let margin = metric.margin * 100.0;
                    let name = &metric.name;
                    return format!("proof that `{name}` is at most {margin}% worse (`margin`)");
                }
            }
        }
        if most < judgement.exposures_min {
            return format!("{} exposures (`exposures_min`)", judgement.exposures_min);
        }
        "its conditions (`success`)".to_owned()
    }

    fn take(&mut self, what: What) {
        let event = Event { now: self.now, what };
        let Next { state, orders, decisions } = self.trial.release.step(&self.state, &event);
        self.state = state;
        self.keep(Entry::Happened(event));
        for decision in decisions {
            self.keep(Entry::Decided(decision));
        }
        for (order, wanted) in orders {
            let takes = match &wanted {
                Wanted::Scale { .. } => BOOT,
                _ => DRIVER,
            };
            self.keep(Entry::Intent { order, wanted: wanted.clone() });
            self.number += 1;
            self.coming.insert((self.now + takes, self.number), (order, wanted));
        }
    }

    fn keep(&mut self, entry: Entry) {
        if let Some(records) = &mut self.records {
            let record = Record { release: "trial".into(), fence: Fence::default(), entry };
            records.push(record);
        }
    }

    /// What comes of an order.
    fn outcome(&mut self, wanted: &Wanted) -> Outcome {
        match wanted {
            Wanted::Split { split, .. } => {
                let arms = self.trial.plan().arms.len();
                let shares = (0..arms).map(|arm| share(split.of(arm).ppm())).collect();
                self.shares.change(self.now, shares);
            }
            Wanted::Scale { arm, replicas, .. } if self.trial.plan().route.is_none() => {
                let arms = &self.trial.plan().arms;
                let mut counts = self.state.replicas.clone();
                let place = arms.iter().position(|known| known.name == *arm);
                if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
                    *count = *replicas;
                }
                self.shares.change(self.now, by_instances(&counts));
            }
            Wanted::Measure { metrics, after, until } => {
                return Outcome::Measured(self.measure(metrics, *after, *until));
            }
            Wanted::Verify { .. } => {
                let attributes = [
                    ("status".to_owned(), 200.into()),
                    ("connected".to_owned(), true.into()),
                    ("exit_code".to_owned(), 0.into()),
                    ("latency_ms".to_owned(), 20.into()),
                ];
                return Outcome::Found(Finding { attributes: attributes.into() });
            }
            _ => {}
        }
        Outcome::Done { already: false }
    }

    /// The windows between two times: the same whenever they are asked for.
    fn measure(&self, names: &[String], after: Time, until: Time) -> Vec<Sample> {
        let (plan, traffic) = (self.trial.plan(), &self.trial.traffic);
        let length = plan.judging.look.ms().max(1);
        let first = after.unix_ms() / length + 1;
        let last = (until.unix_ms() / length).min(first + WINDOWS_MAX);
        let mut samples = Vec::new();
        for window in first..=last {
            let (start, end) = (window - 1, window);
            let [start, end] = [start, end].map(|edge| Time::from_unix_ms(edge * length));
            let shares = self.shares.mean((start, end), plan.arms.len());
            for (arm, share) in (0_u16..).zip(shares) {
                // The requests of an arm are the same for all metrics.
                let mut random = Random::keyed(self.seed, &[window, u64::from(arm)]);
                let seconds = plan.judging.look.seconds();
                let requests = around(traffic.requests * seconds * share, &mut random);
                let users = super::traffic::as_float(traffic.users) * share;
                for (place, metric) in (0_u16..).zip(&plan.metrics) {
                    let worse = if arm == 0 { &[][..] } else { &self.trial.worse };
                    let value = traffic.value(metric, worse);
                    let keys = [window, u64::from(arm), u64::from(place) + 1];
                    let mut random = Random::keyed(self.seed, &keys);
                    if !names.contains(&metric.name) {
                        continue;
                    }
                    let numbers = traffic.numbers(metric, value, (requests, users), &mut random);
                    samples.extend(numbers.map(|numbers| Sample {
                        metric: place,
                        arm,
                        stratum: 0,
                        start,
                        end,
                        numbers,
                    }));
                }
            }
        }
        samples
    }

    fn end(self) -> Run {
        let plan = self.trial.plan();
        let end = match self.state.status() {
            Status::Done => End::Done,
            Status::RolledBack | Status::Cancelled => End::RolledBack,
            Status::Frozen => End::Frozen,
            Status::Paused => End::Paused,
            _ => End::Unfinished,
        };
        let traffic = &self.trial.traffic;
        let fails = plan.metrics.iter().find(|metric| {
            metric.measure == Measure::Events && metric.direction != Direction::Decrease
        });
        let failure =
            fails.map_or(traffic.error_rate, |metric| traffic.value(metric, &self.trial.worse));
        let (users, failing) = self.shares.met(traffic, failure, (START, self.now), self.seed);
        let state = self.state;
        let paused = state.paused.map(|paused| paused.why);
        let why = state.cause.or(paused).unwrap_or_default();
        let (took, steps, held) = (self.now - START, self.steps, self.held);
        Run { seed: self.seed, end, why, took, users, failing, steps, held }
    }
}

/// Shares by instances, where traffic follows them.
fn by_instances(replicas: &[u32]) -> Vec<f64> {
    let all: f64 = replicas.iter().copied().map(f64::from).sum();
    if all == 0.0 {
        let first = |place: usize| if place == 0 { 1.0 } else { 0.0 };
        return (0..replicas.len()).map(first).collect();
    }
    replicas.iter().map(|count| f64::from(*count) / all).collect()
}

fn share(ppm: u32) -> f64 {
    f64::from(ppm) / 1e6
}

/// How long drivers take.
const DRIVER: Span = Span::from_ms(20);
/// How long instances take until they are healthy.
const BOOT: Span = Span::from_secs(4);
/// A look answers with so many windows at most.
const WINDOWS_MAX: u64 = 1_000;
