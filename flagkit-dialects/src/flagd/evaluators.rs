//! `$evaluators`: parts of targeting that flags share.
//!
//! References are replaced in the order of the evaluators: inside an evaluator only those that
//! come later are known. So there are no circles, and reading them from the last to the first
//! needs no recursion.

use std::collections::HashMap;

use flagkit_core::document::{Fractional, Function, Spread};
use flagkit_core::{ErrorCode, Hash, Units};

use crate::json_logic::{Extent, Part, Reader};
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;
use crate::settings::{FlagdSettings, FractionalVersion};

/// All evaluators of a document, read.
pub(super) struct Evaluators<'n> {
    places: HashMap<&'n str, usize>,
    /// The last one first.
    parts: Vec<Part>,
}

impl<'n> Evaluators<'n> {
    pub(super) fn read(
        node: Option<&'n Node<'_>>,
        switches: FlagdSettings,
        report: &mut Report,
    ) -> Self {
        let path = Path::ROOT.key("$evaluators");
        let entries = match node {
            None | Some(Node::Null) => &[],
            Some(Node::Map(entries)) => *entries,
            Some(other) => {
                let problem = format!("expected an object, found {}", other.summary());
                report.warning(&path, problem, "there are no evaluators", "write an object");
                &[]
            }
        };
        // A name that is there twice keeps its first place and its last value.
        let mut named: Vec<(&str, &Node<'_>)> = Vec::with_capacity(entries.len());
        let mut places: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
        for (name, node) in entries {
            let place = *places.entry(name).or_insert(named.len());
            match named.get_mut(place) {
                Some(entry) => entry.1 = node,
                None => named.push((name, node)),
            }
        }
        let mut evaluators = Self { places, parts: Vec::with_capacity(named.len()) };
        for (place, (name, node)) in named.into_iter().enumerate().rev() {
            let part = evaluators.part(place, node, &path.key(name), (switches, &mut *report));
            evaluators.parts.push(part);
        }
        evaluators
    }

    fn part(
        &self,
        place: usize,
        node: &Node<'_>,
        path: &Path<'_>,
        (switches, report): (FlagdSettings, &mut Report),
    ) -> Part {
        let later = |name: &str| self.places.get(name).filter(|other| **other > place);
        let parts = |name: &str| later(name).and_then(|place| self.at(*place));
        let operators = |operator: &str| own_function(operator, switches);
        let mut reader =
            Reader { operators: &operators, parts: &parts, report, extent: Extent::default() };
        let part = reader.part(node, path);
        if !part.extent().is_too_large() {
            return part;
        }
        let problem = "with the evaluators in it this is too deep or too large";
        let consequence = "an evaluation that reaches it answers the caller's default";
        report.warning(path, problem, consequence, "refer to fewer others");
        Part::broken(ErrorCode::ParseError)
    }

    /// The evaluator of this name.
    pub(super) fn find(&self, name: &str) -> Option<&Part> {
        self.at(*self.places.get(name)?)
    }

    fn at(&self, place: usize) -> Option<&Part> {
        self.parts.get(self.places.len().checked_sub(place + 1)?)
    }
}

/// The operators that only flagd has.
pub(super) fn own_function(operator: &str, switches: FlagdSettings) -> Option<Function> {
    Some(match operator {
        "starts_with" => Function::StartsWith,
        "ends_with" => Function::EndsWith,
        "sem_ver" => Function::Version,
        "fractional" => Function::Fractional(fractional(switches.fractional)),
        _ => return None,
    })
}

fn fractional(version: FractionalVersion) -> Fractional {
    let (units, spread) = match version {
        FractionalVersion::V1 => (Units::Utf8, Spread::Percentage),
        FractionalVersion::V2 => (Units::Utf8, Spread::Product),
        FractionalVersion::V3 => (Units::Cbor, Spread::Product),
    };
    let hash = Hash::Murmur3 { seed: 0 };
    let (flag_path, subject_path) = ("$flagd.flagKey".into(), "targetingKey".into());
    Fractional { hash, units, spread, flag_path, subject_path }
}
