//! Which release an engine carries.

use flagkit_deploy::journal::Journal;
use flagkit_deploy::plan::Plan;

use super::past::{Past, target_of};
use crate::arguments::rollout::Run;
use crate::failure::Failure;
use crate::rollout::engine::place::database;
use crate::rollout::file::ReleaseFile;

/// A release, and its plan if it is a new one.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) id: String,
    pub(super) plan: Option<Plan>,
}

impl Chosen {
    /// The one that was interrupted, one that has ended without anybody being told, or a new one.
    pub(super) fn of(past: &Past, arguments: &Run, file: &ReleaseFile) -> Result<Self, Failure> {
        if let Some(id) = past.unfinished.as_ref().or(past.ended.as_ref()) {
            return Ok(Self { id: id.clone(), plan: None });
        }
        let plan = file.plan(&arguments.planned, past.last.clone())?;
        if let Some(beyond) = file.beyond_drivers(&plan)? {
            return Err(beyond.into());
        }
        let id = arguments.id.clone().unwrap_or_else(|| past.name(&plan));
        Ok(Self { id, plan: Some(plan) })
    }

    /// The same once this engine leads: others may have led since the first look at the journal.
    /// A release that one of them has finished meanwhile is what this engine stood by for, and not
    /// begun a second time.
    pub(super) fn after_others(
        (url, before, names): (&str, &Past, &[String]),
        arguments: &Run,
        file: &ReleaseFile,
    ) -> Result<Self, Failure> {
        let target = file.configuration.target();
        let mut journal = database(url)?;
        let past = Past::read(&mut journal, target, names)?;
        if past.unfinished.is_none()
            && let Some(id) = finished(before, &past, target, &mut journal)?
        {
            return Ok(Self { id, plan: None });
        }
        Self::of(&past, arguments, file)
    }
}

/// The release of this target that ended between two looks.
fn finished(
    before: &Past,
    now: &Past,
    target: &str,
    journal: &mut dyn Journal,
) -> Result<Option<String>, Failure> {
    if let Some(id) = &before.unfinished {
        return Ok(Some(id.clone()));
    }
    for id in now.names.difference(&before.names) {
        if target_of(journal, id)?.as_deref() == Some(target) {
            return Ok(Some(id.clone()));
        }
    }
    Ok(None)
}
