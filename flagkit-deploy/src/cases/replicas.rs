//! The tables of Argo Rollouts: how many instances the new side and the old side have.

use flagkit_stats::cases::{Checks, Field, Problem, Shape};

use crate::simulation::weighted::{Meshed, Routed, Shares, meshed, nearest, next, routed};
use crate::split::Weight;
use crate::strategy::replicas::{Amount, Leeway};

/// The shapes, in the order in which they are tried.
pub(super) const SHAPES: &[Shape] = &[
    Shape::new(
        ("argo nearest counts", "replicas, weight, maxWeight, maxSurge, expCanary, expStable"),
        |case| case.has(&["replicas", "weight", "expCanary", "expStable"]),
        check_nearest,
    ),
    Shape::new(
        (
            "argo canary counts",
            "rolloutSpecReplicas, setWeight, maxSurge, …, expectedCanaryReplicaCount",
        ),
        |case| case.has(&["rolloutSpecReplicas", "expectedCanaryReplicaCount"]),
        check_next,
    ),
    Shape::new(
        (
            "argo scaled stable counts",
            "rolloutReplicas, rolloutMaxReplicas, canaryWeight, expectedCanaryReplicas",
        ),
        |case| case.has(&["rolloutReplicas", "canaryWeight", "expectedCanaryReplicas"]),
        check_routed,
    ),
];

fn check_nearest(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let whole = if case.at("maxWeight").is_absent() { 100 } else { of(case, "maxWeight")? };
    let weight = (of(case, "weight")?, whole);
    let counts = nearest(of(case, "replicas")?, weight, of(case, "maxSurge")?);
    compare(case, checks, (["expCanary", "expStable"], counts))
}

fn check_next(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let names = ["expectedCanaryReplicaCount", "expectedStableReplicaCount"];
    let all = of(case, "rolloutSpecReplicas")?;
    let counts = if case.at("trafficRouting").is_absent() {
        let is_full = case.at("promoteFull").flag()?;
        let leeway = Leeway::of(all, amount(case, "maxSurge")?, amount(case, "maxUnavailable")?);
        next(
            Shares {
                all,
                weight: if is_full { 100 } else { of(case, "setWeight")? },
                weight_all: 100,
                stable: [of(case, "stableSpecReplica")?, of(case, "stableAvailableReplica")?],
                canary: [of(case, "canarySpecReplica")?, of(case, "canaryAvailableReplica")?],
                older: of(&case.at("olderRS"), "available")?,
            },
            leeway,
        )
    } else {
        meshed(with_routing(case, all)?)
    };
    compare(case, checks, (names, counts))
}

/// Where traffic is routed, `setCanaryScale` counts unless everything goes to the new side, it says
/// to follow the traffic, or the release was aborted and the new side goes after a delay.
fn with_routing(case: &Field<'_>, all: u32) -> Result<Meshed, Problem> {
    let is_aborted = case.at("statusAbort").flag()?;
    let is_full = case.at("promoteFull").flag()?;
    let delay = case.at("abortScaleDownDelaySeconds");
    let stays = !delay.is_absent() && delay.number()? == 0.0;
    let scale = case.at("setCanaryScale");
    let is_scaled = !scale.is_absent()
        && !is_full
        && !scale.at("matchTrafficWeight").flag()?
        && (!is_aborted || stays);
    let follows = match (is_full, is_aborted) {
        (true, _) => 100,
        (false, true) => 0,
        (false, false) => of(case, "setWeight")?,
    };
    let (replicas, weight) = (scale.at("replicas"), scale.at("weight"));
    let is_share = is_scaled && !weight.is_absent();
    Ok(Meshed {
        all,
        percent: if is_share { of(&scale, "weight")? } else { follows },
        replicas: (is_scaled && !replicas.is_absent())
            .then(|| of(&scale, "replicas"))
            .transpose()?,
        least: of(case, "minPodsPerReplicaSet")?,
    })
}

fn check_routed(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let steps = case.at("steps");
    if steps.is_object() {
        checks.leave_out(&steps, "holds an expression of Go, whose meaning is not in the file");
        return Ok(());
    }
    let is_aborted = case.at("rolloutAbort").flag()?;
    let state = if is_aborted { Routed::Aborted } else { Routed::Forward };
    let all = of(case, "rolloutReplicas")?;
    let most = case.at("rolloutMaxReplicas");
    let most = if most.is_absent() { all } else { of(case, "rolloutMaxReplicas")? };
    let counts = routed([all, most], of(case, "canaryWeight")?, state);
    compare(case, checks, (["expectedCanaryReplicas", "expectedStableReplicas"], counts))
}

fn compare(
    case: &Field<'_>,
    checks: &mut Checks,
    (names, counts): ([&str; 2], [u32; 2]),
) -> Result<(), Problem> {
    for (name, count) in names.into_iter().zip(counts) {
        checks.near(&case.at(name), count.into(), 0.0)?;
    }
    Ok(())
}

/// A number of instances; 0 if nothing is said.
fn of(case: &Field<'_>, name: &str) -> Result<u32, Problem> {
    let field = case.at(name);
    if field.is_absent() {
        return Ok(0);
    }
    u32::try_from(field.count()?)
        .map_err(|_| field.problem("is too large; write at most 4294967295"))
}

/// `2` or `20%`.
fn amount(case: &Field<'_>, name: &str) -> Result<Amount, Problem> {
    let field = case.at(name);
    let Ok(text) = field.text() else { return Ok(Amount::Count(of(case, name)?)) };
    let wrong = || field.problem("write a number of instances, or a share such as `20%`");
    let Some(percent) = text.strip_suffix('%') else {
        return text.parse().map(Amount::Count).map_err(|_| wrong());
    };
    let percent: u32 = percent.trim().parse().map_err(|_| wrong())?;
    let share = percent.checked_mul(10_000).and_then(Weight::from_ppm);
    share.map(Amount::Share).ok_or_else(wrong)
}
