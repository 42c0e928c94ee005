//! Finding the value that a rule asks for.

use std::cell::OnceCell;

use crate::ambient::Ambient;
use crate::digest::Digest;
use crate::document::{Lookup, Origin};
use crate::timestamp::Timestamp;
use crate::value::{Attributes, List, ValueRef};

/// The value, unless it is absent or null.
#[inline]
pub(super) fn find<'c, C: Attributes + ?Sized>(
    lookup: &'c Lookup,
    context: &'c C,
    ambient: &dyn Ambient,
    now: &OnceCell<Timestamp>,
    element: ValueRef<'c>,
) -> Option<ValueRef<'c>> {
    match lookup {
        Lookup::Name(name) => context.attribute(name).filter(|value| !value.is_null()),
        Lookup::FirstOf(lookups) => lookups.iter().find_map(|lookup| match lookup {
            Lookup::Name(name) => context.attribute(name).filter(|value| !value.is_null()),
            Lookup::TargetingKey => context.targeting_key().filter(|value| !value.is_null()),
            other => one(other, context, ambient, now, element),
        }),
        other => one(other, context, ambient, now, element),
    }
}

fn one<'c, C: Attributes + ?Sized>(
    lookup: &'c Lookup,
    context: &'c C,
    ambient: &dyn Ambient,
    now: &OnceCell<Timestamp>,
    element: ValueRef<'c>,
) -> Option<ValueRef<'c>> {
    let found = match lookup {
        Lookup::Name(name) => context.attribute(name),
        Lookup::NameDigest(digest) => named(*digest, context),
        Lookup::NameOr(name, otherwise) => match context.attribute(name) {
            None => return find(otherwise, context, ambient, now, element),
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
        Lookup::Walk(origin, steps) => {
            let mut steps = steps.iter().map(String::as_str);
            let start = match origin {
                Origin::Context => steps.next().and_then(|first| context.attribute(first)),
                Origin::Element => Some(element),
            };
            start.and_then(|start| steps.try_fold(start, into))
        }
        Lookup::FirstOf(lookups) => return among(lookups, context, ambient, now, element),
        Lookup::NotEmpty(lookup) => find(lookup, context, ambient, now, element)
            .filter(|value| !matches!(value, ValueRef::String(""))),
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
    element: ValueRef<'c>,
) -> Option<ValueRef<'c>> {
    lookups.iter().find_map(|lookup| find(lookup, context, ambient, now, element))
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

/// One step into an object or a list.
fn into<'c>(value: ValueRef<'c>, step: &str) -> Option<ValueRef<'c>> {
    match value {
        ValueRef::Structure(attributes) => attributes.attribute(step),
        ValueRef::List(list) if step == "length" => {
            i64::try_from(list.iter().count()).ok().map(ValueRef::from)
        }
        ValueRef::List(list) => element(list, step),
        _ => None,
    }
}

/// The element at this place, if the place is written as a number is.
fn element<'c>(list: List<'c>, place: &str) -> Option<ValueRef<'c>> {
    let is_canonical =
        place == "0" || place.starts_with(|first: char| ('1'..='9').contains(&first));
    let place = is_canonical.then(|| place.parse().ok())??;
    list.iter().nth(place)
}

/// Longer names of attributes are copied to the heap.
const NAME: usize = 256;
