use std::collections::BTreeMap;

use flagkit_protocol::{Document, Part, Version};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::{Held, Taken};
use crate::sync::feed::Receipt;
use crate::sync::outbox::Outbox;

/// Flags, segments and settings by key.
type Parts = BTreeMap<(char, u8), u8>;

fn any_parts() -> impl Strategy<Value = Parts> {
    btree_map((prop::sample::select(vec!['f', 's', 't']), 0..4_u8), any::<u8>(), 0..8)
}

fn document(parts: &Parts) -> String {
    let of = |kind| {
        let parts = parts.iter().filter(move |((of, _), _)| *of == kind);
        parts.map(|((_, key), json)| format!(r#""{key}":{json}"#)).collect::<Vec<_>>().join(",")
    };
    let settings = of('t');
    let comma = if settings.is_empty() { "" } else { "," };
    format!(r#"{{{settings}{comma}"segments":{{{}}},"flags":{{{}}}}}"#, of('s'), of('f'))
}

fn checksum(parts: &Parts) -> String {
    Document::parse(&document(parts)).expect("a document").checksum().to_string()
}

fn snapshot(number: usize, parts: &Parts) -> String {
    let (document, checksum) = (document(parts), checksum(parts));
    format!(
        r#"{{"version":"e:{number}","environment":"","checksum":"{checksum}","document":{document}}}"#
    )
}

fn delta(from: usize, old: &Parts, to: usize, new: &Parts) -> String {
    let changed: Parts = new
        .iter()
        .filter(|(key, json)| key.0 == 't' || old.get(*key) != Some(*json))
        .map(|(key, json)| (*key, *json))
        .collect();
    let gone = |kind| {
        let gone = old.keys().filter(|key| key.0 == kind && !new.contains_key(*key));
        gone.map(|(_, key)| format!("\"{key}\"")).collect::<Vec<_>>().join(",")
    };
    format!(
        r#"{{"from":{from},"version":"e:{to}","checksum":"{}","document":{},"removed":{{"flags":[{}],"segments":[{}]}}}}"#,
        checksum(new),
        document(&changed),
        gone('f'),
        gone('s')
    )
}

/// Everything that is known of a state, in an order.
type Facts = (Version, String, Vec<((char, String), u64)>);

fn facts(held: &Held) -> Option<Facts> {
    let state = held.state.as_ref()?;
    let kind = |part| match part {
        Part::Flag => 'f',
        Part::Segment => 's',
        Part::Setting => 't',
    };
    let parts =
        state.parts.iter().map(|((part, key), number)| ((kind(*part), key.to_string()), *number));
    let settings = state.settings.iter().map(|number| (('t', String::new()), *number));
    let mut parts: Vec<_> = parts.chain(settings).collect();
    parts.sort();
    Some((state.version.clone(), state.checksum.to_string(), parts))
}

proptest! {
    #[test]
    fn changes_lead_to_what_a_snapshot_says_and_back(states in vec(any_parts(), 1..6)) {
        let mut held = Held::default();
        let mut outbox = Outbox::default();
        prop_assert_eq!(held.take_snapshot(&snapshot(0, &states[0]), &mut outbox), Taken::Current);
        let mut before = vec![None, facts(&held)];
        for (number, pair) in states.windows(2).enumerate() {
            let change = delta(number, &pair[0], number + 1, &pair[1]);
            prop_assert_eq!(held.take_delta(&change, &mut outbox), Taken::Current);
            let mut fresh = Held::default();
            fresh.take_snapshot(&snapshot(number + 1, &pair[1]), &mut Outbox::default());
            prop_assert_eq!(facts(&held), facts(&fresh));
            before.push(facts(&held));
        }
        // All are taken back, the newest first.
        for receipt in outbox.withdraw() {
            before.pop();
            let Receipt::Flags(receipt) = receipt else { panic!("no flags") };
            held.undo(receipt);
            prop_assert_eq!(&facts(&held), before.last().expect("one more"));
        }
        prop_assert_eq!(facts(&held), None);
    }

    #[test]
    fn a_change_that_does_not_fit_changes_nothing(
        (held_parts, old, new) in (any_parts(), any_parts(), any_parts()),
    ) {
        let mut held = Held::default();
        let mut outbox = Outbox::default();
        held.take_snapshot(&snapshot(3, &held_parts), &mut outbox);
        let before = facts(&held);
        let taken = held.take_delta(&delta(3, &old, 4, &new), &mut outbox);
        let by_chance = facts(&held).map(|facts| facts.1) == Some(checksum(&new));
        if taken == Taken::Current {
            prop_assert!(by_chance);
        } else {
            prop_assert!(matches!(taken, Taken::MissingAll(_)));
            prop_assert_eq!(facts(&held), before);
        }
    }
}

#[test]
fn a_key_that_is_gone_and_there_is_there() {
    let mut held = Held::default();
    let mut outbox = Outbox::default();
    let parts = Parts::from([(('f', 1), 1)]);
    held.take_snapshot(&snapshot(0, &parts), &mut outbox);
    let change = delta(0, &Parts::default(), 1, &parts)
        .replace(r#""removed":{"flags":[]"#, r#""removed":{"flags":["1"]"#);
    assert!(change.contains(r#"["1"]"#));
    assert_eq!(held.take_delta(&change, &mut outbox), Taken::Current);
}
