//! Unleash's client and frontend APIs: its own SDKs work here.

use super::table::Route;

mod client;
mod frontend;
mod metrics;

pub(super) fn routes() -> Vec<Route> {
    [client::routes(), frontend::routes(), metrics::routes()].into_iter().flatten().collect()
}
