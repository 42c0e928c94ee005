//! How many instances each side has while they are replaced.

use serde::Deserialize;

use crate::split::{WHOLE, Weight};

/// A number of instances, or a share of them.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Amount {
    /// So many.
    Count(u32),
    /// This share of all.
    Share(Weight),
}

impl Amount {
    /// Of so many instances, rather one too many.
    pub fn up(self, all: u32) -> u32 {
        self.of(all, u64::from(WHOLE) - 1)
    }

    /// Of so many instances, rather one too few.
    pub fn down(self, all: u32) -> u32 {
        self.of(all, 0)
    }

    fn of(self, all: u32, added: u64) -> u32 {
        match self {
            Self::Count(count) => count,
            Self::Share(share) => {
                let parts = u64::from(all) * u64::from(share.ppm()) + added;
                u32::try_from(parts / u64::from(WHOLE)).unwrap_or(u32::MAX)
            }
        }
    }
}

/// How far instances may differ from the wanted number while they are replaced.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Leeway {
    /// How many more there may be.
    pub surge: u32,
    /// How many fewer may serve.
    pub unavailable: u32,
}

impl Leeway {
    /// Shares of surge are rounded up and those of unavailability down, as Kubernetes does. If both
    /// come to nothing one instance may be unavailable: otherwise nothing could ever move.
    pub fn of(all: u32, max_surge: Amount, max_unavailable: Amount) -> Self {
        let (surge, unavailable) = (max_surge.up(all), max_unavailable.down(all));
        let unavailable = if surge == 0 { unavailable.max(1) } else { unavailable };
        Self { surge, unavailable }
    }
}

/// What the sides have: the old one and the new one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sides {
    /// Instances of the old version.
    pub old: u32,
    /// Instances of the new version.
    pub new: u32,
}

/// The next numbers of instances on the way to `all` new and no old ones, when those that there are
/// serve. New ones are added first, then old ones go; at most `batch` of each at a time.
///
/// There are never more than `all + surge`, and never fewer that serve than `all - unavailable`, if
/// that holds at the beginning. Nothing changes once all are new.
///
/// ```
/// use flagkit_deploy::strategy::replicas::{Leeway, Sides, next};
///
/// let leeway = Leeway { surge: 1, unavailable: 0 };
/// assert_eq!(next(Sides { old: 3, new: 0 }, 3, leeway, 1), Sides { old: 2, new: 1 });
/// ```
pub fn next(now: Sides, all: u32, leeway: Leeway, batch: u32) -> Sides {
    let batch = batch.max(1);
    let room = all.saturating_add(leeway.surge).saturating_sub(now.old.saturating_add(now.new));
    let new = now.new.saturating_add(all.saturating_sub(now.new).min(room).min(batch));
    let serving_min = all.saturating_sub(leeway.unavailable);
    let spare = now.old.saturating_add(new).saturating_sub(serving_min);
    Sides { old: now.old.saturating_sub(spare.min(batch)), new }
}
