//! Updaters: bring flags to a publisher, as the application has said.

use std::sync::Arc;

use crate::cache::{Cache, Entry};
use crate::config::Config;
use crate::error::Error;
use crate::file::Watching;
use crate::log::Voice;
use crate::publisher::{Offer, Origin, Publisher, Strictness};
use crate::source::Source;

#[cfg(feature = "http")]
use crate::driver::Supplied;

/// Keeps the flags of a publisher fresh. Dropping it ends that within two seconds; evaluations go
/// on with the flags as they were last.
#[derive(Debug)]
#[must_use = "flags are kept fresh until this is dropped"]
pub struct Updater {
    kept: Kept,
}

#[derive(Debug)]
enum Kept {
    Nothing,
    File {
        _watching: Watching,
    },
    #[cfg(feature = "http")]
    Source(Arc<Supplied>),
}

impl Updater {
    /// Publishes what there is already (a bootstrap, what an earlier process left) and begins to
    /// bring what is new.
    ///
    /// With any flags to begin with it returns at once, otherwise it waits for the first ones, as
    /// long as the [start wait](crate::Options::start_wait) says: with neither, evaluations answer
    /// the defaults of their callers until flags arrive.
    ///
    /// # Errors
    ///
    /// A bootstrap that is no document, files that cannot be read, and settings that cannot work. A
    /// server that does not answer is no error.
    pub fn open(publisher: &Arc<Publisher>, config: &Config) -> Result<Self, Error> {
        let voice = config.voice.clone();
        publisher.set_reading(config.reading.clone());
        publisher.set_voice(voice.clone());
        if let Some(text) = &config.bootstrap {
            publisher.publish(&Offer {
                bytes: text.as_bytes(),
                dialect: None,
                origin: Origin::Bootstrap,
                version: None,
                environment: None,
                strictness: Strictness::Accept,
            })?;
        }
        if config.counts_usage() && config.source.as_ref().is_some_and(Source::takes_usage) {
            publisher.count_usage(config.salt.as_deref());
        }
        let kept = match &config.source {
            None => Kept::Nothing,
            Some(source) if config.is_offline => {
                let cache = cache(config, source)?;
                warm(publisher, cache.as_ref(), &voice);
                Kept::Nothing
            }
            Some(source) => match source.file_path() {
                Some(path) => Kept::File { _watching: Watching::begin(publisher, path)? },
                None => follow(publisher, config, source.clone())?,
            },
        };
        Ok(Self { kept })
    }

    /// Asks the source at once, with the key of this moment, whatever was planned: for an
    /// application that knows that something has changed.
    pub fn refresh(&self) {
        match &self.kept {
            #[cfg(feature = "http")]
            Kept::Source(supplied) => supplied.refresh(),
            Kept::Nothing | Kept::File { .. } => {}
        }
    }

    /// Ends it, as dropping does; once is as good as twice.
    pub fn close(&self) {
        match &self.kept {
            #[cfg(feature = "http")]
            Kept::Source(supplied) => supplied.close(),
            Kept::Nothing | Kept::File { .. } => {}
        }
    }
}

impl Drop for Updater {
    fn drop(&mut self) {
        self.close();
    }
}

/// Follows a source over the network.
#[cfg(feature = "http")]
fn follow(publisher: &Arc<Publisher>, config: &Config, source: Source) -> Result<Kept, Error> {
    let supplied = Supplied::begin(publisher, config, source)?;
    if !publisher.is_ready() && !publisher.wait_ready(config.start_wait) {
        let waited = config.start_wait;
        let text =
            format!("no flags after {waited:?}; evaluations answer defaults until they come");
        config.voice.warn(&text);
    }
    Ok(Kept::Source(supplied))
}

#[cfg(not(feature = "http"))]
fn follow(_: &Arc<Publisher>, _: &Config, _: Source) -> Result<Kept, Error> {
    Err(Error::configuration(
        "this build brings no flags from servers; it needs the feature `http`",
    ))
}

/// The cache file of a source, if the application wants one.
pub(crate) fn cache(config: &Config, source: &Source) -> Result<Option<Cache>, Error> {
    let Some(folder) = &config.cache_dir else { return Ok(None) };
    let owner = source.owner(config.environment.as_deref())?;
    Ok(Some(Cache::new(folder, owner)))
}

/// Publishes what an earlier process left, if it is better than what is held; returns it if it is
/// what is held then.
pub(crate) fn warm(publisher: &Publisher, cache: Option<&Cache>, voice: &Voice) -> Option<Entry> {
    let entry = match cache?.load() {
        Ok(entry) => entry?,
        Err(problem) => {
            voice.warn(&problem);
            return None;
        }
    };
    let offered = publisher.publish(&Offer {
        bytes: entry.text.as_bytes(),
        dialect: entry.owner.dialect.parse().ok(),
        origin: Origin::Cache,
        version: entry.version.clone(),
        environment: entry.environment.as_deref(),
        strictness: Strictness::Accept,
    });
    match offered {
        Ok(_) => {
            publisher.saved(entry.saved_at_ms);
            Some(entry)
        }
        // Another process of the family may know more already.
        Err(error) if error.is_outranked() => None,
        Err(error) => {
            voice.warn(&format!("what the cache file holds is ignored: {error}"));
            None
        }
    }
}
