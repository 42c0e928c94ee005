//! Assertions that are written in Go: what can be compared in them, and what cannot.

use super::expects::differs;
use super::stand::Stand;
use super::verbs::Fate;
use super::view::is_late;

impl Stand {
    /// Compares everything in a closure that has a counterpart.
    pub(crate) fn closure(&mut self, text: &str) -> Fate {
        // `kubectl wait` waits.
        for (mark, wanted) in PHASES {
            if text.contains("kubectl") && text.contains(mark) {
                self.wait(|stand| stand.phase() == wanted);
            }
        }
        let mut wrong = Vec::new();
        let mut compared = 0;
        let mut check = |different: Option<String>| {
            compared += 1;
            wrong.extend(different);
        };
        for weights in self.weights(text) {
            check(weights);
        }
        for (revision, wanted) in replicas(text) {
            check(differs(self.pods(revision), wanted));
        }
        for (mark, wanted) in PHASES {
            if text.contains(mark) {
                check(differs(self.phase(), wanted));
            }
        }
        if let Some(wanted) = after(text, "v1alpha1.CompletionStatus") {
            check(differs(self.completion(), wanted));
        }
        if let Some(wanted) = after(text, "v1alpha1.AnalysisPhase") {
            let kind = if text.contains("GetBackgroundAnalysisRun") {
                "analysis.background"
            } else {
                "analysis.step"
            };
            check(differs(self.run_phase(kind), wanted));
        }
        if text.contains("status.currentStepIndex == 1") || text.contains("CurrentStepIndex == 1") {
            check(differs(self.index(), 1));
        }
        if text.contains("ManualPauseStartedAt should be set") {
            check(differs(self.phase(), "Paused"));
        }
        if text.contains("FinishedAt should be nil") {
            let over = self.state().is_some_and(|state| state.ended.is_some());
            check(differs(over, false));
        }
        if let Some(wanted) = ABORTS.iter().find(|(mark, _)| text.contains(mark)) {
            let late = self.state().is_some_and(is_late);
            check(differs(self.phase() == "Degraded" && !late, wanted.1));
        }
        match (compared, wrong.is_empty()) {
            (0, _) => Fate::Without(reason(text)),
            (_, true) => Fate::Compared(None),
            _ => Fate::Compared(Some(wrong.join("; "))),
        }
    }

    /// What a closure says about weights. Where sides swap their services with each release, the
    /// services have no side.
    fn weights(&self, text: &str) -> Vec<Option<String>> {
        let canary = self.canary_weight();
        let straight = weights(text, canary);
        let swaps = self.rollout["spec"]["strategy"]["canary"]["pingPong"].is_object();
        let swapped = weights(text, 100 - canary);
        if swaps && swapped.iter().all(Option::is_none) { swapped } else { straight }
    }

    /// How the last release ended.
    fn completion(&self) -> &'static str {
        let Some(state) = self.state() else { return "none" };
        let newest = self.revisions.last().map(|(_, version)| *version);
        let back = self.revisions.iter().rev().any(|(number, version)| {
            Some(*version) == newest && usize::try_from(*number).unwrap() != version + 1
        });
        match self.phase() {
            "Healthy" if state.cause.is_some() => "FastRolledBack",
            "Healthy" if back && state.promoted => "FastRolledBack",
            "Healthy" if back => "RolledBack",
            "Healthy" if state.promoted => "FastPromoted",
            "Healthy" => "Promoted",
            "Degraded" => "Aborted",
            _ => "none",
        }
    }
}

/// The first word behind a text.
fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    let rest = text.split(mark).nth(1)?;
    rest.split(|c: char| !c.is_ascii_alphanumeric()).next()
}

/// The first number in a text.
fn number(text: &str) -> Option<u32> {
    let digits: String =
        text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// What a closure says about weights, compared with the weight of the new side.
fn weights(text: &str, canary: u32) -> Vec<Option<String>> {
    let mut found = Vec::new();
    let pair = |a: u32, b: u32| {
        let (mut is, mut wanted) = ([100 - canary, canary], [a, b]);
        is.sort_unstable();
        wanted.sort_unstable();
        differs(is, wanted)
    };
    for call in ["assertWeights(s,", "assertWeightsMultiIngress(s,", "s.check(t,"] {
        if let Some(rest) = text.split(call).nth(1) {
            let numbers: Vec<u32> = rest
                .split(',')
                .filter_map(|it| it.trim().trim_end_matches(')').split(')').next()?.parse().ok())
                .collect();
            if let [a, b, ..] = numbers[..] {
                found.push(pair(a, b));
            }
        }
    }
    let has_three = text.contains("Backends, 3");
    let lines = text.lines().filter_map(|line| weight(line, canary, has_three));
    found.extend(lines.map(|[is, wanted]| differs(is, wanted)));
    if text.contains("actionTemplateWithExperiment") {
        let line = text.lines().find(|line| line.contains("actionTemplateWithExperiment")).unwrap();
        found.push(
            number(line.rsplit(',').next().unwrap())
                .and_then(|stable| differs(100 - canary, stable)),
        );
    }
    found
}

/// The weight that a line names, and the one that it expects.
fn weight(line: &str, canary: u32, has_three: bool) -> Option<[u32; 2]> {
    let has = |marks: &[&str]| marks.iter().any(|mark| line.contains(mark));
    // A rule for headers sends all it has to the new side, whatever the split.
    let is_rule = has(&["\"header-route\""]) || has(&["int64(100)"]) && has(&["canary-service"]);
    if is_rule || has(&["HTTP[1].Name", "Destination.Host"]) {
        return None;
    }
    let value =
        number(line.split("int64(").nth(1).or_else(|| line.split("int32(").nth(1)).unwrap_or(""));
    let last = || number(line.rsplit(',').next()?.split("int64(").last()?);
    if has(&[".Route[0].Weight", ", stableWeight)", "Weights.Stable.Weight"]) {
        return Some([100 - canary, value?]);
    }
    if has(&[".Route[1].Weight", ", canaryWeight)", "Weights.Canary.Weight", "Backends[0].Weight"])
    {
        return Some([canary, value?]);
    }
    if has(&["Route[2].Weight"]) || has_three && has(&["Backends[1].Weight"]) {
        return Some([0, value?]);
    }
    if has(&["\"stable-service\"", "\"stable-multi-ingress-service\""]) {
        return Some([100 - canary, last()?]);
    }
    has(&["\"canary-service\"", "\"canary-multi-ingress-service\""]).then_some([canary, last()?])
}

/// Instances of revisions that a closure names.
fn replicas(text: &str) -> Vec<(u32, u32)> {
    let lines = text.lines().filter(|line| line.contains("Spec.Replicas"));
    lines
        .filter_map(|line| {
            Some((number(line.split("*rs").nth(1)?)?, number(line.split("int32(").nth(1)?)?))
        })
        .collect()
}

/// Why nothing in a closure can be compared.
fn reason(text: &str) -> &'static str {
    let reasons = [
        ("StepPluginStatuses", "the list of calls of a plugin; a release has one fact for each"),
        ("UniqueLabelKey", "hashes of instances in labels of services"),
        ("rollouts-pod-template-hash", "hashes of instances in labels of services"),
        ("ManagedByRolloutsKey", "labels of routes in Istio"),
        ("VirtualService", "shapes of routes in Istio"),
        ("assertAlbAction", "shapes of rules in load balancers of AWS"),
        ("AppMesh", "shapes of routes in App Mesh"),
        ("SetHeader", "shapes of routes in APISIX"),
        ("Duration", "lengths of rollouts as fields; a release has its journal"),
        ("kubectl", "what kubectl prints"),
        ("WorkloadObservedGeneration", "fields of a reference to a workload"),
        ("Selector == nil", "fields of a reference to a workload"),
        ("Conditions", "conditions of a Kubernetes object"),
        ("TrafficSplit", "shapes of SMI"),
    ];
    let found = reasons.iter().find(|(mark, _)| text.contains(mark));
    found.map_or("nothing in it is about a release", |(_, reason)| reason)
}

const PHASES: [(&str, &str); 5] = [
    ("\"Healthy\", status", "Healthy"),
    ("RolloutPhaseHealthy", "Healthy"),
    ("condition=Paused\"", "Paused"),
    ("condition=Paused=False", "Healthy"),
    ("condition=Healthy=True", "Healthy"),
];

/// Whether a rollout was aborted.
const ABORTS: [(&str, bool); 4] = [
    ("assert.True(s.T(), rollout.Status.Abort)", true),
    ("Status.Abort == false", false),
    ("Status.Abort == true", true),
    ("assert.False(s.T(), rollout.Status.Abort)", false),
];
