//! Collecting: from numbers back to flags, variants and reasons.

use std::sync::Arc;

use crate::counters::{Blank, Counters, Outcome};
use crate::reason::{ErrorCode, Reason};
use crate::snapshot::Snapshot;
use crate::snapshot::flag::Flag;

/// What was counted.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Counted<'s> {
    /// A flag served something.
    Served {
        /// The key of the flag.
        flag: &'s str,
        /// The name of the variant, `on` or `off` for one without a name; `None` for the caller's
        /// default.
        variant: Option<&'s str>,
        /// Why.
        reason: Reason,
    },
    /// A flag answered with an error.
    Failed {
        /// The key of the flag.
        flag: &'s str,
        /// The error.
        code: ErrorCode,
    },
    /// No flag has this key.
    Missing {
        /// The key; `None` for the sum of all keys that found no counter of their own.
        key: Option<&'s str>,
    },
}

impl Snapshot {
    /// Tells what was counted since the last call, each thing once and with how often.
    ///
    /// Evaluations that run at the same moment are told now or next time. Only one thread may
    /// collect from a snapshot at a time; otherwise both tell the same.
    pub fn collect(&self, mut tell: impl FnMut(Counted<'_>, u64)) {
        let Some(counters) = &self.counters else { return };
        self.collect_served(counters, &mut tell);
        counters.sheets.each(|sheet| {
            sheet.tell_failed(|place, code, times| {
                let (flag, code) = (self.flag_slot(place), ErrorCode::ALL.get(code));
                if let (Some(flag), Some(code)) = (flag, code) {
                    tell(Counted::Failed { flag: flag.key(), code: *code }, times);
                }
            });
            sheet.tell_missing(|key, times| tell(Counted::Missing { key }, times));
        });
    }

    /// Numbers of outcomes and flags meet in one walk over both, in order.
    fn collect_served(&self, counters: &Counters, tell: &mut impl FnMut(Counted<'_>, u64)) {
        let mut counts = Vec::new();
        counters.sheets.each(|sheet| sheet.tell_served(|place, times| counts.push((place, times))));
        if counts.is_empty() {
            return;
        }
        counts.sort_unstable_by_key(|(place, _)| *place);
        counts.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            kept.1 += if is_same { next.1 } else { 0 };
            is_same
        });
        let mut flags: Vec<&Flag> = self.flags().collect();
        flags.sort_by_key(|flag| flag.outcomes.first());
        let mut flags = flags.into_iter().peekable();
        for (place, times) in counts {
            while flags.next_if(|flag| flag.outcomes.end() <= place).is_some() {}
            if let Some(counted) = flags.peek().and_then(|flag| flag.counted(place)) {
                tell(counted, times);
            }
        }
    }

    /// The sheets, for another snapshot, after telling what was counted since the last call of
    /// [`collect`](Self::collect).
    ///
    /// # Errors
    ///
    /// Somebody else may still evaluate this snapshot. Nothing was told then.
    pub fn into_blank(
        self: Arc<Self>,
        tell: impl FnMut(Counted<'_>, u64),
    ) -> Result<Blank, Arc<Self>> {
        let mut snapshot = Arc::try_unwrap(self)?;
        // A clone of the snapshot counts on the same sheets.
        if snapshot.counters.as_mut().is_some_and(|counters| Arc::get_mut(counters).is_none()) {
            return Err(Arc::new(snapshot));
        }
        snapshot.collect(tell);
        let counters = snapshot.counters.and_then(Arc::into_inner);
        Ok(counters.map(|counters| Blank(counters.sheets.to_vec())).unwrap_or_default())
    }
}

impl Flag {
    /// What an outcome of this flag is.
    fn counted(&self, place: u32) -> Option<Counted<'_>> {
        let (code, variant) = self.outcomes.meaning(Outcome(place))?;
        let name = self.names.iter().find(|name| u32::from(name.code) == code);
        Some(Counted::Served {
            flag: &self.key,
            variant: self.name_of(variant),
            reason: name.map_or(Reason::Default, |name| name.reason),
        })
    }
}
