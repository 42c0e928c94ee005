//! Handles: flags that the application declares, with their types and defaults.

use std::fmt;

use flagkit_core::{Ambient, Attributes, Flag, Snapshot, Timestamp};

use crate::asked::Asked;
use crate::client::Client;
use crate::clock::System;
use crate::column::Column;
use crate::details::Details;
use crate::evaluate::{self, FlagValue};
use crate::key::{Key, Place, sealed::Find};
use crate::view::View;

/// A flag that the application declares. Made by [`flags!`](crate::flags).
///
/// The place of the flag in the current snapshot is remembered, so an evaluation
/// neither hashes the key nor compares it.
pub struct FlagHandle<T: FlagValue> {
    key: &'static str,
    default: T::Declared,
    owner: Option<&'static str>,
    expires: Option<&'static str>,
    place: Place,
}

impl<T: FlagValue> FlagHandle<T> {
    /// A handle for this key with this default.
    pub const fn new(key: &'static str, default: T::Declared) -> Self {
        Self { key, default, owner: None, expires: None, place: Place::new() }
    }

    /// The same with who is responsible for it.
    pub const fn with_owner(mut self, owner: &'static str) -> Self {
        self.owner = Some(owner);
        self
    }

    /// The same with the day, `YYYY-MM-DD`, by which it should be gone from the code.
    pub const fn with_expiry(mut self, day: &'static str) -> Self {
        self.expires = Some(day);
        self
    }

    /// The flag's value for this context, from the flags of the process.
    #[inline]
    pub fn get<C: Attributes + ?Sized>(&self, context: &C) -> T {
        self.get_from(crate::client(), context)
    }

    /// The same from a client of the application's own.
    #[inline]
    pub fn get_from<C: Attributes + ?Sized>(&self, client: &Client, context: &C) -> T {
        client.read(|asked| self.read(asked, context))
    }

    /// The same from one consistent view.
    #[inline]
    pub fn get_in<C: Attributes + ?Sized>(&self, view: &View, context: &C) -> T {
        view.read(|asked| self.read(asked, context))
    }

    /// The flag's value for each of many contexts; see [`View::evaluate_column`].
    ///
    /// ```
    /// flagkit::flags! { pub BETA: bool = false; }
    ///
    /// let client = flagkit::Client::from_text("schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 100}}")?;
    /// assert_eq!(BETA.evaluate_column(&client.view(), &["user-1", "user-2"], &[]), [true, true]);
    /// # Ok::<(), flagkit::Error>(())
    /// ```
    pub fn evaluate_column<'i>(
        &self,
        view: &View,
        ids: impl Into<Column<'i>>,
        attributes: &[(&str, Column<'_>)],
    ) -> Vec<T> {
        let served = view.evaluate_column(self.key, ids, attributes);
        let values = served.values().map(|value| value.and_then(T::read));
        values.map(|value| value.unwrap_or_else(|| self.default_value())).collect()
    }

    /// The flag's value for this context, and why.
    pub fn details<C: Attributes + ?Sized>(&self, context: &C) -> Details<T> {
        crate::client().read(|asked| evaluate::details(asked, self, context, self.default_value()))
    }

    /// The key of the flag.
    pub const fn key(&self) -> &'static str {
        self.key
    }

    #[inline]
    fn read<C: Attributes + ?Sized>(&self, asked: Asked<'_, '_>, context: &C) -> T {
        evaluate::value(asked, self, context).unwrap_or_else(|| self.default_value())
    }

    fn default_value(&self) -> T {
        T::from_declared(self.default)
    }
}

impl<T: FlagValue> Key for FlagHandle<T> {
    fn as_key(&self) -> &str {
        self.key
    }
}

impl<T: FlagValue> Find for FlagHandle<T> {
    #[inline]
    fn find<'s>(&self, snapshot: &'s Snapshot) -> Option<&'s Flag> {
        self.place.find(self.key, snapshot)
    }
}

impl<T: FlagValue> fmt::Debug for FlagHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlagHandle").field("key", &self.key).finish_non_exhaustive()
    }
}

/// What a declared flag says about itself; for [`verify`](crate::verify()).
pub trait DeclaredFlag: Sync {
    /// The key.
    fn key(&self) -> &'static str;

    /// Who is responsible for it.
    fn owner(&self) -> Option<&'static str>;

    /// The type, in the words of messages.
    fn kind(&self) -> &'static str;

    /// Whether a value is of the declared type.
    fn accepts(&self, value: &flagkit_core::Value) -> bool;

    /// The only values there are, if there is an end to them.
    fn choices(&self) -> Option<&'static [&'static str]>;

    /// The day by which it should have been gone, if that has passed.
    fn expired(&self) -> Option<&'static str>;
}

impl<T: FlagValue> DeclaredFlag for FlagHandle<T> {
    fn key(&self) -> &'static str {
        self.key
    }

    fn owner(&self) -> Option<&'static str> {
        self.owner
    }

    fn kind(&self) -> &'static str {
        T::KIND
    }

    fn accepts(&self, value: &flagkit_core::Value) -> bool {
        T::read(value).is_some()
    }

    fn choices(&self) -> Option<&'static [&'static str]> {
        T::choices()
    }

    fn expired(&self) -> Option<&'static str> {
        let day = self.expires?;
        let end = Timestamp::parse(&format!("{day}T23:59:59Z"))?;
        (System.now() > end).then_some(day)
    }
}
