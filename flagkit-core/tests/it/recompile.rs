//! A recompile equals a full compile of the changed document.

use std::collections::BTreeMap;

use flagkit_core::document::{Changes, Condition, Flag, Segment};
use flagkit_core::{Context, ErrorCode, FlagIndex, Snapshot, compile, recompile};
use proptest::prelude::*;

use crate::build::{document, flag, in_segment, inside, is_on, needs, on_when, one_of, segment};

const FLAGS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const SEGMENTS: [&str; 4] = ["p", "q", "r", "s"];

#[derive(Clone, Debug, Default)]
struct Said {
    flags: BTreeMap<&'static str, Flag>,
    segments: BTreeMap<&'static str, Segment>,
}

#[derive(Clone, Debug)]
enum Edit {
    Flag(&'static str, Condition),
    Segment(&'static str, Condition),
    DropFlag(&'static str),
    DropSegment(&'static str),
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        Just(Condition::Always),
        prop::sample::select(&FLAGS[..]).prop_map(needs),
        prop::sample::select(&SEGMENTS[..]).prop_map(in_segment),
        prop::sample::select(&["de", "fr"][..]).prop_map(|country| one_of("country", &[country])),
        (0.0..10_000.0).prop_map(|below: f64| inside("salt", below.floor())),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Condition::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Condition::Any),
            inner.prop_map(Condition::negated),
        ]
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => (prop::sample::select(&FLAGS[..]), condition()).prop_map(|(key, when)| Edit::Flag(key, when)),
        3 => (prop::sample::select(&SEGMENTS[..]), condition()).prop_map(|(key, when)| Edit::Segment(key, when)),
        1 => prop::sample::select(&FLAGS[..]).prop_map(Edit::DropFlag),
        1 => prop::sample::select(&SEGMENTS[..]).prop_map(Edit::DropSegment),
    ]
}

impl Said {
    fn apply(&mut self, edits: &[Edit]) -> Changes {
        let mut changes = Changes::default();
        for edit in edits.iter().cloned() {
            match edit {
                Edit::Flag(key, when) => {
                    self.flags.insert(key, flag(key, on_when(when)));
                }
                Edit::Segment(key, when) => {
                    self.segments.insert(key, segment(key, when));
                }
                Edit::DropFlag(key) => {
                    self.flags.remove(key);
                    changes.removed_flags.push(key.into());
                }
                Edit::DropSegment(key) => {
                    self.segments.remove(key);
                    changes.removed_segments.push(key.into());
                }
            }
        }
        let touched = |name: &str| {
            edits.iter().any(
                |edit| matches!(edit, Edit::Flag(key, _) | Edit::Segment(key, _) if *key == name),
            )
        };
        changes.flags = self.flags.values().filter(|flag| touched(&flag.key)).cloned().collect();
        changes.segments = self.segments.values().filter(|s| touched(&s.key)).cloned().collect();
        changes
    }

    fn compile(&self) -> Snapshot {
        compile(document(
            self.flags.values().cloned().collect(),
            self.segments.values().cloned().collect(),
        ))
        .snapshot
    }
}

fn answers(snapshot: &Snapshot) -> Vec<(&'static str, Result<bool, ErrorCode>)> {
    let contexts = ["u-1", "u-2", "u-3"]
        .map(|id| Context::new(id).with("country", if id == "u-2" { "fr" } else { "de" }));
    contexts
        .iter()
        .flat_map(|context| FLAGS.map(|key| (key, is_on(snapshot, key, context))))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_recompile_answers_as_a_full_compile(rounds in prop::collection::vec(prop::collection::vec(edit(), 1..6), 1..6)) {
        let mut said = Said::default();
        let mut snapshot = said.compile();
        for edits in rounds {
            let changes = said.apply(&edits);
            snapshot = recompile(&snapshot, changes).snapshot;
            prop_assert_eq!(answers(&snapshot), answers(&said.compile()));
        }
    }
}

#[test]
fn an_index_stays_good_through_recompiles_and_no_longer() {
    let before =
        compile(document(vec![flag("a", vec![]), flag("b", on_when(Condition::Always))], vec![]))
            .snapshot;
    let index = before.flag_index("b").unwrap();
    assert_eq!(FlagIndex::unpack(index.pack()), index);
    let flags = vec![flag("0", vec![]), flag("a", on_when(Condition::Always))];
    let after = recompile(&before, Changes { flags, ..Changes::default() }).snapshot;
    assert_eq!(after.flag_at(index).unwrap().key(), "b");
    let full = compile(document(vec![flag("b", vec![])], vec![])).snapshot;
    assert!(full.flag_at(index).is_none());
}

#[test]
fn a_flag_that_appears_mends_those_that_waited_for_it() {
    let waiting = compile(document(vec![flag("child", on_when(needs("parent")))], vec![]));
    assert!(waiting.has_errors());
    let flags = vec![flag("parent", on_when(Condition::Always))];
    let mended = recompile(&waiting.snapshot, Changes { flags, ..Changes::default() });
    assert!(!mended.has_errors());
    assert_eq!(is_on(&mended.snapshot, "child", &Context::anonymous()), Ok(true));
    assert_eq!(
        is_on(&waiting.snapshot, "child", &Context::anonymous()),
        Err(ErrorCode::ParseError)
    );
}
