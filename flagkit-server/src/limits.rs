//! How often and how much: rates of keys, and places that are given back.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::model::KeyId;
use crate::refusal::{Answer, Refusal};

/// How often each key may do something.
///
/// A key may use up the requests of one period at once, and then one for each that time brings.
#[derive(Debug)]
pub(crate) struct Rate {
    /// What is counted, in a message: `requests`.
    what: &'static str,
    /// How long until there is one more; none for any number.
    interval: Option<Duration>,
    period: Duration,
    /// When each key would have nothing left to make up for.
    caught_up: Mutex<HashMap<KeyId, Instant>>,
}

impl Rate {
    /// So many in a period; 0 for any number.
    pub(crate) fn new(what: &'static str, number: u32, period: Duration) -> Self {
        let interval = period.checked_div(number).filter(|interval| !interval.is_zero());
        Self { what, interval, period, caught_up: Mutex::default() }
    }

    /// Counts one.
    ///
    /// # Errors
    ///
    /// 429 with the time to wait.
    pub(crate) fn take(&self, key: KeyId, now: Instant) -> Answer<()> {
        let Some(interval) = self.interval else { return Ok(()) };
        let mut caught_up = self.caught_up.lock();
        let own = caught_up.entry(key).or_insert(now);
        let from = (*own).max(now);
        let ahead = from.saturating_duration_since(now) + interval;
        if ahead > self.period {
            let message = format!("the key makes too many {}", self.what);
            return Err(Refusal::too_many(message, ahead.saturating_sub(self.period)));
        }
        *own = from + interval;
        Ok(())
    }
}

/// How many each key holds at the same time.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    max: usize,
    taken: Arc<Mutex<HashMap<KeyId, usize>>>,
}

/// One place, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    key: KeyId,
}

impl Places {
    /// So many for each key.
    pub(crate) fn new(max: usize) -> Self {
        Self { max, taken: Arc::default() }
    }

    /// Takes one.
    ///
    /// # Errors
    ///
    /// 429 where the key holds as many as it may.
    pub(crate) fn take(&self, key: KeyId) -> Answer<Place> {
        let mut taken = self.taken.lock();
        let own = taken.entry(key).or_default();
        if *own >= self.max {
            let message = format!("the key holds {} streams, as many as it may", self.max);
            return Err(Refusal::too_many(message, Duration::from_secs(30)));
        }
        *own += 1;
        Ok(Place { places: self.clone(), key })
    }

    /// How many are taken by all keys.
    pub(crate) fn taken(&self) -> usize {
        self.taken.lock().values().sum()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock();
        if let Some(own) = taken.get_mut(&self.key) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests;
