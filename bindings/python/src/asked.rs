//! Who is asked, by whom: a client or a view, and what a caller gives as an evaluation context.

use flagkit::{Attributes, Dialect, FlagKey, FlagValue};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::context::Context;
use crate::keys::Keys;
use crate::lent::Lent;
use crate::value::{self, DEPTH_MAX};

/// Flags that can be asked.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) flags: Flags,
    /// The client whose flags they are.
    pub(crate) client: flagkit::Client,
    pub(crate) keys: Keys,
}

/// All flags as they are now, or as they were, in this language.
#[derive(Clone, Debug)]
pub(crate) enum Flags {
    Now(flagkit::Client),
    Then(flagkit::View, Dialect),
}

macro_rules! ask {
    ($self:expr, $method:ident($($argument:expr),*)) => {
        match $self {
            Flags::Now(client) => client.$method($($argument),*),
            Flags::Then(view, _) => view.$method($($argument),*),
        }
    };
}

impl Flags {
    #[inline]
    pub(crate) fn is_enabled(&self, key: &FlagKey, context: &dyn Attributes) -> bool {
        ask!(self, is_enabled(key, context))
    }

    #[inline]
    pub(crate) fn value<T: FlagValue>(&self, key: &FlagKey, context: &dyn Attributes) -> Option<T> {
        ask!(self, value(key, context))
    }

    pub(crate) fn details<T: FlagValue>(
        &self,
        key: &FlagKey,
        context: &dyn Attributes,
        default: T,
    ) -> flagkit::Details<T> {
        ask!(self, details(key, context, default))
    }

    pub(crate) fn is_enabled_details(
        &self,
        key: &FlagKey,
        context: &dyn Attributes,
    ) -> flagkit::Details<bool> {
        ask!(self, is_enabled_details(key, context))
    }

    pub(crate) fn explain(&self, key: &FlagKey, context: &dyn Attributes) -> flagkit::Explanation {
        ask!(self, explain(key, context))
    }
}

impl Asked {
    /// The flags of a client.
    pub(crate) fn client(py: Python<'_>, client: flagkit::Client) -> Self {
        Self { flags: Flags::Now(client.clone()), client, keys: Keys::new(py) }
    }

    /// The same flags for somebody else.
    pub(crate) fn share(&self, py: Python<'_>) -> Self {
        let (flags, client) = (self.flags.clone(), self.client.clone());
        Self { flags, client, keys: self.keys.share(py) }
    }

    /// All flags of this moment.
    pub(crate) fn view(&self, py: Python<'_>) -> Self {
        let flags = match &self.flags {
            Flags::Now(client) => Flags::Then(client.view(), client.dialect()),
            then @ Flags::Then(..) => then.clone(),
        };
        Self { flags, client: self.client.clone(), keys: self.keys.share(py) }
    }

    /// Whether a dict is a context as it is. It is put into a vendor's words otherwise.
    #[inline]
    fn takes_dicts(&self) -> bool {
        let dialect = match &self.flags {
            Flags::Now(client) => client.dialect(),
            Flags::Then(_, dialect) => *dialect,
        };
        matches!(dialect, Dialect::Native | Dialect::RolloutRules | Dialect::FeatureFlags)
    }

    /// Calls `ask` with the evaluation context that the caller gives.
    ///
    /// `None`, where it is none: neither a mapping nor a [`Context`], or no context to the vendor
    /// whose flags these are.
    #[inline]
    pub(crate) fn for_context<R>(
        &self,
        context: Option<&Bound<'_, PyAny>>,
        ask: impl FnOnce(&dyn Attributes) -> R,
    ) -> Option<R> {
        let Some(given) = context else { return Some(ask(&())) };
        if !self.takes_dicts() {
            return self.for_translated(given, ask);
        }
        if let Ok(dict) = given.cast_exact::<PyDict>() {
            return Some(ask(&Lent::new(dict.clone())));
        }
        if let Ok(known) = given.cast::<Context>() {
            return Some(ask(known.get().own()));
        }
        for_other(given, ask)
    }

    /// A context for the flags of a vendor: a dict is what the vendor's own SDK takes.
    #[cold]
    fn for_translated<R>(
        &self,
        given: &Bound<'_, PyAny>,
        ask: impl FnOnce(&dyn Attributes) -> R,
    ) -> Option<R> {
        if given.is_none() {
            return Some(ask(&()));
        }
        let (mut ask, mut answer) = (Some(ask), None);
        let mut read = |context: &dyn Attributes| answer = ask.take().map(|ask| ask(context));
        if let Ok(known) = given.cast::<Context>() {
            known.get().for_flags_of(&self.client, &mut read).ok()?;
        } else {
            let json = value::owned(given, DEPTH_MAX)?.to_string();
            read(&self.client.context(&json).ok()?);
        }
        answer
    }
}

/// A mapping of another kind, and `None` in the place of a context.
#[cold]
fn for_other<R>(given: &Bound<'_, PyAny>, ask: impl FnOnce(&dyn Attributes) -> R) -> Option<R> {
    if given.is_none() {
        return Some(ask(&()));
    }
    if let Ok(dict) = given.cast::<PyDict>() {
        return Some(ask(&Lent::new(dict.clone())));
    }
    let plain = value::plain(given)?.cast_into::<PyDict>().ok()?;
    Some(ask(&Lent::new(plain)))
}
