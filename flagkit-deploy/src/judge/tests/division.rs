//! Whether traffic is divided as ordered, and windows in which that changes.

use super::*;

fn judged(metric: &serde_json::Value) -> Rules {
    rules(&plan(&json!([metric])))
}

/// Ten per cent planned, this share on the new arm in truth, in draws of so many at a time.
fn divided(rules: &Rules, share: f64, at_once: u64, seed: u64) -> (State, bool) {
    let mut random = Random(seed);
    let mut state = rules.begin(seconds(0));
    rules.split_changed(&mut state, &split(&[900_000, 100_000]), seconds(0));
    for window in 0..200 {
        let draws = 100;
        let treated = (0..draws).filter(|_| random.share() < share).count() as u64;
        let arms = [((draws - treated) * at_once, 0), (treated * at_once, 0)];
        feed(rules, &mut state, window, arms);
        if rules.ruling(&state).skewed.is_some() {
            return (state, true);
        }
    }
    (state, false)
}

#[test]
fn units_that_are_lost_are_found_and_others_are_not_missed() {
    let rules = judged(&units("error_rate", &json!({})));
    let alarms = (0..100).filter(|seed| divided(&rules, 0.1, 1, *seed).1).count();
    // The level is 0.001; two of 100 have a chance of 0.5 %.
    assert!(alarms <= 1, "{alarms} of 100");
    let found = (0..50).filter(|seed| divided(&rules, 0.12, 1, *seed).1).count();
    assert!(found >= 48, "{found} of 50");
}

#[test]
fn requests_in_bursts_are_no_wrong_split() {
    let rules = judged(&requests("error_rate", &json!({})));
    // Sessions of 20 requests, each on one side.
    let alarms = (0..100).filter(|seed| divided(&rules, 0.1, 20, *seed).1).count();
    assert!(alarms <= 1, "{alarms} of 100");
    // Nine per cent is what a proxy makes of ten.
    let alarms = (0..50).filter(|seed| divided(&rules, 0.09, 1, *seed).1).count();
    assert_eq!(alarms, 0);
    let found = (0..50).filter(|seed| divided(&rules, 0.2, 20, *seed).1).count();
    assert!(found >= 48, "{found} of 50");
}

#[test]
fn a_wrong_split_is_told_with_its_counts() {
    let rules = judged(&units("error_rate", &json!({})));
    let (state, is_found) = divided(&rules, 0.3, 1, 1);
    assert!(is_found);
    let evidence = rules.evidence(&state);
    let last = evidence.last().expect("there is evidence for the split");
    assert_eq!((last.metric, last.verdict), (None, Verdict::Worse));
    let skewed = rules.ruling(&state).skewed.expect("it was found");
    assert!(skewed.starts_with("traffic is not divided as ordered"), "{skewed}");
}

#[test]
fn windows_with_a_change_inside_are_not_compared() {
    let rules = judged(&units("error_rate", &json!({})));
    let mut state = rules.begin(seconds(0));
    rules.split_changed(&mut state, &split(&[990_000, 10_000]), seconds(0));
    for window in 0..20 {
        feed(&rules, &mut state, window, [(9_900, 50), (100, 1)]);
    }
    // An outage begins in the middle of the window in which half of the traffic moves over.
    rules.split_changing(&mut state, seconds(204));
    rules.split_changed(&mut state, &split(&[500_000, 500_000]), seconds(206));
    feed(&rules, &mut state, 20, [(7_500, 270), (2_500, 250)]);
    assert_eq!(rules.ruling(&state).harms, []);
    assert!(!rules.ruling(&state).data, "the split has changed since");
    assert_eq!(rules.ruling(&state).skewed, None);
    feed(&rules, &mut state, 21, [(5_000, 500), (5_000, 500)]);
    let ruling = rules.ruling(&state);
    assert!(ruling.data && ruling.harms.is_empty() && ruling.skewed.is_none());
    assert_eq!(ruling.exposures, 5_000);
}

#[test]
fn while_the_split_changes_nothing_is_compared() {
    let rules = judged(&units("error_rate", &json!({})));
    let mut state = rules.begin(seconds(0));
    rules.split_changed(&mut state, &split(&[900_000, 100_000]), seconds(0));
    rules.split_changing(&mut state, seconds(100));
    for window in 10..40 {
        feed(&rules, &mut state, window, [(5_000, 5), (5_000, 500)]);
    }
    let ruling = rules.ruling(&state);
    assert!(ruling.harms.is_empty() && ruling.skewed.is_none() && !ruling.data);
}

#[test]
fn bursts_of_requests_are_not_many_independent_failures() {
    // Every failing client fails eight times; twice in three windows somebody on each side.
    let run = |rules: &Rules, seed: u64| {
        let mut random = Random(seed);
        let mut state = rules.begin(seconds(0));
        for window in 0..100 {
            let (there, here) = (random.poisson(9.0) * 8, random.poisson(1.0) * 8);
            feed(rules, &mut state, window, [(9_000, there), (1_000, here)]);
            if !rules.ruling(&state).harms.is_empty() {
                return true;
            }
        }
        false
    };
    let measured = judged(&requests("error_rate", &json!({})));
    let believed = judged(&units("error_rate", &json!({})));
    let alarms = (0..200).filter(|seed| run(&measured, *seed)).count();
    let alarms_if_believed = (0..200).filter(|seed| run(&believed, *seed)).count();
    assert!(alarms <= 2, "{alarms} of 200");
    assert!(alarms_if_believed >= 20, "{alarms_if_believed} of 200: bursts are no trouble here");
}
