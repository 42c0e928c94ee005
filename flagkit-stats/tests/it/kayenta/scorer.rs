//! Scores of groups and of everything.

use std::collections::BTreeMap;

use flagkit_stats::kayenta::Label;
use flagkit_stats::kayenta::score::{Scored, score};

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
