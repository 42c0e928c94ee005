use std::collections::{BTreeMap, HashSet};
use std::io::Read;

use flagkit_core::{Context, Fixed, Snapshot, Timestamp, ValueRef, Witness, compile};
use flagkit_dialects::{Settings, decode_bytes};
use flate2::read::GzDecoder;
use proptest::prelude::*;

use super::super::tally::Reports;
use super::*;

/// An application, its reporter, and a clock that stands still.
struct Application {
    usage: Usage,
    snapshot: Arc<Snapshot>,
    reporter: Reporter,
    now: Duration,
}

impl Application {
    fn new() -> Self {
        let usage = Usage::new(None, Arc::default());
        let text = "schema: flagkit/1\nflags: {a: {enabled: true, rollout_percentage: 100}}";
        let document = decode_bytes(None, text.as_bytes(), &Settings::default()).unwrap().document;
        let snapshot = usage.tally().count(compile(document).snapshot, Some(7));
        let reporter = Reporter::new(Some("shop".to_owned()), 42, Duration::ZERO);
        Self { usage, snapshot, reporter, now: Duration::ZERO }
    }

    fn evaluate(&self, key: &str, times: u64) {
        let world = Fixed::at(Timestamp::EPOCH);
        self.snapshot.counting(|counting| match self.snapshot.flag(key) {
            None => counting.missing(key, times),
            Some(flag) => {
                let context = Context::new("u");
                let found = self.snapshot.resolve_flag(flag, &context, &world, &mut ()).unwrap();
                counting.served_times(found.outcome(flag), times);
            }
        });
    }

    fn see(&self, unit: &str) {
        self.usage.exposures().saw("a", Some("on"), ValueRef::String(unit));
    }

    fn moment(&self) -> Moment {
        let unix_ms = 1_000_000 + u64::try_from(self.now.as_millis()).unwrap();
        Moment { now: self.now, unix_ms }
    }

    fn poll(&mut self) -> Option<Post> {
        let version = || Some("e:7".parse().unwrap());
        self.reporter.poll_post(&self.usage, version, self.moment())
    }

    /// Lets time pass until the reporter wants something, and asks what.
    fn wake(&mut self) -> Option<Post> {
        self.now = self.now.max(self.reporter.poll_timeout());
        self.reporter.handle_timeout(&self.usage, self.now);
        self.poll()
    }

    /// The next post, after as long as it takes.
    fn next_post(&mut self) -> Post {
        (0..100).find_map(|_| self.wake()).expect("a post within a hundred wakings")
    }

    fn answer(&mut self, id: PostId, status: u16) {
        self.answer_with(id, &Head::new(status));
    }

    fn answer_with(&mut self, id: PostId, head: &Head) {
        self.reporter.handle_response(&self.usage, id, head, self.moment());
    }

    fn fail(&mut self, id: PostId, sent: Sent) {
        self.reporter.handle_error(&self.usage, id, sent, self.now);
    }

    /// When this much later it is.
    fn later(&self, than: Duration) -> Duration {
        self.now.saturating_sub(than)
    }
}

fn report(post: &Post) -> UsageReport {
    let mut json = String::new();
    GzDecoder::new(&*post.body).read_to_string(&mut json).unwrap();
    serde_json::from_str(&json).unwrap()
}

fn seconds(from: u64, to: u64) -> std::ops::RangeInclusive<Duration> {
    Duration::from_secs(from)..=Duration::from_secs(to)
}

#[test]
fn a_report_says_who_counted_what_and_when() {
    let mut application = Application::new();
    application.evaluate("a", 3);
    application.evaluate("b", 2);
    application.see("u-1");
    assert!(application.poll().is_none());
    let post = application.wake().unwrap();
    assert!(seconds(15, 30).contains(&application.now));
    assert_eq!(post.headers, [("content-type", "application/json"), ("content-encoding", "gzip")]);
    let mut told = report(&post);
    told.counts.sort_by(|one, other| one.flag.cmp(&other.flag));
    let counts: Vec<_> = told
        .counts
        .iter()
        .map(|count| {
            (&*count.flag, count.variant.as_deref(), count.version, &*count.reason, count.count)
        })
        .collect();
    assert_eq!(
        counts,
        [("a", Some("on"), Some(7), "STATIC", 3), ("b", None, Some(7), "FLAG_NOT_FOUND", 2)]
    );
    assert_eq!(
        (told.id.as_str(), told.instance.as_str()),
        ("000000000000002a-1", "000000000000002a")
    );
    assert_eq!(told.application.as_deref(), Some("shop"));
    assert!(told.sdk.starts_with("flagkit-rust/"));
    assert_eq!(told.version, Some("e:7".parse().unwrap()));
    let passed = u64::try_from(application.now.as_millis()).unwrap();
    assert_eq!((told.from_ms, told.to_ms), (1_000_000, 1_000_000 + passed));
    assert_eq!((told.exposures.len(), told.exposures_dropped), (1, 0));
    assert_eq!(told.exposures[0].unit, "u-1");
}

#[test]
fn every_half_minute_there_is_one_if_there_is_something_to_tell() {
    let mut application = Application::new();
    application.evaluate("a", 1);
    let first = application.next_post();
    application.answer(first.id, 202);
    let taken = application.now;
    application.evaluate("a", 1);
    let second = application.next_post();
    assert_eq!(application.later(taken), INTERVAL);
    assert_ne!(report(&first).id, report(&second).id);
    assert_eq!(report(&second).from_ms, report(&first).to_ms);
    application.answer(second.id, 202);
    // Nothing more, until the server ought to hear which version this is.
    let taken = application.now;
    let third = application.next_post();
    assert_eq!(application.later(taken), VERSION_INTERVAL);
    let told = report(&third);
    assert!(told.counts.is_empty() && told.version.is_some());
}

#[test]
fn what_nobody_took_is_sent_again_under_the_same_id_and_then_counted_on() {
    let mut application = Application::new();
    application.evaluate("a", 3);
    application.see("u-1");
    let mut ids = HashSet::new();
    let mut before = None;
    for attempt in 1..=4 {
        let post = application.next_post();
        ids.insert(report(&post).id);
        if let Some(before) = before.replace(application.now) {
            let wait = RETRY * (1 << (attempt - 2));
            assert!((wait..=wait * 11 / 10).contains(&application.later(before)), "{attempt}");
        }
        application.evaluate("a", 1);
        application.fail(post.id, Sent::No);
    }
    assert_eq!(ids.len(), 1);
    assert_eq!(application.usage.waiting(), 7);
    assert_eq!(application.usage.exposures_waiting(), 1);
    let failed = application.now;
    let next = report(&application.next_post());
    assert!(seconds(30, 33).contains(&application.later(failed)));
    assert!(!ids.contains(&next.id));
    assert_eq!((next.counts[0].count, next.exposures.len()), (7, 1));
    let expected = Reports { failed: 4, under_way: 7, ..Reports::default() };
    assert_eq!(application.usage.reports(), expected);
}

#[test]
fn what_a_server_may_have_taken_keeps_its_id_until_one_answers() {
    for doubt in [Doubt::Broken, Doubt::Silent, Doubt::Gateway] {
        let mut application = Application::new();
        application.evaluate("a", 3);
        let first = application.next_post();
        match doubt {
            Doubt::Broken => application.fail(first.id, Sent::Maybe),
            Doubt::Silent => {
                application.now += TIMEOUT;
                application.reporter.handle_timeout(&application.usage, application.now);
                assert!(!application.reporter.is_wanted(first.id));
            }
            Doubt::Gateway => application.answer(first.id, 502),
        }
        // Later it is clear that the server does not get it; but it may have got the first.
        for _ in 0..12 {
            let post = application.next_post();
            assert_eq!(report(&post).id, report(&first).id, "{doubt:?}");
            application.evaluate("a", 1);
            application.fail(post.id, Sent::No);
        }
        assert_eq!((application.usage.waiting(), application.usage.reports().under_way), (12, 3));
        let post = application.next_post();
        application.answer(post.id, 200);
        let next = report(&application.next_post());
        assert_ne!(next.id, report(&first).id);
        assert_eq!(next.counts[0].count, 12);
    }
}

#[derive(Debug)]
enum Doubt {
    Broken,
    Silent,
    Gateway,
}

#[test]
fn after_a_day_a_doubtful_report_is_let_go_rather_than_counted_twice() {
    let mut application = Application::new();
    application.evaluate("a", 3);
    let first = application.next_post();
    application.fail(first.id, Sent::Maybe);
    let id = report(&first).id;
    application.evaluate("a", 5);
    let last = loop {
        let post = application.next_post();
        if report(&post).id != id {
            break post;
        }
        application.fail(post.id, Sent::No);
    };
    assert!(application.now > DOUBT_MAX && application.now < DOUBT_MAX + PAUSE_MAX * 2);
    assert_eq!(report(&last).counts[0].count, 5);
    assert_eq!(application.usage.reports().lost, 1);
}

#[test]
fn a_refusal_is_not_repeated_at_once() {
    for status in [400, 401, 403, 404, 413] {
        let mut application = Application::new();
        application.evaluate("a", 3);
        let post = application.next_post();
        application.answer(post.id, status);
        assert_eq!(application.usage.waiting(), 3, "{status}");
        let refused = application.now;
        let next = application.next_post();
        assert!(seconds(60, 66).contains(&application.later(refused)), "{status}");
        assert_ne!(report(&next).id, report(&post).id);
    }
}

#[test]
fn a_busy_server_says_when() {
    let mut application = Application::new();
    application.evaluate("a", 3);
    let post = application.next_post();
    let asked = application.now;
    application.answer_with(post.id, &Head::new(429).header("retry-after", "17"));
    let next = application.next_post();
    assert_eq!(application.later(asked), Duration::from_secs(17));
    assert_eq!(report(&next).id, report(&post).id);
}

#[test]
fn a_flush_does_not_wait() {
    let mut application = Application::new();
    application.evaluate("a", 3);
    application.reporter.flush();
    let post = application.poll().unwrap();
    application.fail(post.id, Sent::No);
    let again = application.poll().unwrap();
    assert_eq!(report(&again).id, report(&post).id);
    assert!(!application.reporter.is_flushed());
    application.answer(again.id, 202);
    assert!(application.poll().is_none());
    assert!(application.reporter.is_flushed());
    assert_eq!((application.usage.waiting(), application.now), (0, Duration::ZERO));
    let expected = Reports { sent: 1, failed: 1, evaluations_sent: 3, ..Reports::default() };
    assert_eq!(application.usage.reports(), expected);
}

#[test]
fn a_flush_ends_where_nobody_takes_anything() {
    let mut application = Application::new();
    application.evaluate("a", 3);
    application.reporter.flush();
    for _ in 0..4 {
        let post = application.poll().unwrap();
        application.fail(post.id, Sent::No);
    }
    assert!(application.reporter.is_flushed());
    assert!(application.poll().is_none());
    assert_eq!(application.usage.waiting(), 3);
}

#[test]
fn answers_to_older_attempts_mean_nothing() {
    let mut application = Application::new();
    application.evaluate("a", 3);
    let first = application.next_post();
    application.fail(first.id, Sent::Maybe);
    application.answer(first.id, 200);
    let second = application.next_post();
    application.fail(first.id, Sent::No);
    assert!(application.reporter.is_wanted(second.id));
    let expected = Reports { failed: 1, under_way: 3, ..Reports::default() };
    assert_eq!(application.usage.reports(), expected);
}

/// What happens to an application and its reports.
#[derive(Clone, Debug)]
enum Step {
    Evaluate(&'static str, u64),
    Pass(u64),
    Deliver(Fate),
    Flush,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Taken,
    NoConnection,
    LostOnTheWay,
    AnswerLost,
    Silence,
    /// The server does not look at it.
    Refused(u16),
    /// A gateway gives up, before or after the server has taken it.
    Gateway {
        counted: bool,
    },
}

/// Counts each id once.
#[derive(Default)]
struct Server {
    ids: HashSet<String>,
    sums: BTreeMap<String, u64>,
}

impl Server {
    fn take(&mut self, post: &Post) {
        let report = report(post);
        if self.ids.insert(report.id) {
            for count in report.counts {
                *self.sums.entry(count.flag).or_default() += count.count;
            }
        }
    }
}

fn deliver(application: &mut Application, server: &mut Server, fate: Fate) {
    let Some(post) = application.poll() else { return };
    match fate {
        Fate::Taken => {
            server.take(&post);
            application.answer(post.id, 202);
        }
        Fate::NoConnection => application.fail(post.id, Sent::No),
        Fate::LostOnTheWay => application.fail(post.id, Sent::Maybe),
        Fate::AnswerLost => {
            server.take(&post);
            application.fail(post.id, Sent::Maybe);
        }
        Fate::Silence => {
            server.take(&post);
            application.now += TIMEOUT;
            application.reporter.handle_timeout(&application.usage, application.now);
        }
        Fate::Refused(status) => application.answer(post.id, status),
        Fate::Gateway { counted } => {
            if counted {
                server.take(&post);
            }
            application.answer(post.id, 504);
        }
    }
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        Just(Fate::Taken),
        Just(Fate::NoConnection),
        Just(Fate::LostOnTheWay),
        Just(Fate::AnswerLost),
        Just(Fate::Silence),
        prop::sample::select(vec![400, 401, 404, 408, 413, 429]).prop_map(Fate::Refused),
        any::<bool>().prop_map(|counted| Fate::Gateway { counted }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (prop::sample::select(vec!["a", "b", "c"]), 1..5_u64)
            .prop_map(|(flag, times)| Step::Evaluate(flag, times)),
        3 => (1..40_u64).prop_map(Step::Pass),
        4 => fate().prop_map(Step::Deliver),
        1 => Just(Step::Flush),
    ]
}

proptest! {
    /// Whatever happens on the way, a server that counts each id once counts what was evaluated.
    #[test]
    fn nothing_is_lost_and_nothing_counted_twice(steps in prop::collection::vec(step(), 1..80)) {
        let (mut application, mut server) = (Application::new(), Server::default());
        let mut expected = BTreeMap::new();
        for step in steps {
            match step {
                Step::Evaluate(flag, times) => {
                    application.evaluate(flag, times);
                    *expected.entry(flag.to_owned()).or_default() += times;
                }
                Step::Pass(seconds) => {
                    application.now += Duration::from_secs(seconds);
                    application.reporter.handle_timeout(&application.usage, application.now);
                }
                Step::Deliver(fate) => deliver(&mut application, &mut server, fate),
                Step::Flush => application.reporter.flush(),
            }
        }
        for _ in 0..20 {
            application.now += PAUSE_MAX;
            deliver(&mut application, &mut server, Fate::Taken);
        }
        prop_assert_eq!(&server.sums, &expected);
        let told: u64 = expected.values().sum();
        prop_assert_eq!(application.usage.totals().evaluations, told);
    }
}
