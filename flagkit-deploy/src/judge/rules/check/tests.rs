use serde_json::json;

use crate::judge::Rules;
use crate::judge::made_up::{plan, reading, units};
use crate::plan::Plan;

/// The paths that are refused.
fn refused(plan: &Plan) -> Vec<String> {
    let refusals = Rules::new(plan).err().unwrap_or_default();
    assert!(refusals.iter().all(|refusal| !refusal.mend.is_empty()));
    refusals.into_iter().map(|refusal| refusal.path).collect()
}

#[test]
fn metrics_that_cannot_be_judged_are_refused_with_their_path() {
    let events = |more| units("m", &more);
    for (metric, path) in [
        (events(json!({"margin": -0.1})), "metrics[0].margin"),
        (events(json!({"margin": 9.5})), "metrics[0].margin"),
        (events(json!({"direction": "decrease", "margin": 0.95})), "metrics[0].margin"),
        (events(json!({"weight": -1.0})), "metrics[0].weight"),
        (events(json!({"weight": 0.0})), "metrics"),
        (events(json!({"limit": 5.0})), "metrics[0].limit"),
        (
            events(json!({"measure": {"kind": "quantile", "quantile": 95.0}})),
            "metrics[0].measure.quantile",
        ),
        (
            events(json!({"measure": {"kind": "mean", "min": 5.0, "max": 1.0}})),
            "metrics[0].measure",
        ),
        (events(json!({"measure": {"kind": "mean", "min": 5.0}})), "metrics[0].measure"),
        (units("", &json!({})), "metrics[0].name"),
        (units("error rate", &json!({})), "metrics[0].name"),
    ] {
        assert_eq!(refused(&plan(&json!([metric]))), [path], "{metric}");
    }
    let twice = json!([units("m", &json!({})), units("m", &json!({}))]);
    assert_eq!(refused(&plan(&twice)), ["metrics[1].name"]);
    let readings = json!([reading("m", &json!({"weight": 0.0, "limit": 500.0}))]);
    assert!(refused(&plan(&readings)).is_empty(), "readings have no part of alpha to give up");
}

#[test]
fn levels_and_strata_that_make_no_sense_are_refused() {
    let good = plan(&json!([units("m", &json!({}))]));
    assert!(refused(&good).is_empty());
    for level in [0.0, 0.5, -1.0, f64::NAN, f64::INFINITY] {
        let mut bad = good.clone();
        bad.judging.alpha = level;
        bad.judging.beta = level;
        bad.judging.srm_alpha = level;
        assert_eq!(refused(&bad), ["judging.alpha", "judging.beta", "judging.srm_alpha"]);
    }
    let mut bad = good;
    bad.judging.strata = vec!["eu".to_owned(), "eu".to_owned()];
    assert_eq!(refused(&bad), ["judging.strata"]);
}

#[test]
fn a_query_for_strata_needs_some() {
    let source = json!({"from": "prometheus", "query": "errors{region=\"{{stratum}}\"}"});
    let mut plan = plan(&json!([units("m", &json!({"source": source}))]));
    assert_eq!(refused(&plan), ["metrics[0].source.query"]);
    plan.judging.strata = vec!["eu".to_owned()];
    assert!(refused(&plan).is_empty());
}
