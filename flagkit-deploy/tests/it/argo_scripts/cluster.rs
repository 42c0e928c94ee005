//! A simulated cluster: instances of each version, when they are ready, where traffic goes, and what
//! hooks have started.

use std::collections::{BTreeMap, BTreeSet};

use flagkit_deploy::driver::Seen;
use flagkit_deploy::order::{Failure, Order, OrderId, Outcome, Wanted};
use flagkit_deploy::plan::{Plan, Probe};
use flagkit_deploy::simulation::crash::World;
use flagkit_deploy::{Span, Time};

#[derive(Clone, Debug, Default)]
pub(crate) struct Cluster {
    /// Instances by version.
    pub(crate) sets: BTreeMap<String, Set>,
    /// The traffic of each version, in millionths.
    pub(crate) traffic: BTreeMap<String, u32>,
    /// Mirrors and headers, by their things.
    pub(crate) extras: BTreeMap<String, Wanted>,
    pub(crate) runs: Vec<Run>,
    keys: BTreeSet<OrderId>,
    effects: Vec<String>,
}

/// The instances of one version.
#[derive(Clone, Debug, Default)]
pub(crate) struct Set {
    /// When each was created.
    pub(crate) pods: Vec<Time>,
    pub(crate) ready: Ready,
}

/// When an instance is ready.
#[derive(Clone, Debug, Default)]
pub(crate) enum Ready {
    #[default]
    Now,
    After(Span),
    Never,
    /// So many of them, as the script says.
    Marked(u32),
}

/// Something that a hook has started.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) release: String,
    /// `analysis.step_1`.
    pub(crate) fact: String,
    pub(crate) command: Vec<String>,
    pub(crate) began: Time,
}

impl Set {
    pub(crate) fn wanted(&self) -> u32 {
        u32::try_from(self.pods.len()).unwrap()
    }

    pub(crate) fn ready(&self, now: Time) -> u32 {
        let all = self.wanted();
        match self.ready {
            Ready::Now => all,
            Ready::Never => 0,
            Ready::Marked(marked) => all.min(marked),
            Ready::After(span) => {
                u32::try_from(self.pods.iter().filter(|pod| **pod + span <= now).count()).unwrap()
            }
        }
    }

    fn scale(&mut self, replicas: u32, now: Time) {
        self.pods.resize(usize::try_from(replicas).unwrap(), now);
        if let Ready::Marked(marked) = &mut self.ready {
            *marked = replicas.min(*marked);
        }
    }
}

impl Cluster {
    /// When the next instance becomes ready by itself.
    pub(crate) fn next_ready(&self, now: Time) -> Option<Time> {
        let times = self.sets.values().flat_map(|set| match set.ready {
            Ready::After(span) => set.pods.iter().map(|pod| *pod + span).collect(),
            _ => Vec::new(),
        });
        times.filter(|time| *time > now).min()
    }

    pub(crate) fn all_ready(&self, now: Time) -> bool {
        self.sets.values().all(|set| set.ready(now) == set.wanted())
    }

    fn in_place(&self, order: &Order, plan: &Plan, now: Time) -> bool {
        match &order.wanted {
            Wanted::Scale { version, replicas, .. } => {
                self.sets.get(version).map_or(*replicas == 0, |set| {
                    set.wanted() == *replicas && set.ready(now) == *replicas
                })
            }
            Wanted::Split { split, .. } => self.traffic == traffic(plan, split.weights()),
            wanted => self.extras.get(&wanted.thing()) == Some(wanted),
        }
    }

    fn hook(&mut self, order: &Order, plan: &Plan, hook: &str, now: Time) {
        if self.keys.insert(order.id.clone()) {
            let command = match plan.hooks.get(hook).map(|hook| &hook.probe) {
                Some(Probe::Command { command }) => command.clone(),
                _ => Vec::new(),
            };
            let fact = hook.split('/').next().unwrap().to_owned();
            let release = order.id.release.to_string();
            self.runs.push(Run { release, fact, command, began: now });
            self.effects.push(format!("{} {}", order.id, order.wanted.thing()));
        }
    }
}

impl World for Cluster {
    fn observe(&mut self, order: &Order, plan: &Plan, now: Time) -> Result<Seen, Failure> {
        Ok(match &order.wanted {
            Wanted::Hook { .. } => Seen::Unknown,
            _ if self.in_place(order, plan, now) => Seen::InPlace,
            _ => Seen::NotInPlace,
        })
    }

    fn apply(&mut self, order: &Order, plan: &Plan, now: Time) -> Result<Outcome, Failure> {
        let (wanted, thing) = (&order.wanted, order.wanted.thing());
        match wanted {
            Wanted::Scale { version, replicas, .. } => {
                let set = self.sets.entry(version.clone()).or_default();
                if set.wanted() != *replicas {
                    set.scale(*replicas, now);
                    self.effects.push(format!("{} {thing} {replicas} of {version}", order.id));
                }
                let ready = set.ready(now);
                if ready < *replicas {
                    return Err(Failure::transient(format!("{ready} of {replicas} are ready")));
                }
            }
            Wanted::Split { split, .. } => {
                let traffic = traffic(plan, split.weights());
                if self.traffic != traffic {
                    self.traffic = traffic;
                    self.effects.push(format!("{} {thing} {:?}", order.id, self.traffic));
                }
            }
            Wanted::Hook { hook, .. } => self.hook(order, plan, hook, now),
            wanted => {
                if self.extras.get(&thing) != Some(wanted) {
                    self.effects.push(format!("{} {thing} {wanted:?}", order.id));
                    self.extras.insert(thing, wanted.clone());
                }
            }
        }
        Ok(Outcome::Done { already: false })
    }

    /// `mark 2 of v1`, `scale v1 to 3`, `v1 is ready after 10`.
    fn change(&mut self, change: &str, now: Time) {
        let words: Vec<&str> = change.split(' ').collect();
        let number = |at: usize| words[at].parse::<u32>().unwrap();
        match words[0] {
            "mark" => {
                let set = self.sets.entry(words[3].to_owned()).or_default();
                if let Ready::Marked(marked) = &mut set.ready {
                    *marked += number(1);
                }
            }
            "scale" => {
                let set = self.sets.entry(words[1].to_owned()).or_default();
                set.scale(number(3), now);
            }
            version => {
                let set = self.sets.entry(version.to_owned()).or_default();
                set.ready = match words[3] {
                    "never" => Ready::Never,
                    "marked" => Ready::Marked(0),
                    "after" => Ready::After(Span::from_secs(number(4).into())),
                    _ => Ready::Now,
                };
            }
        }
    }

    fn effects(&self) -> &[String] {
        &self.effects
    }
}

/// Who gets how much, without those that get nothing.
fn traffic(plan: &Plan, weights: &[flagkit_deploy::Weight]) -> BTreeMap<String, u32> {
    let both = plan.arms.iter().zip(weights);
    let some = both.filter(|(_, weight)| weight.ppm() > 0);
    some.map(|(arm, weight)| (arm.version.clone(), weight.ppm())).collect()
}
