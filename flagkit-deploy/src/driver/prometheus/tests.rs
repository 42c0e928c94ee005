use std::collections::BTreeSet;

use super::*;

fn at(seconds: u64) -> Time {
    Time::from_unix_ms(seconds * 1000)
}

fn series(le: &str, points: &[(u64, f64)]) -> Series {
    let labels =
        if le.is_empty() { BTreeMap::new() } else { [("le".to_owned(), le.to_owned())].into() };
    Series { labels, points: points.iter().map(|&(time, value)| (at(time), value)).collect() }
}

fn windows(from: u64, to: u64) -> Windows {
    Windows::between(at(from), at(to), Span::from_secs(10)).unwrap()
}

#[test]
fn windows_are_whole_and_bounded() {
    let ends: Vec<u64> = windows(15, 49).ends().map(|end| end.unix_ms() / 1000).collect();
    assert_eq!(ends, [20, 30, 40]);
    assert_eq!(Windows::between(at(20), at(29), Span::from_secs(10)), None);
    let long = windows(0, 1_000_000);
    assert_eq!(long.ends().count(), 1000);
    assert_eq!(long.last, at(1_000_000));
}

#[test]
fn counters_are_counted_once_over_restarts_and_beginnings() {
    let counter = series("", &[(10, 100.0), (20, 107.0), (30, 3.0), (40, 5.0)]);
    let begun = series("", &[(30, 4.0), (40, 4.0)]);
    let amounts = series::increases(vec![counter, begun], windows(10, 40), None);
    // 7; restarted with 3, and another one that began with 4; 2.
    assert_eq!(amounts.sums, [(at(20), 7.0), (at(30), 7.0), (at(40), 2.0)].into());
}

#[test]
fn the_first_error_counts_where_requests_were_seen_before() {
    let errors = || vec![series("", &[(30, 1.0)])];
    let requests: BTreeSet<Time> = [at(20), at(30)].into();
    assert_eq!(
        series::increases(errors(), windows(10, 30), Some(&requests)).sums,
        [(at(30), 1.0)].into()
    );
    assert!(series::increases(errors(), windows(10, 30), None).sums.is_empty());
}

#[test]
fn buckets_become_bins_that_hold_their_bounds() {
    let found = [
        series("0.1", &[(20, 3.0)]),
        series("+Inf", &[(20, 6.0)]),
        series("0.2", &[(20, 5.0)]),
        series("0", &[(20, 1.0)]),
    ];
    let histograms = histogram::histograms(&found, windows(10, 30)).unwrap();
    let [(end, Numbers::Histogram { base, bins, zero })] = histograms.as_slice() else {
        panic!("one window has numbers: {histograms:?}");
    };
    assert_eq!((*end, *zero), (at(20), 1));
    assert_eq!(bins.iter().map(|(_, count)| count).collect::<Vec<_>>(), [&2, &2, &1]);
    for ((bin, _), bound) in bins.iter().zip([0.1, 0.2]) {
        assert!(base.powi(bin - 1) < bound && bound <= base.powi(*bin), "{bin} holds {bound}");
    }
}

#[test]
fn values_cannot_leave_their_quotes() {
    let names = Names::default().with("arm", "a\"} or vector(1) #");
    let query = names.fill_with("x{arm=\"{{arm}}\"}", quoted).unwrap();
    assert_eq!(query, "x{arm=\"a\\\"} or vector(1) #\"}");
}
