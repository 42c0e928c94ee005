//! The verbs that compare something.

use std::fmt::Debug;

use flagkit_deploy::event::Command;
use flagkit_deploy::{State, Status};

use super::script::Call;
use super::stand::{LONG, Stand};
use super::verbs::Fate;
use super::view::is_late;

impl Stand {
    /// Compares what a line expects with what is.
    pub(crate) fn expect(&mut self, call: &Call) -> Fate {
        if let Some(why) = without(call) {
            return Fate::Without(why);
        }
        match call.verb.as_str() {
            "Assert" | "ExpectRollout" => self.closure(call.arguments.last().unwrap()),
            verb if verb.starts_with("Wait") || verb == "WatchRolloutStatus" => {
                Fate::Compared(self.wait_for(call))
            }
            _ => Fate::Compared(self.compare(call)),
        }
    }

    /// Lets time pass until something holds, as long as any script waits. Whoever watches says `retry`
    /// once everything is ready that was too late.
    pub(crate) fn wait(&mut self, holds: impl Fn(&Self) -> bool) -> bool {
        let end = self.engine.now + LONG;
        while !holds(self) && self.engine.now < end {
            self.engine.pass_to(self.engine.now + flagkit_deploy::Span::from_ms(500), |_| false);
            self.hurry();
            let stands = |state: &State| is_late(state) || state.status() == Status::Frozen;
            let late = self.state().is_some_and(stands);
            if !holds(self) && late && self.engine.cluster.all_ready(self.engine.now) {
                self.engine.say(Command::Retry);
                self.retried += 1;
            }
        }
        holds(self)
    }

    fn wait_for(&mut self, call: &Call) -> Option<String> {
        let text = call.text(0).to_owned();
        let number = text.parse::<u32>().unwrap_or(0);
        match call.verb.as_str() {
            "WaitForRolloutStatus" | "WatchRolloutStatus" => {
                // What passes quickly was there if it was there since the last change.
                let passing = text == "Progressing"
                    && self.engine.seen.iter().any(|state| self.phase_of(state) == text);
                let holds = passing || self.wait(|stand| stand.phase() == text);
                (!holds).then(|| format!("{} instead of {text}", self.phase()))
            }
            "WaitForRolloutCanaryStepIndex" => {
                let step = usize::try_from(number).unwrap();
                self.different(step, |stand| stand.index().min(step))
            }
            "WaitForRolloutReplicas" => self.different(number, |stand| stand.total()[0]),
            "WaitForRolloutAvailableReplicas" => self.different(number, Stand::available),
            "WaitForRevisionPodCount" => {
                let wanted = call.number(1);
                self.different(wanted, move |stand| stand.pods(number))
            }
            "WaitForActiveRevision" => self.different(number, Stand::active_revision),
            "WaitForRolloutMessage" => {
                self.different(true, |stand| stand.why().contains("Inconclusive"))
            }
            "WaitForRolloutStepPluginRunning" => {
                self.different("Running".to_owned(), |stand| stand.run_phase("plugin.").to_owned())
            }
            verb => {
                let kind = kind(verb);
                self.different(text, |stand| stand.run_phase(kind).to_owned())
            }
        }
    }

    /// Waits until something is so; what it is otherwise.
    fn different<T: Debug + PartialEq>(
        &mut self,
        wanted: T,
        is: impl Fn(&Self) -> T,
    ) -> Option<String> {
        let holds = self.wait(|stand| is(stand) == wanted);
        (!holds).then(|| format!("{:?} instead of {wanted:?}", is(self)))
    }

    fn compare(&self, call: &Call) -> Option<String> {
        let number = |at| call.number(at);
        match call.verb.as_str() {
            "ExpectRolloutStatus" => differs(self.phase(), call.text(0)),
            "ExpectRevisionPodCount" => differs(self.pods(number(0)), number(1)),
            "ExpectCanaryStablePodCount" => differs(
                [self.pods(self.newest()), self.pods(self.stable_revision())],
                [number(0), number(1)],
            ),
            "ExpectReplicaCounts" => {
                let is = [
                    self.desired(),
                    self.total()[0],
                    self.pods(self.newest()),
                    self.available(),
                    self.available(),
                ];
                differs(is, [0, 1, 2, 3, 4].map(number))
            }
            "ExpectAnalysisRunCount" => differs(self.started("analysis."), number(0)),
            "ExpectExperimentCount" => differs(self.started("experiment."), number(0)),
            "ExpectExperimentByRevisionPhase" => {
                differs(self.run_phase("experiment."), call.text(1))
            }
            "ExpectActiveRevision" => differs(self.active_revision(), number(0)),
            "ExpectPreviewRevision" => differs(self.newest(), number(0)),
            "ExpectStableRevision" => differs(self.stable_revision(), number(0)),
            "ExpectRevisionScaleDown" => {
                // Instances that are there and shall go are about to go.
                let goes = self.pods(number(0)) > 0 && self.ends();
                differs(goes, call.text(1) == "true")
            }
            "ExpectRolloutMessage" => differs(self.why().contains("Inconclusive"), true),
            verb => {
                let kind = kind(verb);
                differs(self.run_phase(kind), call.text(0))
            }
        }
    }

    /// Why the release stands still.
    fn why(&self) -> String {
        let paused = self.state().and_then(|state| state.paused.as_ref());
        paused.map(|paused| paused.why.clone()).unwrap_or_default()
    }

    /// Whether instances are about to end.
    fn ends(&self) -> bool {
        let back = self
            .state()
            .is_some_and(|state| matches!(state.stage, flagkit_deploy::release::Stage::Back(_)));
        back || self.keeps()
    }
}

pub(crate) fn differs<T: Debug + PartialEq>(is: T, wanted: T) -> Option<String> {
    (is != wanted).then(|| format!("{is:?} instead of {wanted:?}"))
}

/// What a verb about analyses looks at.
fn kind(verb: &str) -> &'static str {
    let kinds = [
        ("Inline", "analysis.step"),
        ("Background", "analysis.background"),
        ("PrePromotion", "analysis.pre"),
    ];
    let found = kinds.iter().find(|(word, _)| verb.contains(word));
    found.unwrap_or_else(|| panic!("nobody knows `{verb}`")).1
}

/// Why there is nothing like what a line is about.
fn without(call: &Call) -> Option<&'static str> {
    let verb = call.verb.as_str();
    if verb.contains("Experiment")
        && !matches!(verb, "ExpectExperimentCount" | "ExpectExperimentByRevisionPhase")
    {
        return Some("an experiment without a rollout is no release");
    }
    Some(match verb {
        "ExpectServiceSelector" => {
            "labels of services: a release divides traffic and labels nothing"
        }
        "ExpectPods" | "ExpectRevisionPods" => {
            "labels and resources of instances are the workload's"
        }
        "ExpectDeploymentReplicasCount" => {
            "the workload that was there before is not scaled by a release"
        }
        "ExpectRolloutEvents" | "ExpectRolloutEventsContains" | "StartEventWatch" => {
            "events of Kubernetes; a release has a journal of its own"
        }
        "WithCancel" | "Printf" | "ParseQuantity" | "Cpu" | "TearDownSuite" | "LookupEnv"
        | "SkipNow" => "the test program itself",
        "RestartRollout" => "instances are restarted by whoever runs them",
        "DeleteObject" => "budgets of disruptions are the cluster's",
        "RevisionHistoryLimit" => "a release keeps no list of old workloads",
        "Get" => "metrics of the controller",
        "WaitForRolloutConditionToNotExist" => "conditions of a Kubernetes object",
        _ => return None,
    })
}
