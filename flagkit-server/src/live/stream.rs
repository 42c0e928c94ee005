//! One client's stream: a cursor into the events of an environment.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flagkit_protocol::{Heartbeat, Version};
use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep};

use super::{Live, Signal, event};

/// The events that one client still has to get.
///
/// Between events it holds a few words and no bytes of any event.
#[derive(Debug)]
pub(crate) struct EventStream {
    live: Arc<Live>,
    signal: watch::Receiver<Signal>,
    /// The version that the client has after `queue`.
    at: Option<u64>,
    queue: VecDeque<Bytes>,
    every: Duration,
    heartbeat: Pin<Box<Sleep>>,
    is_over: bool,
}

impl EventStream {
    /// A stream for a client that has this version, or nothing.
    ///
    /// A client that has the current version hears a heartbeat first.
    pub(crate) fn open(live: Arc<Live>, last: Option<&Version>, every: Duration) -> Self {
        let mut signal = live.subscribe();
        signal.mark_unchanged();
        let known = last.filter(|version| version.epoch == live.epoch());
        let (events, number) = live.events_since(known.map(|version| version.number));
        let mut stream = Self {
            signal,
            at: Some(number),
            queue: events.into(),
            every,
            heartbeat: Box::pin(sleep(every)),
            is_over: false,
            live,
        };
        if stream.queue.is_empty() {
            stream.queue.push_back(stream.heartbeat());
        }
        stream.mind_goodbye();
        stream
    }

    /// The next event; none when the stream is over.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                if self.queue.is_empty() {
                    self.queue.shrink_to_fit();
                }
                return Some(event);
            }
            if self.is_over {
                return None;
            }
            tokio::select! {
                changed = self.signal.changed() => match changed {
                    Ok(()) => self.catch_up(),
                    Err(_) => self.is_over = true,
                },
                () = &mut self.heartbeat => {
                    self.queue.push_back(self.heartbeat());
                    let next = Instant::now() + self.every;
                    self.heartbeat.as_mut().reset(next);
                }
            }
        }
    }

    fn catch_up(&mut self) {
        self.signal.mark_unchanged();
        let (events, number) = self.live.events_since(self.at);
        self.queue.extend(events);
        self.at = Some(number);
        self.mind_goodbye();
    }

    fn mind_goodbye(&mut self) {
        let goodbye = self.signal.borrow().goodbye_ms;
        if let Some(spread_ms) = goodbye {
            self.queue.push_back(event::goodbye(spread_ms));
            self.is_over = true;
        }
    }

    fn heartbeat(&self) -> Bytes {
        let every_ms = u64::try_from(self.every.as_millis()).unwrap_or(u64::MAX);
        let version = self.live.version_of(self.at.unwrap_or_default());
        event::heartbeat(&Heartbeat { every_ms, version })
    }
}

#[cfg(test)]
mod tests;
