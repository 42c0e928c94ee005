//! No circles between the files of the core.
//!
//! An arrow is a path through another module: in a `use`, or in the middle of code.
//! A parent that only declares its child (`mod child;`) has no arrow to it; one that
//! uses what the child defines has.

mod imports;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Facts, Violation};

/// The folder that is checked.
const FOLDER: &str = "flagkit-core/src/";

/// Pairs of importing and imported module that may close a circle, with the reason.
const ALLOWED: &[Exception] = &[];

/// An arrow that is left out of the search.
struct Exception {
    from: &'static str,
    to: &'static str,
    /// Read by people.
    _reason: &'static str,
}

/// Reports each circle once, in full, at the first arrow.
pub(crate) fn check(facts: &Facts) -> Vec<Violation> {
    circles(&arrows(facts, ALLOWED))
}

/// From a module to those it imports, with the place of the first import of each.
type Arrows = BTreeMap<String, BTreeMap<String, Place>>;

/// A path with a line.
type Place = (String, usize);

/// All arrows between the modules of the folder.
fn arrows(facts: &Facts, allowed: &[Exception]) -> Arrows {
    let files = facts.tree.rust().filter(|file| file.path.starts_with(FOLDER) && !file.is_test());
    let files: Vec<_> = files.filter_map(|file| Some((module_of(&file.path)?, file))).collect();
    let modules: BTreeSet<&str> = files.iter().map(|(module, _)| module.as_str()).collect();
    let is_allowed = |from: &str, to: &str| {
        allowed.iter().any(|exception| exception.from == from && exception.to == to)
    };
    let mut arrows = Arrows::new();
    for (module, file) in &files {
        let targets = arrows.entry(module.clone()).or_default();
        for (path, line) in imports::of(&file.source, module) {
            let Some(target) = nearest(&path, &modules) else {
                continue;
            };
            if target != module && !is_allowed(module, target) {
                targets.entry(target.to_owned()).or_insert((file.path.clone(), line));
            }
        }
    }
    arrows
}

/// `crate::a::b` for `flagkit-core/src/a/b.rs`.
fn module_of(path: &str) -> Option<String> {
    let inner = path.strip_prefix(FOLDER)?.strip_suffix(".rs")?;
    if inner == "lib" {
        return Some("crate".to_owned());
    }
    Some(format!("crate::{}", inner.replace('/', "::")))
}

/// The module in which a path ends: its longest beginning that is a module.
fn nearest<'p>(path: &'p str, modules: &BTreeSet<&str>) -> Option<&'p str> {
    let ends = path.match_indices("::").map(|(end, _)| end).chain([path.len()]);
    let beginnings: Vec<&str> = ends.filter_map(|end| path.get(..end)).collect();
    beginnings.into_iter().rev().find(|beginning| modules.contains(beginning))
}

/// For each arrow the shortest circle through it, each circle once.
fn circles(arrows: &Arrows) -> Vec<Violation> {
    let mut seen = BTreeSet::new();
    let mut violations = Vec::new();
    for (from, targets) in arrows {
        for (to, place) in targets {
            let Some(way_back) = shortest_way(arrows, to, from) else {
                continue;
            };
            let circle = [vec![from.clone()], way_back].concat();
            if seen.insert(circle.iter().skip(1).cloned().collect::<BTreeSet<_>>()) {
                let what = format!("circle of imports: {}", described(&circle, arrows));
                let mend = "move what both need to a lower module";
                violations.push(Violation::new(&place.0, place.1, what, mend));
            }
        }
    }
    violations
}

/// The modules from `begin` to `end`, both included, over as few arrows as possible.
fn shortest_way(arrows: &Arrows, begin: &str, end: &str) -> Option<Vec<String>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut waiting = VecDeque::from([begin]);
    while let Some(module) = waiting.pop_front() {
        if module == end {
            let steps = std::iter::successors(Some(end), |step| {
                if *step == begin { None } else { came_from.get(step).copied() }
            });
            let mut way: Vec<String> = steps.map(str::to_owned).collect();
            way.reverse();
            return Some(way);
        }
        for target in arrows.get(module).into_iter().flat_map(BTreeMap::keys) {
            if target != begin && !came_from.contains_key(target.as_str()) {
                came_from.insert(target, module);
                waiting.push_back(target);
            }
        }
    }
    None
}

/// `crate::a (src/a.rs:3) -> crate::b (src/b.rs:1) -> crate::a`: each with the line of its import.
fn described(circle: &[String], arrows: &Arrows) -> String {
    let pairs = circle.iter().zip(circle.iter().skip(1));
    let steps = pairs.map(|(from, to)| {
        let place = arrows.get(from).and_then(|targets| targets.get(to));
        let (path, line) = place.map_or(("", 0), |(path, line)| (path.as_str(), *line));
        format!("{from} ({path}:{line}) -> ")
    });
    steps.chain(circle.last().cloned()).collect()
}

#[cfg(test)]
mod tests;
