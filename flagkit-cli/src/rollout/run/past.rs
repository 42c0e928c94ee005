//! What a journal already knows about a target.

use std::collections::BTreeSet;

use flagkit_deploy::Status;
use flagkit_deploy::config::Overrides;
use flagkit_deploy::journal::Journal;
use flagkit_deploy::plan::Plan;
use flagkit_deploy::record::{Entry, Record};
use flagkit_deploy::release::State;

use super::Last;
use crate::failure::Failure;

/// The releases before this one.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// All names that were ever used.
    pub(super) names: BTreeSet<String>,
    /// The release that is to be gone on with.
    pub(super) unfinished: Option<String>,
    /// The release that this engine was to carry, though it has ended: the engine before died before
    /// it could say so, or was started again under the same name.
    pub(super) ended: Option<String>,
    /// Where the last one that was done has ended.
    pub(super) last: Last,
}

impl Past {
    /// Reads it. A journal with an unfinished release of another target is refused: this engine
    /// has no drivers for it. `names` are those under which this engine may have begun a release.
    pub(super) fn read(
        journal: &mut dyn Journal,
        target: &str,
        names: &[String],
    ) -> Result<Self, Failure> {
        let mut past = Self::default();
        for name in names {
            if past.ended.is_none() && target_of(journal, name)?.as_deref() == Some(target) {
                past.ended = Some(name.clone());
            }
        }
        for one in journal.unfinished().map_err(Failure::input)? {
            let id = one.release.to_string();
            let (plan, state) = (planned(&one.planned), state(&one.state));
            let is_ours = plan.as_ref().is_none_or(|plan| plan.target == target);
            if state.is_some_and(|state| state.status.is_final()) {
                // Only messages are still to be sent.
                continue;
            }
            if !is_ours {
                let other = plan.map(|plan| plan.target).unwrap_or_default();
                return Err(Failure::input(format_args!(
                    "release `{id}` of `{other}` is under way in this journal; run its file first, or \
                     give this one another journal: a folder with --state, a schema with --journal"
                )));
            }
            past.unfinished = Some(id);
        }
        let mut newest = None;
        for (id, is_over) in journal.releases().map_err(Failure::input)? {
            past.names.insert(id.to_string());
            if !is_over {
                continue;
            }
            let Some(kept) = journal.kept(&id).map_err(Failure::input)? else { continue };
            let Some(state) = state(&kept.state) else { continue };
            if state.status == Status::Done && state.ended > newest {
                let records = journal.records(Some(&id)).map_err(Failure::input)?;
                let entry = records.into_iter().next().map(|stored| stored.record.entry);
                let Some(Entry::Planned { plan, .. }) = entry else { continue };
                if plan.target == target {
                    newest = state.ended;
                    past.last = served(&plan, &state);
                }
            }
        }
        Ok(past)
    }
}

/// The target of a release, if its plan can be read.
pub(super) fn target_of(journal: &mut dyn Journal, id: &str) -> Result<Option<String>, Failure> {
    let first = journal.records(Some(id)).map_err(Failure::input)?.into_iter().next();
    Ok(match first.map(|stored| stored.record.entry) {
        Some(Entry::Planned { plan, .. }) => Some(plan.target),
        _ => None,
    })
}

/// The arm with most of the traffic, or the last one where nothing divides it.
fn served(plan: &Plan, state: &State) -> Last {
    let by_share = state.split.weights().iter().enumerate().max_by_key(|(_, weight)| **weight);
    let at = match plan.route {
        Some(_) => by_share.map_or(0, |(at, _)| at),
        None => plan.arms.len().saturating_sub(1),
    };
    let arm = plan.arms.get(at)?;
    Some(Overrides::after(arm.name.clone(), arm.version.clone()))
}

fn planned(bytes: &[u8]) -> Option<Plan> {
    match serde_json::from_slice::<Record>(bytes).ok()?.entry {
        Entry::Planned { plan, .. } => Some(*plan),
        _ => None,
    }
}

fn state(bytes: &[u8]) -> Option<State> {
    serde_json::from_slice(bytes).ok()
}
