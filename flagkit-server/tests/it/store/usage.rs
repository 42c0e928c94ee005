//! Usage.

use flagkit_server::model::{
    EnvironmentId, ExposureCount, LastSeen, Usage, UsageCount, UsageQuery,
};
use flagkit_server::store::{ErrorKind, Store};

use crate::support::{Place, author, new_environment, on_both};

on_both![
    counts_of_an_hour_add_up,
    a_report_counts_once_within_a_day,
    reports_at_once_are_all_counted,
    counts_are_found_by_flag_and_time,
    a_flag_is_seen_when_it_was_asked_for,
    exposures_are_known_once_by_who_saw_what,
    an_hour_has_room_for_so_many_outcomes,
    what_is_old_is_forgotten,
    usage_goes_with_its_environment,
    any_text_can_be_counted,
];

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
/// When reports come in these tests: in hour 1,000,000.
const NOW_MS: u64 = 1_000_000 * HOUR_MS + 17;
const NOW: u64 = 1_000_000;

fn count(flag: &str, variant: &str, hour: u64, count: u64) -> UsageCount {
    UsageCount {
        flag: flag.to_owned(),
        variant: variant.to_owned(),
        reason: "SPLIT".to_owned(),
        hour,
        count,
    }
}

fn report(environment: EnvironmentId, id: &str, counts: Vec<UsageCount>) -> Usage {
    let (report, received_at_ms, exposures) = (id.to_owned(), NOW_MS, Vec::new());
    Usage { environment, report, received_at_ms, counts, exposures }
}

fn all(environment: EnvironmentId) -> UsageQuery {
    UsageQuery { environment, flag: None, from_hour: 0, to_hour: u64::MAX, limit: u32::MAX }
}

async fn total(store: &dyn Store, environment: EnvironmentId) -> u64 {
    store.usage(all(environment)).await.unwrap().iter().map(|count| count.count).sum()
}

async fn counts_of_an_hour_add_up(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    let first = vec![
        count("beta", "on", NOW, 3),
        count("beta", "off", NOW, 1),
        count("beta", "on", NOW - 1, 5),
    ];
    assert!(store.add_usage(report(id, "r1", first)).await.unwrap());
    let second = vec![count("beta", "on", NOW, 4), count("alpha", "", NOW, 1)];
    assert!(store.add_usage(report(id, "r2", second)).await.unwrap());
    assert_eq!(
        store.usage(all(id)).await.unwrap(),
        [
            count("beta", "on", NOW - 1, 5),
            count("alpha", "", NOW, 1),
            count("beta", "off", NOW, 1),
            count("beta", "on", NOW, 7),
        ]
    );
}

async fn a_report_counts_once_within_a_day(place: Place) {
    let store = place.open().await;
    let (id, other) =
        (new_environment(&*store, "live").await.id, new_environment(&*store, "b").await.id);
    let again = || report(id, "r1", vec![count("beta", "on", NOW, 3)]);
    assert!(store.add_usage(again()).await.unwrap());
    assert!(!store.add_usage(again()).await.unwrap());
    store.sweep(NOW_MS + DAY_MS).await.unwrap();
    assert!(!store.add_usage(again()).await.unwrap());
    assert_eq!(total(&*store, id).await, 3);
    // The same id in another environment is another report.
    assert!(store.add_usage(Usage { environment: other, ..again() }).await.unwrap());
    store.sweep(NOW_MS + DAY_MS + 1).await.unwrap();
    assert!(store.add_usage(again()).await.unwrap());
    let nowhere = Usage { environment: EnvironmentId(9999), ..again() };
    assert_eq!(store.add_usage(nowhere).await.unwrap_err().kind(), ErrorKind::NotFound);
}

async fn reports_at_once_are_all_counted(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    let reports = (0..40).map(|number| {
        let store = std::sync::Arc::clone(&store);
        let counts = (0..20).map(|flag| count(&format!("f{flag}"), "on", NOW, 1)).collect();
        let usage = report(id, &format!("r{}", number / 2), counts);
        tokio::spawn(async move { store.add_usage(usage).await.unwrap() })
    });
    let mut counted = 0;
    for report in reports.collect::<Vec<_>>() {
        counted += u64::from(report.await.unwrap());
    }
    // Each came twice.
    assert_eq!((counted, total(&*store, id).await), (20, 400));
}

async fn counts_are_found_by_flag_and_time(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    let counts =
        (0..6).flat_map(|ago| [count("a", "on", NOW - ago, 1), count("b", "on", NOW - ago, 1)]);
    store.add_usage(report(id, "r", counts.collect())).await.unwrap();
    let query = UsageQuery { from_hour: NOW - 3, to_hour: NOW, ..all(id) };
    assert_eq!(store.usage(query.clone()).await.unwrap().len(), 6);
    let of_a = UsageQuery { flag: Some("a".to_owned()), ..query };
    let hours =
        |counts: Vec<UsageCount>| counts.iter().map(|count| NOW - count.hour).collect::<Vec<_>>();
    assert_eq!(hours(store.usage(of_a.clone()).await.unwrap()), [3, 2, 1]);
    assert_eq!(hours(store.usage(UsageQuery { limit: 2, ..of_a }).await.unwrap()), [3, 2]);
}

async fn a_flag_is_seen_when_it_was_asked_for(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    let first = vec![count("a", "on", NOW, 1), count("b", "on", NOW, 1)];
    store.add_usage(report(id, "r1", first)).await.unwrap();
    let later =
        Usage { received_at_ms: NOW_MS + 5, ..report(id, "r2", vec![count("b", "on", NOW, 1)]) };
    store.add_usage(later).await.unwrap();
    let late =
        Usage { received_at_ms: NOW_MS + 3, ..report(id, "r3", vec![count("b", "on", NOW, 1)]) };
    store.add_usage(late).await.unwrap();
    let seen = |flag: &str, at_ms| LastSeen { flag: flag.to_owned(), at_ms };
    assert_eq!(store.last_seen(id).await.unwrap(), [seen("a", NOW_MS), seen("b", NOW_MS + 5)]);
}

async fn exposures_are_known_once_by_who_saw_what(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    let saw = |flag: &str, unit: &str, variant: &str, at_ms| ExposureCount {
        flag: flag.to_owned(),
        unit: unit.to_owned(),
        variant: variant.to_owned(),
        at_ms,
    };
    let first =
        vec![saw("beta", "u1", "on", 10), saw("beta", "u2", "on", 20), saw("alpha", "u1", "on", 5)];
    store.add_usage(Usage { exposures: first, ..report(id, "r1", Vec::new()) }).await.unwrap();
    let second =
        vec![saw("beta", "u1", "on", 30), saw("beta", "u2", "on", 15), saw("beta", "u1", "off", 8)];
    store.add_usage(Usage { exposures: second, ..report(id, "r2", Vec::new()) }).await.unwrap();
    let exposures = store.exposures(id, "beta".to_owned()).await.unwrap();
    assert_eq!(
        exposures,
        [saw("beta", "u1", "on", 30), saw("beta", "u2", "on", 20), saw("beta", "u1", "off", 8)]
    );
    // A clock that is ahead would keep an exposure for ever.
    let ahead = vec![saw("beta", "u3", "on", u64::MAX)];
    store.add_usage(Usage { exposures: ahead, ..report(id, "r3", Vec::new()) }).await.unwrap();
    assert_eq!(store.exposures(id, "beta".to_owned()).await.unwrap()[0].at_ms, NOW_MS);
}

async fn an_hour_has_room_for_so_many_outcomes(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    for part in 0..25 {
        let counts = (0..2000).map(|flag| count(&format!("f{part}-{flag}"), "on", NOW, 1));
        store.add_usage(report(id, &format!("r{part}"), counts.collect())).await.unwrap();
    }
    let last =
        vec![count("f0-0", "on", NOW, 1), count("new", "on", NOW, 2), count("newer", "", NOW, 3)];
    store.add_usage(report(id, "last", last)).await.unwrap();
    // Those that are there go on to be counted.
    assert_eq!(total(&*store, id).await, 50_006);
    let of = |flag: &str| UsageQuery { flag: Some(flag.to_owned()), ..all(id) };
    assert_eq!(store.usage(of("f0-0")).await.unwrap()[0].count, 2);
    assert_eq!(store.usage(of("(other)")).await.unwrap()[0].count, 5);
    assert_eq!(store.usage(of("new")).await.unwrap(), []);
    assert_eq!(store.last_seen(id).await.unwrap().len(), 50_000);
    // The next hour begins anew.
    let next = Usage {
        received_at_ms: NOW_MS + HOUR_MS,
        ..report(id, "next", vec![count("new", "on", NOW + 1, 2)])
    };
    store.add_usage(next).await.unwrap();
    assert_eq!(store.usage(of("new")).await.unwrap()[0].count, 2);
}

async fn what_is_old_is_forgotten(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    store.add_usage(report(id, "r", vec![count("a", "on", NOW, 1)])).await.unwrap();
    store.sweep(NOW_MS + 90 * DAY_MS).await.unwrap();
    assert_eq!((total(&*store, id).await, store.last_seen(id).await.unwrap().len()), (1, 1));
    store.sweep(NOW_MS + 91 * DAY_MS).await.unwrap();
    assert_eq!((total(&*store, id).await, store.last_seen(id).await.unwrap().len()), (0, 0));
}

async fn usage_goes_with_its_environment(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    store.add_usage(report(id, "r", vec![count("a", "on", NOW, 1)])).await.unwrap();
    store.delete_environment(id, author(1)).await.unwrap();
    assert_eq!(store.usage(all(id)).await.unwrap(), []);
    assert_eq!(store.last_seen(id).await.unwrap(), []);
}

async fn any_text_can_be_counted(place: Place) {
    let store = place.open().await;
    let id = new_environment(&*store, "live").await.id;
    let long = "ü".repeat(5000);
    let texts = ["", "a\0b", "'; DROP TABLE flagkit_usage; --", &long];
    let counts = texts
        .iter()
        .map(|text| UsageCount { reason: (*text).to_owned(), ..count(text, text, NOW, u64::MAX) });
    let exposures = texts.iter().map(|text| ExposureCount {
        flag: (*text).to_owned(),
        unit: (*text).to_owned(),
        variant: (*text).to_owned(),
        at_ms: 1,
    });
    let usage = Usage { exposures: exposures.collect(), ..report(id, &long, counts.collect()) };
    assert!(store.add_usage(usage.clone()).await.unwrap());
    for number in 0..20 {
        let report = format!("again {number}");
        assert!(store.add_usage(Usage { report, ..usage.clone() }).await.unwrap());
    }
    let counted = store.usage(all(id)).await.unwrap();
    assert_eq!(counted.len(), 4);
    assert!(counted.iter().any(|count| count.flag == "a\u{fffd}b"));
    assert_eq!(store.exposures(id, long).await.unwrap().len(), 1);
}
