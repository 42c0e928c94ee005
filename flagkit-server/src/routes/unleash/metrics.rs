//! What Unleash's SDKs tell: that they are there, and what they evaluated.

use std::collections::HashMap;

use axum::body::Body;
use axum::response::IntoResponse;
use http::{Method, StatusCode};
use serde::Deserialize;

use crate::auth::Access::Evaluations;
use crate::live::Live;
use crate::refusal::{Answer, Refusal};
use crate::routes::answers::json_body;
use crate::routes::ask::Ask;
use crate::routes::page::Page;
use crate::routes::table::Route;

pub(super) fn routes() -> Vec<Route> {
    let register = |id, path| {
        let page = Page::new(id, "unleash", "An SDK says that it is there")
            .takes_any("application/json", "Application, instance, strategies")
            .gives_nothing(202, "Welcome");
        Route::new((Method::POST, path), Evaluations, register, page).for_pages()
    };
    let report = |id, path| {
        let page = Page::new(id, "unleash", "An SDK says what it evaluated")
            .takes_any("application/json", "Counts of one stretch of time")
            .gives_nothing(202, "It is counted");
        Route::new((Method::POST, path), Evaluations, report, page).for_pages()
    };
    let page = Page::new("unleashBulkMetrics", "unleash", "A proxy says what its SDKs evaluated")
        .takes_any("application/json", "Applications and their counts")
        .gives_nothing(202, "It is counted");
    vec![
        register("unleashRegister", "/api/client/register"),
        register("unleashFrontendRegister", "/api/frontend/client/register"),
        report("unleashMetrics", "/api/client/metrics"),
        report("unleashFrontendMetrics", "/api/frontend/client/metrics"),
        Route::new((Method::POST, "/api/client/metrics/bulk"), Evaluations, bulk, page),
    ]
}

/// What one SDK evaluated.
#[derive(Debug, Deserialize)]
struct Report {
    bucket: Bucket,
}

/// Counts of one stretch of time.
#[derive(Debug, Deserialize)]
struct Bucket {
    #[serde(default)]
    toggles: HashMap<String, Counts>,
}

/// Answers of one flag.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Counts {
    yes: u64,
    no: u64,
    variants: HashMap<String, u64>,
}

/// What several SDKs evaluated.
#[derive(Debug, Deserialize)]
struct Bulk {
    #[serde(default)]
    metrics: Vec<BulkCounts>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BulkCounts {
    feature_name: String,
    #[serde(flatten)]
    counts: Counts,
}

async fn register(ask: Ask, body: Body) -> Answer {
    ask.own_live()?;
    ask.read(body).await?;
    ask.app.metrics.count("unleash_register");
    Ok(StatusCode::ACCEPTED.into_response())
}

async fn report(ask: Ask, body: Body) -> Answer {
    let live = ask.own_live()?;
    let report: Report = json_body(&ask.read(body).await?)?;
    check(report.bucket.toggles.len())?;
    for (flag, counts) in &report.bucket.toggles {
        count(&ask, &live, flag, counts);
    }
    Ok(StatusCode::ACCEPTED.into_response())
}

async fn bulk(ask: Ask, body: Body) -> Answer {
    let live = ask.own_live()?;
    let bulk: Bulk = json_body(&ask.read(body).await?)?;
    check(bulk.metrics.len())?;
    for counts in &bulk.metrics {
        count(&ask, &live, &counts.feature_name, &counts.counts);
    }
    Ok(StatusCode::ACCEPTED.into_response())
}

fn check(flags: usize) -> Answer<()> {
    if flags > FLAGS_MAX {
        let message = format!("a report has at most {FLAGS_MAX} flags");
        return Err(Refusal::bad_request(message).hint("send several"));
    }
    Ok(())
}

/// Variants are part of `yes`, or of `no` for the one that is called `disabled`.
fn count(ask: &Ask, live: &Live, flag: &str, counts: &Counts) {
    let add = |variant: &str, reason: &str, count: u64| {
        if count > 0 {
            ask.app.evaluations.add(live.id, (flag, variant, reason), count);
        }
    };
    let mut named = 0_u64;
    for (variant, count) in &counts.variants {
        if variant != "disabled" {
            add(variant, "UNKNOWN", *count);
            named = named.saturating_add(*count);
        }
    }
    add("", "UNKNOWN", counts.yes.saturating_sub(named));
    add("", "DISABLED", counts.no);
}

const FLAGS_MAX: usize = 20_000;
