//! How many instances two sides have while a canary goes by its share of the instances.
//!
//! This is the arithmetic of Argo Rollouts (`utils/replicaset/canary.go`), for plans that come from
//! there and for comparisons: what a step may change now, given what is there and what is healthy.

use crate::strategy::replicas::Leeway;

/// What there is now, and what is wanted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Shares {
    /// Instances of both sides together.
    pub all: u32,
    /// The new side's share, in `weight_all` parts.
    pub weight: u32,
    /// The whole.
    pub weight_all: u32,
    /// Instances of the old side: wanted, and healthy.
    pub stable: [u32; 2],
    /// Instances of the new side.
    pub canary: [u32; 2],
    /// Healthy instances of sides before both.
    pub older: u32,
}

/// The counts that come nearest to a weight: the new side's, and the old side's.
///
/// With a surge one instance more than `all` is allowed if that comes nearer. No side that shall
/// have traffic is left without instances, unless there is one instance and no surge.
///
/// ```
/// use flagkit_deploy::simulation::weighted::nearest;
///
/// assert_eq!(nearest(10, (20, 100), 0), [2, 8]);
/// assert_eq!(nearest(10, (24, 100), 1), [3, 8]);
/// ```
pub fn nearest(all: u32, (weight, whole): (u32, u32), surge: u32) -> [u32; 2] {
    let whole = whole.max(1);
    if all == 0 {
        return [0, 0];
    }
    let product = u64::from(all) * u64::from(weight);
    let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let (up, down) = (count(product.div_ceil(whole.into())), count(product / u64::from(whole)));
    let is_tied =
        |all: u32| 2 * (u64::from(all) * u64::from(weight) % u64::from(whole)) == u64::from(whole);
    let zero_allowed = weight == whole || weight == 0 || (all == 1 && surge == 0);
    let mut options = Vec::with_capacity(4);
    if up < all || zero_allowed {
        options.push((up, all));
    }
    if !is_tied(all) && (down != 0 || zero_allowed) {
        options.push((down, all));
    }
    if surge > 0 {
        options.push((up, all + 1));
        if !is_tied(all + 1) && (down != 0 || zero_allowed) {
            options.push((down, all + 1));
        }
    }
    let distance = |&(canary, total): &(u32, u32)| {
        (f64::from(canary) * f64::from(whole) / f64::from(total) - f64::from(weight)).abs()
    };
    let best = options
        .into_iter()
        .reduce(|best, option| if distance(&option) < distance(&best) { option } else { best });
    let (canary, total) = best.unwrap_or((up, all));
    [canary, total.saturating_sub(canary)]
}

/// The counts that may be wanted next: the new side's, and the old side's.
///
/// Instances are added as far as the surge allows, the old side's first, and taken away as far as
/// enough stay healthy. Where the new side shrinks, only the old side's health counts, and the other
/// way round.
pub fn next(shares: Shares, leeway: Leeway) -> [u32; 2] {
    let Shares { all, weight, weight_all, stable, canary, older } = shares;
    let [canary_wanted, stable_wanted] = nearest(all, (weight, weight_all), leeway.surge);
    let ([stable_now, _], [canary_now, _]) = (stable, canary);
    let mut room = (all + leeway.surge).saturating_sub(stable_now + canary_now + older);
    let mut grown = |now: u32, wanted: u32| {
        let added = wanted.saturating_sub(now).min(room);
        room -= added;
        now + added
    };
    let mut stable_next = grown(stable_now, stable_wanted);
    let mut canary_next = grown(canary_now, canary_wanted);
    let is_growing = canary_wanted >= canary_now;
    let counted = |[now, healthy]: [u32; 2], ignores_health: bool| {
        if ignores_health || now < healthy { now } else { healthy }
    };
    let least = all.saturating_sub(leeway.unavailable);
    let healthy = counted(canary, !is_growing) + counted(stable, is_growing);
    let mut spare = healthy.saturating_sub(least);
    if older >= spare {
        return [canary_next, stable_next];
    }
    let mut shrunk = |now: u32, wanted: u32, next: &mut u32| {
        let taken = now.saturating_sub(wanted).min(spare);
        if taken > 0 {
            spare -= taken;
            *next = now - taken;
        }
    };
    shrunk(stable_now, stable_wanted, &mut stable_next);
    shrunk(canary_now, canary_wanted, &mut canary_next);
    // Where there is still too much, unhealthy instances of the new side go.
    let excess = (canary_next + stable_next + older).saturating_sub(all + leeway.surge);
    let unhealthy = canary_now.saturating_sub(canary[1]);
    [canary_next - excess.min(unhealthy).min(canary_next), stable_next]
}

/// The counts where traffic does not follow instances and the old side shrinks with its traffic: the
/// new side's by its weight of `most`, the old side's by its own. After an abort the old side
/// has all, and the new side what its traffic needs.
///
/// ```
/// use flagkit_deploy::simulation::weighted::{Routed, routed};
///
/// assert_eq!(routed([10, 20], 10, Routed::Forward), [2, 9]);
/// assert_eq!(routed([10, 20], 10, Routed::Aborted), [1, 10]);
/// ```
pub fn routed([all, most]: [u32; 2], percent: u32, state: Routed) -> [u32; 2] {
    let part = |of: u32, percent: u32| {
        let parts = (u64::from(of) * u64::from(percent)).div_ceil(100);
        u32::try_from(parts).unwrap_or(u32::MAX)
    };
    if state == Routed::Aborted {
        return [part(all, percent), all];
    }
    [part(most, percent), part(all, 100_u32.saturating_sub(percent))]
}

/// What the new side is asked to have where traffic does not follow instances and the old side keeps
/// all of its own.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Meshed {
    /// Instances of the old side, which stay.
    pub all: u32,
    /// The new side's share in percent; nothing means that it goes.
    pub percent: u32,
    /// A number of instances instead of the share.
    pub replicas: Option<u32>,
    /// The fewest instances of a side that has any.
    pub least: u32,
}

/// The counts where traffic does not follow instances: the new side's, and the old side's.
///
/// A share is rounded up, and raised to the fewest that a side may have as far as the old side has so
/// many. A number that is given is taken as it is.
///
/// ```
/// use flagkit_deploy::simulation::weighted::{Meshed, meshed};
///
/// assert_eq!(meshed(Meshed { all: 10, percent: 5, least: 2, ..Meshed::default() }), [2, 10]);
/// assert_eq!(meshed(Meshed { all: 1, replicas: Some(9), ..Meshed::default() }), [9, 1]);
/// ```
pub fn meshed(wanted: Meshed) -> [u32; 2] {
    let Meshed { all, percent, replicas, least } = wanted;
    let parts = (u64::from(all) * u64::from(percent)).div_ceil(100);
    let share = u32::try_from(parts).unwrap_or(u32::MAX);
    let raised = if share == 0 { 0 } else { share.max(least.min(all)) };
    [replicas.unwrap_or(raised), all]
}

/// Which way a release goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Routed {
    /// Forward.
    Forward,
    /// Back: it was aborted.
    Aborted,
}
