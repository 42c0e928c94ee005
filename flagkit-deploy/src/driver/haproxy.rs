//! HAProxy 2.6 and later, by its runtime socket: weights of servers, or an entry of a map.
//!
//! | | weights of servers | a map |
//! |---|---|---|
//! | who goes where | each request by itself | each user by hash, as with a flag |
//! | steps | shares of whole numbers up to 256 | millionths, or hundredths of a per cent |
//! | an arm is | a server of the backend, or several: `canary`, `canary-1`, `canary-2` | a name that the configuration makes a backend of |
//! | the configuration needs | a balance that takes weights: `roundrobin`, `leastconn`, `random` | the lines of [`configuration()`] |
//!
//! A weight above nothing is never rounded to 0, and nothing and all are exact. The weights are those
//! whole numbers whose largest error is smallest: 1 % is 2 to 198, and 0.1 % becomes 1 to 256, which
//! is 0.39 %: whoever needs less uses a map.
//!
//! Before a new arm gets traffic, the driver waits until HAProxy itself has seen a server of it up: its checks are
//! later than the engine's, and until then it answers 503.
//!
//! Carried out twice it is carried out once: both are absolute values. [`observe`](Driver::observe) reads
//! `show servers state` or `show map`. HAProxy forgets both at a reload; with a map, the file is
//! written, too, where it can be reached by the engine. HAProxy cannot tell leaders apart: its
//! socket belongs to the host of the one leader.

use std::path::PathBuf;
use std::time::Duration;

use crate::driver::{Driver, Seen, Work};
use crate::order::{Failure, Order, Outcome, Wanted};
use crate::plan::{Does, Plan, Step};
use crate::refusal::Refusal;
use crate::split::Weight;

mod configuration;
mod map;
mod ready;
mod socket;
mod weights;

pub use configuration::{Sticky, configuration};
pub use socket::Socket;

use ready::Sides;

/// How one HAProxy, or several that shall be alike, are reached.
#[derive(Clone, Debug)]
pub struct Haproxy {
    /// The runtime sockets, at least one. An order is done once all of them have it.
    pub sockets: Vec<Socket>,
    /// How traffic is divided.
    pub by: By,
    /// The routes that this driver takes; all of them if empty.
    pub routes: Vec<String>,
    /// How long one socket may take to answer.
    pub timeout: Duration,
}

/// How HAProxy divides traffic.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum By {
    /// By the weights of the servers of the backend that the route names.
    Weights,
    /// By the entry of a map whose key is the route.
    Map {
        /// The map as HAProxy's configuration names it.
        map: String,
        /// The file of the map where the engine can write it, so that a reload keeps the split.
        file: Option<PathBuf>,
        /// How many buckets there are: 10,000 as in flag files, or 1,000,000.
        buckets: u32,
    },
}

impl Haproxy {
    /// One HAProxy, by the weights of servers, with two seconds for an answer.
    pub fn new(socket: Socket) -> Self {
        let timeout = Duration::from_secs(2);
        Self { sockets: vec![socket], by: By::Weights, routes: Vec::new(), timeout }
    }

    async fn is_so(&self, wanted: &Wanted) -> Result<bool, Failure> {
        let Wanted::Split { route, arms, split } = wanted else { return Ok(false) };
        for socket in &self.sockets {
            let is_so = match &self.by {
                By::Weights => {
                    let servers = weights::servers(socket, self.timeout, route).await?;
                    weights::wanted(&servers, (route, arms, split))?.is_empty()
                }
                By::Map { map, buckets, .. } => {
                    let found = map::entry(socket, self.timeout, (map, route)).await?;
                    found.is_some_and(|found| found == map::value(split, *buckets))
                }
            };
            if !is_so {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn make_so(&self, wanted: &Wanted) -> Result<Outcome, Failure> {
        let Wanted::Split { route, arms, split } = wanted else { return Err(not_ours()) };
        if self.sockets.is_empty() {
            return Err(Failure::permanent("no socket of HAProxy is configured"));
        }
        let mut changed = false;
        for socket in &self.sockets {
            changed |= match &self.by {
                By::Weights => {
                    let servers = weights::servers(socket, self.timeout, route).await?;
                    let commands = weights::wanted(&servers, (route, arms, split))?;
                    let wanted = (route.as_str(), arms.as_slice(), split);
                    ready::until_up(socket, self.timeout, Sides::Servers, wanted).await?;
                    weights::set(socket, self.timeout, &commands).await?
                }
                By::Map { map, buckets, .. } => {
                    let value = map::value(split, *buckets);
                    let wanted = (route.as_str(), arms.as_slice(), split);
                    ready::until_up(socket, self.timeout, Sides::Backends, wanted).await?;
                    map::set(socket, self.timeout, (map, route, &value)).await?
                }
            };
        }
        if let By::Map { file: Some(file), buckets, .. } = &self.by {
            map::write(file, route, &map::value(split, *buckets)).await?;
        }
        Ok(Outcome::Done { already: !changed })
    }
}

impl Driver for Haproxy {
    fn takes(&self, order: &Order, _plan: &Plan) -> bool {
        let Wanted::Split { route, .. } = &order.wanted else { return false };
        self.routes.is_empty() || self.routes.contains(route)
    }

    fn observe<'a>(&'a self, order: &'a Order, _plan: &'a Plan) -> Work<'a, Seen> {
        Box::pin(async move {
            let is_so = self.is_so(&order.wanted).await?;
            Ok(if is_so { Seen::InPlace } else { Seen::NotInPlace })
        })
    }

    fn apply<'a>(&'a self, order: &'a Order, _plan: &'a Plan) -> Work<'a, Outcome> {
        Box::pin(self.make_so(&order.wanted))
    }

    fn refusals(&self, plan: &Plan) -> Vec<Refusal> {
        let is_ours = |route: &String| self.routes.is_empty() || self.routes.contains(route);
        if !plan.route.as_ref().is_some_and(is_ours) {
            return Vec::new();
        }
        let refusal = |(at, step): (usize, &Step)| {
            let (problem, mend) = match &step.does {
                Does::Mirror { share, .. } if *share > Weight::NONE => (
                    "HAProxy copies no traffic by itself; its SPOE needs a program of its own",
                    "leave `mirror` out, or divide the traffic by Envoy",
                ),
                Does::Route { headers, .. } if !headers.is_empty() => (
                    "HAProxy's driver sends no requests to an arm by their headers",
                    "leave `headers` out, or write the rule into HAProxy's configuration",
                ),
                _ => return None,
            };
            Some(Refusal::new(format!("steps[{at}]"), problem, mend))
        };
        plan.steps.iter().enumerate().filter_map(refusal).collect()
    }
}

#[cold]
fn not_ours() -> Failure {
    Failure::permanent("HAProxy divides traffic and does nothing else")
}
