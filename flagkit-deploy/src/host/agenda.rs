//! Facts that follow from the time: told when they change.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::event::What;
use crate::executor::Executor;
use crate::host::Almanac;
use crate::order::ReleaseId;
use crate::release::Release;
use crate::time::{Span, Time};

/// When which release is told facts again.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    due: BTreeSet<(Time, ReleaseId)>,
    /// The same the other way round.
    known: HashMap<ReleaseId, Time>,
}

impl Agenda {
    /// Tells a release what holds now.
    pub(super) fn tell(
        &mut self,
        almanac: &Almanac,
        executor: &mut Executor<Release>,
        id: &str,
        now: Time,
    ) {
        let Some((release, _)) = executor.release(id) else { return };
        let id = Arc::clone(release.id());
        let (facts, next) = almanac(release.plan(), now);
        if !facts.is_empty() {
            // Facts that are beyond the limits are the almanac's mistake; the release goes on without.
            drop(executor.tell(&id, What::Facts(facts), now));
        }
        self.set(&id, next.map(|next| next.max(now + Span::from_secs(1))));
    }

    /// Tells whoever is due.
    pub(super) fn pass(&mut self, almanac: &Almanac, executor: &mut Executor<Release>, now: Time) {
        while let Some((at, id)) = self.due.first().cloned().filter(|(at, _)| *at <= now) {
            self.due.remove(&(at, Arc::clone(&id)));
            self.known.remove(&id);
            self.tell(almanac, executor, &id, now);
        }
    }

    /// When somebody is due.
    pub(super) fn wake_at(&self) -> Option<Time> {
        self.due.first().map(|(at, _)| *at)
    }

    fn set(&mut self, id: &ReleaseId, at: Option<Time>) {
        if let Some(old) = self.known.remove(id) {
            self.due.remove(&(old, Arc::clone(id)));
        }
        if let Some(at) = at {
            self.known.insert(Arc::clone(id), at);
            self.due.insert((at, Arc::clone(id)));
        }
    }
}
