//! Exposures: who saw which variant of a tracked flag.
//!
//! The same is told again after an hour at the earliest. What is kept of a context is its targeting
//! key, or a hash of that, and nothing else. At most [`WAITING_MAX`] wait to be told; further ones
//! take the place of the oldest.
//!
//! Evaluations come here only for tracked flags, and wait for nothing: what was seen lately is
//! remembered by numbers that all threads share, and what is new goes through a channel.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, TryLockError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use flagkit_core::{ValueRef, Witness};
use flagkit_protocol::Exposure;
use once_cell::race::OnceBox;
use sha2::{Digest, Sha256};

use crate::fork::{Inherit, PerProcess, lock};

mod recent;

use recent::{Gauge, Recent};

/// Remembers who saw what, until somebody has been told.
#[derive(Debug)]
pub(crate) struct Exposures {
    own: PerProcess<OnceBox<Own>>,
    salt: Option<Box<str>>,
}

/// What each process has of its own, from the first tracked flag on: half a megabyte to remember,
/// and room for those that wait.
#[derive(Debug)]
struct Own {
    began: Instant,
    recent: Recent,
    hasher: RandomState,
    sender: SyncSender<Exposure>,
    waiting: Mutex<Waiting>,
    count: Gauge,
    /// How many were dropped and nobody has been told, and how many ever.
    untold: Gauge,
    dropped: Gauge,
}

/// What has not been told.
#[derive(Debug)]
struct Waiting {
    /// Came back, because nobody took it; older than what is in the channel.
    returned: Vec<Exposure>,
    receiver: Receiver<Exposure>,
}

/// Exposures on their way, the oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exposed {
    pub(crate) exposures: Vec<Exposure>,
    /// How many are missing, because there were too many.
    pub(crate) dropped: u64,
}

impl Inherit for OnceBox<Own> {
    /// What the parent has seen is for the parent to tell.
    fn inherit(&self) -> Self {
        Self::new()
    }
}

impl Exposures {
    /// With a salt, targeting keys are hashed before they are kept.
    pub(crate) fn new(salt: Option<&str>) -> Self {
        Self { own: PerProcess::new(OnceBox::new()), salt: salt.map(Into::into) }
    }

    /// Everything that waits.
    pub(crate) fn take(&self) -> Exposed {
        let Some(own) = self.own.get().get() else { return Exposed::default() };
        let mut waiting = lock(&own.waiting);
        let mut exposures = std::mem::take(&mut waiting.returned);
        exposures.extend(waiting.receiver.try_iter().take(WAITING_MAX));
        drop(waiting);
        own.count.subtract(exposures.len() as u64);
        let excess = exposures.len().saturating_sub(WAITING_MAX);
        exposures.drain(..excess);
        own.drop_count(excess as u64);
        let dropped = own.untold.take();
        Exposed { exposures, dropped }
    }

    /// Takes back what could not be delivered.
    pub(crate) fn put_back(&self, exposed: Exposed) {
        let Exposed { mut exposures, dropped } = exposed;
        if exposures.is_empty() && dropped == 0 {
            return;
        }
        let own = self.own();
        own.count.add(exposures.len() as u64);
        own.untold.add(dropped);
        let mut waiting = lock(&own.waiting);
        exposures.append(&mut waiting.returned);
        waiting.returned = exposures;
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> u64 {
        self.own.get().get().map_or(0, |own| own.count.value())
    }

    /// How many were ever dropped because too many waited.
    pub(crate) fn dropped(&self) -> u64 {
        self.own.get().get().map_or(0, |own| own.dropped.value())
    }

    fn own(&self) -> &Own {
        self.own.get().get_or_init(|| Box::new(Own::new()))
    }

    /// Notes an exposure this long after the first, at this time, unless it is known.
    fn note(
        &self,
        own: &Own,
        (flag, variant, unit): (&str, Option<&str>, ValueRef<'_>),
        (elapsed, at_ms): (Duration, impl FnOnce() -> u64),
    ) {
        if own.recent.is_known(own.hash(flag, variant, unit), elapsed) {
            return;
        }
        own.push(Exposure {
            flag: flag.to_owned(),
            unit: self.unit(unit),
            variant: variant.map(str::to_owned),
            at_ms: at_ms(),
        });
    }

    /// What is told of a targeting key.
    fn unit(&self, key: ValueRef<'_>) -> String {
        let text = match key {
            ValueRef::String(text) => text.to_owned(),
            other => other.to_string(),
        };
        if self.salt.is_none() && text.len() <= UNIT_BYTES_MAX {
            return text;
        }
        hashed_key(self.salt.as_deref(), &text)
    }
}

/// A targeting key as it is told where it must not be known: the same key and salt give the same
/// text, 32 hexadecimal digits.
///
/// ```
/// use flagkit_client::hashed_key;
///
/// assert_eq!(hashed_key(Some("salt"), "user-42"), hashed_key(Some("salt"), "user-42"));
/// assert_ne!(hashed_key(Some("salt"), "user-42"), hashed_key(Some("other"), "user-42"));
/// ```
pub fn hashed_key(salt: Option<&str>, key: &str) -> String {
    let mut hash = Sha256::new();
    if let Some(salt) = salt {
        hash.update((salt.len() as u64).to_le_bytes());
        hash.update(salt.as_bytes());
    }
    hash.update(key.as_bytes());
    hash.finalize()
        .iter()
        .take(HASH_BYTES)
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

impl Witness for Exposures {
    fn saw(&self, flag: &str, variant: Option<&str>, targeting_key: ValueRef<'_>) {
        let own = self.own();
        let at_ms = || {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
        };
        self.note(own, (flag, variant, targeting_key), (own.began.elapsed(), at_ms));
    }
}

impl Own {
    fn new() -> Self {
        let (sender, receiver) = sync_channel(WAITING_MAX);
        Self {
            began: Instant::now(),
            recent: Recent::new(),
            hasher: RandomState::new(),
            sender,
            waiting: Mutex::new(Waiting { returned: Vec::new(), receiver }),
            count: Gauge::default(),
            untold: Gauge::default(),
            dropped: Gauge::default(),
        }
    }

    fn hash(&self, flag: &str, variant: Option<&str>, unit: ValueRef<'_>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        (flag, variant).hash(&mut hasher);
        match unit {
            ValueRef::String(text) => text.hash(&mut hasher),
            ValueRef::Integer(number) => number.hash(&mut hasher),
            other => other.to_string().hash(&mut hasher),
        }
        hasher.finish()
    }

    /// Lets an exposure wait, in the place of the oldest one if there is no other.
    fn push(&self, mut exposure: Exposure) {
        for _ in 0..ATTEMPTS {
            match self.sender.try_send(exposure) {
                Ok(()) => return self.count.add(1),
                Err(TrySendError::Full(back) | TrySendError::Disconnected(back)) => exposure = back,
            }
            self.drop_oldest();
        }
        // Others are as eager, or all are taken right now.
        self.drop_count(1);
    }

    fn drop_count(&self, count: u64) {
        self.untold.add(count);
        self.dropped.add(count);
    }

    fn drop_oldest(&self) {
        let waiting = match self.waiting.try_lock() {
            Ok(waiting) => waiting,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        if waiting.receiver.try_recv().is_ok() {
            self.count.subtract(1);
            self.drop_count(1);
        }
    }
}

/// So many exposures wait to be told.
const WAITING_MAX: usize = 10_000;
/// Longer targeting keys are told by a hash.
const UNIT_BYTES_MAX: usize = 256;
/// What is told of a hash: enough to tell people apart.
const HASH_BYTES: usize = 16;
/// How often an evaluation tries to find a place for an exposure.
const ATTEMPTS: usize = 4;

#[cfg(test)]
mod tests;
