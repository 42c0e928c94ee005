//! The table of routes: what is served where, who may ask, and what the page about it says.
//!
//! One row makes the route, its check of keys and its entry in the `OpenAPI` document, so that
//! none of the three can be forgotten.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::{HeaderName, Method, StatusCode};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::gate::{Gate, admit};
use super::page::Page;
use crate::app::App;
use crate::auth::Access;

/// One route.
pub(crate) struct Route {
    /// The method.
    pub(crate) method: Method,
    /// The path, with parameters in braces.
    pub(crate) path: &'static str,
    /// What a key must be good for; none where no key is asked for.
    pub(crate) access: Option<Access>,
    /// What is told about it.
    pub(crate) page: Page,
    is_for_pages: bool,
    handler: MethodRouter<Arc<App>>,
}

/// Which routes a port serves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Port {
    /// All of them.
    Everything,
    /// What applications ask.
    Applications,
}

impl Route {
    /// A route for those who may; `page` says in a few words what it does.
    pub(crate) fn new<H, T>(
        (method, path): (Method, &'static str),
        access: impl Into<Option<Access>>,
        handler: H,
        page: Page,
    ) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        let handler = on(filter, handler);
        Self { method, path, access: access.into(), page, is_for_pages: false, handler }
    }

    /// Also for web pages of other origins: where client keys are meant.
    #[must_use]
    pub(crate) fn for_pages(self) -> Self {
        Self { is_for_pages: true, ..self }
    }

    /// Whether a port serves it.
    pub(super) fn is_at(&self, port: Port) -> bool {
        port == Port::Everything || !matches!(self.access, Some(Access::Look | Access::Change))
    }
}

/// The router of these routes.
pub(crate) fn router(routes: Vec<Route>, app: &Arc<App>) -> Router<Arc<App>> {
    let mut paths: Vec<(&'static str, bool, MethodRouter<Arc<App>>)> = Vec::new();
    for route in routes {
        let gate = Gate::new(app.clone(), route.access, (&route.method, route.path));
        let guarded = route.handler.route_layer(from_fn_with_state(Arc::new(gate), admit));
        match paths.iter_mut().find(|(path, ..)| *path == route.path) {
            Some((_, is_for_pages, methods)) => {
                *is_for_pages |= route.is_for_pages;
                *methods = std::mem::take(methods).merge(guarded);
            }
            None => paths.push((route.path, route.is_for_pages, guarded)),
        }
    }
    let cors = cors(&app.config.cors_origins);
    let mut router = Router::new();
    for (path, is_for_pages, methods) in paths {
        let methods = if is_for_pages {
            let preflight = || async { StatusCode::NO_CONTENT };
            methods.options(preflight).layer(cors.clone())
        } else {
            methods
        };
        router = router.route(path, methods);
    }
    router
}

/// Web pages of these origins may ask and see what SDKs look at. Keys travel in headers, never
/// in cookies.
fn cors(origins: &[String]) -> CorsLayer {
    let origin = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(|origin| origin.parse().ok()))
    };
    CorsLayer::new()
        .allow_origin(origin)
        .allow_methods([Method::GET, Method::POST])
        // A `*` would not cover `Authorization`.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(["etag", "retry-after", "x-request-id"].map(HeaderName::from_static))
        .max_age(std::time::Duration::from_secs(86_400))
}
