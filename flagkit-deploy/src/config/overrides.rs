//! What is known only when a release begins.

use super::sections::File;
use crate::plan::Plan;
use crate::refusal::Refusal;

/// What is known only when a release begins: versions, and which arm serves.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Overrides {
    /// The arm that serves now: the last one of the last finished release of this target. Without,
    /// the first arm of the file.
    pub active: Option<String>,
    /// What the serving arm runs.
    pub active_version: Option<String>,
    /// What the new arm runs; with several new arms they say it themselves.
    pub version: Option<String>,
    /// Where; the file's own without.
    pub environment: Option<String>,
}

impl Overrides {
    /// After a release that has ended on this arm with this version.
    pub fn after(active: impl Into<String>, active_version: impl Into<String>) -> Self {
        let (active, active_version) = (Some(active.into()), Some(active_version.into()));
        Self { active, active_version, ..Self::default() }
    }

    /// With a version for the new arm.
    pub fn to(self, version: impl Into<String>) -> Self {
        Self { version: Some(version.into()), ..self }
    }

    pub(super) fn apply(&self, file: &File, plan: &mut Plan) -> Result<(), Vec<Refusal>> {
        if let Some(environment) = &self.environment {
            plan.environment.clone_from(environment);
        }
        if let Some(active) = &self.active {
            swap_roles(active, plan)?;
        }
        let version = self.version.as_ref().or(file.version.as_ref());
        let is_swapped =
            file.arms.first().map(|arm| &arm.name) != plan.arms.first().map(|arm| &arm.name);
        if let [control, new] = plan.arms.as_mut_slice() {
            // Versions in a file belong to roles once the roles have been swapped.
            if is_swapped {
                std::mem::swap(&mut control.version, &mut new.version);
            }
            if let Some(version) = version {
                new.version.clone_from(version);
            }
        }
        if let (Some(version), Some(control)) = (&self.active_version, plan.arms.first_mut()) {
            control.version.clone_from(version);
        }
        Ok(())
    }
}

/// Puts the arm that serves first. Instances belong to the role: who serves has them.
fn swap_roles(active: &str, plan: &mut Plan) -> Result<(), Vec<Refusal>> {
    let Some(at) = plan.arms.iter().position(|arm| arm.name == active) else {
        let names: Vec<_> = plan.arms.iter().map(|arm| format!("`{}`", arm.name)).collect();
        let problem = format!("there is no arm `{active}`, which served last");
        let mend = format!("name one of {} as the active one", names.join(", "));
        return Err(vec![Refusal::new("arms", problem, mend)]);
    };
    let replicas: Vec<u32> = plan.arms.iter().map(|arm| arm.replicas).collect();
    if let Some(front) = plan.arms.get_mut(..=at) {
        front.rotate_right(1);
    }
    for (arm, replicas) in plan.arms.iter_mut().zip(replicas) {
        arm.replicas = replicas;
    }
    Ok(())
}
