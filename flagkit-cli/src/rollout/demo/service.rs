//! The small service of the demo: what is released, in two versions.
//!
//! It answers `/` with its version, `/healthz` for checks and `/metrics` for Prometheus. Every version
//! answers one of 200 requests with 500, and `v2` one of 20.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use parking_lot::Mutex;
use tokio::net::TcpListener;

use crate::arguments::rollout::DemoService;
use crate::failure::{Failure, Outcome};

/// Serves until the process is told to end.
pub(crate) fn run(arguments: &DemoService) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve(arguments))
}

async fn serve(arguments: &DemoService) -> Outcome {
    let usual = if arguments.version == WITH_A_BUG { 50_000 } else { 5_000 };
    let service = Arc::new(Service {
        version: arguments.version.clone(),
        failing: arguments.failing.unwrap_or(usual),
        counts: Mutex::new(Counts::default()),
    });
    let router = Router::new()
        .route("/", get(answer))
        .route("/healthz", get(|| async { r#"{"status":"healthy"}"# }))
        .route("/metrics", get(metrics))
        .with_state(service);
    let listener = TcpListener::bind(arguments.listen).await.map_err(|error| {
        Failure::input(format_args!("cannot listen at {}: {error}", arguments.listen))
    })?;
    axum::serve(listener, router).with_graceful_shutdown(told_to_end()).await?;
    Ok(std::process::ExitCode::SUCCESS)
}

/// Comes back when the process is told to end: requests that are under way are still answered.
async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    if let Ok(mut ends) = signal(SignalKind::terminate()) {
        ends.recv().await;
    }
}

/// One instance: what it counts is what Prometheus reads.
#[derive(Debug)]
struct Service {
    version: String,
    /// Of a million requests.
    failing: u64,
    counts: Mutex<Counts>,
}

/// Requests so far.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    asked: u64,
    failed: u64,
}

/// Answers a request, or fails.
async fn answer(State(service): State<Arc<Service>>) -> impl IntoResponse {
    let fails = {
        let mut counts = service.counts.lock();
        let fails = spread(counts.asked) % MILLION < service.failing;
        counts.asked += 1;
        counts.failed += u64::from(fails);
        fails
    };
    let version = [(HeaderName::from_static("x-version"), service.version.clone())];
    if fails {
        return (StatusCode::INTERNAL_SERVER_ERROR, version, "a bug of this version\n");
    }
    (StatusCode::OK, version, "hello\n")
}

/// The counters in Prometheus's text format.
async fn metrics(State(service): State<Arc<Service>>) -> impl IntoResponse {
    let Counts { asked, failed } = *service.counts.lock();
    let text = format!(
        "# TYPE shop_requests_total counter\nshop_requests_total{{version=\"{0}\"}} {asked}\n\
         # TYPE shop_failures_total counter\nshop_failures_total{{version=\"{0}\"}} {failed}\n",
        service.version
    );
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text)
}

/// Spreads numbers evenly (the finaliser of `SplitMix64`), so that failures are not in a row.
pub(super) fn spread(number: u64) -> u64 {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

const MILLION: u64 = 1_000_000;
/// The version that should never reach everybody.
const WITH_A_BUG: &str = "v2";
