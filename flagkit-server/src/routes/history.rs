//! History: who changed what, when and why, and back again.

use std::sync::Arc;

use axum::body::Body;
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::answers::{ChangeResult, json_body, raw};
use super::ask::Ask;
use super::page::Page;
use super::table::Route;
use crate::auth::Access::{Change, Look};
use crate::diff::{Difference, diff};
use crate::environments::Wanted;
use crate::hints::did_you_mean;
use crate::live::{Live, Replacement};
use crate::model::{
    AuditId, AuditRecord, Edit, EnvironmentId, Expected, HistoryQuery, Kind, Subject,
};
use crate::refusal::{Answer, Refusal, json_response};

pub(super) fn routes() -> Vec<Route> {
    let page = |id, summary| Page::new(id, "history", summary);
    let filtered = |page: Page| {
        page.query("kind", "Only of `flag`, `segment`, `setting`, `document`, `environment`, …")
            .query("key", "Only of this key")
            .query("before", "Only older than the record of this number")
            .query("limit", "How many at most: 50 if it is not said, 1000 at most")
            .gives::<HistoryList<'_>>(200, "The newest first")
    };
    vec![
        Route::new(
            (Method::GET, EVERYWHERE),
            Look,
            async |ask: Ask| list(&ask, ask.caller.environment).await,
            filtered(page("listHistory", "What was changed, in all environments")),
        ),
        Route::new(
            (Method::GET, ALL),
            Look,
            async |ask: Ask| list(&ask, Some(ask.live()?.id)).await,
            filtered(page("listEnvironmentHistory", "What was changed in an environment")),
        ),
        Route::new(
            (Method::GET, ONE),
            Look,
            get,
            page("getRecord", "One change with its differences")
                .gives::<HistoryEntry<'_>>(200, "The change"),
        ),
        Route::new(
            (Method::POST, REVERT),
            Change,
            revert,
            page("revert", "Make a part what it was before a change")
                .reason()
                .takes::<Revert>("Why, and whether later changes are lost")
                .gives::<ChangeResult>(200, "What came of it"),
        ),
    ]
}

/// Changes.
#[derive(Serialize, ToSchema)]
struct HistoryList<'a> {
    /// The newest first.
    items: Vec<HistoryEntry<'a>>,
    /// Ask for what is `before` this number to have the next page; none at the end.
    next: Option<u64>,
}

/// A change.
#[derive(Serialize, ToSchema)]
struct HistoryEntry<'a> {
    /// Its number.
    id: u64,
    /// The project that it was in.
    project: Option<String>,
    /// The environment that it was in.
    environment: Option<String>,
    /// The number of the environment's version after it.
    version: Option<u64>,
    /// What it is about: `flag`, `segment`, `setting`, `document`, `environment`, `project`, `key`.
    kind: &'static str,
    /// The key of that.
    key: &'a str,
    /// When, in milliseconds since 1970.
    at_ms: u64,
    /// Who.
    actor: &'a str,
    /// Why.
    reason: Option<&'a str>,
    /// `create`, `update`, `delete`, `revert`, …
    action: &'a str,
    /// What was there before.
    #[schema(value_type = Option<Object>)]
    before: Option<&'a RawValue>,
    /// What was there after.
    #[schema(value_type = Option<Object>)]
    after: Option<&'a RawValue>,
    /// Where the two differ; for one change alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<Vec<Difference>>,
}

/// How to go back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Revert {
    /// Why.
    #[serde(default)]
    reason: Option<String>,
    /// Whether changes that came later are lost.
    #[serde(default)]
    force: bool,
}

async fn list(ask: &Ask, environment: Option<EnvironmentId>) -> Answer {
    let subject = ask.query("kind").map(subject).transpose()?;
    let limit = ask.query_as("limit", "a number")?.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let query = HistoryQuery {
        environment,
        subject,
        key: ask.query("key").map(str::to_owned),
        before: ask.query_as("before", "the number of a change")?.map(AuditId),
        limit,
    };
    let records = ask.app.environments.store().history(query).await?;
    let is_full = usize::try_from(limit).is_ok_and(|limit| records.len() >= limit);
    let next = records.last().filter(|_| is_full).map(|record| record.id.0);
    let items = records.iter().map(|record| entry(ask, record, None)).collect();
    Ok(json_response(StatusCode::OK, &HistoryList { items, next }))
}

async fn get(ask: Ask) -> Answer {
    let (_, record) = find(&ask).await?;
    let differences = diff(record.before.as_deref(), record.after.as_deref());
    Ok(json_response(StatusCode::OK, &entry(&ask, &record, Some(differences))))
}

async fn revert(ask: Ask, body: Body) -> Answer {
    let (live, record) = find(&ask).await?;
    let body = ask.read(body).await?;
    let Revert { reason, force } =
        if body.is_empty() { Revert::default() } else { json_body(&body)? };
    let changing = match &reason {
        Some(reason) => ask.changing_because("revert", Some(reason))?,
        None => ask.changing("revert")?,
    };
    let Subject::Part(kind) = record.subject else {
        let message = format!("changes of a {} cannot be taken back", record.subject.name());
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", message));
    };
    let wanted = |live: &Live| {
        if !force {
            check_unchanged(live, kind, &record)?;
        }
        wanted(live, kind, &record)
    };
    let done = ask.app.environments.change(&live, changing, wanted).await?;
    ask.app.metrics.count("change");
    let entry = kind.part().and_then(|part| live.part(part, &record.key));
    let path = format!("{}s.{}", kind.name(), record.key);
    let result = ChangeResult::of(&done, entry.map(|entry| entry.revision), &path);
    Ok(result.respond(StatusCode::OK))
}

/// What makes the part what it was.
fn wanted(live: &Live, kind: Kind, record: &AuditRecord) -> Answer<Wanted> {
    let (json, expected) = (record.before.clone(), Expected::Any);
    let edits = vec![Edit { kind, key: record.key.clone(), json, expected }];
    if kind != Kind::Document {
        return Ok(Wanted::of(edits));
    }
    let dialect = live.read(|content, _| content.dialect);
    let Some(text) = record.before.clone() else {
        let message = "there was no document before";
        let refusal = Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", message);
        return Err(refusal.hint("import what is to be there"));
    };
    let replacement = Some(Replacement::Vendor(dialect, text));
    Ok(Wanted { edits, replacement, dialect: None })
}

/// Refuses where something came after the change.
fn check_unchanged(live: &Live, kind: Kind, record: &AuditRecord) -> Answer<()> {
    let current: Option<Arc<str>> = match kind.part() {
        Some(part) => live.part(part, &record.key).map(|entry| entry.json),
        None => {
            live.read(|content, _| content.document.as_ref().map(|document| document.text.clone()))
        }
    };
    if current == record.after {
        return Ok(());
    }
    let message = format!("the {} `{}` was changed since", kind.name(), record.key);
    let refusal = Refusal::new(StatusCode::CONFLICT, "conflict", message);
    let details = serde_json::json!({
        "expected": record.after.as_deref().and_then(raw),
        "current": current.as_deref().and_then(raw),
    });
    Err(refusal.hint("send `force: true` to lose what came later").details(details))
}

/// The environment and the record that the path names.
async fn find(ask: &Ask) -> Answer<(Arc<Live>, AuditRecord)> {
    let (live, id) = (ask.live()?, ask.param("id"));
    let none = || Refusal::not_found(format!("there is no change `{id}`")).path("id");
    let number = id.parse().map_err(|_| none())?;
    let record = ask.app.environments.store().record(AuditId(number)).await?;
    if record.environment != Some(live.id) {
        return Err(none());
    }
    Ok((live, record))
}

fn subject(name: &str) -> Answer<Subject> {
    Subject::by_name(name).ok_or_else(|| {
        let known = ["flag", "segment", "setting", "document", "environment", "project", "key"];
        let message = format!("there is no kind `{name}`; known are {}", known.join(", "));
        Refusal::bad_request(message).path("query.kind").maybe_hint(did_you_mean(name, known))
    })
}

fn entry<'a>(
    ask: &Ask,
    record: &'a AuditRecord,
    diff: Option<Vec<Difference>>,
) -> HistoryEntry<'a> {
    let live = record.environment.and_then(|id| ask.app.environments.by_id(id));
    HistoryEntry {
        id: record.id.0,
        project: live.as_ref().map(|live| live.project.to_string()),
        environment: live.as_ref().map(|live| live.key.to_string()),
        version: record.version,
        kind: record.subject.name(),
        key: &record.key,
        at_ms: record.at_ms,
        actor: &record.actor,
        reason: record.reason.as_deref(),
        action: &record.action,
        before: record.before.as_deref().and_then(raw),
        after: record.after.as_deref().and_then(raw),
        diff,
    }
}

const EVERYWHERE: &str = "/api/v1/history";
const ALL: &str = "/api/v1/projects/{project}/environments/{environment}/history";
const ONE: &str = "/api/v1/projects/{project}/environments/{environment}/history/{id}";
const REVERT: &str = "/api/v1/projects/{project}/environments/{environment}/history/{id}/revert";
const LIMIT: u32 = 50;
const LIMIT_MAX: u32 = 1_000;
