//! Evaluations for people and programs, with every step if they like.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body;
use flagkit_core::{Context, ErrorCode, Explanation, Flag, Snapshot, Step, Timestamp};
use flagkit_protocol::Version;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::ask::Ask;
use super::page::Page;
use super::table::Route;
use crate::answer::{FlagAnswer, sorted_keys};
use crate::auth::Access::{Documents, Evaluations};
use crate::contexts;
use crate::hints::did_you_mean;
use crate::live::Live;
use crate::refusal::{Answer, Refusal, json_response};
use crate::world::World;

pub(super) fn routes() -> Vec<Route> {
    let evaluating = |id| {
        Page::new(id, "evaluation", "What flags serve for a context")
            .takes::<Question>("Who asks, and for which flags")
            .gives_any(200, "application/json", "The version and an answer for each flag")
    };
    let explaining = |id| {
        Page::new(id, "evaluation", "Why a flag serves what it serves, step by step")
            .takes::<Question>("Who asks, and for which flag")
            .gives_any(200, "application/json", "The steps and the answer")
    };
    let own = |page: Page| {
        page.query("project", "The project, for keys of all environments")
            .query("environment", "The environment, for keys of all environments")
    };
    vec![
        Route::new((Method::POST, EVALUATE), Evaluations, evaluate, own(evaluating("evaluate")))
            .for_pages(),
        Route::new((Method::POST, EVALUATE_IN), Evaluations, evaluate, evaluating("evaluateIn"))
            .for_pages(),
        Route::new((Method::POST, EXPLAIN), Documents, explain, own(explaining("explain"))),
        Route::new((Method::POST, EXPLAIN_IN), Documents, explain, explaining("explainIn")),
    ]
}

/// What is asked.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// Who asks: attributes, or a context in the vendor's words.
    #[serde(default)]
    #[schema(value_type = Object)]
    context: Value,
    /// The key of one flag.
    #[serde(default)]
    flag: Option<String>,
    /// Keys of several; without any, all flags.
    #[serde(default)]
    flags: Option<Vec<String>>,
    /// What the caller wants where a flag has no answer.
    #[serde(default)]
    #[schema(value_type = Object)]
    default: Value,
    /// The time of the evaluation, RFC 3339; now if there is none.
    #[serde(default)]
    now: Option<String>,
}

async fn evaluate(ask: Ask, body: Body) -> Answer {
    let (live, question) = asked(&ask, body).await?;
    let context = context(&live, &question)?;
    let world = world(&question)?;
    let snapshot = live.snapshot();
    let keys: Vec<Cow<'_, str>> = match (&question.flag, &question.flags) {
        (Some(one), None) => vec![one.as_str().into()],
        (None, Some(some)) => some.iter().map(|key| key.as_str().into()).collect(),
        (None, None) => sorted_keys(&snapshot).into_iter().map(Cow::from).collect(),
        (Some(_), Some(_)) => {
            let refusal = Refusal::bad_request("`flag` and `flags` contradict each other");
            return Err(refusal.path("flags").hint("send one of them"));
        }
    };
    let answers =
        snapshot.resolve_many(keys.iter().map(|key| snapshot.flag(key)), &context, &world);
    let answer = |(key, result)| FlagAnswer { flag: key, result, default: &question.default };
    let answers: Vec<FlagAnswer<'_>> =
        keys.iter().map(|key| &**key).zip(answers).map(answer).collect();
    let version = version_of(&live, &snapshot).to_string();
    Ok(json_response(StatusCode::OK, &json!({ "version": version, "flags": answers })))
}

async fn explain(ask: Ask, body: Body) -> Answer {
    let (live, question) = asked(&ask, body).await?;
    let Some(key) = &question.flag else {
        return Err(Refusal::bad_request("which flag?").path("flag").hint("send `flag`"));
    };
    let context = context(&live, &question)?;
    let world = world(&question)?;
    let snapshot = live.snapshot();
    let mut explanation = Explanation::default();
    let result = snapshot.resolve(key, &context, &world, &mut explanation);
    if result == Err(ErrorCode::FlagNotFound) {
        return Err(no_such_flag(&snapshot, key));
    }
    let step = |step: &Step| json!({ "depth": step.depth, "text": step.text, "holds": step.holds });
    let steps: Vec<Value> = explanation.steps().iter().map(step).collect();
    let answer = FlagAnswer { flag: key, result, default: &question.default };
    let version = version_of(&live, &snapshot).to_string();
    let body = json!({ "version": version, "flag": key, "steps": steps, "answer": answer });
    Ok(json_response(StatusCode::OK, &body))
}

/// The environment and the question.
async fn asked(ask: &Ask, body: Body) -> Answer<(Arc<Live>, Question)> {
    let live = if ask.param("project").is_empty() { ask.own_live() } else { ask.live() }?;
    let body = ask.read(body).await?;
    let question = serde_json::from_slice(&body).map_err(|error| {
        let refusal = Refusal::bad_request(format!("the question cannot be read: {error}"));
        refusal.hint(r#"send such as {"context": {"targetingKey": "u-42"}, "flag": "beta"}"#)
    })?;
    Ok((live, question))
}

fn context(live: &Live, question: &Question) -> Answer<Context> {
    let dialect = live.read(|content, _| content.contexts);
    match &question.context {
        Value::Null => Ok(Context::anonymous()),
        json => contexts::read(dialect, json),
    }
}

fn world(question: &Question) -> Answer<World> {
    let Some(text) = question.now.as_deref() else { return Ok(World::now()) };
    let now = Timestamp::parse(text).ok_or_else(|| {
        let refusal = Refusal::bad_request(format!("`{text}` is no time")).path("now");
        refusal.hint("write such as `2026-12-01T09:30:00Z`")
    })?;
    Ok(World::at(now))
}

/// The version of the environment that a snapshot belongs to.
pub(super) fn version_of(live: &Live, snapshot: &Snapshot) -> Version {
    live.version_of(snapshot.revision().unwrap_or_default())
}

fn no_such_flag(snapshot: &Snapshot, key: &str) -> Refusal {
    let hint = did_you_mean(key, snapshot.flags().map(Flag::key));
    Refusal::not_found(format!("there is no flag `{key}`")).path("flag").maybe_hint(hint)
}

const EVALUATE: &str = "/api/v1/evaluate";
const EXPLAIN: &str = "/api/v1/explain";
const EVALUATE_IN: &str = "/api/v1/projects/{project}/environments/{environment}/evaluate";
const EXPLAIN_IN: &str = "/api/v1/projects/{project}/environments/{environment}/explain";
