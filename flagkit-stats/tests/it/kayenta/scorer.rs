//! `ScorerSuite.scala`: scores of groups and of everything.

use std::collections::BTreeMap;

use flagkit_stats::kayenta::Label;
use flagkit_stats::kayenta::score::{Scored, score};

use crate::delivery_cases::{cases, number, numbers};

#[test]
fn scores_are_those_of_its_test_suite() {
    for case in cases("kayenta/scorer.json") {
        let weights = case["groupWeights"].as_object().unwrap();
        let weights: BTreeMap<String, f64> =
            weights.iter().map(|(name, weight)| (name.clone(), number(weight))).collect();
        let results = case["results"].as_array().unwrap();
        let groups = |result: &serde_json::Value| -> Vec<String> {
            let names = result["groups"].as_array().unwrap().iter();
            names.map(|name| name.as_str().unwrap().to_owned()).collect()
        };
        let groups: Vec<Vec<String>> = results.iter().map(groups).collect();
        let scored: Vec<Scored<'_>> = results
            .iter()
            .zip(&groups)
            .map(|(result, groups)| Scored {
                label: Label::from_name(result["classification"].as_str().unwrap()).unwrap(),
                groups,
                critical: result["critical"].as_bool().unwrap(),
                reason: "",
            })
            .collect();
        let answer = score(&scored, &weights);
        let name = case["name"].as_str().unwrap();
        let mut scores: Vec<f64> = answer.groups.iter().map(|group| group.score).collect();
        for (field, value) in case["expect"].as_object().unwrap() {
            match field.as_str() {
                "summaryScore" => assert_eq!(answer.summary, number(value), "{name}"),
                "firstGroupScore" => assert_eq!(scores[0], number(value), "{name}"),
                "groupScoresSorted" => {
                    scores.sort_by(f64::total_cmp);
                    assert_eq!(scores, numbers(value), "{name}");
                }
                other => panic!("{name} expects `{other}`, which no score has"),
            }
        }
    }
}

#[test]
fn required_data_that_is_absent_lowers_the_score_of_its_group() {
    let groups = ["service".to_owned()];
    let metric = |label| Scored { label, groups: &groups, critical: false, reason: "" };
    let metrics = [metric(Label::Pass), metric(Label::NoDataFails), metric(Label::Pass)];
    assert_eq!(score(&metrics, &BTreeMap::new()).summary, 66.67);
}

#[test]
fn groups_without_a_weight_share_what_is_left() {
    // 60 of 100 are given away; two groups share 40, and one of them fails: 60 + 20.
    let names = ["a", "b", "c"].map(|name| [name.to_owned()]);
    let labels = [Label::Pass, Label::High, Label::Pass];
    let metrics: Vec<_> = names
        .iter()
        .zip(labels)
        .map(|(groups, label)| Scored { label, groups, critical: false, reason: "" })
        .collect();
    assert_eq!(score(&metrics, &[("a".to_owned(), 60.0)].into()).summary, 80.0);
}
