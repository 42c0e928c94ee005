//! Looking at metrics while something is exposed, and acting on what the judge says.

use crate::judge::triggers;
use crate::order::{Failure, Severity, Wanted};
use crate::plan::{Judgement, OnInsufficient, Role, Then};
use crate::record::Decision;
use crate::release::walk::Walk;
use crate::release::{Purpose, Stage, Status, Work};
use crate::sample::Sample;
use crate::time::{Span, Time};

impl Walk<'_> {
    /// Looks when a look is due, and stops looking when nothing is exposed any more.
    pub(super) fn look(&mut self) {
        let plan = &self.release.plan;
        let forward =
            matches!(self.state.status, Status::Waiting | Status::Progressing | Status::Paused);
        if !forward || plan.metrics.is_empty() || !self.state.exposed(plan) {
            self.state.look.at = None;
            return;
        }
        let every = plan.judging.look;
        let Some(due) = self.state.look.at else {
            let begin = window_before(self.now, every);
            let is_first = self.state.look.until == Time::default();
            let look = &mut self.state.look;
            (look.until, look.heard, look.errors, look.told) = (begin, self.now, 0, false);
            if is_first {
                let judge = &self.release.judge;
                judge.looks_begin(&mut self.state.judge, begin);
                let before = every.times(judge.windows_before());
                look.until = Time::from_unix_ms(begin.unix_ms().saturating_sub(before.ms()));
            }
            look.at = Some(begin + every + plan.judging.lag);
            return;
        };
        self.mind_silence();
        if self.now < due || self.waits_for(Purpose::Look) || self.state.look.at.is_none() {
            return;
        }
        let lagged = Time::default() + (self.now - (Time::default() + plan.judging.lag));
        let until = window_before(lagged, every);
        self.state.look.at = Some(until + every + plan.judging.lag);
        let after = self.state.look.until;
        if until > after {
            let metrics = plan.metrics.iter().map(|metric| metric.name.clone()).collect();
            self.order(Purpose::Look, Wanted::Measure { metrics, after, until });
        }
    }

    /// Numbers came.
    pub(super) fn measured(&mut self, wanted: &Wanted, samples: &[Sample]) {
        if let Wanted::Measure { until, .. } = wanted {
            self.state.look.until = self.state.look.until.max(*until);
        }
        let look = &mut self.state.look;
        (look.heard, look.errors, look.told) = (self.now, 0, false);
        let windows = self.release.judge.add(&mut self.state.judge, samples, self.now);
        // Conditions do not ask for the breaches of triggers, so these may be elsewhere meanwhile.
        let mut breaches = std::mem::take(&mut self.state.triggers);
        let (plan, policies) = (&self.release.plan, &self.release.policies);
        let fired = triggers::check(plan, policies, &mut breaches, &windows, &self.known());
        self.state.triggers = breaches;
        self.fire(fired);
        self.rule();
    }

    /// Facts came: what is wrong with them need not wait for the next window.
    pub(super) fn alarmed(&mut self) {
        let forward =
            matches!(self.state.status, Status::Waiting | Status::Progressing | Status::Paused);
        if !forward {
            return;
        }
        let mut breaches = std::mem::take(&mut self.state.triggers);
        let (plan, policies, now) = (&self.release.plan, &self.release.policies, self.now);
        let fired = triggers::check_facts(plan, policies, &mut breaches, &self.known(), now);
        self.state.triggers = breaches;
        self.fire(fired);
    }

    /// Acts on triggers.
    fn fire(&mut self, fired: Vec<triggers::Fired>) {
        for fired in fired {
            if let Some(trigger) = self.release.plan.triggers.get(usize::from(fired.trigger)) {
                let name = format!("trigger `{}`", trigger.name);
                self.refuse(name.clone(), fired.why.clone());
                self.harm(trigger.then, &name, &fired.why);
            }
        }
    }

    /// Acts on what the judge knows by now.
    fn rule(&mut self) {
        let verdicts = self.release.judge.verdicts(&self.state.judge);
        if verdicts != self.state.verdicts {
            self.state.verdicts = verdicts;
            let evidence = self.release.judge.evidence(&self.state.judge);
            self.decisions.push(Decision::Ruled(evidence));
        }
        let ruling = self.release.judge.ruling_without_why(&self.state.judge);
        for harm in &ruling.harms {
            let then = match harm.role {
                Role::Guard => Then::RollBack,
                Role::Signal => Then::Pause,
                Role::Shown => continue,
            };
            self.harm(then, &harm.what, &harm.why);
        }
        if let Some(why) = &ruling.skewed {
            self.harm(self.release.plan.judging.on_srm, "the division of traffic", why);
        }
    }

    /// Acts on harm, unless the release is on its way back already, stands still for that very
    /// reason, or somebody has accepted it.
    fn harm(&mut self, then: Then, what: &str, why: &str) {
        let forward =
            matches!(self.state.status, Status::Waiting | Status::Progressing | Status::Paused);
        let over = self.state.paused.as_ref().and_then(|paused| paused.over.as_deref());
        let known = over == Some(what) || self.state.accepted.iter().any(|known| known == what);
        if !forward || (known && then != Then::RollBack) {
            return;
        }
        self.then(then, &format!("{what}: {why}"));
        match (then, &mut self.state.paused) {
            (Then::Pause, Some(paused)) => paused.over = Some(what.to_owned()),
            (Then::Tell, _) => self.state.accepted.push(what.to_owned()),
            _ => {}
        }
    }

    /// The metrics system did not answer. That is no failure of the release.
    pub(super) fn look_failed(&mut self, failure: &Failure) {
        self.state.look.errors = self.state.look.errors.saturating_add(1);
        if self.state.look.errors == self.release.plan.judging.errors.max(1) {
            let text = format!("{} looks in a row failed: {failure}", self.state.look.errors);
            self.tell(Severity::Warning, "the metrics system does not answer", &text);
        }
    }

    /// Acts on a metrics system that has been silent for too long.
    fn mind_silence(&mut self) {
        let judging = &self.release.plan.judging;
        let silent = self.now - self.state.look.heard;
        if silent < judging.silence || self.state.look.told {
            return;
        }
        self.state.look.told = true;
        let why = format!("no answer of the metrics system for {silent}: nothing is known");
        self.tell(Severity::Page, "nothing is known", &why);
        match judging.on_silence {
            OnInsufficient::RollBack => self.roll_back(&why),
            OnInsufficient::Ask => self.pause(&why),
            OnInsufficient::Hold | OnInsufficient::Proceed => self.refuse("judge", why),
        }
    }

    /// Whether a step that goes on by evidence may.
    pub(super) fn evidence_suffices(
        &mut self,
        judgement: &Judgement,
        since: Time,
        late: bool,
    ) -> bool {
        let lasted = self.now - since;
        if lasted >= judgement.at_least {
            match self.lacking(judgement) {
                None => return true,
                Some(lacking) if lasted >= judgement.at_most && !late => {
                    let why = self.in_words(&lacking);
                    return self.insufficient(judgement, since, &why);
                }
                Some(_) => {}
            }
        }
        false
    }

    /// What is lacking before the step may go on.
    fn lacking<'j>(&self, judgement: &'j Judgement) -> Option<Lacking<'j>> {
        let ruling = self.release.judge.ruling_without_why(&self.state.judge);
        let silent = self.state.look.errors > 0 || self.state.look.told;
        if !self.release.plan.metrics.is_empty() && (!ruling.data || silent) {
            return Some(Lacking::Metrics);
        }
        if ruling.exposures < judgement.exposures_min {
            let (seen, least) = (ruling.exposures, judgement.exposures_min);
            return Some(Lacking::Exposures { seen, least });
        }
        if judgement.proof && !ruling.not_worse {
            return Some(Lacking::Proof);
        }
        let failing = judgement.success.iter().find(|rule| !self.holds(rule));
        failing.map(|rule| Lacking::Success(rule))
    }

    fn in_words(&self, lacking: &Lacking<'_>) -> String {
        match lacking {
            Lacking::Metrics => "there are no metrics of the new side".to_owned(),
            Lacking::Exposures { seen, least } => {
                format!("{seen} exposures of the new side, {least} are needed")
            }
            Lacking::Proof => {
                let why = self.release.judge.ruling(&self.state.judge).why;
                format!("it is not proved that nothing is worse: {why}")
            }
            Lacking::Success(rule) => self.ask(rule).why,
        }
    }

    /// The time for evidence is over.
    fn insufficient(&mut self, judgement: &Judgement, since: Time, why: &str) -> bool {
        let why = format!("not enough evidence after {}: {why}", self.now - since);
        self.refuse(format!("step {}", self.state.step), why.clone());
        self.state.stage = Stage::Working(Work::Evidence { since, late: true });
        match judgement.on_insufficient {
            OnInsufficient::Hold => self.tell(Severity::Warning, "holds without evidence", &why),
            OnInsufficient::RollBack => self.roll_back(&why),
            OnInsufficient::Ask => self.pause(&why),
            OnInsufficient::Proceed => return true,
        }
        false
    }
}

/// What is lacking before a step may go on. Asked at each event, and said once.
enum Lacking<'a> {
    Metrics,
    Exposures {
        seen: u64,
        least: u64,
    },
    Proof,
    /// A condition of success that does not hold.
    Success(&'a str),
}

/// The end of the last window that is over: windows begin at multiples of their length.
pub(super) fn window_before(now: Time, every: Span) -> Time {
    let every = every.ms().max(1);
    Time::from_unix_ms(now.unix_ms() / every * every)
}
