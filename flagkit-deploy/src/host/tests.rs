//! Hosts with journals that outlive them and a driver that notes what it did.

use std::sync::Mutex;

use serde_json::json;

use super::*;
use crate::driver::{Seen, Work};
use crate::journal::memory::Memory;
use crate::order::{Failure, Order, Outcome, Wanted};

/// 10 %, a moment, everything.
fn plan(target: &str, pause_ms: u64) -> Plan {
    let plan = json!({
        "target": target, "strategy": "canary", "route": target,
        "arms": [{"name": "old"}, {"name": "new"}], "base": [1_000_000, 0],
        "steps": [
            {"name": "a", "step": "split", "split": [900_000, 100_000]},
            {"name": "b", "step": "pause", "for": pause_ms},
            {"name": "c", "step": "split", "split": [0, 1_000_000]},
        ],
    });
    serde_json::from_value(plan).unwrap()
}

/// Traffic that is divided at once.
#[derive(Default)]
struct Traffic {
    done: Mutex<Vec<String>>,
    now: Mutex<BTreeMap<String, Wanted>>,
    stuck: bool,
}

impl Driver for Traffic {
    fn takes(&self, order: &Order, _: &Plan) -> bool {
        matches!(order.wanted, Wanted::Split { .. })
    }

    fn observe<'a>(&'a self, order: &'a Order, _: &'a Plan) -> Work<'a, Seen> {
        let now = self.now.lock().unwrap();
        let in_place = now.get(&order.wanted.thing()) == Some(&order.wanted);
        Box::pin(async move { Ok(if in_place { Seen::InPlace } else { Seen::NotInPlace }) })
    }

    fn apply<'a>(&'a self, order: &'a Order, _: &'a Plan) -> Work<'a, Outcome> {
        self.done.lock().unwrap().push(order.id.to_string());
        self.now.lock().unwrap().insert(order.wanted.thing(), order.wanted.clone());
        Box::pin(async move {
            if self.stuck {
                std::future::pending::<()>().await;
            }
            Ok(Outcome::Done { already: false })
        })
    }
}

fn host(journal: &Memory, traffic: &Arc<Traffic>) -> Host {
    let driver = Arc::clone(traffic) as Arc<dyn Driver>;
    Host::start(Box::new(journal.clone()), vec![driver], Options::default()).unwrap()
}

async fn until_leading(host: &Host) {
    let is_leading = |leadership: &Leadership| matches!(leadership, Leadership::Leading(_));
    host.leadership().wait_for(is_leading).await.unwrap();
}

async fn until_over(host: &Host, id: &str) -> View {
    let mut batches = host.watch();
    loop {
        let view = host.status(id).await.unwrap();
        if view.state.status().is_final() && view.state.orders.is_empty() {
            return view;
        }
        batches.recv().await.unwrap();
    }
}

fn ada() -> Actor {
    Actor { name: "ada".to_owned(), roles: Vec::new() }
}

#[tokio::test]
async fn a_release_runs_to_its_end() {
    let (journal, traffic) = (Memory::new(), Arc::new(Traffic::default()));
    let host = host(&journal, &traffic);
    until_leading(&host).await;
    host.plan("shop-2", plan("shop", 30), ada()).await.unwrap();
    let refused = host.plan("shop-3", plan("shop", 30), ada()).await.unwrap_err();
    assert!(refused.to_string().starts_with("release `shop-2` of `shop` is under way (planned)"));
    host.command("shop-2", ada(), Command::Start).await.unwrap();
    let view = until_over(&host, "shop-2").await;
    assert_eq!(view.state.status(), Status::Done);
    assert_eq!(*traffic.done.lock().unwrap(), ["shop-2#1", "shop-2#2"]);
    assert_eq!(
        host.verify().await.unwrap().next,
        host.history("shop-2").await.unwrap().len() as u64
    );
    // It is over, and its name is taken for ever.
    assert_eq!(host.all_releases().await.unwrap(), [("shop-2".into(), true)]);
    let refused = host.plan("shop-2", plan("shop", 30), ada()).await.unwrap_err();
    assert_eq!(refused, HostError::Refused(ExecutorError::Taken("shop-2".to_owned())));
    let refused = host.command("shop-2", ada(), Command::Resume).await.unwrap_err();
    assert_eq!(refused, HostError::Refused(ExecutorError::Unknown("shop-2".to_owned())));
    host.stop().await;
    let stopped = host.releases().await.unwrap_err();
    assert_eq!(stopped.to_string(), "the engine has stopped: somebody stopped it");
}

#[tokio::test]
async fn the_next_host_goes_on_where_the_last_one_was() {
    let journal = Memory::new();
    let stuck = Arc::new(Traffic { stuck: true, ..Traffic::default() });
    let first = host(&journal, &stuck);
    until_leading(&first).await;
    first.plan("shop-2", plan("shop", 30), ada()).await.unwrap();
    first.command("shop-2", ada(), Command::Start).await.unwrap();
    while stuck.done.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    first.stop().await;
    // What the first one did is in place; nobody knows of it but the traffic.
    let now = Mutex::new(stuck.now.lock().unwrap().clone());
    let traffic = Arc::new(Traffic { now, ..Traffic::default() });
    let second = host(&journal, &traffic);
    until_leading(&second).await;
    assert_eq!(until_over(&second, "shop-2").await.state.status(), Status::Done);
    assert_eq!(*traffic.done.lock().unwrap(), ["shop-2#2"]);
}

#[tokio::test]
async fn whoever_lost_the_lead_does_nothing_more() {
    let (journal, traffic) = (Memory::new(), Arc::new(Traffic::default()));
    let first = host(&journal, &traffic);
    until_leading(&first).await;
    first.plan("shop-2", plan("shop", 30), ada()).await.unwrap();
    let mut notices = first.notices();
    let other = journal.clone().lead().unwrap().unwrap();
    // It learns of it when it writes.
    let lost = first.command("shop-2", ada(), Command::Start).await.unwrap_err();
    assert_eq!(lost, HostError::NotLeading);
    let why = notices.recv().await.unwrap();
    assert_eq!(why, format!("another engine leads (epoch {}); this one stops", other.0));
    assert_eq!(*traffic.done.lock().unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_journal_that_fails_holds_everything_and_is_told() {
    let (journal, traffic) = (Memory::new(), Arc::new(Traffic::default()));
    let host = host(&journal, &traffic);
    until_leading(&host).await;
    let mut notices = host.notices();
    journal.fail(2);
    host.plan("shop-2", plan("shop", 1), ada()).await.unwrap();
    assert!(notices.recv().await.unwrap().contains("no release goes on until it can be written"));
    assert_eq!(notices.recv().await.unwrap(), "the journal can be written again");
}

#[tokio::test]
async fn a_step_that_no_driver_takes_is_refused_before_the_release_begins() {
    let host = Host::start(Box::new(Memory::new()), Vec::new(), Options::default()).unwrap();
    until_leading(&host).await;
    let refused = host.plan("shop-2", plan("shop", 1), ada()).await.unwrap_err().to_string();
    assert!(refused.contains("steps[0]: no driver of this engine takes `split/shop`"), "{refused}");
    assert_eq!(host.releases().await.unwrap(), []);
}

#[tokio::test]
async fn an_order_that_no_driver_takes_says_so() {
    let journal = Memory::new();
    let before = host(&journal, &Arc::default());
    until_leading(&before).await;
    before.plan("shop-2", plan("shop", 1), ada()).await.unwrap();
    before.stop().await;
    // The engine that goes on has been given other drivers.
    let host = Host::start(Box::new(journal.clone()), Vec::new(), Options::default()).unwrap();
    until_leading(&host).await;
    let mut batches = host.watch();
    host.command("shop-2", ada(), Command::Start).await.unwrap();
    let said = loop {
        let batch = batches.recv().await.unwrap();
        let found = batch.records.iter().find_map(|record| match &record.entry {
            Entry::Happened(event) => match &event.what {
                What::Came { outcome: Outcome::Failed(failure), .. } => Some(failure.clone()),
                _ => None,
            },
            _ => None,
        });
        if let Some(found) = found {
            break found;
        }
    };
    let why = "no driver of this engine takes `split/shop`; give it one, or change the plan";
    assert_eq!(said, Failure::permanent(why));
}

#[tokio::test]
async fn an_almanac_is_told_when_it_changes() {
    let journal = Memory::new();
    let begin = std::time::Instant::now();
    let almanac = move |_: &Plan, now: Time| {
        let late = begin.elapsed() > Duration::from_millis(200);
        let facts = BTreeMap::from([("calendar.open".to_owned(), json!(late))]);
        (facts, (!late).then(|| now + crate::time::Span::from_ms(100)))
    };
    let options = Options { almanac: Some(Arc::new(almanac)), ..Options::default() };
    let traffic: Arc<dyn Driver> = Arc::new(Traffic::default());
    let host = Host::start(Box::new(journal.clone()), vec![traffic], options).unwrap();
    until_leading(&host).await;
    host.plan("shop-2", plan("shop", 1), ada()).await.unwrap();
    let mut batches = host.watch();
    let open = |view: &View| view.state.facts.get("calendar.open").cloned();
    assert_eq!(open(&host.status("shop-2").await.unwrap()), Some(json!(false)));
    while open(&host.status("shop-2").await.unwrap()) != Some(json!(true)) {
        batches.recv().await.unwrap();
    }
}

/// Longer than any test.
const HOUR: u64 = 3_600_000;

/// A release of a region that waits for the one before, and goes back if that one or a later one does.
fn region(name: &str, pause_ms: u64, before: Option<&str>, others: &[&str]) -> Plan {
    let mut plan = serde_json::to_value(plan(name, pause_ms)).unwrap();
    let gate = |target: &str| json!({"name": target, "rule": format!("`releases.{target}.status` == \"done\"")});
    let back = |target: &&str| {
        let gone = format!("`releases.{target}.status` in [\"rolled_back\", \"frozen\"]");
        json!({"name": format!("{target} went back"), "rule": gone, "then": "roll_back"})
    };
    plan["gates"] = before.map(gate).into_iter().collect();
    plan["triggers"] = others.iter().map(back).collect();
    serde_json::from_value(plan).unwrap()
}

/// The region that fails half way goes back itself, and so does every other that was touched.
#[tokio::test]
async fn b10_every_region_that_was_touched_goes_back() {
    let (journal, traffic) = (Memory::new(), Arc::new(Traffic::default()));
    let host = host(&journal, &traffic);
    until_leading(&host).await;
    host.plan("eu-2", region("eu", HOUR, None, &["us"]), ada()).await.unwrap();
    host.plan("us-2", region("us", HOUR, None, &["eu"]), ada()).await.unwrap();
    host.plan("asia-2", region("asia", HOUR, Some("us"), &["us"]), ada()).await.unwrap();
    for id in ["eu-2", "us-2", "asia-2"] {
        host.command(id, ada(), Command::Start).await.unwrap();
    }
    let touched =
        |region: &str| traffic.now.lock().unwrap().keys().any(|thing| thing.contains(region));
    while !(touched("eu") && touched("us")) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let waits = host.status("asia-2").await.unwrap();
    assert_eq!(waits.state.status(), Status::Waiting);
    let failed = Command::Abort { why: "half of it does not start".to_owned() };
    host.command("us-2", ada(), failed).await.unwrap();
    for id in ["eu-2", "us-2"] {
        assert_eq!(until_over(&host, id).await.state.status(), Status::RolledBack, "{id}");
    }
    let never = until_over(&host, "asia-2").await.state;
    assert!(matches!(never.status(), Status::Cancelled | Status::RolledBack), "{}", never.status());
    assert!(!touched("asia"));
    for region in ["eu", "us"] {
        let now = traffic.now.lock().unwrap();
        let (_, last) = now.iter().find(|(thing, _)| thing.contains(region)).unwrap();
        let last = serde_json::to_value(last).unwrap();
        assert_eq!(last["split"], json!([1_000_000, 0]), "{last}");
    }
}

#[tokio::test]
async fn a_release_goes_on_when_the_one_that_it_waits_for_is_done() {
    let (journal, traffic) = (Memory::new(), Arc::new(Traffic::default()));
    let first = host(&journal, &traffic);
    until_leading(&first).await;
    first.plan("eu-2", region("eu", 30, None, &[]), ada()).await.unwrap();
    first.plan("us-2", region("us", 30, Some("eu"), &[]), ada()).await.unwrap();
    first.command("us-2", ada(), Command::Start).await.unwrap();
    assert_eq!(first.status("us-2").await.unwrap().state.status(), Status::Waiting);
    first.stop().await;
    let host = host(&journal, &traffic);
    until_leading(&host).await;
    host.command("eu-2", ada(), Command::Start).await.unwrap();
    assert_eq!(until_over(&host, "us-2").await.state.status(), Status::Done);
    let order = ["eu-2#1", "eu-2#2", "us-2#1", "us-2#2"];
    assert_eq!(*traffic.done.lock().unwrap(), order);
}

#[tokio::test]
async fn a_release_knows_how_others_ended_before_its_engine_was_started() {
    let (journal, traffic) = (Memory::new(), Arc::new(Traffic::default()));
    let first = host(&journal, &traffic);
    until_leading(&first).await;
    first.plan("us-2", region("us", 1, Some("eu"), &[]), ada()).await.unwrap();
    first.command("us-2", ada(), Command::Start).await.unwrap();
    for (id, pause_ms) in [("eu-1", 1), ("eu-2", HOUR)] {
        first.plan(id, region("eu", pause_ms, None, &[]), ada()).await.unwrap();
        first.command(id, ada(), Command::Start).await.unwrap();
        if pause_ms == HOUR {
            let abort = Command::Abort { why: "it is not wanted".to_owned() };
            first.command(id, ada(), abort).await.unwrap();
        }
        until_over(&first, id).await;
    }
    first.stop().await;
    // Both are over, and the latest one of `eu` went back.
    let second = host(&journal, &traffic);
    until_leading(&second).await;
    second.plan("asia-2", region("asia", 1, Some("eu"), &[]), ada()).await.unwrap();
    second.command("asia-2", ada(), Command::Start).await.unwrap();
    while second.status("asia-2").await.unwrap().state.facts.is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let facts = second.status("asia-2").await.unwrap().state.facts;
    assert_eq!(facts["releases.eu.id"], "eu-2");
    assert_eq!(facts["releases.eu.status"], "rolled_back");
    second.plan("eu-3", region("eu", 1, None, &[]), ada()).await.unwrap();
    second.command("eu-3", ada(), Command::Start).await.unwrap();
    assert_eq!(until_over(&second, "asia-2").await.state.status(), Status::Done);
}

#[tokio::test]
async fn what_nobody_tells_about_another_release_is_refused() {
    let (journal, traffic) = (Memory::new(), Arc::new(Traffic::default()));
    let host = host(&journal, &traffic);
    until_leading(&host).await;
    let mut wrong = region("eu", 30, Some("us"), &[]);
    wrong.gates[0].rule =
        "releases.us.state == \"done\" and releases.eu.status == \"done\"".to_owned();
    let refused = host.plan("eu-2", wrong, ada()).await.unwrap_err().to_string();
    assert!(refused.contains("nothing tells `releases.us.state`"), "{refused}");
    assert!(refused.contains("`releases.eu.status` is about the release itself"), "{refused}");
}
