//! Flags and segments: the parts of an environment's document.

use std::sync::Arc;

use axum::body::Body;
use axum::response::IntoResponse;
use flagkit_protocol::{Part, Problem};
use http::header::ETAG;
use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::answers::{ChangeResult, raw, tag, text};
use super::ask::Ask;
use super::page::Page;
use super::table::Route;
use crate::auth::Access::{Change, Look};
use crate::environments::{Changing, Wanted};
use crate::hints::did_you_mean;
use crate::json_text::{compact, merge_patch, parse};
use crate::live::Live;
use crate::model::{Edit, Expected, Kind};
use crate::refusal::{Answer, Refusal, json_response};

pub(super) fn routes() -> Vec<Route> {
    [FLAGS, SEGMENTS].into_iter().flat_map(routes_of).collect()
}

/// One kind of part and what it is called.
#[derive(Clone, Copy, Debug)]
struct Parts {
    part: Part,
    kind: Kind,
    /// As it is called in a document: `flags`.
    plural: &'static str,
    /// Path of all, path of one.
    paths: [&'static str; 2],
    /// Names of the routes: all, one, put, patch, delete.
    ids: [&'static str; 5],
}

const FLAGS: Parts = Parts {
    part: Part::Flag,
    kind: Kind::Flag,
    plural: "flags",
    paths: [
        "/api/v1/projects/{project}/environments/{environment}/flags",
        "/api/v1/projects/{project}/environments/{environment}/flags/{key}",
    ],
    ids: ["listFlags", "getFlag", "putFlag", "patchFlag", "deleteFlag"],
};

const SEGMENTS: Parts = Parts {
    part: Part::Segment,
    kind: Kind::Segment,
    plural: "segments",
    paths: [
        "/api/v1/projects/{project}/environments/{environment}/segments",
        "/api/v1/projects/{project}/environments/{environment}/segments/{key}",
    ],
    ids: ["listSegments", "getSegment", "putSegment", "patchSegment", "deleteSegment"],
};

fn routes_of(parts: Parts) -> Vec<Route> {
    let Parts {
        plural,
        paths: [all, one],
        ids: [list_id, get_id, put_id, patch_id, delete_id],
        ..
    } = parts;
    let page = |id, summary| Page::new(id, plural, summary);
    let changing = |id, summary| page(id, summary).query("dry_run", DRY_RUN).reason();
    let changed = "What came of it";
    vec![
        Route::new(
            (Method::GET, all),
            Look,
            async move |ask: Ask| list(&ask, parts),
            page(list_id, "All of an environment")
                .query("q", "Only keys with this text inside")
                .gives::<PartList<'_>>(200, "Each with its revision"),
        ),
        Route::new(
            (Method::GET, one),
            Look,
            async move |ask: Ask| get(&ask, parts),
            page(get_id, "One, as it was written")
                .gives_any(200, "application/json", "The JSON; its `ETag` is the revision")
                .gives_nothing(304, "The caller has it"),
        ),
        Route::new(
            (Method::PUT, one),
            Change,
            async move |ask: Ask, body: Body| put(ask, body, parts).await,
            changing(put_id, "Create or replace one")
                .conditional()
                .takes_any("application/json", "The whole of it")
                .gives::<ChangeResult>(200, changed)
                .gives::<ChangeResult>(201, "It is new"),
        ),
        Route::new(
            (Method::PATCH, one),
            Change,
            async move |ask: Ask, body: Body| patch(ask, body, parts).await,
            changing(patch_id, "Change parts of one")
                .conditional()
                .takes_any("application/merge-patch+json", "What is different: RFC 7396")
                .gives::<ChangeResult>(200, changed),
        ),
        Route::new(
            (Method::DELETE, one),
            Change,
            async move |ask: Ask| delete(ask, parts).await,
            changing(delete_id, "Delete one").conditional().gives::<ChangeResult>(200, changed),
        ),
    ]
}

/// Parts of one kind.
#[derive(Debug, Serialize, ToSchema)]
struct PartList<'a> {
    /// The version of the environment.
    #[schema(example = "k3v9:12")]
    version: String,
    /// By key.
    items: Vec<PartEntry<'a>>,
}

/// One part.
#[derive(Debug, Serialize, ToSchema)]
struct PartEntry<'a> {
    /// Its key.
    key: &'a str,
    /// The version of the environment that brought its last change.
    revision: u64,
    /// As it was written.
    #[schema(value_type = Object)]
    document: Option<&'a RawValue>,
}

fn list(ask: &Ask, parts: Parts) -> Answer {
    let live = ask.live()?;
    let wanted = ask.query("q").unwrap_or_default().to_lowercase();
    let (entries, version) = live.read(|content, number| {
        let all = content.held.of(parts.part).iter();
        let found = all.filter(|(key, _)| key.to_lowercase().contains(&wanted));
        let found = found.map(|(key, entry)| (key.clone(), entry.json.clone(), entry.revision));
        (found.collect::<Vec<(Arc<str>, Arc<str>, u64)>>(), live.version_of(number))
    });
    let items = entries.iter().map(|(key, json, revision)| PartEntry {
        key,
        revision: *revision,
        document: raw(json),
    });
    let list = PartList { version: version.to_string(), items: items.collect() };
    Ok(json_response(StatusCode::OK, &list))
}

fn get(ask: &Ask, parts: Parts) -> Answer {
    let (live, key) = (ask.live()?, ask.param("key"));
    let Some(entry) = live.part(parts.part, key) else {
        return Err(no_such_part(&live, parts.part, parts.kind, key));
    };
    let tag = tag(entry.revision);
    if tag.to_str().is_ok_and(|tag| ask.has(tag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    let mut response = text(entry.json.to_string());
    response.headers_mut().insert(ETAG, tag);
    Ok(response)
}

async fn put(ask: Ask, body: Body, parts: Parts) -> Answer {
    let key = valid_key(ask.param("key"))?.to_owned();
    let (live, expected) = (ask.live()?, ask.expected()?);
    let body = ask.read(body).await?;
    let json: Arc<str> = compact(parse(&body)?).into();
    let is_new = live.part(parts.part, &key).is_none();
    let changing = ask.changing(if is_new { "create" } else { "update" })?;
    let wanted = |_: &Live| {
        let json = Some(json.clone());
        Ok(Wanted::of(vec![Edit { kind: parts.kind, key: key.clone(), json, expected }]))
    };
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    change(&ask, &live, changing, (parts, &key), wanted).await.map(|done| done.respond(status))
}

async fn patch(ask: Ask, body: Body, parts: Parts) -> Answer {
    let key = ask.param("key").to_owned();
    let (live, expected) = (ask.live()?, ask.expected()?);
    let body = ask.read(body).await?;
    let patch = parse(&body)?;
    if !patch.get().starts_with('{') {
        let refusal = Refusal::from(Problem::new("invalid_request", "a patch is an object"));
        return Err(refusal.hint("send what is different: `{\"enabled\": true}`"));
    }
    let changing = ask.changing("update")?;
    let wanted = |live: &Live| {
        let Some(entry) = live.part(parts.part, &key) else {
            return Err(no_such_part(live, parts.part, parts.kind, &key));
        };
        let json = merge_patch(raw(&entry.json), patch)?;
        // What was merged is good for what was read, and for nothing else.
        let expected = match expected {
            Expected::Any => Expected::Revision(entry.revision),
            wanted => wanted,
        };
        let json = Some(json.into());
        Ok(Wanted::of(vec![Edit { kind: parts.kind, key: key.clone(), json, expected }]))
    };
    let done = change(&ask, &live, changing, (parts, &key), wanted).await?;
    Ok(done.respond(StatusCode::OK))
}

async fn delete(ask: Ask, parts: Parts) -> Answer {
    let key = ask.param("key").to_owned();
    let (live, expected) = (ask.live()?, ask.expected()?);
    let changing = ask.changing("delete")?;
    let wanted = |live: &Live| {
        if live.part(parts.part, &key).is_none() {
            return Err(no_such_part(live, parts.part, parts.kind, &key));
        }
        Ok(Wanted::of(vec![Edit { kind: parts.kind, key: key.clone(), json: None, expected }]))
    };
    let done = change(&ask, &live, changing, (parts, &key), wanted).await?;
    Ok(done.respond(StatusCode::OK))
}

async fn change(
    ask: &Ask,
    live: &Arc<Live>,
    changing: Changing,
    (parts, key): (Parts, &str),
    wanted: impl Fn(&Live) -> Answer<Wanted>,
) -> Answer<ChangeResult> {
    let done = ask.app.environments.change(live, changing, wanted).await?;
    ask.app.metrics.count("change");
    let revision = live.part(parts.part, key).map(|entry| entry.revision);
    Ok(ChangeResult::of(&done, revision, &format!("{}.{key}", parts.plural)))
}

/// A key that can be asked for and shown.
pub(super) fn valid_key(key: &str) -> Answer<&str> {
    let problem = if key.is_empty() {
        "a key is not empty".to_owned()
    } else if key.len() > KEY_BYTES_MAX {
        format!("a key has {KEY_BYTES_MAX} bytes at most")
    } else if key.chars().any(char::is_control) {
        "a key has no control characters".to_owned()
    } else {
        return Ok(key);
    };
    Err(Refusal::bad_request(problem).path("key"))
}

/// There is nothing of this key; perhaps there is of another one.
pub(super) fn no_such_part(live: &Live, part: Part, kind: Kind, key: &str) -> Refusal {
    let hint = live
        .read(|content, _| did_you_mean(key, content.held.of(part).keys().map(|known| &**known)));
    Refusal::not_found(format!("there is no {} `{key}`", kind.name())).path("key").maybe_hint(hint)
}

const DRY_RUN: &str = "`true`: only say what would come of it";
/// So long may a key be.
const KEY_BYTES_MAX: usize = 256;
