//! The page about all routes, for programs.

use std::sync::OnceLock;

use axum::response::Response;
use http::Method;

use super::answers::text;
use super::page::Page;
use super::table::Route;

pub(super) fn routes() -> Vec<Route> {
    let page = Page::new("getOpenApi", "health", "This document").gives_any(
        200,
        "application/json",
        "OpenAPI 3.1",
    );
    vec![Route::new((Method::GET, PATH), None, get, page)]
}

async fn get() -> Response {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    text(DOCUMENT.get_or_init(super::openapi_json).clone())
}

const PATH: &str = "/api/v1/openapi.json";
