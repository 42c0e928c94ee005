use super::*;

fn one(status: Status, cause: &str, (version, since): (&str, u64)) -> One {
    One {
        environment: "production".to_owned(),
        target: "shop \"a\"".to_owned(),
        strategy: "canary".to_owned(),
        status,
        version: version.to_owned(),
        since: Time::from_unix_ms(since),
        seconds: status.is_final().then_some(60.0),
        reason: reason(cause),
        standing: None,
    }
}

#[test]
fn releases_are_counted_once_they_are_over_and_the_newest_says_what_serves() {
    let all = [
        one(Status::Done, "", ("v2", 10)),
        one(Status::RolledBack, "aborted by ada: errors", ("v2", 30)),
        one(Status::RolledBack, "`error_rate` of `canary`: 5 %", ("v2", 20)),
        one(Status::Progressing, "", ("v3", 40)),
    ];
    let text = text(&all.iter().collect::<Vec<_>>());
    for expected in [
        "deployments_total{environment=\"production\",status=\"done\"} 1\n",
        "deployments_total{environment=\"production\",status=\"rolled_back\"} 2\n",
        "rollbacks_total{environment=\"production\",reason=\"aborted\"} 1\n",
        "rollbacks_total{environment=\"production\",reason=\"harm\"} 1\n",
        "deployment_duration_seconds_bucket{environment=\"production\",strategy=\"canary\",le=\"10\"} 0\n",
        "deployment_duration_seconds_bucket{environment=\"production\",strategy=\"canary\",le=\"60\"} 3\n",
        "deployment_duration_seconds_sum{environment=\"production\",strategy=\"canary\"} 180\n",
        "active_version_info{environment=\"production\",application=\"shop \\\"a\\\"\",version=\"v3\"} 1\n",
    ] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
}

#[test]
fn causes_become_few_words() {
    assert_eq!(reason("not enough evidence after 6s: there are no metrics"), "no_evidence");
    assert_eq!(reason("split/shop failed after 5 tries: refused"), "order_failed");
    assert_eq!(reason("step 3 took too long: lag_s < 5"), "deadline");
}
