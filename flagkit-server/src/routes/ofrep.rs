//! `OpenFeature`'s remote evaluation protocol (OFREP 0.3): any provider for it evaluates here.
//!
//! One flag or all of them for a context, and a stream that says when to ask again. A value that
//! is the code's own default is left out.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use flagkit_core::{Ambient, Context, ErrorCode, Flag, Reason, Resolution, Snapshot};
use http::header::{CONTENT_TYPE, ETAG};
use http::{HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Value, json};

use super::ask::Ask;
use super::evaluate::version_of;
use super::page::Page;
use super::table::Route;
use crate::answer::in_words;
use crate::auth::Access::Evaluations;
use crate::contexts;
use crate::hints::did_you_mean;
use crate::live::Live;
use crate::refusal::{Answer, Refusal, json_response};
use crate::world::World;

mod events;

pub(super) fn routes() -> Vec<Route> {
    let page = |id, summary| {
        Page::new(id, "ofrep", summary)
            .query("project", "The project, for keys of all environments")
            .query("environment", "The environment, for keys of all environments")
    };
    let context = "`context`, with `targetingKey` and attributes";
    let mut routes = vec![
        Route::new(
            (Method::POST, ONE),
            Evaluations,
            one,
            page("ofrepEvaluateFlag", "Evaluate one flag")
                .takes_any("application/json", context)
                .gives_any(200, "application/json", "Value, variant, reason, metadata")
                .gives_any(400, "application/json", "`errorCode` and `errorDetails`")
                .gives_any(404, "application/json", "There is no such flag"),
        )
        .for_pages(),
        Route::new(
            (Method::POST, ALL),
            Evaluations,
            all,
            page("ofrepEvaluateFlags", "Evaluate all flags")
                .header("If-None-Match", "The `ETag` of what the client has for this context")
                .takes_any("application/json", context)
                .gives_any(200, "application/json", "An answer for each flag, and where to listen")
                .gives_nothing(304, "Nothing is different for this context")
                .gives_any(400, "application/json", "`errorCode` and `errorDetails`"),
        )
        .for_pages(),
    ];
    routes.extend(events::routes());
    routes
}

/// The reason in words that all providers know.
fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::PrerequisiteFailed => Reason::Default.name(),
        other => other.name(),
    }
}

/// What one flag answers.
struct Evaluated<'a> {
    key: &'a str,
    result: Result<Resolution<'a>, ErrorCode>,
    flag: Option<&'a Flag>,
    about: &'a About,
}

/// The environment and the state that answered.
#[derive(Serialize)]
struct About {
    version: String,
    #[serde(rename = "flagSetId")]
    flag_set_id: String,
}

impl About {
    fn of(live: &Live, snapshot: &Snapshot) -> Self {
        Self {
            version: version_of(live, snapshot).to_string(),
            flag_set_id: format!("{}/{}", live.project, live.key),
        }
    }
}

impl Serialize for Evaluated<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("key", self.key)?;
        let found = match &self.result {
            Ok(found) => found,
            Err(code) => {
                map.serialize_entry("errorCode", code.name())?;
                map.serialize_entry("errorDetails", &in_words(*code, self.key))?;
                return map.end();
            }
        };
        if let Some(value) = found.value() {
            map.serialize_entry("value", value)?;
        }
        map.serialize_entry("reason", reason(found.reason()))?;
        // Also where it has no name: a provider of Python stumbles where the key is not there.
        map.serialize_entry("variant", &found.variant())?;
        map.serialize_entry("metadata", &Metadata { of: self, rule: found.rule() })?;
        map.end()
    }
}

/// Facts about a flag and its answer: texts, numbers and booleans, as the protocol wants.
struct Metadata<'a> {
    of: &'a Evaluated<'a>,
    rule: Option<&'a str>,
}

impl Serialize for Metadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("version", &self.of.about.version)?;
        map.serialize_entry("flagSetId", &self.of.about.flag_set_id)?;
        if let Some(rule) = self.rule {
            map.serialize_entry("rule", rule)?;
        }
        let own = self.of.flag.and_then(Flag::metadata);
        for (name, value) in own.iter().flat_map(|own| own.iter()) {
            let is_taken = matches!(name, "version" | "flagSetId" | "rule");
            let is_flat = !matches!(
                value,
                flagkit_core::Value::Null
                    | flagkit_core::Value::List(_)
                    | flagkit_core::Value::Structure(_)
            );
            if is_flat && !is_taken {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

/// What all flags answer.
#[derive(Serialize)]
struct All<'a> {
    flags: Vec<Evaluated<'a>>,
    metadata: &'a About,
    #[serde(rename = "eventStreams")]
    event_streams: [EventStream; 1],
}

/// Where a client learns that it should ask again.
#[derive(Serialize)]
struct EventStream {
    r#type: &'static str,
    url: String,
    #[serde(rename = "inactivityDelaySec")]
    inactivity_delay_sec: u64,
}

async fn one(ask: Ask, body: Body) -> Answer {
    let live = ask.own_live()?;
    let key = ask.param("key").to_owned();
    let bytes = ask.read(body).await?;
    let context = match context(&live, &bytes) {
        Ok(context) => context,
        Err(fault) => return Ok(fault.respond(Some(&key))),
    };
    let snapshot = live.snapshot();
    let result = snapshot.resolve(&key, &context, &World::now(), &mut ());
    ask.app.evaluations.count(&live, &key, &result);
    if let Err(code) = result {
        return Ok(failed(&snapshot, &key, code));
    }
    let about = About::of(&live, &snapshot);
    let flag = snapshot.flag(&key);
    let evaluated = Evaluated { key: &key, result, flag, about: &about };
    Ok(json_response(StatusCode::OK, &evaluated))
}

async fn all(ask: Ask, body: Body) -> Answer {
    let live = ask.own_live()?;
    let bytes = ask.read(body).await?;
    let context = match context(&live, &bytes) {
        Ok(context) => context,
        Err(fault) => return Ok(fault.respond(None)),
    };
    let snapshot = live.snapshot();
    let about = About::of(&live, &snapshot);
    let world = World::now();
    let body = All {
        flags: evaluate_all(&snapshot, &context, &world, &about),
        metadata: &about,
        event_streams: [event_stream(&ask, &live)],
    };
    let body =
        serde_json::to_vec(&body).map_err(|error| Refusal::unavailable(error.to_string()))?;
    // Of the answers themselves: the same flags with another time may answer otherwise.
    let tag = tag_of(&body);
    let tag_header = HeaderValue::try_from(&*tag).unwrap_or(HeaderValue::from_static("\"0\""));
    if ask.has(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag_header)]).into_response());
    }
    let json = HeaderValue::from_static("application/json");
    Ok(([(CONTENT_TYPE, json), (ETAG, tag_header)], body).into_response())
}

fn evaluate_all<'a>(
    snapshot: &'a Snapshot,
    context: &'a Context,
    world: &'a dyn Ambient,
    about: &'a About,
) -> Vec<Evaluated<'a>> {
    let answers = snapshot.resolve_all(context, world).into_iter();
    let mut evaluated: Vec<Evaluated<'a>> = answers
        .map(|(flag, result)| Evaluated { key: flag.key(), result, flag: Some(flag), about })
        .collect();
    evaluated.sort_unstable_by_key(|evaluated| evaluated.key);
    evaluated
}

fn event_stream(ask: &Ask, live: &Arc<Live>) -> EventStream {
    let config = &ask.app.config;
    let host = ask.header("host").unwrap_or("localhost");
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let base = config.public_url.clone().unwrap_or_else(|| format!("{scheme}://{host}"));
    let url = format!("{base}{}?token={}", events::PATH, events::token(live));
    EventStream { r#type: "sse", url, inactivity_delay_sec: INACTIVITY_S }
}

/// A tag for what a body says.
pub(super) fn tag_of(body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}

/// A request that the protocol answers in words of its own.
struct Fault {
    code: ErrorCode,
    details: String,
}

impl Fault {
    fn respond(&self, key: Option<&str>) -> Response {
        let mut body = json!({ "errorCode": self.code.name(), "errorDetails": self.details });
        if let (Some(key), Some(body)) = (key, body.as_object_mut()) {
            body.insert("key".to_owned(), key.into());
        }
        json_response(StatusCode::BAD_REQUEST, &body)
    }
}

/// The context of a request; a request without one has an empty context.
fn context(live: &Live, body: &[u8]) -> Result<Context, Fault> {
    let invalid = |code, details: String| Fault { code, details };
    let request: Value = if body.is_empty() {
        json!({})
    } else {
        serde_json::from_slice(body).map_err(|error| {
            invalid(ErrorCode::ParseError, format!("the request is no JSON: {error}"))
        })?
    };
    let Some(fields) = request.as_object() else {
        let details = "the request is an object with `context`".to_owned();
        return Err(invalid(ErrorCode::ParseError, details));
    };
    let dialect = live.read(|content, _| content.contexts);
    let empty = json!({});
    let context = fields.get("context").filter(|context| !context.is_null()).unwrap_or(&empty);
    contexts::read_flat(dialect, context).map_err(|refusal| {
        let has_key = context.get("targetingKey").is_some_and(|key| !key.is_null());
        let is_missing = context.is_object() && !has_key;
        let code =
            if is_missing { ErrorCode::TargetingKeyMissing } else { ErrorCode::InvalidContext };
        invalid(code, refusal.problem.message.clone())
    })
}

/// The answer where a flag has none.
fn failed(snapshot: &Snapshot, key: &str, code: ErrorCode) -> Response {
    let mut details = in_words(code, key);
    let status = match code {
        ErrorCode::FlagNotFound => {
            if let Some(hint) = did_you_mean(key, snapshot.flags().map(Flag::key)) {
                details = format!("{details}; {hint}");
            }
            StatusCode::NOT_FOUND
        }
        _ => StatusCode::BAD_REQUEST,
    };
    let body = json!({ "key": key, "errorCode": code.name(), "errorDetails": details });
    json_response(status, &body)
}

const ONE: &str = "/ofrep/v1/evaluate/flags/{key}";
const ALL: &str = "/ofrep/v1/evaluate/flags";
/// After so many seconds in the background a client closes its stream.
const INACTIVITY_S: u64 = 120;
