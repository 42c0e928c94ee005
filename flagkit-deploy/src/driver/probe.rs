//! Checks and hooks: HTTP requests, TCP connections, programs on the engine's host, and migrations
//! that are read.
//!
//! A check finds, and the plan's condition judges what it found. What cannot be reached is found, too: a
//! finding without `status`, with `error`. A failure of the order is only what the plan or the
//! engine's host is to blame for: a variable that is not set, a program that is not there.
//!
//! A hook is called with its order as a key: HTTP requests carry `Idempotency-Key: "checkout-v42#7"`
//! (draft-ietf-httpapi-idempotency-key-header), commands `FLAGKIT_ORDER` in their environment. Nobody can
//! look whether a hook has been called, so after a crash it is called again with the same key.
//! A receiver that ignores the key sees it twice then; nothing else is possible.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::driver::http::{Answer, Call, Http, is_temporary};
use crate::driver::template::{Names, with_environment};
use crate::driver::{Driver, Seen, Work};
use crate::order::{Failure, FailureKind, Finding, Order, Outcome, Wanted};
use crate::plan::{Plan, Probe, Request};

mod command;
mod sql;

/// Carries out checks and hooks.
#[derive(Clone, Debug)]
pub struct Probes {
    /// Talks HTTP.
    pub http: Http,
}

/// One look, and what it may use.
struct Look<'a> {
    probe: &'a Probe,
    names: Names,
    timeout: Duration,
    /// The key of a hook.
    key: Option<String>,
}

impl Probes {
    async fn check(&self, plan: &Plan, check: &str, arm: &str) -> Result<Outcome, Failure> {
        let Some(check) = plan.checks.get(check) else {
            return Err(Failure::permanent(format!("the plan has no check `{check}`")));
        };
        let names = Names::of_arm(plan, arm).with("environment", &plan.environment);
        let timeout = check.timeout.into();
        let finding = self.look(Look { probe: &check.probe, names, timeout, key: None }).await?;
        Ok(Outcome::Found(finding))
    }

    async fn hook(
        &self,
        plan: &Plan,
        order: &Order,
        hook: (&str, &str),
    ) -> Result<Outcome, Failure> {
        let (name, moment) = hook;
        let Some(hook) = plan.hooks.get(name) else {
            return Err(Failure::permanent(format!("the plan has no hook `{name}`")));
        };
        let key = order.id.to_string();
        // A hook is about the release: its arm is the last one, which is what is new.
        let arm = plan.arms.last().map_or("", |arm| arm.name.as_str());
        let names = Names::of_arm(plan, arm)
            .with("environment", &plan.environment)
            .with("release", &order.id.release)
            .with("order", &key)
            .with("hook", name)
            .with("moment", moment);
        let timeout = hook.timeout.into();
        let finding =
            self.look(Look { probe: &hook.probe, names, timeout, key: Some(key) }).await?;
        match hook.expect {
            Some(_) => Ok(Outcome::Found(finding)),
            None => well(name, &finding),
        }
    }

    async fn look(&self, look: Look<'_>) -> Result<Finding, Failure> {
        match look.probe {
            Probe::Http(request) => self.http(request, &look).await,
            Probe::Tcp { address } => tcp(&look.names.fill(address)?, look.timeout).await,
            Probe::Command { command } => {
                let words: Result<Vec<String>, Failure> =
                    command.iter().map(|word| look.names.fill(word)).collect();
                command::run(&words?, look.timeout, look.key.as_deref()).await
            }
            Probe::Sql { files } => {
                let files: Result<Vec<String>, Failure> =
                    files.iter().map(|file| look.names.fill(file)).collect();
                sql::read(files?).await
            }
        }
    }

    async fn http(&self, request: &Request, look: &Look<'_>) -> Result<Finding, Failure> {
        let mut call = Call::get(with_environment(&look.names.fill(&request.url)?)?, look.timeout);
        call.method = method(request.method.as_deref())?;
        for (name, value) in &request.headers {
            call = call.header(name, with_environment(value)?);
        }
        call.body = match &request.body {
            Some(body) => Some(look.names.fill(body)?.into_bytes()),
            None => None,
        };
        if let Some(key) = &look.key {
            call = call.header("idempotency-key", format!("\"{key}\""));
        }
        match self.http.ask(call).await {
            Ok(answer) => Ok(of_answer(&answer)),
            Err(failure) if failure.kind == FailureKind::Transient => {
                Ok(unreached(&failure.message))
            }
            Err(failure) => Err(failure),
        }
    }
}

impl Driver for Probes {
    fn takes(&self, order: &Order, _plan: &Plan) -> bool {
        matches!(order.wanted, Wanted::Verify { .. } | Wanted::Hook { .. })
    }

    fn observe<'a>(&'a self, order: &'a Order, _plan: &'a Plan) -> Work<'a, Seen> {
        let is_read = order.wanted.is_read();
        Box::pin(async move { Ok(if is_read { Seen::NotInPlace } else { Seen::Unknown }) })
    }

    fn apply<'a>(&'a self, order: &'a Order, plan: &'a Plan) -> Work<'a, Outcome> {
        Box::pin(async move {
            match &order.wanted {
                Wanted::Verify { check, arm } => self.check(plan, check, arm).await,
                Wanted::Hook { hook, moment } => self.hook(plan, order, (hook, moment)).await,
                _ => Err(Failure::permanent("a probe looks and calls, and does nothing else")),
            }
        })
    }
}

/// Methods are few, and a list of them keeps `Call` free of text that must be checked.
fn method(name: Option<&str>) -> Result<&'static str, Failure> {
    const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];
    let name = name.unwrap_or("GET");
    let found = METHODS.into_iter().find(|method| method.eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        let known = METHODS.join(", ");
        Failure::permanent(format!("`{name}` is no HTTP method; known are {known}"))
    })
}

fn of_answer(answer: &Answer) -> Finding {
    let mut attributes = BTreeMap::new();
    attributes.insert("status".to_owned(), json!(answer.status));
    attributes.insert("latency_ms".to_owned(), ms(answer.took));
    attributes.insert("body".to_owned(), text_or_json(&answer.body));
    for (name, value) in &answer.headers {
        attributes.insert(format!("header.{name}"), json!(value));
    }
    Finding { attributes }
}

async fn tcp(address: &str, timeout: Duration) -> Result<Finding, Failure> {
    // An arm's address may be a URL.
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
    let bare = bare.split('/').next().unwrap_or_default();
    let start = Instant::now();
    let connected = match tokio::time::timeout(timeout, TcpStream::connect(bare)).await {
        Ok(Ok(_)) => {
            return Ok(Finding {
                attributes: [
                    ("connected".to_owned(), json!(true)),
                    ("latency_ms".to_owned(), ms(start.elapsed())),
                ]
                .into(),
            });
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no connection within {} ms", timeout.as_millis()),
    };
    let mut finding = unreached(&connected);
    finding.attributes.insert("connected".to_owned(), json!(false));
    finding.attributes.insert("latency_ms".to_owned(), ms(start.elapsed()));
    Ok(finding)
}

/// A hook without a condition: whether its answer says that it went well.
fn well(name: &str, finding: &Finding) -> Result<Outcome, Failure> {
    let number = |attribute: &str| finding.attributes.get(attribute).and_then(Value::as_i64);
    if let Some(error) = finding.attributes.get("error").and_then(Value::as_str) {
        return Err(Failure::transient(format!("hook `{name}`: {error}")));
    }
    if let Some(status) = number("status") {
        let message = format!("hook `{name}` answered {status}");
        return match u16::try_from(status) {
            Ok(200..=299) => Ok(Outcome::Done { already: false }),
            Ok(status) if is_temporary(status) => Err(Failure::transient(message)),
            _ => Err(Failure::permanent(message)),
        };
    }
    match number("exit_code") {
        Some(0) => Ok(Outcome::Done { already: false }),
        // `EX_TEMPFAIL` of sysexits.h.
        Some(75) => Err(Failure::transient(format!("hook `{name}` ended with 75: try later"))),
        Some(code) => Err(Failure::permanent(format!("hook `{name}` ended with {code}"))),
        None if finding.attributes.get("connected") == Some(&json!(true)) => {
            Ok(Outcome::Done { already: false })
        }
        None => Err(Failure::transient(format!("hook `{name}` ended without an exit code"))),
    }
}

fn unreached(error: &str) -> Finding {
    Finding { attributes: [("error".to_owned(), json!(error))].into() }
}

fn ms(time: Duration) -> Value {
    json!((time.as_secs_f64() * 1_000_000.0).round() / 1000.0)
}

/// JSON if it is, otherwise text.
fn text_or_json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(bytes)))
}
