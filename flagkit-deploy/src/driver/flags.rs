//! Flags: the split published as the rollout of one rule of a flag.
//!
//! The route is the key of a flag, the arms are variants of it, and a rule of the flag (`release` unless it
//! is called otherwise) has the weights:
//!
//! ```json
//! {"enabled":true,"variants":{"stable":{},"canary":{}},
//!  "targeting_rules":[{"id":"staff","when":"staff == true","variant":"canary"},
//!   {"id":"release","rollout":{"variants":{"canary":50000,"stable":950000}}}]}
//! ```
//!
//! Nothing else in the document changes, to the byte: rules before this one still come first, and
//! other rules keep their rollouts. What is published does not expire. The buckets are salted with the flag's
//! key, so two releases expose different users; a user changes sides only where a range moves over their
//! bucket, and raising the weight of a new arm takes nobody from it (see [`haproxy`](super::haproxy) for three
//! and more new arms).
//!
//! There are 10,000 buckets unless the flag's `bucketing` says otherwise, and weights are rounded to them:
//! 0.01 %. A weight above nothing gets at least one. With `{"hash":"md5","buckets":1000000}` they are exact.
//!
//! The document lies in a file, in JSON, or at a FlagKit server. A file is replaced in one step; an editor
//! that wrote it in the same millisecond may be overwritten, because files know no conditions. The server is
//! given the revision that was read, and refuses the change if there is another one by then; it is tried
//! again. Both are exactly once: weights are absolute, and [`observe`](Driver::observe) reads them.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::driver::http::{Answer, BODY_MAX, Call, Http};
use crate::driver::replace::{alone, replace};
use crate::driver::template::with_environment;
use crate::driver::{Driver, Seen, Work};
use crate::order::{Failure, Order, Outcome, Wanted};
use crate::plan::Plan;

mod json;
mod patch;

use patch::{Patch, Patched};

/// Publishes splits as flags.
#[derive(Clone, Debug)]
pub struct Flags {
    /// Where the flags are.
    pub place: Place,
    /// The id of the rule that has the weights.
    pub rule: String,
    /// The routes that this driver takes; all of them if empty.
    pub routes: Vec<String>,
}

/// Where flags are.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Place {
    /// A document in a file, in JSON. Clients that read it see a change within a second.
    File(PathBuf),
    /// An environment of a FlagKit server.
    Server(Server),
}

/// An environment of a FlagKit server.
#[derive(Clone, Debug)]
pub struct Server {
    /// Talks HTTP.
    pub http: Http,
    /// `http://127.0.0.1:4290`.
    pub url: String,
    /// A key that may change flags: `${NAME}`, taken from the environment of the engine.
    pub key: String,
    /// The project.
    pub project: String,
    /// The environment.
    pub environment: String,
    /// How long one question may take.
    pub timeout: Duration,
}

impl Flags {
    /// Flags at this place, in their rules `release`.
    pub fn new(place: Place) -> Self {
        Self { place, rule: "release".to_owned(), routes: Vec::new() }
    }

    fn patch<'a>(&'a self, wanted: &'a Wanted) -> Result<Patch<'a>, Failure> {
        let Wanted::Split { route, arms, split } = wanted else {
            return Err(Failure::permanent("flags divide users and do nothing else"));
        };
        Ok(Patch { flag: route, rule: &self.rule, arms, split })
    }

    async fn is_so(&self, wanted: &Wanted) -> Result<bool, Failure> {
        let patch = self.patch(wanted)?;
        let patched = match &self.place {
            Place::File(path) => patch.document(&read(path).await?)?,
            Place::Server(server) => patch.flag(&server.read(patch.flag).await?.0)?,
        };
        Ok(matches!(patched, Patched::Same))
    }

    async fn make_so(&self, order: &Order) -> Result<Outcome, Failure> {
        let patch = self.patch(&order.wanted)?;
        match &self.place {
            Place::File(path) => {
                let _alone = alone().await;
                let text = read(path).await?;
                let Patched::Changed(changed) = patch.document(&text)? else {
                    return Ok(already());
                };
                if read(path).await? != text {
                    return Err(Failure::transient(format!(
                        "`{}` is being edited",
                        path.display()
                    )));
                }
                replace(path, changed.as_bytes()).await.map_err(|error| unusable(path, &error))?;
            }
            Place::Server(server) => {
                let (text, revision) = server.read(patch.flag).await?;
                let Patched::Changed(changed) = patch.flag(&text)? else { return Ok(already()) };
                server.write((patch.flag, &revision), changed, &order.id.to_string()).await?;
            }
        }
        Ok(Outcome::Done { already: false })
    }
}

impl Driver for Flags {
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
        Box::pin(self.make_so(order))
    }
}

impl Server {
    /// The flag as it was written, and its revision.
    async fn read(&self, flag: &str) -> Result<(String, String), Failure> {
        let call = Call { body_max: DOCUMENT_MAX, ..Call::get(self.url_of(flag), self.timeout) };
        let answer = self.ask(call, flag).await?;
        let revision =
            answer.headers.iter().find(|(name, _)| name == "etag").map(|(_, value)| value.clone());
        let revision = revision.ok_or_else(|| {
            Failure::permanent(format!(
                "{} did not say the revision; does a proxy take `ETag` away?",
                self.url
            ))
        })?;
        let text = String::from_utf8(answer.body).map_err(|_| {
            Failure::transient(format!("{} answered with what is no text", self.url))
        })?;
        Ok((text, revision))
    }

    async fn write(
        &self,
        (flag, revision): (&str, &str),
        text: String,
        order: &str,
    ) -> Result<(), Failure> {
        let call = Call {
            method: "PUT",
            body: Some(text.into_bytes()),
            ..Call::get(self.url_of(flag), self.timeout)
        };
        let call = call
            .header("content-type", "application/json")
            .header("if-match", revision)
            .header("flagkit-reason", format!("release {order}"));
        self.ask(call, flag).await.map(|_| ())
    }

    async fn ask(&self, call: Call, flag: &str) -> Result<Answer, Failure> {
        let key = with_environment(&self.key)?;
        let answer = self.http.ask(call.header("authorization", format!("Bearer {key}"))).await?;
        let at = format!("flag `{flag}` at {}", self.url);
        match answer.status {
            409 => Err(Failure::transient(format!("{at} was changed by somebody else meanwhile"))),
            _ => answer.checked(&at),
        }
    }

    fn url_of(&self, flag: &str) -> String {
        let Self { url, project, environment, .. } = self;
        let url = url.trim_end_matches('/');
        let step = |name: &str| crate::driver::http::escaped(name);
        let (project, environment, flag) = (step(project), step(environment), step(flag));
        format!("{url}/api/v1/projects/{project}/environments/{environment}/flags/{flag}")
    }
}

async fn read(path: &Path) -> Result<String, Failure> {
    let size = tokio::fs::metadata(path).await.map_err(|error| unusable(path, &error))?.len();
    if size > DOCUMENT_MAX as u64 {
        let shown = path.display();
        return Err(Failure::permanent(format!(
            "`{shown}` has {size} bytes; {DOCUMENT_MAX} are read"
        )));
    }
    tokio::fs::read_to_string(path).await.map_err(|error| unusable(path, &error))
}

fn already() -> Outcome {
    Outcome::Done { already: true }
}

#[cold]
fn unusable(path: &Path, error: &io::Error) -> Failure {
    let message = format!("`{}`: {error}", path.display());
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidData => {
            Failure::permanent(message)
        }
        _ => Failure::transient(message),
    }
}

/// The longest document, in bytes: that of flag files.
const DOCUMENT_MAX: usize = 64 * BODY_MAX;
