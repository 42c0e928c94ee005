//! From a path to the spot that it names.

use std::borrow::Cow;

use super::Place;
use super::levels::Levels;
use super::spot::{Entry, Spot};

/// Where a path leads.
pub(super) struct Found<'a> {
    spot: Spot<'a>,
    /// The last key of the path, unless that ends in an index.
    entry: Option<(Cow<'a, str>, Place)>,
    /// Whether any step of the path was found.
    pub(super) is_below: bool,
}

impl Found<'_> {
    /// Of a list or map in a map the key is the better place: the value may begin lines later.
    pub(super) fn place(&self) -> Place {
        if self.spot.is_scalar() { self.spot.place() } else { self.key_place() }
    }

    pub(super) fn key_place(&self) -> Place {
        self.entry.as_ref().map_or_else(|| self.spot.place(), |(_, place)| *place)
    }

    pub(super) fn key(&self) -> Option<&str> {
        self.entry.as_ref().map(|(key, _)| &**key)
    }
}

/// The spot at this path, seen from this one.
pub(super) fn find<'a>(from: &Spot<'a>, path: &str) -> Option<Found<'a>> {
    let (found, rest) = walk(&Levels::default(), start(from), path, &mut { STEPS_MAX });
    rest.is_empty().then_some(found)
}

/// The spot at this path, or at the longest part of it that is there.
pub(super) fn closest<'a>(levels: &Levels<'a>, from: &Spot<'a>, path: &str) -> Found<'a> {
    walk(levels, start(from), path, &mut { STEPS_MAX }).0
}

fn start<'a>(from: &Spot<'a>) -> Found<'a> {
    Found { spot: from.clone(), entry: None, is_below: false }
}

/// Goes down as far as the path leads, and says what is left of it.
fn walk<'a, 'p>(
    levels: &Levels<'a>,
    from: Found<'a>,
    path: &'p str,
    steps_left: &mut usize,
) -> (Found<'a>, &'p str) {
    if path.is_empty() || *steps_left == 0 {
        return (from, path);
    }
    *steps_left -= 1;
    // Keys may contain dots, so there may be several ways; the one that leads furthest counts.
    let mut best: Option<(Found<'a>, &'p str)> = None;
    for (next, rest) in steps(levels, &from.spot, path) {
        let end = walk(levels, next, rest, steps_left);
        if end.1.is_empty() {
            return end;
        }
        if best.as_ref().is_none_or(|(_, rest)| end.1.len() < rest.len()) {
            best = Some(end);
        }
    }
    best.unwrap_or((from, path))
}

/// Every way to take the first step of a path, the longest key first.
fn steps<'a, 'p>(levels: &Levels<'a>, spot: &Spot<'a>, path: &'p str) -> Vec<(Found<'a>, &'p str)> {
    let level = levels.open(spot);
    let element = |spot: &Spot<'a>| Found { spot: spot.clone(), entry: None, is_below: true };
    if let Some((index, rest)) = index(path) {
        return level.item(index).map(|spot| (element(spot), rest)).into_iter().collect();
    }
    let path = path.strip_prefix('.').unwrap_or(path);
    let step =
        |name: &str| level.entry(name).map(entered).or_else(|| level.item_named(name).map(element));
    names(path).filter_map(|(name, rest)| Some((step(name)?, rest))).collect()
}

fn entered<'a>(entry: &Entry<'a>) -> Found<'a> {
    let key = (entry.key.clone(), entry.place);
    Found { spot: entry.spot.clone(), entry: Some(key), is_below: true }
}

/// `[2]` and what follows it.
fn index(path: &str) -> Option<(usize, &str)> {
    let (digits, rest) = path.strip_prefix('[')?.split_once(']')?;
    Some((digits.parse().ok()?, rest))
}

/// All beginnings of a path that may be a key, the longest first, with what follows.
pub(crate) fn names(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let ends = path.match_indices(['.', '[']).map(|(end, _)| end).filter(|end| *end > 0);
    let mut ends: Vec<usize> = ends.chain([path.len()]).collect();
    ends.reverse();
    ends.into_iter().filter_map(|end| path.split_at_checked(end))
}

/// A document whose keys are made of dots can have very many ways that lead nowhere.
const STEPS_MAX: usize = 10_000;
