//! Envoy: the split as fractions of routes, in millionths, by its runtime.
//!
//! Every arm but the control has a route with a `runtime_fraction` of its own, and what none of them takes goes
//! to the control; [`routes`] writes them. Envoy draws one number for a request and compares it with
//! all of them, so the fractions are running sums. They are set all at once.
//!
//! Two ways lead there. Over the administration interface of each Envoy (`runtime_modify`), where a restart of
//! Envoy forgets them. Or as a file of RTDS, xDS's service for runtime values, which one or several Envoys
//! watch: it is replaced in one step, and a restarted Envoy reads it again. In both cases
//! [`observe`](Driver::observe) asks every Envoy's `/runtime`, and an order is done once all of them have it.
//!
//! A bare number in Envoy's runtime means per cent of 100, so that 10000 is everything. What is written
//! here is always a fraction with its denominator.
//!
//! Requests with headers go to an arm by routes of their own, which [`header_route`] writes and the runtime switches.
//!
//! Users are not sticky: each request is drawn by itself. Where a user must keep a side, divide by a flag in
//! the application, or by HAProxy's map.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::Instant;

use crate::driver::http::{Call, Http, encoded, escaped};
use crate::driver::replace::{alone, replace};
use crate::driver::{self, Driver, Seen, Work};
use crate::order::{Failure, Order, Outcome, Wanted};
use crate::plan::Plan;
use crate::refusal::Refusal;
use crate::split::{Split, WHOLE};

mod headers;
mod protection;

pub use headers::header_route;
pub use protection::{Protection, protection};

/// One Envoy, or several that shall be alike.
#[derive(Clone, Debug)]
pub struct Envoy {
    /// Talks HTTP.
    pub http: Http,
    /// The administration interfaces, at least one: `http://127.0.0.1:9901`.
    pub admins: Vec<String>,
    /// The file of RTDS that all of them watch. Without it, each is told over its administration interface.
    pub file: Option<PathBuf>,
    /// The routes that this driver takes; all of them if empty.
    pub routes: Vec<String>,
    /// How long one question may take, and how long a file may take to be seen.
    pub timeout: Duration,
}

/// Names in Envoy's runtime, and millionths.
type Fractions = Vec<(String, u32)>;

impl Envoy {
    /// This Envoy, told over its administration interface, with two seconds for an answer.
    pub fn new(http: Http, admin: impl Into<String>) -> Self {
        let timeout = Duration::from_secs(2);
        Self { http, admins: vec![admin.into()], file: None, routes: Vec::new(), timeout }
    }

    async fn is_so(&self, fractions: &Fractions) -> Result<bool, Failure> {
        for admin in &self.admins {
            let runtime = self.runtime(admin).await?;
            let value =
                |name: &str| runtime.get("entries")?.get(name)?.get("final_value")?.as_str();
            if !fractions.iter().all(|(name, wanted)| value(name).and_then(ppm) == Some(*wanted)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn runtime(&self, admin: &str) -> Result<Value, Failure> {
        let at = format!("Envoy at {admin}");
        let mut call = Call::get(format!("{}/runtime", admin.trim_end_matches('/')), self.timeout);
        call.body_max = RUNTIME_MAX;
        self.http.ask(call).await?.checked(&at)?.json(&at)
    }

    /// What an order comes to in the runtime.
    async fn fractions(&self, wanted: &Wanted) -> Result<Fractions, Failure> {
        let Wanted::Route { route, arm, headers } = wanted else { return fractions(wanted) };
        let parts = driver::headers::parts(headers).map_err(Failure::permanent)?;
        let mut there = Vec::new();
        for admin in &self.admins {
            let runtime = self.runtime(admin).await?;
            let entries = runtime.get("entries").and_then(Value::as_object);
            there.extend(entries.into_iter().flat_map(|entries| entries.keys().cloned()));
        }
        if let Some(file) = &self.file {
            there.extend(layer(&read(file).await?).into_iter().map(|(name, _)| name));
        }
        Ok(headers::switches((route, arm), &parts, there))
    }

    /// Whether every Envoy has a route for the rule of an order.
    async fn check(&self, wanted: &Wanted) -> Result<(), Failure> {
        let Wanted::Route { route, arm, headers } = wanted else { return Ok(()) };
        let parts = driver::headers::parts(headers).map_err(Failure::permanent)?;
        for admin in self.admins.iter().filter(|_| !parts.is_empty()) {
            let key = headers::key(route, arm, &parts);
            headers::check(&self.http, (admin, self.timeout), &key).await?;
        }
        Ok(())
    }

    async fn make_so(&self, fractions: &Fractions) -> Result<Outcome, Failure> {
        if self.admins.is_empty() {
            return Err(Failure::permanent("no administration interface of Envoy is configured"));
        }
        let was_so = self.is_so(fractions).await?;
        if let Some(file) = &self.file {
            // Also where the Envoys have it: the file is what a restarted one reads.
            write(file, fractions).await?;
            self.wait_until_so(fractions).await?;
        } else if !was_so {
            for admin in &self.admins {
                self.modify(admin, fractions).await?;
            }
        }
        Ok(Outcome::Done { already: was_so })
    }

    async fn modify(&self, admin: &str, fractions: &Fractions) -> Result<(), Failure> {
        let at = format!("Envoy at {admin}");
        let names: Vec<(String, u32)> =
            fractions.iter().map(|(name, ppm)| (escaped(name), *ppm)).collect();
        let pairs: Vec<(&str, String)> =
            names.iter().map(|(name, ppm)| (name.as_str(), fraction(*ppm).to_string())).collect();
        let query = encoded(&pairs);
        let url = format!("{}/runtime_modify?{query}", admin.trim_end_matches('/'));
        let call = Call { method: "POST", ..Call::get(url, self.timeout) };
        let answer = self.http.ask(call).await?;
        if answer.status == 503 {
            return Err(Failure::permanent(format!(
                "{at} takes no values ({}); its `layered_runtime` needs a layer `admin_layer: {{}}` at the end",
                answer.excerpt()
            )));
        }
        answer.checked(&at)?;
        Ok(())
    }

    async fn wait_until_so(&self, fractions: &Fractions) -> Result<(), Failure> {
        let until = Instant::now() + self.timeout;
        while !self.is_so(fractions).await? {
            if Instant::now() >= until {
                return Err(Failure::transient(format!(
                    "Envoy has not taken up its file within {:?}; does its `rtds_layer` name this path?",
                    self.timeout
                )));
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }
}

impl Driver for Envoy {
    fn takes(&self, order: &Order, _plan: &Plan) -> bool {
        let (Wanted::Split { route, .. }
        | Wanted::Mirror { route, .. }
        | Wanted::Route { route, .. }) = &order.wanted
        else {
            return false;
        };
        self.routes.is_empty() || self.routes.contains(route)
    }

    fn observe<'a>(&'a self, order: &'a Order, _plan: &'a Plan) -> Work<'a, Seen> {
        Box::pin(async move {
            let is_so = self.is_so(&self.fractions(&order.wanted).await?).await?;
            Ok(if is_so { Seen::InPlace } else { Seen::NotInPlace })
        })
    }

    fn apply<'a>(&'a self, order: &'a Order, _plan: &'a Plan) -> Work<'a, Outcome> {
        Box::pin(async move {
            self.check(&order.wanted).await?;
            self.make_so(&self.fractions(&order.wanted).await?).await
        })
    }

    fn refusals(&self, plan: &Plan) -> Vec<Refusal> {
        let is_ours = |route: &String| self.routes.is_empty() || self.routes.contains(route);
        if !plan.route.as_ref().is_some_and(is_ours) {
            return Vec::new();
        }
        // Which headers its routes have is only known where Envoy runs.
        driver::headers::refusals(plan, |_| None)
    }
}

fn fractions(wanted: &Wanted) -> Result<Fractions, Failure> {
    let (route, arms, split) = match wanted {
        Wanted::Split { route, arms, split } => (route, arms, split),
        Wanted::Mirror { route, arm, share } => {
            return Ok(vec![(mirror_key(route, arm), share.ppm())]);
        }
        _ => {
            return Err(Failure::permanent(
                "Envoy divides and copies traffic, and does nothing else",
            ));
        }
    };
    let names = arms.iter().skip(1).map(|arm| key(route, arm));
    Ok(names.zip(running_sums(split)).collect())
}

/// What each arm but the control gets together with those before it, in millionths.
fn running_sums(split: &Split) -> Vec<u32> {
    let mut sum = 0;
    let add = |weight: &crate::split::Weight| {
        sum += weight.ppm();
        sum.min(WHOLE)
    };
    split.weights().iter().skip(1).map(add).collect()
}

fn key(route: &str, arm: &str) -> String {
    format!("flagkit.{route}.{arm}")
}

fn mirror_key(route: &str, arm: &str) -> String {
    format!("flagkit.{route}.mirror.{arm}")
}

fn fraction(ppm: u32) -> Value {
    json!({ "numerator": ppm, "denominator": "MILLION" })
}

/// The millionths of a value as `/runtime` shows it: JSON as it was sent, or, if it came by RTDS, the debug
/// text of a protobuf structure, whose blanks differ from process to process on purpose.
fn ppm(shown: &str) -> Option<u32> {
    if let Ok(found) = serde_json::from_str::<Value>(shown) {
        let is_million = found.get("denominator")? == "MILLION";
        return is_million.then(|| u32::try_from(found.get("numerator")?.as_u64()?).ok())?;
    }
    let words: Vec<&str> = shown.split_whitespace().collect();
    let behind =
        |name: &str| words.iter().position(|word| *word == name).and_then(|at| words.get(at + 1));
    let is_million = behind("string_value:").is_some_and(|word| *word == "\"MILLION\"");
    is_million.then(|| behind("number_value:")?.parse().ok())?
}

/// Writes the values into the file of RTDS, beside the others there.
async fn write(file: &Path, fractions: &Fractions) -> Result<(), Failure> {
    let _alone = alone().await;
    let there = read(file).await?;
    let mut layer = layer(&there);
    layer.extend(fractions.iter().map(|(name, ppm)| (name.clone(), fraction(*ppm))));
    let text = rtds(&layer).to_string();
    if text.as_bytes() == there {
        return Ok(());
    }
    replace(file, text.as_bytes()).await.map_err(|error| unwritable(file, &error))
}

/// The file of RTDS as it is; nothing if there is none yet.
async fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    match tokio::fs::read(file).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        there => there.map_err(|error| unwritable(file, &error)),
    }
}

/// The values in a file of RTDS.
fn layer(there: &[u8]) -> Map<String, Value> {
    let found: Value = serde_json::from_slice(there).unwrap_or_default();
    found.pointer("/resources/0/layer").and_then(Value::as_object).cloned().unwrap_or_default()
}

#[cold]
fn unwritable(file: &Path, error: &io::Error) -> Failure {
    Failure::transient(format!("the file `{}` of RTDS: {error}", file.display()))
}

/// A `DiscoveryResponse` with one runtime.
fn rtds(layer: &Map<String, Value>) -> Value {
    json!({ "resources": [{
        "@type": "type.googleapis.com/envoy.service.runtime.v3.Runtime",
        "name": LAYER,
        "layer": layer,
    }] })
}

/// Where an arm's requests go, and how its route is written.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The name of the arm.
    pub arm: String,
    /// What the route does, as Envoy's configuration has it: `{"route":{"cluster":"canary"}}`.
    pub action: Value,
}

/// The routes of a virtual host for these arms, the control's first, as JSON for `routes`.
///
/// ```
/// use flagkit_deploy::driver::envoy::{Destination, routes};
/// use serde_json::json;
///
/// let to = |arm: &str| Destination { arm: arm.into(), action: json!({ "route": { "cluster": arm } }) };
/// let routes = routes("shop", &[to("stable"), to("canary")]);
/// assert_eq!(routes[0]["match"]["runtime_fraction"]["runtime_key"], "flagkit.shop.canary");
/// assert_eq!(routes[1]["route"]["cluster"], "stable");
/// ```
pub fn routes(route: &str, arms: &[Destination]) -> Value {
    let divided = arms.iter().skip(1).map(|to| {
        let fraction = json!({
            "default_value": { "numerator": 0, "denominator": "MILLION" },
            "runtime_key": key(route, &to.arm),
        });
        with_match(&to.action, json!({ "prefix": "/", "runtime_fraction": fraction }))
    });
    let rest = arms.first().map(|to| with_match(&to.action, json!({ "prefix": "/" })));
    divided.chain(rest).collect()
}

/// A member of `request_mirror_policies` that copies requests of a route to an arm's cluster, none until a
/// release says how many. It belongs to the `route` of the control's action; Envoy throws the answers away.
///
/// ```
/// let policy = flagkit_deploy::driver::envoy::mirror("shop", "canary", "shop-canary");
/// assert_eq!(policy["runtime_fraction"]["runtime_key"], "flagkit.shop.mirror.canary");
/// ```
pub fn mirror(route: &str, arm: &str, cluster: &str) -> Value {
    json!({ "cluster": cluster, "runtime_fraction": {
        "default_value": { "numerator": 0, "denominator": "MILLION" },
        "runtime_key": mirror_key(route, arm),
    } })
}

fn with_match(action: &Value, matches: Value) -> Value {
    let mut route = action.as_object().cloned().unwrap_or_default();
    route.insert("match".to_owned(), matches);
    Value::Object(route)
}

/// The `layered_runtime` of Envoy's configuration: a file of RTDS if there is one, and above it what the
/// administration interface sets.
pub fn layered_runtime(file: Option<&str>) -> Value {
    let rtds = file.map(|path| {
        json!({ "name": LAYER, "rtds_layer": { "name": LAYER, "rtds_config": {
            "path_config_source": { "path": path }, "resource_api_version": "V3",
        } } })
    });
    let admin = json!({ "name": "admin", "admin_layer": {} });
    let layers: Vec<Value> = rtds.into_iter().chain([admin]).collect();
    json!({ "layers": layers })
}

/// The name of the runtime in RTDS.
const LAYER: &str = "flagkit";

/// The longest answer of `/runtime`, in bytes.
const RUNTIME_MAX: usize = 16 << 20;

const POLL: Duration = Duration::from_millis(5);

#[cfg(test)]
mod tests;
