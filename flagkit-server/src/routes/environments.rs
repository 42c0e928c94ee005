//! Environments: sets of flags with one version.

use axum::body::Body;
use axum::response::IntoResponse;
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use utoipa::ToSchema;

use super::answers::{DiagnosticEntry, json_body};
use super::ask::Ask;
use super::page::Page;
use super::projects::slug;
use super::table::Route;
use crate::auth::Access::{Change, Look};
use crate::live::Live;
use crate::model::{EnvironmentSettings, NewEnvironment};
use crate::refusal::{Answer, json_response};

pub(super) fn routes() -> Vec<Route> {
    let page = |id, summary| Page::new(id, "environments", summary);
    vec![
        Route::new(
            (Method::GET, ALL),
            Look,
            list,
            page("listEnvironments", "The environments of a project")
                .gives::<EnvironmentList>(200, "By key"),
        ),
        Route::new(
            (Method::POST, ALL),
            Change,
            create,
            page("createEnvironment", "Create an empty environment")
                .reason()
                .takes::<NewEnvironmentBody>("Its key, its name and whether it is for real")
                .gives::<EnvironmentEntry>(201, "It is there"),
        ),
        Route::new(
            (Method::GET, ONE),
            Look,
            get,
            page("getEnvironment", "One environment, and what is wrong with its document")
                .gives::<EnvironmentEntry>(200, "The environment"),
        ),
        Route::new(
            (Method::PATCH, ONE),
            Change,
            update,
            page("updateEnvironment", "Rename an environment, or say that it is for real")
                .reason()
                .takes::<EnvironmentChange>("What is different")
                .gives::<EnvironmentEntry>(200, "The environment now"),
        ),
        Route::new(
            (Method::DELETE, ONE),
            Change,
            delete,
            page("deleteEnvironment", "Delete an environment with its flags and keys")
                .reason()
                .gives_nothing(204, "It is gone"),
        ),
    ]
}

/// Environments of a project.
#[derive(Debug, Serialize, ToSchema)]
struct EnvironmentList {
    /// By key.
    items: Vec<EnvironmentEntry>,
}

/// An environment.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EnvironmentEntry {
    /// The key of its project.
    project: String,
    /// What paths call it.
    #[schema(example = "production")]
    key: String,
    /// What people call it.
    name: String,
    /// Whether it is for real.
    production: bool,
    /// The language of its document: `native`, or that of a vendor.
    dialect: String,
    /// Its version.
    #[schema(example = "k3v9:12")]
    version: String,
    /// How many flags it has.
    flags: usize,
    /// What is wrong or odd about its document; at most 100.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    diagnostics: Vec<DiagnosticEntry>,
}

impl EnvironmentEntry {
    pub(super) fn of(live: &Live) -> Self {
        let settings = live.settings();
        let flags = live.with_snapshot(flagkit_core::Snapshot::len);
        live.read(|content, number| {
            let diagnostics = content.diagnostics.iter().take(DIAGNOSTICS_MAX);
            Self {
                project: live.project.to_string(),
                key: live.key.to_string(),
                name: settings.name,
                production: settings.is_production,
                dialect: content.dialect.to_string(),
                version: live.version_of(number).to_string(),
                flags,
                diagnostics: diagnostics.map(DiagnosticEntry::from).collect(),
            }
        })
    }
}

/// An environment that is to be created.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEnvironmentBody {
    /// 1 to 64 letters, digits, `-`, `_` and `.`.
    #[schema(example = "production")]
    key: String,
    /// What people call it; the key if there is none.
    #[serde(default)]
    name: Option<String>,
    /// Whether it is for real.
    #[serde(default)]
    production: bool,
}

/// What is to be different about an environment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EnvironmentChange {
    /// What people call it.
    #[serde(default)]
    name: Option<String>,
    /// Whether it is for real.
    #[serde(default)]
    production: Option<bool>,
}

async fn list(ask: Ask) -> Answer {
    let project = ask.app.environments.project(ask.param("project"))?;
    let all = ask.app.environments.all();
    let own = all.iter().filter(|live| live.project == project.key);
    let seen = own.filter(|live| ask.caller.check_environment(live.id).is_ok());
    let items = seen.map(|live| EnvironmentEntry::of(live)).collect();
    Ok(json_response(StatusCode::OK, &EnvironmentList { items }))
}

async fn get(ask: Ask) -> Answer {
    Ok(json_response(StatusCode::OK, &EnvironmentEntry::of(&*ask.live()?)))
}

async fn create(ask: Ask, body: Body) -> Answer {
    ask.caller.check_everywhere()?;
    let project = ask.app.environments.project(ask.param("project"))?;
    let NewEnvironmentBody { key, name, production } = json_body(&ask.read(body).await?)?;
    let key = slug(&key)?;
    let name = name.unwrap_or_else(|| key.to_string());
    let settings = EnvironmentSettings { name, is_production: production };
    let new = NewEnvironment { project: project.key.clone(), key: key.clone(), settings };
    let author = ask.changing("create")?.author;
    ask.app.environments.store().create_environment(new, author).await?;
    ask.app.environments.refresh().await?;
    let live = ask.app.environments.find(project.key.as_str(), key.as_str())?;
    Ok(json_response(StatusCode::CREATED, &EnvironmentEntry::of(&live)))
}

async fn update(ask: Ask, body: Body) -> Answer {
    let live = ask.live()?;
    let change: EnvironmentChange = json_body(&ask.read(body).await?)?;
    let old = live.settings();
    let settings = EnvironmentSettings {
        name: change.name.unwrap_or(old.name),
        is_production: change.production.unwrap_or(old.is_production),
    };
    let author = ask.changing("update")?.author;
    let store = ask.app.environments.store();
    let updated = store.update_environment(live.id, settings, author).await?;
    live.set_settings(updated.settings);
    Ok(json_response(StatusCode::OK, &EnvironmentEntry::of(&live)))
}

async fn delete(ask: Ask) -> Answer {
    let live = ask.live()?;
    ask.caller.check_everywhere()?;
    let author = ask.changing("delete")?.author;
    ask.app.environments.store().delete_environment(live.id, author).await?;
    ask.app.environments.refresh().await?;
    ask.app.keys.refresh(ask.app.environments.store()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

const ALL: &str = "/api/v1/projects/{project}/environments";
const ONE: &str = "/api/v1/projects/{project}/environments/{environment}";
const DIAGNOSTICS_MAX: usize = 100;
