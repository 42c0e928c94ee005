//! What many flags serve for one context, borrowed from a view.

use flagkit_core::{Attributes, ErrorCode, Flag, Reason, Resolution, Snapshot, Structure, Value};

use crate::asked::Asked;
use crate::clock::System;
use crate::evaluate::FlagValue;
use crate::key::Key;
use crate::overrides;

/// What every flag serves for one context. Made by [`View::evaluate_all`](crate::View::evaluate_all).
#[derive(Clone, Debug)]
pub struct Evaluations<'v> {
    found: Vec<(&'v Flag, Result<Resolution<'v>, ErrorCode>)>,
}

impl<'v> Evaluations<'v> {
    pub(crate) fn all<C: Attributes + ?Sized>(snapshot: &'v Snapshot, context: &C) -> Self {
        let found = snapshot.resolve_all(context, &System);
        if snapshot.is_counted() {
            snapshot.counting(|counting| {
                for (flag, found) in &found {
                    match found {
                        // Nobody has seen all flags of an application yet.
                        Ok(found) => counting.served_times(found.outcome(flag), 1),
                        Err(code) => counting.failed(flag, *code, 1),
                    }
                }
            });
        }
        Self { found }
    }

    /// One for each flag, in no particular order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Evaluation<'v>> {
        self.found.iter().map(|(flag, found)| Evaluation::new((flag.key(), Some(flag)), *found))
    }

    /// How many flags there are.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there is no flag.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

/// What these flags serve, in their order.
pub(crate) fn many<'v, K: Key, C: Attributes + ?Sized>(
    snapshot: &'v Snapshot,
    keys: &'v [K],
    context: &C,
    is_ready: bool,
) -> Vec<Evaluation<'v>> {
    let flags: Vec<Option<&Flag>> = keys.iter().map(|key| key.find(snapshot)).collect();
    let found = snapshot.resolve_many(flags.iter().copied(), context, &System);
    if snapshot.is_counted() {
        snapshot.counting(|counting| {
            let asked = Asked { snapshot, counting };
            for ((key, flag), found) in keys.iter().zip(&flags).zip(&found) {
                match flag {
                    Some(flag) => asked.count(flag, found, context),
                    None => asked.missing(key.as_key(), context),
                }
            }
        });
    }
    let asked = keys.iter().zip(flags).zip(found);
    let answers = asked.map(|((key, flag), found)| match flag {
        Some(_) => Evaluation::new((key.as_key(), flag), found),
        None => Evaluation::missing(key.as_key(), is_ready),
    });
    answers.collect()
}

/// What a flag serves, borrowed from the flags that were asked.
#[derive(Clone, Debug)]
pub struct Evaluation<'v> {
    key: &'v str,
    flag: Option<&'v Flag>,
    found: Result<Resolution<'v>, ErrorCode>,
    /// What a test wants the flag to be on this thread.
    overridden: Option<Value>,
}

impl<'v> Evaluation<'v> {
    pub(crate) fn new(
        (key, flag): (&'v str, Option<&'v Flag>),
        found: Result<Resolution<'v>, ErrorCode>,
    ) -> Self {
        let overridden = if overrides::is_any() { overrides::find(key) } else { None };
        Self { key, flag, found, overridden }
    }

    /// There is no such flag, or there are no flags at all yet.
    pub(crate) fn missing(key: &'v str, is_ready: bool) -> Self {
        let code = if is_ready { ErrorCode::FlagNotFound } else { ErrorCode::ProviderNotReady };
        Self::new((key, None), Err(code))
    }

    /// The key of the flag.
    pub fn key(&self) -> &'v str {
        self.key
    }

    /// Whether the flag is on; off where anything is wrong.
    pub fn is_enabled(&self) -> bool {
        match &self.overridden {
            Some(value) => overrides::is_on(value),
            None => self.found.is_ok_and(|found| found.is_enabled()),
        }
    }

    /// The value; `None` where the caller's default is to be used.
    pub fn value(&self) -> Option<&Value> {
        match &self.overridden {
            Some(value) => Some(value),
            None => self.found.ok()?.value(),
        }
    }

    /// The value as a boolean, a text, an integer or a float; `None` where the caller's default is to be
    /// used, and where the value is of another type.
    pub fn get<T: FlagValue>(&self) -> Option<T> {
        T::read(self.value()?)
    }

    /// The value for as long as the flags that were asked are there; `None` also on a thread
    /// on which a test overrides the flag.
    pub fn served(&self) -> Option<&'v Value> {
        self.untouched()?.value()
    }

    /// The variant, if what is served has a name.
    pub fn variant(&self) -> Option<&'v str> {
        self.untouched()?.variant()
    }

    /// Why.
    pub fn reason(&self) -> Reason {
        match (&self.overridden, &self.found) {
            (Some(_), _) => Reason::Static,
            (None, Ok(found)) => found.reason(),
            (None, Err(_)) => Reason::Error,
        }
    }

    /// Why there is no value of the flag's own.
    pub fn error(&self) -> Option<ErrorCode> {
        match self.overridden {
            Some(_) => None,
            None => self.found.err(),
        }
    }

    /// The id of the rule that decided.
    pub fn rule(&self) -> Option<&'v str> {
        self.untouched()?.rule()
    }

    /// The version of the flag, where its flag management system counts.
    pub fn flag_version(&self) -> Option<u64> {
        self.untouched()?;
        self.flag?.version()
    }

    /// What the flag carries for whoever evaluates it.
    pub fn metadata(&self) -> Option<&'v Structure> {
        self.untouched()?;
        Some(self.flag?.metadata()?)
    }

    fn untouched(&self) -> Option<Resolution<'v>> {
        match self.overridden {
            Some(_) => None,
            None => self.found.ok(),
        }
    }
}
