//! Finding the value that a rule asks for.

use std::cell::OnceCell;

use crate::ambient::Ambient;
use crate::digest::Digest;
use crate::document::Lookup;
use crate::timestamp::Timestamp;
use crate::value::{Attributes, ValueRef};

/// The value, unless it is absent or null.
#[inline]
pub(super) fn find<'c, C: Attributes + ?Sized>(
    lookup: &'c Lookup,
    context: &'c C,
    ambient: &dyn Ambient,
    now: &OnceCell<Timestamp>,
) -> Option<ValueRef<'c>> {
    match lookup {
        Lookup::Name(name) => context.attribute(name).filter(|value| !value.is_null()),
        Lookup::FirstOf(lookups) => lookups.iter().find_map(|lookup| match lookup {
            Lookup::Name(name) => context.attribute(name).filter(|value| !value.is_null()),
            Lookup::TargetingKey => context.targeting_key().filter(|value| !value.is_null()),
            other => one(other, context, ambient, now),
        }),
        other => one(other, context, ambient, now),
    }
}

fn one<'c, C: Attributes + ?Sized>(
    lookup: &'c Lookup,
    context: &'c C,
    ambient: &dyn Ambient,
    now: &OnceCell<Timestamp>,
) -> Option<ValueRef<'c>> {
    let found = match lookup {
        Lookup::Name(name) => context.attribute(name),
        Lookup::NameDigest(digest) => named(*digest, context),
        Lookup::NameOr(name, otherwise) => match context.attribute(name) {
            None => return find(otherwise, context, ambient, now),
            there => there,
        },
        Lookup::TargetingKey => context.targeting_key(),
        Lookup::Dotted(name) => context.attribute(name).or_else(|| walk(context, name.split('.'))),
        Lookup::Path(steps) => walk(context, steps.iter().map(String::as_str)),
        Lookup::Now => {
            let now = now.get_or_init(|| ambient.now());
            Some(ValueRef::Float(now.unix_seconds()))
        }
        Lookup::Random => Some(ValueRef::from(ambient.random() >> 1)),
        Lookup::Constant(value) => Some(value.borrow()),
        Lookup::FirstOf(lookups) => return among(lookups, context, ambient, now),
    };
    found.filter(|value| !value.is_null())
}

/// A choice inside a choice, which no dialect makes but any document may.
#[cold]
fn among<'c, C: Attributes + ?Sized>(
    lookups: &'c [Lookup],
    context: &'c C,
    ambient: &dyn Ambient,
    now: &OnceCell<Timestamp>,
) -> Option<ValueRef<'c>> {
    lookups.iter().find_map(|lookup| find(lookup, context, ambient, now))
}

/// The attribute whose name has this digest. A context lends its values one name at a time, so
/// the name is found first, then the value.
#[inline(never)]
fn named<C: Attributes + ?Sized>(digest: Digest, context: &C) -> Option<ValueRef<'_>> {
    let mut short = [0; NAME];
    let (mut len, mut long) = (None, String::new());
    context.each_attribute(&mut |name, _| {
        if len.is_none() && Digest::of(name) == digest {
            len = Some(name.len());
            match short.get_mut(..name.len()) {
                Some(place) => place.copy_from_slice(name.as_bytes()),
                None => name.clone_into(&mut long),
            }
        }
    });
    let name = short.get(..len?).and_then(|bytes| str::from_utf8(bytes).ok());
    context.attribute(name.unwrap_or(&long))
}

/// Walks into objects, a name at a time.
fn walk<'c, C: Attributes + ?Sized>(
    context: &'c C,
    mut steps: impl Iterator<Item = &'c str>,
) -> Option<ValueRef<'c>> {
    let first = context.attribute(steps.next()?)?;
    steps.try_fold(first, |value, step| match value {
        ValueRef::Structure(attributes) => attributes.attribute(step),
        _ => None,
    })
}

/// Longer names of attributes are copied to the heap.
const NAME: usize = 256;
