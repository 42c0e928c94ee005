//! Drivers against the real things: programs that a test starts on free ports and stops again.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it cannot go on"
)]
#![expect(clippy::needless_pass_by_value, reason = "`json!` reads better without a reference")]

mod ejection;
mod envoy;
mod flags;
mod haproxy;
mod notify;
mod probe;
mod process;
mod prometheus;
mod push;
mod real;

use flagkit_deploy::driver::{Driver, Seen};
use flagkit_deploy::order::{Failure, Fence, Order, OrderId, Outcome, Wanted};
use flagkit_deploy::plan::Plan;
use flagkit_deploy::{Split, Weight};
use serde_json::{Value, json};

/// A plan with two arms and what a test adds to it.
fn plan(more: Value) -> Plan {
    let mut plan = json!({
        "target": "shop", "strategy": "canary", "route": "shop",
        "arms": [
            { "name": "stable", "version": "1", "workload": "app" },
            { "name": "canary", "version": "2", "workload": "app" },
        ],
        "base": [1_000_000, 0], "steps": [],
    });
    if let (Some(plan), Value::Object(more)) = (plan.as_object_mut(), more) {
        plan.extend(more);
    }
    serde_json::from_value(plan).unwrap()
}

fn order(wanted: Wanted) -> Order {
    Order { id: OrderId { release: "shop-42".into(), number: 7 }, fence: Fence(1), wanted }
}

/// An order for this many millionths for the canary.
fn split(canary: u32) -> Order {
    let weights = [1_000_000 - canary, canary].map(|ppm| Weight::from_ppm(ppm).unwrap());
    order(Wanted::Split {
        route: "shop".to_owned(),
        arms: vec!["stable".to_owned(), "canary".to_owned()],
        split: Split::new(weights.to_vec()).unwrap(),
    })
}

/// An order for requests with these headers to the canary; none ends it.
fn by_headers(headers: &[(&str, &str)]) -> Order {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let (route, arm) = ("shop".to_owned(), "canary".to_owned());
    order(Wanted::Route { route, arm, headers: headers.collect() })
}

/// Carries an order out that is not carried out yet, and looks before, after, and after a second time.
async fn carried_out(driver: &dyn Driver, order: &Order, plan: &Plan) -> Result<(), Failure> {
    assert!(driver.takes(order, plan));
    assert_eq!(driver.observe(order, plan).await?, Seen::NotInPlace);
    assert_eq!(driver.apply(order, plan).await?, Outcome::Done { already: false });
    assert_eq!(driver.observe(order, plan).await?, Seen::InPlace);
    assert_eq!(driver.apply(order, plan).await?, Outcome::Done { already: true });
    Ok(())
}

/// Runs a test that waits.
fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work)
}
