//! Where releases are known to do something else than rollouts, and why.

/// The same reason for lines of some scripts, counted from 0.
pub(crate) struct Difference {
    pub(crate) reason: &'static str,
    pub(crate) lines: &'static [(&'static str, &'static [usize])],
}

/// The reason why a line is different.
pub(crate) fn reason(script: &str, line: usize) -> Option<&'static str> {
    let has = |it: &&Difference| {
        it.lines.iter().any(|(name, lines)| *name == script && lines.contains(&line))
    };
    DIFFERENCES.iter().find(has).map(|it| it.reason)
}

pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        reason: "an experiment gets no share of the traffic: a test of several arms is a release of its own",
        lines: &[
            ("TestALBExperimentStep", &[13]),
            ("TestALBExperimentStepMultiIngress", &[13]),
            ("TestALBExperimentStepNoSetWeight", &[12]),
            ("TestALBExperimentStepNoSetWeightMultiIngress", &[12]),
            ("TestIstioHostSplitExperimentStep", &[12]),
            ("TestIstioSubsetSplitExperimentStep", &[12]),
            ("TestSMIExperimentStep", &[13]),
        ],
    },
    Difference {
        reason: "a plan that is under way does not change: numbers of instances, deadlines and routes count from the next release on",
        lines: &[
            ("TestRolloutScalingWhenPaused", &[12, 14, 17, 19]),
            ("TestRolloutScalingDuringUpdate", &[9, 11]),
            ("TestRolloutWithMaxSurgeScalingDuringUpdate", &[9, 11, 14, 16]),
            ("TestIstioSubsetSplit", &[24]),
        ],
    },
    Difference {
        reason: "what lasts only while instances start and stop is over at once in the simulated cluster",
        lines: &[
            ("TestRolloutWithMaxSurgeScalingDuringUpdate", &[4, 6]),
            ("TestReduceWeightAndHonorMaxUnavailable", &[11, 19]),
        ],
    },
    Difference {
        reason: "a target has one release at a time: what an aborted one started is gone before the next begins",
        lines: &[("TestBlueGreenAbortAndUpdate", &[22, 33])],
    },
    Difference {
        reason: "one old side is kept, not several: a release to an older version is a release like any other",
        lines: &[
            ("TestBlueGreenScaleDownDelay", &[24, 26]),
            ("TestBlueGreenDuration_SupersededRollback", &[15, 17]),
        ],
    },
    Difference {
        reason: "a rollback has an end: instances that shall stay for ever after an abort stay for 30 seconds",
        lines: &[("TestCanaryUnScaleDownOnAbort", &[10])],
    },
    Difference {
        reason: "a rollback makes the old side ready, then moves all traffic at once, then ends the new side",
        lines: &[("TestCanaryDynamicStableScale", &[24])],
    },
    Difference {
        reason: "`promote` leaves conditions in force: their analyses are started, and somebody skips them",
        lines: &[
            ("TestCanaryPromoteFull", &[23]),
            ("TestBlueGreenPromoteFull", &[12]),
            ("TestRollbackAnalysisWithinWindow", &[21]),
        ],
    },
    Difference {
        reason: "a release does not restart instances",
        lines: &[("TestRolloutRestart", &[9]), ("TestRolloutPDBRestart", &[12])],
    },
    Difference {
        reason: "a first version that never worked is taken away before the next one comes",
        lines: &[("TestRolloutBadToBadUpdate", &[9, 10])],
    },
    Difference {
        reason: "only a controller in the cluster knows what else is there",
        lines: &[("TestFixInvalidSpec", &[4]), ("TestWorkloadRefTemplate", &[4])],
    },
    Difference {
        reason: "a condition has a deadline of its own, not that of instances; the importer writes none",
        lines: &[
            ("TestRolloutRetriesUntilDeadlineWhenRunning", &[11]),
            ("TestRolloutRetriesUntilDeadlineWhenError", &[9]),
            ("TestRolloutErrorWhenStepPluginNotConfigured", &[8]),
        ],
    },
];
