use flagkit_core::Reason;

use super::*;

#[test]
fn the_built_in_flags_are_sound() {
    assert_eq!(compiled(FLAGS).map_err(|failure| format!("{failure:?}")).unwrap().keys.len(), 20);
}

#[test]
fn the_built_in_flags_use_every_operator() {
    for operator in OPERATORS.split_whitespace() {
        let is_there = FLAGS.contains(&format!("operator: {operator},"))
            || FLAGS.contains(&format!("operator: {operator} "));
        assert!(is_there, "{operator}");
    }
}

#[test]
fn the_built_in_flags_use_every_key() {
    for key in KEYS.split_whitespace() {
        assert!(FLAGS.contains(&format!("{key}:")), "{key}");
    }
}

#[test]
fn users_are_the_same_every_time_and_with_any_number_of_threads() {
    let (one, three) = (users::generate(1_000, 1), users::generate(1_000, 3));
    assert_eq!(one.len(), 1_000);
    assert_eq!(format!("{one:?}"), format!("{three:?}"));
}

#[test]
fn tallies_add_up() {
    let shop = compiled(FLAGS).map_err(|failure| format!("{failure:?}")).unwrap();
    let users = users::generate(1_000, 2);
    let evaluated = evaluation::run(&shop, &users, 2).unwrap();
    assert_eq!(evaluated.tallies.len(), 20);
    for tally in &evaluated.tallies {
        assert_eq!(tally.evaluations, 1_000, "{}", tally.key);
        let reasons: usize = tally.reasons.iter().map(|(_, count)| count).sum();
        assert_eq!(reasons, 1_000, "{}", tally.key);
        assert!(tally.on <= 1_000);
    }
    let legacy = evaluated.tallies.last().unwrap();
    assert_eq!((legacy.on, legacy.reasons.as_slice()), (0, [(Reason::Disabled, 1_000)].as_slice()));
}

const OPERATORS: &str = "equals not_equals in not_in contains not_contains starts_with ends_with
    not_starts_with not_ends_with regex not_regex greater_than less_than greater_or_equal
    less_or_equal semver_equal semver_greater semver_less semver_matches before after time_between
    weekday in_cidr in_segment not_in_segment exists not_exists percentage";

const KEYS: &str = "schema environment revision segments include exclude match_type conditions
    flags name description enabled environments default variants weight value dependencies
    targeting_rules id attribute operator values variant rollout percentage rollout_percentage
    bucket_by salt schedule starts_at ends_at ramp at overrides tags metadata created_at updated_at
    case_insensitive negate seed when hash";
