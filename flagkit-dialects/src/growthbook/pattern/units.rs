//! Sets of UTF-16 code units.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::OnceLock;

use flagkit_core::document::SURROGATES;

/// A set of code units, as ranges with both ends inside.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Units {
    ranges: Vec<(u16, u16)>,
}

impl Units {
    pub(super) fn one(unit: u16) -> Self {
        Self::range(unit, unit)
    }

    pub(super) fn range(from: u16, to: u16) -> Self {
        Self { ranges: vec![(from, to)] }
    }

    fn of(ranges: &[(u16, u16)]) -> Self {
        Self { ranges: ranges.to_vec() }
    }

    /// `\d`
    pub(super) fn digits() -> Self {
        Self::of(&[(0x30, 0x39)])
    }

    /// `\w`
    pub(super) fn word() -> Self {
        Self::of(&[(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)])
    }

    /// `\s`
    pub(super) fn blanks() -> Self {
        let mut blanks = Self::of(&[(0x09, 0x0d), (0x20, 0x20), (0xa0, 0xa0), (0x1680, 0x1680)]);
        blanks.add(&Self::of(&[(0x2000, 0x200a), (0x2028, 0x2029), (0x202f, 0x202f)]));
        blanks.add(&Self::of(&[(0x205f, 0x205f), (0x3000, 0x3000), (0xfeff, 0xfeff)]));
        blanks
    }

    /// What `.` does not match.
    pub(super) fn line_ends() -> Self {
        Self::of(&[(0x0a, 0x0a), (0x0d, 0x0d), (0x2028, 0x2029)])
    }

    pub(super) fn add(&mut self, more: &Self) {
        self.ranges.extend(&more.ranges);
    }

    /// The only member, if there is one.
    pub(super) fn single(&self) -> Option<u16> {
        match self.ranges.as_slice() {
            [(from, to)] if from == to => Some(*from),
            _ => None,
        }
    }

    /// Sorted, without overlaps.
    fn sorted(mut self) -> Self {
        self.ranges.sort_unstable();
        let mut joined: Vec<(u16, u16)> = Vec::with_capacity(self.ranges.len());
        for (from, to) in self.ranges {
            match joined.last_mut() {
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        Self { ranges: joined }
    }

    pub(super) fn complement(self) -> Self {
        let mut outside = Vec::new();
        let mut next = Some(0);
        for (from, to) in self.sorted().ranges {
            if let Some(start) = next
                && start < from
            {
                outside.push((start, from - 1));
            }
            next = to.checked_add(1);
        }
        outside.extend(next.map(|start| (start, u16::MAX)));
        Self { ranges: outside }
    }

    /// With everything that differs from a member by case only.
    pub(super) fn in_any_case(self) -> Self {
        let families = families();
        let mut more = Vec::new();
        let mut add = |family: &[u16]| more.extend(family.iter().map(|unit| (*unit, *unit)));
        if let Some(unit) = self.single() {
            families.get(&canonical(unit)).into_iter().for_each(|family| add(family));
        } else {
            let sorted = self.clone().sorted();
            let is_inside = |unit: &u16| {
                let behind = sorted.ranges.partition_point(|(from, _)| from <= unit);
                behind
                    .checked_sub(1)
                    .and_then(|place| sorted.ranges.get(place))
                    .is_some_and(|(_, to)| unit <= to)
            };
            let touched = families.values().filter(|family| family.iter().any(is_inside));
            touched.for_each(|family| add(family));
        }
        let mut all = self;
        all.ranges.extend(more);
        all
    }

    /// Writes the set as a class, or as itself if that is plain.
    pub(super) fn write(&self, out: &mut String) {
        if let Some(unit) = self.single()
            && let Ok(byte) = u8::try_from(unit)
            && byte.is_ascii_alphanumeric()
        {
            return out.push(char::from(byte));
        }
        let sorted = self.clone().sorted();
        if sorted.ranges.is_empty() {
            return out.push_str(NOTHING);
        }
        out.push('[');
        for (from, to) in sorted.ranges {
            // Surrogates are moved, so a range over their border comes apart.
            for (low, high, offset) in PLANES {
                let (from, to) = (u32::from(from).max(low), u32::from(to).min(high));
                if from <= to {
                    // Writing to a string cannot fail.
                    let _ = write!(out, "\\x{{{:x}}}-\\x{{{:x}}}", from + offset, to + offset);
                }
            }
        }
        out.push(']');
    }
}

/// All code units that compare equal without regard to case, by their canonical one.
fn families() -> &'static HashMap<u16, Vec<u16>> {
    static FAMILIES: OnceLock<HashMap<u16, Vec<u16>>> = OnceLock::new();
    FAMILIES.get_or_init(|| {
        let mut families: HashMap<u16, Vec<u16>> = HashMap::new();
        for unit in 0..=u16::MAX {
            families.entry(canonical(unit)).or_default().push(unit);
        }
        families.retain(|_, family| family.len() > 1);
        families
    })
}

/// The upper case if it is one code unit, and not ASCII for a unit that is not.
fn canonical(unit: u16) -> u16 {
    let Some(character) = char::from_u32(unit.into()) else { return unit };
    let mut upper = character.to_uppercase();
    match (upper.next().map(|upper| u16::try_from(u32::from(upper))), upper.next()) {
        (Some(Ok(upper)), None) if unit < 128 || upper >= 128 => upper,
        _ => unit,
    }
}

/// First and last code unit, and where the core's reading moves them.
const PLANES: [(u32, u32, u32); 3] =
    [(0, 0xd7ff, 0), (0xd800, 0xdfff, SURROGATES - 0xd800), (0xe000, 0xffff, 0)];
/// A class without members.
const NOTHING: &str = "[^\\x{0}-\\x{10ffff}]";
