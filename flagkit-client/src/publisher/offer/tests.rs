use super::*;

fn rank(origin: Origin, version: &str) -> Rank {
    Rank { origin, version: version.parse().ok() }
}

#[test]
fn within_a_history_the_newer_wins_and_otherwise_the_more_trusted() {
    use Origin::{Bootstrap, Cache, File, Live};

    let cases = [
        // offered, held, whether it may replace it
        ((Bootstrap, ""), (Bootstrap, ""), true),
        ((Cache, ""), (Bootstrap, ""), true),
        ((Bootstrap, ""), (Cache, ""), false),
        ((Live, ""), (Cache, "a:7"), true),
        ((Cache, "a:7"), (Live, ""), false),
        ((Live, "a:7"), (Cache, "a:7"), true),
        ((Live, "a:6"), (Cache, "a:7"), false),
        ((Live, "a:6"), (Live, "a:7"), false),
        ((Cache, "a:8"), (Live, "a:7"), true),
        ((Live, "b:1"), (Live, "a:7"), true),
        ((Cache, "b:9"), (Live, "a:7"), false),
        ((File, ""), (File, ""), true),
    ];
    for (offered, held, expected) in cases {
        let (new, old) = (rank(offered.0, offered.1), rank(held.0, held.1));
        assert_eq!(new.may_replace(&old), expected, "{new} instead of {old}");
    }
}

#[test]
fn the_same_state_again_is_worth_what_it_was_worth() {
    let after = |offered: Rank, held| offered.replacing(&held).origin;
    assert_eq!(after(rank(Origin::Cache, "a:7"), rank(Origin::Live, "a:7")), Origin::Live);
    assert_eq!(after(rank(Origin::Live, "a:7"), rank(Origin::Cache, "a:7")), Origin::Live);
    assert_eq!(after(rank(Origin::Cache, "a:8"), rank(Origin::Live, "a:7")), Origin::Cache);
}
