//! What is to be written, and what may happen once it is.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::executor::lanes::Ready;
use crate::journal::Keep;
use crate::order::{Fence, ReleaseId};
use crate::record::{Entry, Record};

/// What is written in one durable step: the arguments of [`append`](crate::journal::Journal::append).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Batch {
    /// Counted from 1.
    pub number: u64,
    /// The leader that writes it.
    pub fence: Fence,
    /// The records, in order.
    pub records: Vec<Record>,
    /// The states that follow from them.
    pub states: Vec<Keep>,
}

/// What waits to be written, and what is being written.
#[derive(Debug)]
pub(super) struct Writing {
    fence: Fence,
    /// The number of batches that are committed.
    written: u64,
    records: Vec<Record>,
    changed: BTreeSet<ReleaseId>,
    orders: Vec<Ready>,
    under_way: Option<UnderWay>,
}

/// A batch that was handed out.
#[derive(Debug)]
struct UnderWay {
    batch: Arc<Batch>,
    orders: Vec<Ready>,
    /// Whether it is to be handed out again.
    again: bool,
}

impl Writing {
    pub(super) fn new(fence: Fence) -> Self {
        Self {
            fence,
            written: 0,
            records: Vec::new(),
            changed: BTreeSet::new(),
            orders: Vec::new(),
            under_way: None,
        }
    }

    /// Adds a record; the state of its release is written with it.
    pub(super) fn record(&mut self, release: &ReleaseId, entry: Entry) {
        let release = Arc::clone(release);
        self.changed.insert(Arc::clone(&release));
        self.records.push(Record { release, fence: self.fence, entry });
    }

    /// Adds an order, which comes out when its intent is written.
    pub(super) fn order(&mut self, ready: Ready) {
        self.orders.push(ready);
    }

    /// How many batches are committed.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// How many are once everything so far is.
    pub(super) fn next(&self) -> u64 {
        let under_way = u64::from(self.under_way.is_some());
        self.written + under_way + u64::from(!self.records.is_empty())
    }

    /// The next batch; `keep` gives the state of a release.
    pub(super) fn take(
        &mut self,
        keep: impl FnMut(&ReleaseId) -> Option<Keep>,
    ) -> Option<Arc<Batch>> {
        if let Some(under_way) = &mut self.under_way {
            let again = std::mem::take(&mut under_way.again);
            return again.then(|| Arc::clone(&under_way.batch));
        }
        if self.records.is_empty() {
            return None;
        }
        let states = self.changed.iter().filter_map(keep).collect();
        self.changed.clear();
        let records = std::mem::take(&mut self.records);
        let batch = Batch { number: self.written + 1, fence: self.fence, records, states };
        let batch = Arc::new(batch);
        let orders = std::mem::take(&mut self.orders);
        self.under_way = Some(UnderWay { batch: Arc::clone(&batch), orders, again: false });
        Some(batch)
    }

    /// The batch is written: its orders, and the releases that are over.
    pub(super) fn committed(&mut self) -> (Vec<Ready>, Vec<ReleaseId>) {
        let Some(UnderWay { batch, orders, .. }) = self.under_way.take() else {
            return (Vec::new(), Vec::new());
        };
        self.written = batch.number;
        // Whoever was told something since then is written once more, and is over then.
        let is_gone = |kept: &&Keep| kept.is_over && !self.changed.contains(&kept.release);
        let over = batch.states.iter().filter(is_gone);
        (orders, over.map(|kept| Arc::clone(&kept.release)).collect())
    }

    /// The batch is to be handed out again.
    pub(super) fn again(&mut self) {
        if let Some(under_way) = &mut self.under_way {
            under_way.again = true;
        }
    }
}
