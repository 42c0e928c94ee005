use super::*;

fn name(instance: &str) -> Name {
    ("shop".to_owned(), instance.to_owned())
}

fn targets(of: &[(&str, u64)]) -> Targets {
    of.iter().map(|(instance, seconds)| (name(instance), Span::from_secs(*seconds))).collect()
}

fn side(instances: &[&str]) -> BTreeSet<Name> {
    instances.iter().map(|instance| name(instance)).collect()
}

#[test]
fn durations_are_read_as_prometheus_writes_them() {
    for (text, ms) in
        [("15s", 15_000), ("500ms", 500), ("1m", 60_000), ("1h30m", 5_400_000), ("1m0s", 60_000)]
    {
        assert_eq!(duration(text), Some(Span::from_ms(ms)), "{text}");
    }
    for text in ["", "0s", "15", "s", "15 s", "1.5s", "15q", "99999999999999999999s"] {
        assert_eq!(duration(text), None, "{text}");
    }
}

#[test]
fn the_rarest_target_of_the_sides_counts_and_others_do_not() {
    let targets = targets(&[("one", 5), ("two", 15), ("other", 60)]);
    let pace = |sides: &[BTreeSet<Name>]| pace(&targets, sides);
    let seconds = Span::from_secs;
    assert_eq!(pace(&[side(&["one"]), side(&["two"])]), Some(Pace::Apart(seconds(15))));
    assert_eq!(pace(&[side(&["one"]), side(&["one"])]), Some(Pace::Together(seconds(5))));
    // The new side has no series yet: where it will be scraped is not known.
    assert_eq!(pace(&[side(&["one"]), side(&[])]), Some(Pace::Apart(seconds(5))));
    assert_eq!(pace(&[side(&[]), side(&[])]), Some(Pace::Unknown(seconds(5))));
    assert_eq!(super::pace(&Targets::new(), &[side(&[])]), None);
}

#[test]
fn counters_want_a_scrape_in_a_look_and_amounts_four() {
    let metric: Metric = serde_json::from_value(serde_json::json!({
        "name": "error_rate", "measure": { "kind": "events" }, "source": { "from": "push" },
    }))
    .unwrap();
    let warned = |query: &str, pace: Pace, look: u64| {
        words(&metric, (query, pace), Span::from_secs(look)).is_some()
    };
    let apart = Pace::Apart(Span::from_secs(15));
    let together = Pace::Together(Span::from_secs(15));
    for (query, pace, look, expected) in [
        ("requests_total", apart, 14, true),
        ("requests_total", apart, 15, false),
        ("requests_total", Pace::Unknown(Span::from_secs(15)), 14, true),
        ("requests_total", together, 1, false),
        ("sum(increase(requests_total[{{window}}]))", apart, 59, true),
        ("sum(increase(requests_total[{{window}}]))", together, 59, true),
        ("sum(increase(requests_total[{{window}}]))", apart, 60, false),
    ] {
        assert_eq!(warned(query, pace, look), expected, "{query} {pace:?} {look}");
    }
}
