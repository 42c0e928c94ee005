//! Whether traffic is divided as ordered, and windows in which that changes.

use super::*;
use crate::judge::made_up::new_units;
use crate::time::Time;

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
        let (there, here) = ((draws - treated) * at_once, treated * at_once);
        let numbers = |count: u64| {
            if at_once == 1 { new_units(count, 0) } else { events(count, 0) }
        };
        let told = [sample(window, 0, 0, numbers(there)), sample(window, 0, 1, numbers(here))];
        rules.add(&mut state, &told, seconds(window * 10 + 10));
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
    let rules = judged(&requests("error_rate", &json!({"dispersion": 20.0})));
    // Sessions of 20 requests, each on one side.
    let alarms = (0..100).filter(|seed| divided(&rules, 0.1, 20, *seed).1).count();
    assert!(alarms <= 1, "{alarms} of 100");
    // Nine per cent is what a proxy makes of ten.
    let alarms = (0..50).filter(|seed| divided(&rules, 0.09, 20, *seed).1).count();
    assert_eq!(alarms, 0);
    let found = (0..50).filter(|seed| divided(&rules, 0.2, 20, *seed).1).count();
    assert!(found >= 48, "{found} of 50");
}

#[test]
fn a_side_that_is_read_late_is_no_wrong_split() {
    let rules = judged(&requests("error_rate", &json!({"dispersion": 1.0})));
    let found = |told: &dyn Fn(u64) -> [u64; 2]| {
        let mut state = rules.begin(seconds(0));
        rules.split_changed(&mut state, &split(&[900_000, 100_000]), seconds(0));
        let is_found = |window: &u64| {
            let [there, here] = told(*window);
            feed(&rules, &mut state, *window, [(there, 0), (here, 0)]);
            rules.ruling(&state).skewed.is_some()
        };
        (0..30).find(is_found)
    };
    // The counters of one side are read just before each window ends, those of the other one right
    // after its begin, so the first window lacks nearly all of one side.
    assert_eq!(found(&|window| if window == 0 { [360, 0] } else { [360, 40] }), None);
    assert_eq!(found(&|window| if window == 0 { [0, 40] } else { [360, 40] }), None);
    // One read of either side is left out, and the next one has it all.
    let late = |window: u64| [0, 2, 1][usize::try_from(window % 3).unwrap()];
    assert_eq!(found(&|window| [360, 40 * late(window)]), None);
    assert_eq!(found(&|window| [360 * late(window), 40]), None);
    // A side that gets nothing, or twice its share, is found all the same.
    assert!(found(&|_| [400, 0]).is_some_and(|window| window < 6));
    assert!(found(&|_| [320, 80]).is_some_and(|window| window < 12));
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

/// So many users of whom a third comes in each window, on sides that were drawn once; who counts them
/// forgets whom it has seen after every so many windows.
fn returning(rules: &Rules, (share, users): (f64, u64), forgets: u64, seed: u64) -> bool {
    let mut random = Random(seed);
    let mut state = rules.begin(seconds(0));
    rules.split_changed(&mut state, &split(&[500_000, 500_000]), seconds(0));
    let sides: Vec<usize> = (0..users).map(|_| usize::from(random.share() < share)).collect();
    let mut seen = vec![false; sides.len()];
    let mut since = Time::default();
    for window in 0..60 {
        if window % forgets == 0 {
            seen.fill(false);
            since = seconds(window * 10);
        }
        let (mut units, mut first) = ([0, 0], [0, 0]);
        for (side, seen) in sides.iter().zip(&mut seen) {
            if random.share() < 0.3 {
                units[*side] += 1;
                first[*side] += u64::from(!*seen);
                *seen = true;
            }
        }
        let told = [0_u16, 1].map(|arm| {
            let at = usize::from(arm);
            let (units, first) = (units[at], Some(first[at]));
            sample(window, 0, arm, Numbers::Units { units, events: 0, first, since })
        });
        rules.add(&mut state, &told, seconds(window * 10 + 10));
    }
    rules.ruling(&state).skewed.is_some()
}

#[test]
fn users_who_come_again_are_no_wrong_split() {
    let mut plan = plan(&json!([units("error_rate", &json!({}))]));
    plan.judging.srm_alpha = 0.05;
    let rules = rules(&plan);
    for forgets in [1_000, 20] {
        let alarms = (0..200).filter(|seed| returning(&rules, (0.5, 500), forgets, *seed)).count();
        // 10 are expected at most, and with 10 more than 21 have a chance of 0.1 %.
        assert!(alarms <= 21, "{alarms} of 200 at 5 %, forgotten each {forgets} windows");
    }
}

#[test]
fn a_mismatch_of_48_to_52_is_found_among_users_who_come_again() {
    let rules = judged(&units("error_rate", &json!({})));
    let found = (0..10).filter(|seed| returning(&rules, (0.52, 40_000), 1_000, *seed)).count();
    assert!(found >= 9, "{found} of 10");
}

#[test]
fn counts_that_may_be_of_the_same_clients_again_are_no_draws() {
    for metric in [requests("error_rate", &json!({})), units("error_rate", &json!({}))] {
        let rules = judged(&metric);
        let mut state = rules.begin(seconds(0));
        rules.split_changed(&mut state, &split(&[500_000, 500_000]), seconds(0));
        for window in 0..100 {
            feed(&rules, &mut state, window, [(700, 0), (300, 0)]);
        }
        assert_eq!(rules.ruling(&state).skewed, None, "{metric}");
    }
}

/// Requests of which every failing client fails so many times, after so many windows of the control alone
/// before the release: whether harm was proved, and in which window.
fn bursts(rules: &Rules, (before, size, ratio): (u64, u64, f64), seed: u64) -> Option<u64> {
    let mut random = Random(seed);
    let mut state = rules.begin(seconds(0));
    rules.looks_begin(&mut state, seconds(before * 10));
    for window in 0..before {
        let told = [sample(window, 0, 0, events(10_000, random.poisson(10.0) * size))];
        rules.add(&mut state, &told, seconds(window * 10 + 10));
    }
    (before..before + 100).find(|window| {
        let (there, here) = (random.poisson(9.0) * size, random.poisson(ratio) * size);
        feed(rules, &mut state, *window, [(9_000, there), (1_000, here)]);
        !rules.ruling(&state).harms.is_empty()
    })
}

#[test]
fn bursts_that_were_seen_before_the_release_keep_alpha() {
    let mut plan = plan(&json!([requests("error_rate", &json!({}))]));
    plan.judging.alpha = 0.05;
    let rules = rules(&plan);
    for size in [1, 8] {
        let alarms = (0..200).filter(|seed| bursts(&rules, (60, size, 1.0), *seed).is_some());
        // 10 are expected at most, and with 10 more than 21 have a chance of 0.1 %.
        let alarms = alarms.count();
        assert!(alarms <= 21, "{alarms} of 200 at 5 %, bursts of {size}");
    }
}

#[test]
fn requests_are_judged_sooner_if_the_control_was_seen_before() {
    let learned = judged(&requests("error_rate", &json!({})));
    let declared = judged(&requests("error_rate", &json!({"dispersion": 1.0})));
    assert_eq!((learned.windows_before(), declared.windows_before()), (60, 0));
    let median = |rules: &Rules, before: u64| {
        let looks = |seed: u64| {
            bursts(rules, (before, 1, 5.0), seed).map_or(100, |window| window - before + 1)
        };
        let mut looks: Vec<u64> = (0..51).map(looks).collect();
        looks.sort_unstable();
        looks[25]
    };
    let (cold, warm, known) = (median(&learned, 0), median(&learned, 60), median(&declared, 0));
    assert!(warm * 2 <= cold && known <= warm && warm <= known * 3, "{cold}, {warm}, {known}");
}

#[test]
fn windows_before_the_first_look_prove_nothing() {
    let rules = judged(&requests("error_rate", &json!({})));
    let mut state = rules.begin(seconds(0));
    rules.looks_begin(&mut state, seconds(600));
    for window in 0..60 {
        // What the new arm's instances did under the version before.
        feed(&rules, &mut state, window, [(9_000, 9), (1_000, 900)]);
    }
    assert_eq!(rules.ruling(&state).harms, []);
    assert_eq!(rules.evidence(&state)[0].observations, [0, 0]);
}
