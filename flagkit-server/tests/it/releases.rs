//! Releases that publish their split as a flag of this server.

use std::time::Duration;

use flagkit_deploy::driver::flags::{Flags, Place, Server};
use flagkit_deploy::driver::http::Http;
use flagkit_deploy::driver::{Driver, Seen};
use flagkit_deploy::order::{Failure, FailureKind, Fence, Order, OrderId, Outcome, Wanted};
use flagkit_deploy::{Split, Weight};
use serde_json::json;

use crate::server::{FLAGS, TestServer};

/// An order for this many millionths for the canary.
fn order(flag: &str, canary: u32) -> Order {
    let weights = [1_000_000 - canary, canary].map(|ppm| Weight::from_ppm(ppm).unwrap());
    Order {
        id: OrderId { release: "shop-42".into(), number: 7 },
        fence: Fence(1),
        wanted: Wanted::Split {
            route: flag.to_owned(),
            arms: vec!["stable".to_owned(), "canary".to_owned()],
            split: Split::new(weights.to_vec()).unwrap(),
        },
    }
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn apply(driver: &Flags, order: &Order) -> Result<Outcome, Failure> {
    let plan = json!({ "target": "shop", "strategy": "canary", "arms": [], "base": [1_000_000], "steps": [] });
    let plan = serde_json::from_value(plan).unwrap();
    assert!(driver.takes(order, &plan));
    wait(async {
        let outcome = driver.apply(order, &plan).await?;
        assert_eq!(driver.observe(order, &plan).await?, Seen::InPlace);
        Ok(outcome)
    })
}

#[test]
fn a_split_is_published_as_the_rollout_of_one_rule() {
    let server = TestServer::start();
    let flag = r#"{"enabled":true,"variants":{"stable":{},"canary":{}},"targeting_rules":[{"id":"staff","when":"staff == true","rollout":{"variants":{"stable":1,"canary":2}}},{"id":"release"}]}"#;
    server.admin.ask("PUT", &format!("{FLAGS}/shop"), &[], flag.as_bytes()).is(201);
    let admin = Server {
        http: Http::new().unwrap(),
        url: format!("http://{}", server.admin.address),
        key: server.admin.key.clone().unwrap(),
        project: "shop".to_owned(),
        environment: "production".to_owned(),
        timeout: Duration::from_secs(10),
    };
    let driver = Flags::new(Place::Server(admin.clone()));
    assert_eq!(apply(&driver, &order("shop", 50_000)).unwrap(), Outcome::Done { already: false });
    assert_eq!(apply(&driver, &order("shop", 50_000)).unwrap(), Outcome::Done { already: true });
    let released = r#"{"rollout":{"variants":{"canary":50000,"stable":950000}},"id":"release"}"#;
    assert_eq!(
        server.admin.get(&format!("{FLAGS}/shop")).text(),
        flag.replace(r#"{"id":"release"}"#, released)
    );
    // The history knows the order.
    let history = server.admin.get(&format!("{}/history", FLAGS.trim_end_matches("/flags")));
    let history = history.text();
    assert!(history.contains("release shop-42#7"), "{history}");
    let failure = apply(&driver, &order("cart", 1)).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Permanent);
    assert!(failure.message.contains("flag `cart`"), "{failure}");
    let stranger = Server { key: "fk_admin_wrong".to_owned(), ..admin };
    let failure = apply(&Flags::new(Place::Server(stranger)), &order("shop", 1)).unwrap_err();
    assert!(
        failure.kind == FailureKind::Permanent && !failure.message.contains("fk_admin_wrong"),
        "{failure}"
    );
}
