//! What is served where: one file for each group of routes.

use std::sync::Arc;

use axum::Router;
use http::{StatusCode, Uri};

use crate::app::App;
use crate::hints::did_you_mean;
use crate::refusal::Refusal;

mod ask;
mod gate;
mod page;
mod table;

mod answers;
mod documents;
mod environments;
mod evaluate;
mod health;
mod history;
mod keys;
mod ofrep;
mod openapi;
mod parts;
mod projects;
mod promote;
mod snapshot;
mod stream;
mod unleash;
mod usage;

pub(crate) use table::Port;
use table::Route;

/// All routes.
fn all() -> Vec<Route> {
    let groups = [
        // For everybody.
        health::routes(),
        openapi::routes(),
        // For applications.
        snapshot::routes(),
        stream::routes(),
        evaluate::routes(),
        usage::routes(),
        ofrep::routes(),
        unleash::routes(),
        // For administrators.
        projects::routes(),
        environments::routes(),
        parts::routes(),
        promote::routes(),
        documents::routes(),
        history::routes(),
        keys::routes(),
    ];
    groups.into_iter().flatten().collect()
}

/// What answers at a port.
pub(crate) fn router(app: &Arc<App>, port: Port) -> Router {
    let mut routes = all();
    routes.retain(|route| route.is_at(port));
    let paths: Vec<&'static str> = routes.iter().map(|route| route.path).collect();
    table::router(routes, app)
        .fallback(async move |uri: Uri| no_such_path(uri.path(), &paths, port))
        .method_not_allowed_fallback(no_such_method)
        .with_state(app.clone())
}

/// The `OpenAPI` document, indented, with a line end.
pub fn openapi_json() -> String {
    page::document(&all()).to_pretty_json().unwrap_or_default() + "\n"
}

fn no_such_path(path: &str, known: &[&'static str], port: Port) -> Refusal {
    let shown: String = path.chars().take(200).collect();
    // Only paths without parameters can be compared as they are.
    let plain = known.iter().copied().filter(|known| !known.contains('{'));
    let is_elsewhere = port == Port::Applications && path.starts_with("/api/");
    let elsewhere = || is_elsewhere.then(|| ELSEWHERE.to_owned());
    let hint = did_you_mean(path, plain).or_else(elsewhere);
    Refusal::not_found(format!("there is no path `{shown}`")).maybe_hint(hint)
}

const ELSEWHERE: &str = "administrators connect to the address of `--admin-listen`";

async fn no_such_method() -> Refusal {
    let message = "the path does not take this method";
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
        .hint("`allow` says which it takes, and /api/v1/openapi.json everything")
}
