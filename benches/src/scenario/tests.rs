//! Scenarios measure what they say.

use super::expected::{Served, judge};
use super::shape::{COUNTRIES, PLAN, PREFIX, SENIOR, STAFF, Shape};
use super::users::{probes, user};
use super::{SCENARIOS, Work};

#[test]
fn only_the_last_of_five_rules_holds_for_all_users() {
    for user in (0..20_000).map(user) {
        let is_european = COUNTRIES.contains(&user.country.as_str()) && user.plan == PLAN;
        assert!(!is_european && !user.email.ends_with(STAFF), "{user:?}");
        assert!(user.age <= SENIOR && user.version.starts_with("4."), "{user:?}");
        assert!(user.device.starts_with(PREFIX), "{user:?}");
        assert_eq!(user.age.to_string(), user.age_text);
    }
}

#[test]
fn probes_ask_for_each_rule_once() {
    let served: Vec<Served> = probes().into_iter().map(|(_, served)| served).collect();
    for variant in [Served::A, Served::B, Served::C, Served::D] {
        assert_eq!(served.iter().filter(|found| **found == variant).count(), 1);
    }
}

#[test]
fn every_flag_is_asked_for() {
    for scenario in SCENARIOS.iter().filter(|scenario| scenario.work != Work::Load) {
        let case = scenario.prepare();
        let mut flags = vec![false; case.flags.len()];
        case.order.iter().for_each(|(flag, _)| flags[*flag] = true);
        assert!(flags.into_iter().all(|is_asked| is_asked), "{}", scenario.id);
        assert_eq!(case.asked().count(), case.order.len());
    }
}

#[test]
fn shares_that_are_far_off_are_refused() {
    let half = SCENARIOS.iter().find(|scenario| scenario.id == "W2").unwrap().prepare();
    assert!(matches!(half.flags[0].shape, Shape::Half));
    let answers = |on: usize| -> Vec<Served> {
        (0..half.order.len()).map(|place| Served::switch(place < on)).collect()
    };
    assert_eq!(judge(&half, &answers(500)), Ok(()));
    let problem = "600 of 1000 answers are On, not 50 %";
    assert_eq!(judge(&half, &answers(600)), Err(problem.to_owned()));
}
