//! Promotion: what a flag is like in one environment, it becomes in another.

use std::sync::Arc;

use axum::body::Body;
use flagkit_protocol::Part;
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answers::{ChangeResult, json_body};
use super::ask::Ask;
use super::page::Page;
use super::parts::no_such_part;
use super::table::Route;
use crate::auth::Access::Change;
use crate::diff::{Difference, diff};
use crate::environments::Wanted;
use crate::live::Live;
use crate::model::{Edit, Kind};
use crate::refusal::{Answer, Refusal, json_response};

pub(super) fn routes() -> Vec<Route> {
    let route = |path, id, summary, kind| {
        let page = Page::new(id, "promotion", summary)
            .query("dry_run", "`true`: only say what would be different")
            .reason()
            .conditional()
            .takes::<Promotion>("Where to")
            .gives::<Promoted>(200, "What is different there");
        let handler = async move |ask: Ask, body: Body| promote(ask, body, kind).await;
        Route::new((Method::POST, path), Change, handler, page)
    };
    vec![
        route(FLAG, "promoteFlag", "Copy a flag into another environment", Kind::Flag),
        route(SEGMENT, "promoteSegment", "Copy a segment into another environment", Kind::Segment),
    ]
}

/// Where something is copied.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Promotion {
    /// The environment.
    #[schema(example = "production")]
    to: String,
    /// Its project; the same one if it is not said.
    #[serde(default)]
    project: Option<String>,
    /// Why.
    #[serde(default)]
    reason: Option<String>,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
struct Promoted {
    /// Whether nothing was changed, because that was asked for.
    dry_run: bool,
    /// What is different, or would be.
    diff: Vec<Difference>,
    /// What came of the change.
    result: ChangeResult,
}

async fn promote(ask: Ask, body: Body, kind: Kind) -> Answer {
    let (from, key) = (ask.live()?, ask.param("key").to_owned());
    let Promotion { to, project, reason } = json_body(&ask.read(body).await?)?;
    let project = project.unwrap_or_else(|| ask.param("project").to_owned());
    let to = ask.app.environments.find(&project, &to)?;
    ask.caller.check_environment(to.id)?;
    let part = kind.part().unwrap_or(Part::Flag);
    let json = state(&from, kind, part, &key)?;
    let before = to.part(part, &key).map(|entry| entry.json);
    let changing = match &reason {
        Some(reason) => ask.changing_because("promote", Some(reason))?,
        None => ask.changing("promote")?,
    };
    let (dry_run, expected) = (changing.is_dry_run, ask.expected()?);
    let wanted = |_: &Live| {
        let json = Some(json.clone());
        Ok(Wanted::of(vec![Edit { kind, key: key.clone(), json, expected }]))
    };
    let done = ask.app.environments.change(&to, changing, wanted).await.map_err(explained)?;
    let revision = to.part(part, &key).map(|entry| entry.revision);
    let result = ChangeResult::of(&done, revision, &format!("{}s.{key}", kind.name()));
    let diff = diff(before.as_deref(), Some(&json));
    Ok(json_response(StatusCode::OK, &Promoted { dry_run, diff, result }))
}

/// What is to be copied.
fn state(from: &Live, kind: Kind, part: Part, key: &str) -> Answer<Arc<str>> {
    if from.read(|content, _| content.document.is_some()) {
        let message = format!("the environment `{}` holds a vendor's document", from.key);
        let refusal = Refusal::new(StatusCode::CONFLICT, "vendor_document", message);
        return Err(refusal.hint("import the document into the other environment"));
    }
    match from.part(part, key) {
        Some(entry) => Ok(entry.json),
        None => Err(no_such_part(from, part, kind, key)),
    }
}

/// What a flag refers to may be missing where it goes.
fn explained(refusal: Refusal) -> Refusal {
    if refusal.problem.code != "invalid_document" {
        return refusal;
    }
    let hint = "promote what it refers to first; the details say what is missing there";
    match refusal.problem.hint.clone() {
        Some(own) => refusal.hint(format!("{own}; {hint}")),
        None => refusal.hint(hint),
    }
}

const FLAG: &str = "/api/v1/projects/{project}/environments/{environment}/flags/{key}/promote";
const SEGMENT: &str =
    "/api/v1/projects/{project}/environments/{environment}/segments/{key}/promote";
