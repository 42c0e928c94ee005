//! Canary: a little traffic, then more, each time by evidence.

use serde::Deserialize;

use super::phases::Phases;
use super::stage::stages;
use super::{Evidence, Finish, Prepare, Stage};
use crate::plan::{OnInsufficient, Plan};
use crate::refusal::Refusal;
use crate::split::Weight;
use crate::time::Span;

/// A little traffic, then more.
///
/// Between two growths stands a judgement, wherever something is measured. The old side keeps its
/// instances until the observation at the end is over.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Canary {
    /// The levels of traffic, growing; the last is 100%.
    pub stages: Vec<Stage>,
    /// How long a stage lasts at least that does not say it.
    pub stage: Span,
    /// The longest time of all stages and the observation together. What the stages do not need is
    /// shared among them as time to wait for evidence.
    pub max_duration: Option<Span>,
    /// What happens before the first traffic.
    pub prepare: Prepare,
    /// What lets a stage end.
    pub judge: Evidence,
    /// What happens with the last stage.
    pub finish: Finish,
}

impl Default for Canary {
    fn default() -> Self {
        Self {
            stages: stages(&[1, 5, 10, 25, 50, 100]),
            stage: Span::from_secs(300),
            max_duration: None,
            prepare: Prepare::default(),
            judge: Evidence::default(),
            finish: Finish::default(),
        }
    }
}

impl Canary {
    pub(super) fn write(&self, plan: &mut Plan) -> Result<(), Vec<Refusal>> {
        let stages = growing(&self.stages, "strategy.canary.stages")?;
        let stages = with_lengths(stages, self.stage);
        let (stages, evidence) = self.within_max(stages)?;
        let mut phases = Phases::begin(plan)?;
        let first = stages.first().map_or(Weight::ALL, |stage| stage.weight);
        let replicas = stages.first().and_then(|stage| stage.replicas);
        phases.scale(1, replicas.unwrap_or_else(|| phases.share_of_replicas(first)));
        self.prepare.write(&mut phases);
        ascend(&mut phases, &stages, [&evidence, &self.judge], &self.finish);
        self.prepare.write_end(&mut phases);
        self.finish.write_removal(&mut phases);
        Ok(())
    }

    /// Gives each stage its part of the time that is left.
    fn within_max(&self, mut stages: Vec<Stage>) -> Result<(Vec<Stage>, Evidence), Vec<Refusal>> {
        let Some(most) = self.max_duration else {
            return Ok((stages, self.judge.clone()));
        };
        let last = stages.last().and_then(|stage| stage.length).unwrap_or_default();
        let judged = stages.len().saturating_sub(1);
        let judged: u64 = stages.iter().take(judged).filter_map(|s| s.length).map(Span::ms).sum();
        let needed = Span::from_ms(judged.saturating_add(self.finish.observe.max(last).ms()));
        if needed > most {
            let problem = format!("the stages and the observation take {needed}, more than {most}");
            let mend = format!("write at least `{needed}`, or shorten the stages");
            return Err(vec![Refusal::new("strategy.canary.max_duration", problem, mend)]);
        }
        let slack = most.ms() - needed.ms();
        for stage in &mut stages {
            let length = stage.length.unwrap_or_default().ms();
            // In 128 bits: both factors may be years of milliseconds.
            let part = u128::from(slack) * u128::from(length) / u128::from(judged.max(1));
            let at_most = length.saturating_add(u64::try_from(part).unwrap_or(u64::MAX));
            let own = stage.at_most.map_or(at_most, |own| own.ms().min(at_most));
            stage.at_most = Some(Span::from_ms(own));
        }
        let decided = self.judge.on_insufficient.unwrap_or(OnInsufficient::RollBack);
        Ok((stages, Evidence { on_insufficient: Some(decided), ..self.judge.clone() }))
    }
}

/// All stages but the last, then the last with what finishes the release.
pub(super) fn ascend(
    phases: &mut Phases<'_>,
    stages: &[Stage],
    evidence: [&Evidence; 2],
    finish: &Finish,
) {
    let [growing, finishing] = evidence;
    if let Some((last, before)) = stages.split_last() {
        for stage in before {
            phases.grow(stage, growing);
        }
        finish.write(phases, last, finishing);
    }
}

/// Gives every stage a length.
pub(super) fn with_lengths(mut stages: Vec<Stage>, length: Span) -> Vec<Stage> {
    for stage in &mut stages {
        stage.length.get_or_insert(length);
    }
    stages
}

/// The stages, if each has more traffic than the one before and the last has all.
pub(super) fn growing(stages: &[Stage], path: &str) -> Result<Vec<Stage>, Vec<Refusal>> {
    let mut refusals = Vec::new();
    let mut before = Weight::NONE;
    for (at, stage) in stages.iter().enumerate() {
        if stage.weight <= before {
            let problem = format!("{} is not more than {before} before it", stage.weight);
            let mend = "write growing shares, such as `[1%, 10%, 100%]`";
            refusals.push(Refusal::new(format!("{path}[{at}]"), problem, mend));
        }
        before = stage.weight;
    }
    if before != Weight::ALL {
        let problem = format!("the last stage is {before}, not all of the traffic");
        refusals.push(Refusal::new(path, problem, "add `100%` at the end"));
    }
    if refusals.is_empty() { Ok(stages.to_vec()) } else { Err(refusals) }
}
