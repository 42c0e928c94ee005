//! At the end: the journal is whole, and gives the same again.

use crate::journal::Journal;
use crate::journal::memory::Memory;
use crate::record::{Entry, Record};
use crate::release::Release;

/// The journal is what was written, and each release of it comes to the same state again.
pub(super) fn whole(journal: &mut Memory) -> Result<(), String> {
    journal.verify().map_err(|error| format!("the journal is not what was written: {error}"))?;
    let names = journal.releases().map_err(|error| error.to_string())?;
    for (name, _) in names {
        let records = journal.records(Some(&*name)).map_err(|error| error.to_string())?;
        let records: Vec<&Record> = records.iter().map(|stored| &stored.record).collect();
        replay(&records, journal)?;
    }
    Ok(())
}

/// The events of the journal give the same decisions and the same state again.
fn replay(records: &[&Record], journal: &mut Memory) -> Result<(), String> {
    let Some((first, rest)) = records.split_first() else { return Ok(()) };
    let Entry::Planned { now, author, plan } = &first.entry else {
        return Err("the journal does not begin with the plan".to_owned());
    };
    let planned = Release::new(first.release.clone(), (**plan).clone(), author.clone(), *now);
    let (release, mut state) = planned.map_err(|_| "the plan is refused at replay".to_owned())?;
    let mut decided = Vec::new();
    for record in rest {
        match &record.entry {
            Entry::Happened(event) => {
                if !decided.is_empty() {
                    return Err("a replay decides more than was decided".to_owned());
                }
                let next = release.step(&state, event);
                state = next.state;
                decided = next.decisions;
                decided.reverse();
            }
            Entry::Decided(decision) if decided.pop().as_ref() != Some(decision) => {
                return Err(format!("a replay does not decide again: {decision:?}"));
            }
            _ => {}
        }
    }
    let kept = journal.kept(&first.release).map_err(|error| error.to_string())?;
    let again = serde_json::to_vec(&state).map_err(|error| error.to_string())?;
    match kept {
        Some(kept) if kept.state == again => Ok(()),
        _ => Err("a replay ends in another state than the journal keeps".to_owned()),
    }
}
