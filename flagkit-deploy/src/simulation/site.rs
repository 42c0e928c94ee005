//! A simulated site: what orders change there, and what was called how often.

use std::collections::{BTreeMap, BTreeSet};

use crate::driver::Seen;
use crate::order::{Failure, Finding, Order, OrderId, Outcome, Wanted};
use crate::plan::Plan;
use crate::sample::Sample;
use crate::simulation::crash::World;
use crate::time::Time;

/// What metrics say about the windows after one time until another.
pub type Measuring = fn(&Plan, Time, Time) -> Vec<Sample>;

/// Proxies, workloads, receivers and checks that do what they are told at once.
///
/// Receivers keep idempotency keys, so a call that is repeated with its key has no second effect.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Site {
    /// How things are, by [`Wanted::thing`].
    pub things: BTreeMap<String, Wanted>,
    /// The keys that receivers of hooks and messages have seen.
    pub keys: BTreeSet<OrderId>,
    /// What checks find, by name; `status` is 200 without.
    pub found: BTreeMap<String, Finding>,
    /// Orders about things that begin so fail until a time.
    pub broken: BTreeMap<String, (Time, Failure)>,
    /// What metrics say; nothing without.
    pub measuring: Option<Measuring>,
    /// What has changed, in order.
    pub effects: Vec<String>,
    /// Calls that receivers recognised as repeated.
    pub repeated: u32,
}

impl Site {
    /// A site where everything works.
    pub fn new() -> Self {
        Self::default()
    }

    fn failure(&self, order: &Order, now: Time) -> Option<Failure> {
        let thing = order.wanted.thing();
        let broken = self.broken.iter().find(|(name, _)| thing.starts_with(name.as_str()));
        broken.filter(|(_, (until, _))| now < *until).map(|(_, (_, failure))| failure.clone())
    }
}

impl World for Site {
    fn observe(&mut self, order: &Order, _plan: &Plan, now: Time) -> Result<Seen, Failure> {
        if let Some(failure) = self.failure(order, now) {
            return Err(failure);
        }
        Ok(match &order.wanted {
            Wanted::Hook { .. } | Wanted::Notify { .. } => Seen::Unknown,
            wanted if self.things.get(&wanted.thing()) == Some(wanted) => Seen::InPlace,
            _ => Seen::NotInPlace,
        })
    }

    fn apply(&mut self, order: &Order, plan: &Plan, now: Time) -> Result<Outcome, Failure> {
        if let Some(failure) = self.failure(order, now) {
            return Err(failure);
        }
        let wanted = &order.wanted;
        match wanted {
            Wanted::Measure { after, until, .. } => {
                let measured = self.measuring.map(|measuring| measuring(plan, *after, *until));
                return Ok(Outcome::Measured(measured.unwrap_or_default()));
            }
            Wanted::Verify { check, .. } => {
                let healthy = || Finding { attributes: [("status".to_owned(), 200.into())].into() };
                return Ok(Outcome::Found(self.found.get(check).cloned().unwrap_or_else(healthy)));
            }
            Wanted::Hook { .. } | Wanted::Notify { .. } => {
                if self.keys.insert(order.id.clone()) {
                    self.effects.push(format!("{} {}", order.id, wanted.thing()));
                } else {
                    self.repeated += 1;
                }
            }
            _ if self.things.get(&wanted.thing()) == Some(wanted) => {
                return Ok(Outcome::Done { already: true });
            }
            _ => {
                self.things.insert(wanted.thing(), wanted.clone());
                self.effects.push(format!("{} {}", order.id, words(wanted)));
            }
        }
        Ok(Outcome::Done { already: false })
    }

    fn effects(&self) -> &[String] {
        &self.effects
    }
}

/// A thing and how it is.
fn words(wanted: &Wanted) -> String {
    let thing = wanted.thing();
    match wanted {
        Wanted::Split { split, .. } => format!("{thing} {split}"),
        Wanted::Scale { replicas, version, .. } => format!("{thing} {replicas} of {version}"),
        Wanted::Mirror { share, .. } => format!("{thing} {share}"),
        Wanted::Route { headers, .. } => format!("{thing} {headers:?}"),
        _ => thing,
    }
}
