//! Keys: made, shown once, rotated, revoked.

use std::time::Duration;

use axum::body::Body;
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answers::json_body;
use super::ask::Ask;
use super::page::Page;
use super::table::Route;
use crate::auth::Access::{Change, Look};
use crate::hints::did_you_mean;
use crate::keys::SecretKey;
use crate::model::{ApiKey, EnvironmentId, KeyId, Scope};
use crate::refusal::{Answer, Refusal, json_response};
use crate::world::now_ms;

pub(super) fn routes() -> Vec<Route> {
    let page = |id, summary| Page::new(id, "keys", summary);
    vec![
        Route::new(
            (Method::GET, ALL),
            Look,
            list,
            page("listKeys", "All keys, but not what they are")
                .gives::<KeyList>(200, "The oldest first"),
        ),
        Route::new(
            (Method::POST, ALL),
            Change,
            create,
            page("createKey", "Create a key")
                .reason()
                .takes::<NewKeyBody>("What it is good for, and where")
                .gives::<CreatedKey>(201, "The key: it is not shown again"),
        ),
        Route::new(
            (Method::POST, ROTATE),
            Change,
            rotate,
            page("rotateKey", "Create a key that follows another one")
                .reason()
                .takes::<Rotation>("For how long the old one is still good")
                .gives::<CreatedKey>(201, "The new key: it is not shown again"),
        ),
        Route::new(
            (Method::DELETE, ONE),
            Change,
            revoke,
            page("revokeKey", "Have a key refused from now on")
                .reason()
                .gives::<KeyEntry>(200, "It is"),
        ),
    ]
}

/// Keys.
#[derive(Debug, Serialize, ToSchema)]
struct KeyList {
    /// The oldest first.
    items: Vec<KeyEntry>,
}

/// What is known of a key.
#[derive(Debug, Serialize, ToSchema)]
struct KeyEntry {
    /// Its number.
    id: u64,
    /// What people call it.
    name: String,
    /// `server`, `client`, `admin` or `readonly`.
    scope: &'static str,
    /// How it begins.
    #[schema(example = "fk_server_a1B2c3")]
    prefix: String,
    /// The project where it is good; none for all.
    project: Option<String>,
    /// The environment where it is good; none for all.
    environment: Option<String>,
    /// When it was created, in milliseconds since 1970.
    created_at_ms: u64,
    /// Who created it.
    created_by: String,
    /// From when on it is refused.
    expires_at_ms: Option<u64>,
    /// When it was revoked.
    revoked_at_ms: Option<u64>,
    /// When it was used last, to the minute.
    last_used_at_ms: Option<u64>,
}

/// A new key.
#[derive(Serialize, ToSchema)]
struct CreatedKey {
    /// The key itself.
    secret: String,
    /// What is known of it later.
    key: KeyEntry,
}

/// A key that is to be created.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewKeyBody {
    /// `server`, `client`, `admin` or `readonly`.
    scope: String,
    /// What people call it; history says it under this name.
    name: String,
    /// The project, for a key of one environment.
    #[serde(default)]
    project: Option<String>,
    /// The environment; none for all, which only admin and read-only keys may be.
    #[serde(default)]
    environment: Option<String>,
    /// After so many seconds it is refused; never if there is none.
    #[serde(default)]
    expires_in_seconds: Option<u64>,
}

/// How a key is followed by another one.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rotation {
    /// For so many seconds the old key is still good; a day if there is none.
    #[serde(default)]
    overlap_seconds: Option<u64>,
}

async fn list(ask: Ask) -> Answer {
    let keys = ask.app.environments.store().keys().await?;
    let own = ask.caller.environment;
    let seen = keys.into_iter().filter(|key| own.is_none() || key.environment == own);
    let items = seen.map(|key| entry(&ask, key)).collect();
    Ok(json_response(StatusCode::OK, &KeyList { items }))
}

async fn create(ask: Ask, body: Body) -> Answer {
    let body: NewKeyBody = json_body(&ask.read(body).await?)?;
    let scope = scope(&body.scope)?;
    let environment = environment(&ask, &body, scope)?;
    let secret = random(scope)?;
    let mut new = secret.to_new(scope, environment, name(&body.name)?);
    new.expires_at_ms = body.expires_in_seconds.map(in_seconds);
    let author = ask.changing("create")?.author;
    let key = ask.app.environments.store().create_key(new, author).await?;
    created(&ask, &secret, key).await
}

async fn rotate(ask: Ask, body: Body) -> Answer {
    let old = find(&ask).await?;
    let body = ask.read(body).await?;
    let Rotation { overlap_seconds } =
        if body.is_empty() { Rotation::default() } else { json_body(&body)? };
    let secret = random(old.scope)?;
    let new = secret.to_new(old.scope, old.environment, old.name.clone());
    let until = in_seconds(overlap_seconds.unwrap_or(A_DAY.as_secs()));
    let author = ask.changing("rotate")?.author;
    let key = ask.app.environments.store().rotate_key(old.id, new, until, author).await?;
    created(&ask, &secret, key).await
}

async fn revoke(ask: Ask) -> Answer {
    let key = find(&ask).await?;
    let author = ask.changing("revoke")?.author;
    let store = ask.app.environments.store();
    let revoked = store.revoke_key(key.id, author).await?;
    ask.app.keys.refresh(store).await?;
    Ok(json_response(StatusCode::OK, &entry(&ask, revoked)))
}

async fn created(ask: &Ask, secret: &SecretKey, key: ApiKey) -> Answer {
    ask.app.keys.refresh(ask.app.environments.store()).await?;
    let created = CreatedKey { secret: secret.reveal().to_owned(), key: entry(ask, key) };
    Ok(json_response(StatusCode::CREATED, &created))
}

/// The key that the path names, if the caller may see it.
async fn find(ask: &Ask) -> Answer<ApiKey> {
    let id = ask.param("id");
    let none = || Refusal::not_found(format!("there is no key `{id}`")).path("id");
    let wanted = KeyId(id.parse().map_err(|_| none())?);
    let keys = ask.app.environments.store().keys().await?;
    let key = keys.into_iter().find(|key| key.id == wanted).ok_or_else(none)?;
    match (ask.caller.environment, key.environment) {
        (Some(own), Some(other)) if own != other => Err(none()),
        (Some(_), None) => Err(none()),
        _ => Ok(key),
    }
}

fn scope(text: &str) -> Answer<Scope> {
    Scope::by_name(text).ok_or_else(|| {
        let known = Scope::ALL.map(Scope::name);
        let message = format!("there is no scope `{text}`; known are {}", known.join(", "));
        Refusal::bad_request(message).path("scope").maybe_hint(did_you_mean(text, known))
    })
}

fn environment(ask: &Ask, body: &NewKeyBody, scope: Scope) -> Answer<Option<EnvironmentId>> {
    let found = match (&body.project, &body.environment) {
        (Some(project), Some(environment)) => {
            Some(ask.app.environments.find(project, environment)?.id)
        }
        (None, None) => None,
        _ => {
            let refusal = Refusal::bad_request("`project` and `environment` belong together");
            return Err(refusal.path("environment").hint("send both, or none of them"));
        }
    };
    match found {
        Some(environment) => ask.caller.check_environment(environment)?,
        None => ask.caller.check_everywhere()?,
    }
    if found.is_none() && matches!(scope, Scope::Server | Scope::Client) {
        let message = format!("a key of scope `{}` belongs to an environment", scope.name());
        let refusal = Refusal::bad_request(message).path("environment");
        return Err(refusal.hint("send `project` and `environment`"));
    }
    Ok(found)
}

fn name(text: &str) -> Answer<&str> {
    let text = text.trim();
    if text.is_empty() || text.len() > NAME_BYTES_MAX || text.chars().any(char::is_control) {
        let message = format!("a name has 1 to {NAME_BYTES_MAX} bytes and no control characters");
        return Err(Refusal::bad_request(message).path("name"));
    }
    Ok(text)
}

fn random(scope: Scope) -> Answer<SecretKey> {
    SecretKey::random(scope).map_err(|_| Refusal::unavailable("there is no randomness now"))
}

fn in_seconds(seconds: u64) -> u64 {
    now_ms().saturating_add(seconds.saturating_mul(1_000))
}

fn entry(ask: &Ask, key: ApiKey) -> KeyEntry {
    let live = key.environment.and_then(|id| ask.app.environments.by_id(id));
    KeyEntry {
        id: key.id.0,
        name: key.name,
        scope: key.scope.name(),
        prefix: key.prefix,
        project: live.as_ref().map(|live| live.project.to_string()),
        environment: live.as_ref().map(|live| live.key.to_string()),
        created_at_ms: key.created_at_ms,
        created_by: key.created_by,
        expires_at_ms: key.expires_at_ms,
        revoked_at_ms: key.revoked_at_ms,
        last_used_at_ms: key.last_used_at_ms,
    }
}

const ALL: &str = "/api/v1/keys";
const ONE: &str = "/api/v1/keys/{id}";
const ROTATE: &str = "/api/v1/keys/{id}/rotate";
const A_DAY: Duration = Duration::from_secs(86_400);
const NAME_BYTES_MAX: usize = 200;
