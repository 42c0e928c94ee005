//! Usage: what applications report, and what is known of it.

use axum::body::Body;
use axum::response::IntoResponse;
use flagkit_protocol::{PATH_USAGE, UsageReport};
use http::{Method, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::answers::json_body;
use super::ask::Ask;
use super::page::Page;
use super::table::Route;
use crate::auth::Access::{Evaluations, Look};
use crate::evaluations::shortened;
use crate::model::{ExposureCount, Usage, UsageCount, UsageQuery};
use crate::refusal::{Answer, Refusal, json_response};
use crate::world::now_ms;

pub(super) fn routes() -> Vec<Route> {
    let page = |id, summary| Page::new(id, "usage", summary);
    vec![
        Route::new(
            (Method::POST, PATH_USAGE),
            Evaluations,
            report,
            page("reportUsage", "What an application has evaluated")
                .query("project", "The project, for keys of all environments")
                .query("environment", "The environment, for keys of all environments")
                .takes_any("application/json", "A usage report, gzip or plain")
                .gives_nothing(202, "It is counted, once for each id"),
        )
        .for_pages(),
        Route::new(
            (Method::GET, USAGE),
            Look,
            list,
            page("getUsage", "How often flags were evaluated, by hour")
                .query("flag", "Only of this flag")
                .query("hours", "How many hours back: 24 if it is not said, 2160 at most")
                .gives::<UsageList>(200, "By hour, flag, variant and reason"),
        ),
        Route::new(
            (Method::GET, LAST_SEEN),
            Look,
            last_seen,
            page("getLastSeen", "When each flag was asked for last")
                .gives::<LastSeenList>(200, "By flag, those that do not exist, too"),
        ),
        Route::new(
            (Method::GET, EXPOSURES),
            Look,
            exposures,
            page("getExposures", "Who saw which variant of a flag")
                .gives::<ExposureList>(200, "The newest first"),
        ),
    ]
}

/// Counts.
#[derive(Debug, Serialize, ToSchema)]
struct UsageList {
    /// By hour, flag, variant and reason.
    items: Vec<UsageEntry>,
}

/// Evaluations of a flag with one outcome in an hour.
#[derive(Debug, Serialize, ToSchema)]
struct UsageEntry {
    /// When the hour began, in milliseconds since 1970.
    from_ms: u64,
    /// The flag.
    flag: String,
    /// The variant; empty where it has no name.
    variant: String,
    /// Why, or the code of an error.
    reason: String,
    /// How often.
    count: u64,
}

/// When flags were asked for.
#[derive(Debug, Serialize, ToSchema)]
struct LastSeenList {
    /// By flag.
    items: Vec<LastSeenEntry>,
}

/// When a flag was asked for.
#[derive(Debug, Serialize, ToSchema)]
struct LastSeenEntry {
    /// The key that was asked for.
    flag: String,
    /// When, in milliseconds since 1970.
    at_ms: u64,
    /// Whether there is such a flag.
    exists: bool,
}

/// Who saw what.
#[derive(Debug, Serialize, ToSchema)]
struct ExposureList {
    /// The newest first.
    items: Vec<ExposureEntry>,
}

/// Someone saw a variant.
#[derive(Debug, Serialize, ToSchema)]
struct ExposureEntry {
    /// The targeting key, or a hash of it.
    unit: String,
    /// The variant; empty where it has no name.
    variant: String,
    /// When it was seen last, in milliseconds since 1970.
    at_ms: u64,
}

async fn report(ask: Ask, body: Body) -> Answer {
    let live = ask.own_live()?;
    let report: UsageReport = json_body(&ask.read(body).await?)?;
    if report.id.is_empty() || report.id.len() > ID_BYTES_MAX {
        let message = format!("the id of a report has 1 to {ID_BYTES_MAX} bytes");
        return Err(Refusal::bad_request(message).path("id"));
    }
    if report.counts.len() > COUNTS_MAX || report.exposures.len() > EXPOSURES_MAX {
        let message =
            format!("a report has at most {COUNTS_MAX} counts and {EXPOSURES_MAX} exposures");
        return Err(Refusal::bad_request(message).hint("send several, each with an id of its own"));
    }
    let now = now_ms();
    // Clocks of clients are off: what they say of the future happened now.
    let hour = report.to_ms.min(now) / HOUR_MS;
    let counts = report.counts.into_iter().map(|count| UsageCount {
        flag: shortened(&count.flag).to_owned(),
        variant: shortened(&count.variant.unwrap_or_default()).to_owned(),
        reason: shortened(&count.reason).to_owned(),
        hour,
        count: count.count,
    });
    let exposures = report.exposures.into_iter().map(|exposure| ExposureCount {
        flag: shortened(&exposure.flag).to_owned(),
        unit: shortened(&exposure.unit).to_owned(),
        variant: shortened(&exposure.variant.unwrap_or_default()).to_owned(),
        at_ms: exposure.at_ms.min(now),
    });
    let usage = Usage {
        environment: live.id,
        report: report.id,
        received_at_ms: now,
        counts: counts.collect(),
        exposures: exposures.collect(),
    };
    let is_new = ask.app.environments.store().add_usage(usage).await?;
    ask.app.metrics.count(if is_new { "usage_report" } else { "usage_report_again" });
    Ok(StatusCode::ACCEPTED.into_response())
}

async fn list(ask: Ask) -> Answer {
    let live = ask.live()?;
    ask.app.evaluations.store(ask.app.environments.store()).await;
    let hours = ask.query_as("hours", "a number of hours")?.unwrap_or(24).clamp(1, HOURS_MAX);
    let to_hour = now_ms() / HOUR_MS + 1;
    let query = UsageQuery {
        environment: live.id,
        flag: ask.query("flag").map(str::to_owned),
        from_hour: to_hour.saturating_sub(hours),
        to_hour,
        limit: LIMIT,
    };
    let counts = ask.app.environments.store().usage(query).await?;
    let items = counts.into_iter().map(|count| UsageEntry {
        from_ms: count.hour * HOUR_MS,
        flag: count.flag,
        variant: count.variant,
        reason: count.reason,
        count: count.count,
    });
    Ok(json_response(StatusCode::OK, &UsageList { items: items.collect() }))
}

async fn last_seen(ask: Ask) -> Answer {
    let live = ask.live()?;
    ask.app.evaluations.store(ask.app.environments.store()).await;
    let seen = ask.app.environments.store().last_seen(live.id).await?;
    let snapshot = live.snapshot();
    let items = seen.into_iter().map(|seen| LastSeenEntry {
        exists: snapshot.flag(&seen.flag).is_some(),
        flag: seen.flag,
        at_ms: seen.at_ms,
    });
    Ok(json_response(StatusCode::OK, &LastSeenList { items: items.collect() }))
}

async fn exposures(ask: Ask) -> Answer {
    let live = ask.live()?;
    let flag = ask.param("key").to_owned();
    let seen = ask.app.environments.store().exposures(live.id, flag).await?;
    let items = seen.into_iter().map(|exposure| ExposureEntry {
        unit: exposure.unit,
        variant: exposure.variant,
        at_ms: exposure.at_ms,
    });
    Ok(json_response(StatusCode::OK, &ExposureList { items: items.collect() }))
}

const USAGE: &str = "/api/v1/projects/{project}/environments/{environment}/usage";
const LAST_SEEN: &str = "/api/v1/projects/{project}/environments/{environment}/last-seen";
const EXPOSURES: &str =
    "/api/v1/projects/{project}/environments/{environment}/flags/{key}/exposures";
const HOUR_MS: u64 = 3_600_000;
const HOURS_MAX: u64 = 90 * 24;
const LIMIT: u32 = 100_000;
const ID_BYTES_MAX: usize = 128;
const COUNTS_MAX: usize = 100_000;
const EXPOSURES_MAX: usize = 20_000;
