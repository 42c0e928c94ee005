//! What conditions may ask a release for.
//!
//! Facts as they were told, `metrics.*` as the judge has them, and of the release itself: `target`,
//! `environment`, `strategy`, `author`, `deployer`, `release.id`, `release.step`, `release.status`
//! and `release.weight` (the share of the new arms, 0 to 1).

use crate::policy::Facts;
use crate::release::walk::Walk;
use crate::split::WHOLE;

impl Walk<'_> {
    /// Everything that is known now.
    pub(super) fn attributes(&self) -> Facts {
        let (release, state) = (self.release, &self.state);
        let plan = &release.plan;
        let mut facts = release.judge.attributes(&state.judge);
        let texts = [
            ("target", plan.target.as_str()),
            ("environment", &plan.environment),
            ("strategy", &plan.strategy),
            ("author", &release.author.name),
            ("deployer", state.deployer.as_deref().unwrap_or_default()),
            ("release.id", &release.id),
            ("release.status", state.status.as_str()),
        ];
        for (name, text) in texts {
            facts.put(name, text);
        }
        facts.put("release.step", i64::from(state.step));
        facts.put("release.weight", f64::from(state.split.treated().ppm()) / f64::from(WHOLE));
        facts.tell_all(&state.facts);
        facts
    }
}
