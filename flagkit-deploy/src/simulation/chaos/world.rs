//! What is outside: proxies, instances, and whoever is called and told.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::driver::Seen;
use crate::order::{Failure, Fence, Finding, Order, OrderId, Outcome, Wanted};
use crate::simulation::chaos::random::Random;
use crate::split::Split;
use crate::time::{Span, Time};

/// How the new side does.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Health {
    /// Failed requests of the control, in millionths.
    pub errors_control: u32,
    /// Failed requests of the new arms.
    pub errors_new: u32,
    /// Requests per second of all sides together.
    pub requests: u64,
    /// New instances that never become healthy, in millionths.
    pub broken_instances: u32,
    /// Checks of new arms that find status 503, in millionths.
    pub broken_checks: u32,
    /// The same of the control.
    #[serde(default)]
    pub broken_control: u32,
    /// Hooks that answer with status 503, in millionths, where the plan expects something.
    #[serde(default)]
    pub broken_hooks: u32,
}

/// Something that was changed outside.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Effect {
    /// When.
    pub at: Time,
    /// By which order.
    pub id: OrderId,
    /// What.
    pub wanted: Wanted,
}

/// What is outside.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct World {
    /// The split in effect, by route: arms and weights.
    pub splits: BTreeMap<String, (Vec<String>, Split)>,
    /// Mirrors and header rules in effect, by thing.
    pub extras: BTreeMap<String, Wanted>,
    /// Instances, by workload and arm.
    pub instances: BTreeMap<(String, String), Instances>,
    /// Hooks and messages that were delivered, by their idempotency keys.
    pub delivered: BTreeSet<OrderId>,
    /// What was changed, in order.
    pub effects: Vec<Effect>,
    /// The greatest fence of anybody who changed something.
    pub fence: Fence,
    random: Random,
    health: Health,
}

/// The instances of one workload for one arm.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Instances {
    /// What they run.
    pub version: String,
    /// How many there shall be.
    pub wanted: u32,
    /// When each of them is healthy; none if it never will be.
    pub healthy_at: Vec<Option<Time>>,
}

impl Instances {
    /// How many are healthy.
    pub fn healthy(&self, now: Time) -> usize {
        self.healthy_at.iter().filter(|at| at.is_some_and(|at| at <= now)).count()
    }
}

impl World {
    /// One without anything in it.
    pub fn new(seed: u64, health: Health) -> Self {
        Self {
            splits: BTreeMap::new(),
            extras: BTreeMap::new(),
            instances: BTreeMap::new(),
            delivered: BTreeSet::new(),
            effects: Vec::new(),
            fence: Fence::default(),
            random: Random::keyed(seed, &[1]),
            health,
        }
    }

    /// Looks whether an order is in place.
    pub fn observe(&self, order: &Order, now: Time) -> Seen {
        let is_in_place = match &order.wanted {
            Wanted::Split { route, arms, split } => {
                self.splits.get(route).is_some_and(|(a, s)| a == arms && s == split)
            }
            Wanted::Scale { workload, arm, version, replicas } => {
                let key = (workload.clone(), arm.clone());
                self.instances.get(&key).map_or(*replicas == 0, |instances| {
                    instances.version == *version
                        && instances.wanted == *replicas
                        && instances.healthy(now) >= *replicas as usize
                })
            }
            Wanted::Mirror { .. } | Wanted::Route { .. } => {
                self.extras.get(&order.wanted.thing()) == Some(&order.wanted)
            }
            Wanted::Hook { .. } | Wanted::Notify { .. } => self.delivered.contains(&order.id),
            Wanted::Verify { .. } | Wanted::Measure { .. } => false,
        };
        if is_in_place { Seen::InPlace } else { Seen::NotInPlace }
    }

    /// Changes what an order wants. Answers whether it is in place by then; instances need time.
    ///
    /// # Errors
    ///
    /// [`Failure::fenced`] if somebody with a greater fence was here.
    pub fn apply(&mut self, order: &Order, now: Time, start: Span) -> Result<(), Failure> {
        if order.fence < self.fence {
            return Err(Failure::fenced("another leader was here"));
        }
        if order.wanted.is_read() {
            return Ok(());
        }
        self.fence = order.fence;
        if self.observe(order, now) == Seen::InPlace {
            return Ok(());
        }
        match &order.wanted {
            Wanted::Split { route, arms, split } => {
                self.splits.insert(route.clone(), (arms.clone(), split.clone()));
            }
            Wanted::Scale { workload, arm, version, replicas } => {
                let key = (workload.clone(), arm.clone());
                let (is_changed, started) = self.started(&key, (version, *replicas), now, start);
                self.instances.insert(key, started);
                if !is_changed {
                    return Ok(());
                }
            }
            Wanted::Mirror { .. } | Wanted::Route { .. } => {
                self.extras.insert(order.wanted.thing(), order.wanted.clone());
            }
            _ => drop(self.delivered.insert(order.id.clone())),
        }
        let (id, wanted) = (order.id.clone(), order.wanted.clone());
        self.effects.push(Effect { at: now, id, wanted });
        Ok(())
    }

    /// The instances after scaling, and whether that changes what is wanted.
    fn started(
        &mut self,
        key: &(String, String),
        (version, replicas): (&str, u32),
        now: Time,
        start: Span,
    ) -> (bool, Instances) {
        let mut instances = self.instances.get(key).cloned().unwrap_or_default();
        let is_changed = instances.version != version || instances.wanted != replicas;
        if instances.version != version {
            instances.healthy_at.clear();
        }
        version.clone_into(&mut instances.version);
        instances.wanted = replicas;
        instances.healthy_at.truncate(replicas as usize);
        while instances.healthy_at.len() < replicas as usize {
            let is_broken = !is_control(&key.1) && self.random.chance(self.health.broken_instances);
            let takes = Span::from_ms(self.random.between(start.ms() / 2, start.ms() * 2));
            instances.healthy_at.push((!is_broken).then_some(now + takes));
        }
        (is_changed, instances)
    }

    /// Instances fail by chance, and are started again.
    pub fn fail_instances(&mut self, ppm: u32, now: Time, start: Span) {
        for instances in self.instances.values_mut() {
            for healthy_at in &mut instances.healthy_at {
                if healthy_at.is_some() && self.random.chance(ppm) {
                    *healthy_at = Some(now + start);
                }
            }
        }
    }

    /// What a check finds.
    pub fn check(&mut self, arm: &str) -> Outcome {
        let health = &self.health;
        let broken = if is_control(arm) { health.broken_control } else { health.broken_checks };
        let is_broken = self.random.chance(broken);
        let status = if is_broken { 503 } else { 200 };
        let attributes = BTreeMap::from([
            ("status".to_owned(), status.into()),
            ("connected".to_owned(), true.into()),
            ("exit_code".to_owned(), i32::from(is_broken).into()),
        ]);
        Outcome::Found(Finding { attributes })
    }

    /// The status with which a hook answers.
    pub fn hook_status(&mut self) -> u16 {
        if self.random.chance(self.health.broken_hooks) { 503 } else { 200 }
    }

    /// How the sides do.
    pub fn health(&self) -> &Health {
        &self.health
    }
}

/// Whether an arm of a scenario is its control.
pub(super) fn is_control(arm: &str) -> bool {
    arm == "stable"
}
