//! Events on their way out, and what is needed to take flags back.

use std::collections::VecDeque;

use super::event::Event;
use super::feed::Receipt;

/// Events that nobody has fetched yet, and the receipt for the flags that were fetched last.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: VecDeque<(Event, Option<Receipt>)>,
    fetched: Option<Receipt>,
}

impl Outbox {
    /// Puts news in that nobody can refuse.
    pub(super) fn tell(&mut self, event: Event) {
        self.waiting.push_back((event, None));
    }

    /// Puts flags in, with what to do if they are refused.
    pub(super) fn offer(&mut self, event: Event, receipt: Receipt) {
        self.waiting.push_back((event, Some(receipt)));
    }

    /// Takes the next event out. With this, the flags before are no longer refused.
    pub(super) fn fetch(&mut self) -> Option<Event> {
        self.fetched = None;
        let (event, receipt) = self.waiting.pop_front()?;
        self.fetched = receipt;
        Some(event)
    }

    /// The receipt for the flags that were fetched just now.
    pub(super) fn take_fetched(&mut self) -> Option<Receipt> {
        self.fetched.take()
    }

    /// Takes all flags out that nobody has fetched; their receipts, the newest first.
    pub(super) fn withdraw(&mut self) -> Vec<Receipt> {
        let (flags, news) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|(_, receipt)| receipt.is_some());
        self.waiting = news;
        let flags: VecDeque<(Event, Option<Receipt>)> = flags;
        flags.into_iter().rev().filter_map(|(_, receipt)| receipt).collect()
    }
}
