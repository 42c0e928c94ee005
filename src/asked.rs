//! What an evaluation asks, and where it is counted what it got.

use flagkit_core::{Attributes, Counting, ErrorCode, Flag, Resolution, Snapshot};

use crate::clock::System;
use crate::evaluate::FlagValue;
use crate::key::Key;

/// The flags that are asked, and what counts the answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'s, 'n> {
    pub(crate) snapshot: &'s Snapshot,
    pub(crate) counting: Counting<'n>,
}

impl<'s> Asked<'s, '_> {
    /// Whether the flag of this key is on.
    #[inline]
    pub(crate) fn is_enabled<K: Key + ?Sized, C: Attributes + ?Sized>(
        self,
        key: &K,
        context: &C,
    ) -> bool {
        let Some(flag) = self.flag(key, context) else { return false };
        if !self.counting.is_on() {
            // Apart from what follows, so that nothing is kept for a count that nobody makes.
            let found = self.snapshot.is_flag_enabled(flag, context, &System);
            return found.is_ok_and(|(is_enabled, _)| is_enabled);
        }
        if self.counting.is_told() {
            return self.is_enabled_aloud(flag, context);
        }
        match self.snapshot.is_flag_enabled(flag, context, &System) {
            Ok((is_enabled, found)) => {
                self.counting.seen(self.snapshot, (flag, &found), context);
                is_enabled
            }
            Err(code) => {
                self.failed(flag, code, context);
                false
            }
        }
    }

    /// The same where somebody is told of it, with all of what was found.
    #[cold]
    fn is_enabled_aloud<C: Attributes + ?Sized>(self, flag: &'s Flag, context: &C) -> bool {
        match self.snapshot.is_flag_enabled(flag, context, &System) {
            Ok((is_enabled, found)) => {
                self.counting.served(self.snapshot, (flag, &found), context);
                is_enabled
            }
            Err(code) => {
                self.failed(flag, code, context);
                false
            }
        }
    }

    /// The value of a flag, or `None` where the caller's default is to be used.
    #[inline]
    pub(crate) fn value<T: FlagValue, C: Attributes + ?Sized>(
        self,
        flag: &'s Flag,
        context: &C,
    ) -> Option<T> {
        if !self.counting.is_on() {
            let found = self.snapshot.resolve_flag(flag, context, &System, &mut ()).ok()?;
            return T::read(found.value()?);
        }
        self.read(flag, context).ok()?.1
    }

    /// What a flag serves, and its value; no value stands for the caller's default.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a call here costs more than what it does: benches/targets, W1 by handle"
    )]
    pub(crate) fn read<T: FlagValue, C: Attributes + ?Sized>(
        self,
        flag: &'s Flag,
        context: &C,
    ) -> Result<(Resolution<'s>, Option<T>), ErrorCode> {
        let found = match self.snapshot.resolve_flag(flag, context, &System, &mut ()) {
            Ok(found) => found,
            Err(code) => return Err(self.failed(flag, code, context)),
        };
        let value = found.value().and_then(T::read);
        if value.is_none() && found.value().is_some() {
            return Err(self.failed(flag, ErrorCode::TypeMismatch, context));
        }
        self.counting.served(self.snapshot, (flag, &found), context);
        Ok((found, value))
    }

    /// What a flag serves, whatever type that has.
    pub(crate) fn resolution<C: Attributes + ?Sized>(
        self,
        flag: &'s Flag,
        context: &C,
    ) -> Result<Resolution<'s>, ErrorCode> {
        let found = self.snapshot.resolve_flag(flag, context, &System, &mut ());
        self.count(flag, &found, context);
        found
    }

    /// Counts what has been resolved.
    pub(crate) fn count<C: Attributes + ?Sized>(
        self,
        flag: &Flag,
        found: &Result<Resolution<'_>, ErrorCode>,
        context: &C,
    ) {
        match found {
            Ok(found) => self.counting.served(self.snapshot, (flag, found), context),
            Err(code) => {
                self.failed(flag, *code, context);
            }
        }
    }

    /// The flag of this key.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a call here costs more than what it does: benches/targets, W1 by name"
    )]
    pub(crate) fn flag<K: Key + ?Sized, C: Attributes + ?Sized>(
        self,
        key: &K,
        context: &C,
    ) -> Option<&'s Flag> {
        let flag = key.find(self.snapshot);
        if flag.is_none() {
            self.missing(key.as_key(), context);
        }
        flag
    }

    #[cold]
    pub(crate) fn missing<C: Attributes + ?Sized>(self, key: &str, context: &C) {
        self.counting.missing(key, 1);
        self.counting.tell_failed(self.snapshot, (key, ErrorCode::FlagNotFound), context);
    }

    #[cold]
    fn failed<C: Attributes + ?Sized>(
        self,
        flag: &Flag,
        code: ErrorCode,
        context: &C,
    ) -> ErrorCode {
        self.counting.failed(flag, code, 1);
        self.counting.tell_failed(self.snapshot, (flag.key(), code), context);
        code
    }
}
