//! What Unleash's frontend SDKs ask: the flags that are on for a context.

use axum::body::Body;
use axum::response::IntoResponse;
use flagkit_core::{Flag, Value as CoreValue};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::auth::Access::Evaluations;
use crate::live::Live;
use crate::refusal::Answer;
use crate::routes::answers::json_body;
use crate::routes::ask::Ask;
use crate::routes::page::Page;
use crate::routes::table::Route;
use crate::unleash::{context, served};
use crate::world::World;

pub(super) fn routes() -> Vec<Route> {
    let page = |id, summary| {
        Page::new(id, "unleash", summary)
            .header("If-None-Match", "The `ETag` of what the client has for this context")
            .gives_any(200, "application/json", "`toggles`: those that are on")
            .gives_nothing(304, "Nothing is different for this context")
    };
    vec![
        Route::new(
            (Method::GET, PATH),
            Evaluations,
            by_query,
            page("unleashFrontend", "The flags that are on for a context")
                .query("userId", "A field of the context; any other name is one, too")
                .query("properties[country]", "A property of the context"),
        )
        .for_pages(),
        Route::new(
            (Method::POST, PATH),
            Evaluations,
            by_body,
            page("unleashFrontendPost", "The flags that are on for a context")
                .takes_any("application/json", "`context`"),
        )
        .for_pages(),
    ]
}

async fn by_query(ask: Ask) -> Answer {
    let live = ask.own_live()?;
    let mut fields = Map::new();
    let mut properties = Map::new();
    for (name, value) in ask.all_query() {
        let inner = name.strip_prefix("properties[").and_then(|name| name.strip_suffix(']'));
        match inner {
            Some(name) => properties.insert(name.to_owned(), value.as_str().into()),
            None => fields.insert(name.clone(), value.as_str().into()),
        };
    }
    fields.insert("properties".to_owned(), properties.into());
    toggles(&ask, &live, &fields.into())
}

async fn by_body(ask: Ask, body: Body) -> Answer {
    let live = ask.own_live()?;
    let body = ask.read(body).await?;
    let mut request: Value = json_body(&body)?;
    let context = request.get_mut("context").map_or(json!({}), Value::take);
    toggles(&ask, &live, &context)
}

fn toggles(ask: &Ask, live: &Live, words: &Value) -> Answer {
    let dialect = live.read(|content, _| content.contexts);
    let context = context(dialect, words)?;
    let snapshot = live.snapshot();
    let world = World::now();
    let mut on: Vec<(&str, Value)> = Vec::new();
    for (flag, result) in snapshot.resolve_all(&context, &world) {
        let Some(found) = result.ok().filter(flagkit_core::Resolution::is_enabled) else {
            continue;
        };
        let toggle = json!({
            "name": flag.key(),
            "enabled": true,
            "variant": served(&found),
            "impressionData": has_impressions(flag),
        });
        on.push((flag.key(), toggle));
    }
    on.sort_unstable_by_key(|(key, _)| *key);
    let toggles: Vec<Value> = on.into_iter().map(|(_, toggle)| toggle).collect();
    let body = json!({ "toggles": toggles }).to_string();
    let tag = crate::routes::ofrep::tag_of(body.as_bytes());
    let headers =
        [(ETAG, tag.as_str()), (CACHE_CONTROL, "no-cache"), (CONTENT_TYPE, "application/json")];
    if ask.has(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    Ok((headers, body).into_response())
}

fn has_impressions(flag: &Flag) -> bool {
    let told = flag.metadata().and_then(|metadata| metadata.get("impressionData"));
    told.and_then(CoreValue::as_bool).unwrap_or(false)
}

const PATH: &str = "/api/frontend";
