//! Projects: products or teams, whose environments have the same flags in different states.

use axum::body::Body;
use axum::response::IntoResponse;
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use utoipa::ToSchema;

use super::answers::json_body;
use super::ask::Ask;
use super::environments::EnvironmentEntry;
use super::page::Page;
use super::table::Route;
use crate::auth::Access::{Change, Look};
use crate::model::{Project, Slug};
use crate::refusal::{Answer, Refusal, json_response};

pub(super) fn routes() -> Vec<Route> {
    let page = |id, summary| Page::new(id, "projects", summary);
    vec![
        Route::new(
            (Method::GET, ALL),
            Look,
            list,
            page("listProjects", "All projects with their environments")
                .gives::<ProjectList>(200, "By key"),
        ),
        Route::new(
            (Method::POST, ALL),
            Change,
            create,
            page("createProject", "Create a project")
                .reason()
                .takes::<NewProject>("Its key and its name")
                .gives::<ProjectEntry>(201, "It is there"),
        ),
        Route::new(
            (Method::GET, ONE),
            Look,
            get,
            page("getProject", "One project with its environments")
                .gives::<ProjectEntry>(200, "The project"),
        ),
        Route::new(
            (Method::DELETE, ONE),
            Change,
            delete,
            page("deleteProject", "Delete a project without environments")
                .reason()
                .gives_nothing(204, "It is gone"),
        ),
    ]
}

/// All projects.
#[derive(Debug, Serialize, ToSchema)]
struct ProjectList {
    /// By key.
    items: Vec<ProjectEntry>,
}

/// A project.
#[derive(Debug, Serialize, ToSchema)]
struct ProjectEntry {
    /// What paths call it.
    #[schema(example = "shop")]
    key: String,
    /// What people call it.
    name: String,
    /// When it was created, in milliseconds since 1970.
    created_at_ms: u64,
    /// Its environments, by key.
    environments: Vec<EnvironmentEntry>,
}

/// A project that is to be created.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProject {
    /// 1 to 64 letters, digits, `-`, `_` and `.`.
    #[schema(example = "shop")]
    key: String,
    /// What people call it; the key if there is none.
    #[serde(default)]
    name: Option<String>,
}

async fn list(ask: Ask) -> Answer {
    let entries = ask.app.environments.projects().into_iter().map(|project| entry(&ask, project));
    // Keys of one environment see its project alone.
    let is_seen =
        |entry: &ProjectEntry| ask.caller.environment.is_none() || !entry.environments.is_empty();
    let items = entries.filter(is_seen).collect();
    Ok(json_response(StatusCode::OK, &ProjectList { items }))
}

async fn get(ask: Ask) -> Answer {
    let entry = entry(&ask, ask.app.environments.project(ask.param("project"))?);
    if ask.caller.environment.is_some() && entry.environments.is_empty() {
        return Err(Refusal::forbidden("the key belongs to an environment of another project"));
    }
    Ok(json_response(StatusCode::OK, &entry))
}

async fn create(ask: Ask, body: Body) -> Answer {
    ask.caller.check_everywhere()?;
    let NewProject { key, name } = json_body(&ask.read(body).await?)?;
    let key = slug(&key)?;
    let name = name.unwrap_or_else(|| key.to_string());
    let author = ask.changing("create")?.author;
    let project = ask.app.environments.store().create_project(key, name, author).await?;
    ask.app.environments.refresh().await?;
    Ok(json_response(StatusCode::CREATED, &entry(&ask, project)))
}

async fn delete(ask: Ask) -> Answer {
    ask.caller.check_everywhere()?;
    let project = ask.app.environments.project(ask.param("project"))?;
    let author = ask.changing("delete")?.author;
    ask.app.environments.store().delete_project(project.key, author).await?;
    ask.app.environments.refresh().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn entry(ask: &Ask, project: Project) -> ProjectEntry {
    let all = ask.app.environments.all();
    let own = all.iter().filter(|live| live.project == project.key);
    let seen = own.filter(|live| ask.caller.check_environment(live.id).is_ok());
    ProjectEntry {
        environments: seen.map(|live| EnvironmentEntry::of(live)).collect(),
        key: project.key.to_string(),
        name: project.name,
        created_at_ms: project.created_at_ms,
    }
}

/// The key of a project or an environment.
pub(super) fn slug(text: &str) -> Answer<Slug> {
    text.parse().map_err(|error: crate::model::InvalidSlug| {
        Refusal::bad_request(error.to_string()).path("key")
    })
}

const ALL: &str = "/api/v1/projects";
const ONE: &str = "/api/v1/projects/{project}";
