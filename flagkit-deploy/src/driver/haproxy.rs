//! HAProxy 2.6 and later, by its runtime socket: weights of servers, or an entry of a map.
//!
//! | | weights of servers | a map |
//! |---|---|---|
//! | who goes where | each request by itself | each user by hash, as with a flag |
//! | steps | shares of whole numbers up to 256 | millionths, or hundredths of a per cent |
//! | an arm is | a server of the backend, or several: `canary`, `canary-1`, `canary-2` | a name that the configuration makes a backend of |
//! | requests to an arm by their headers | no | yes, by headers that the configuration names |
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

use crate::driver::{self, Driver, Seen, Work};
use crate::order::{Failure, Order, Outcome, Wanted};
use crate::plan::{Does, Plan, Step};
use crate::refusal::Refusal;
use crate::split::Weight;

mod configuration;
mod headers;
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
        /// The headers, and cookies as `cookie:NAME`, by which requests may be sent to an arm: those
        /// of [`Sticky::headers`], in any order.
        headers: Vec<String>,
    },
}

impl Haproxy {
    /// One HAProxy, by the weights of servers, with two seconds for an answer.
    pub fn new(socket: Socket) -> Self {
        let timeout = Duration::from_secs(2);
        Self { sockets: vec![socket], by: By::Weights, routes: Vec::new(), timeout }
    }

    async fn is_so(&self, wanted: &Wanted) -> Result<bool, Failure> {
        for socket in &self.sockets {
            let is_so = match (&self.by, wanted) {
                (By::Weights, Wanted::Split { route, arms, split }) => {
                    let servers = weights::servers(socket, self.timeout, route).await?;
                    weights::wanted(&servers, (route, arms, split))?.is_empty()
                }
                (By::Map { map, .. }, _) => {
                    let (key, value) = self.entry(wanted)?;
                    map::entry(socket, self.timeout, (map, &key)).await? == value
                }
                _ => false,
            };
            if !is_so {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn make_so(&self, wanted: &Wanted) -> Result<Outcome, Failure> {
        if self.sockets.is_empty() {
            return Err(Failure::permanent("no socket of HAProxy is configured"));
        }
        let mut changed = false;
        for socket in &self.sockets {
            changed |= match (&self.by, wanted) {
                (By::Weights, Wanted::Split { route, arms, split }) => {
                    let servers = weights::servers(socket, self.timeout, route).await?;
                    let commands = weights::wanted(&servers, (route, arms, split))?;
                    let wanted = (route.as_str(), arms.as_slice(), split);
                    ready::until_up(socket, self.timeout, Sides::Servers, wanted).await?;
                    weights::set(socket, self.timeout, &commands).await?
                }
                (By::Map { map, .. }, _) => {
                    let (key, value) = self.entry(wanted)?;
                    self.until_up(socket, wanted).await?;
                    map::set(socket, self.timeout, (map, &key, value.as_deref())).await?
                }
                _ => return Err(not_ours()),
            };
        }
        if let By::Map { file: Some(file), .. } = &self.by {
            let (key, value) = self.entry(wanted)?;
            map::write(file, &key, value.as_deref()).await?;
        }
        Ok(Outcome::Done { already: !changed })
    }

    /// The entry of the map that an order wants, with its key; none is to be there without a value.
    fn entry(&self, wanted: &Wanted) -> Result<(String, Option<String>), Failure> {
        match (&self.by, wanted) {
            (By::Map { buckets, .. }, Wanted::Split { route, split, .. }) => {
                Ok((route.clone(), Some(map::value(split, *buckets))))
            }
            (By::Map { headers, .. }, Wanted::Route { route, arm, headers: wanted }) => {
                let parts = driver::headers::parts(wanted).map_err(Failure::permanent)?;
                let value = headers::value(&headers::known(headers), &parts);
                let value = value.map_err(|name| Failure::permanent(unknown_header(&name)))?;
                Ok((headers::key(route, arm), value))
            }
            _ => Err(not_ours()),
        }
    }

    /// Waits until the arms of an order can take its requests.
    async fn until_up(&self, socket: &Socket, wanted: &Wanted) -> Result<(), Failure> {
        match wanted {
            Wanted::Split { route, arms, split } => {
                let wanted = (route.as_str(), arms.as_slice(), split);
                ready::until_up(socket, self.timeout, Sides::Backends, wanted).await
            }
            Wanted::Route { route, arm, headers } if !headers.is_empty() => {
                let sides = Sides::Backends;
                ready::until_arm_is_up(socket, self.timeout, sides, (route, arm)).await
            }
            _ => Ok(()),
        }
    }
}

impl Driver for Haproxy {
    fn takes(&self, order: &Order, _plan: &Plan) -> bool {
        let ((Wanted::Split { route, .. }, _) | (Wanted::Route { route, .. }, By::Map { .. })) =
            (&order.wanted, &self.by)
        else {
            return false;
        };
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
        let copied = |(at, step): (usize, &Step)| {
            let is_copied = matches!(step.does, Does::Mirror { share, .. } if share > Weight::NONE);
            let problem =
                "HAProxy copies no traffic by itself; its SPOE needs a program of its own";
            let mend = "leave `mirror` out, or divide the traffic by Envoy";
            is_copied.then(|| Refusal::new(format!("steps[{at}]"), problem, mend))
        };
        let mut refusals: Vec<Refusal> = plan.steps.iter().enumerate().filter_map(copied).collect();
        if let By::Map { headers, .. } = &self.by
            && let Some(name) = headers::unreadable(headers)
        {
            let problem = format!("`{}` is no name of a header", name.escape_debug());
            let mend = "write `x-canary`, or `cookie:beta` for a cookie";
            refusals.push(Refusal::new("drivers.haproxy.headers", problem, mend));
        }
        refusals.extend(driver::headers::refusals(plan, |parts| match &self.by {
            By::Weights => Some((
                "HAProxy sends requests to an arm by their headers only where a map divides them".to_owned(),
                "leave `headers` out, or divide by a map".to_owned(),
            )),
            By::Map { headers, .. } => {
                let unknown = headers::value(&headers::known(headers), parts).err()?;
                let mend = "name it in `headers` of the driver and of HAProxy's configuration, or leave it out";
                Some((unknown_header(&unknown), mend.to_owned()))
            }
        }));
        refusals
    }
}

#[cold]
fn not_ours() -> Failure {
    Failure::permanent("HAProxy divides traffic and does nothing else")
}

fn unknown_header(name: &str) -> String {
    format!("HAProxy's configuration is not said to look at the header `{name}`")
}
