use serde_json::json;

use super::*;
use crate::plan::Plan;
use crate::record::Decision;
use crate::release::Release;
use crate::simulation::crash::{Deaths, Script, run};
use crate::simulation::site::Site;
use crate::time::Time;

fn records() -> Vec<Stored> {
    use crate::journal::Journal;
    let plan: Plan = serde_json::from_value(json!({
        "target": "shop", "strategy": "canary", "route": "shop",
        "arms": [{"name": "old"}, {"name": "new"}], "base": [1_000_000, 0],
        "steps": [
            {"name": "a", "step": "split", "split": [900_000, 100_000]},
            {"name": "b", "step": "pause", "for": 60_000},
            {"name": "c", "step": "split", "split": [0, 1_000_000]},
        ],
    }))
    .unwrap();
    let script = Script::new(plan, Time::from_unix_ms(1_800_000_000_000), Site::new());
    let mut journal = run::<Release, _>(&script, Deaths::Never).unwrap().journal;
    journal.records(None).unwrap()
}

#[test]
fn every_record_that_was_changed_dropped_or_added_is_a_difference() {
    let records = records();
    let replayed = replay::<Release>(&records, None).unwrap();
    assert_eq!(replayed.records, records.len());
    let state = serde_json::to_vec(&replayed.state).unwrap();
    replay::<Release>(&records, Some(&state)).unwrap();
    for at in 0..records.len() {
        let is_event = matches!(records[at].record.entry, Entry::Happened(_));
        let mut dropped = records.clone();
        dropped.remove(at);
        let mut changed = records.clone();
        changed[at].record.entry = Entry::Decided(Decision::Ignored { why: "nothing".into() });
        for records in [dropped, changed] {
            let difference = replay::<Release>(&records, Some(&state)).unwrap_err();
            let near = difference.record >= at as u64;
            assert!(near || is_event || at + 1 >= records.len(), "{at}: {difference}");
        }
    }
    let difference = replay::<Release>(&records, Some(b"{}")).unwrap_err();
    assert!(difference.to_string().ends_with("and {} was kept"), "{difference}");
}
