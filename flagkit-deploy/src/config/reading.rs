//! From a tree to values: every key known, every value of its kind, every unit resolved.
//!
//! Nothing stops at the first mistake. What comes out has the shape that the sections are made of:
//! weights in millionths, times in milliseconds, defaults filled in.

use std::collections::{BTreeMap, BTreeSet};

use flagkit_dialects::{Written, closest, written};
use serde_json::{Map, Value as Json, json};

use super::finding::{Finding, Findings};
use super::rules;
use super::shape::{Key, Kind, Shape, Without};

mod scalar;

/// What is read, and what was wrong.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) findings: Findings,
    /// Names that refer to a section, and where.
    references: Vec<(&'static str, String, String)>,
}

impl Reading {
    /// A map with known keys.
    pub(super) fn map(&mut self, shape: &Shape, node: &Written, path: &str) -> Json {
        let entries = match node {
            Written::Map(entries) => entries.as_slice(),
            Written::Null => &[],
            other => {
                let problem = format!("expected a map, found {}", other.summary());
                self.findings.add(path, problem, "write keys and values");
                return Json::Null;
            }
        };
        let mut read = Map::new();
        let mut seen = BTreeSet::new();
        for (name, node) in entries {
            let at = join(path, name);
            let Some(key) = shape.keys.iter().find(|key| key.name == name) else {
                self.unknown(shape, name, &at);
                continue;
            };
            if !seen.insert(name) {
                let problem = format!("the key `{name}` is there twice");
                self.findings.push(Finding::new(&at, problem, "remove one of them").about(name));
            }
            if !matches!(node, Written::Null) || matches!(key.kind, Kind::Map(_)) {
                read.insert(name.clone(), self.value(&key.kind, node, &at));
            }
        }
        for key in shape.keys {
            if !read.contains_key(key.name) {
                self.absent(key, path, &mut read);
            }
        }
        Json::Object(read)
    }

    /// Names that refer to nothing, now that all sections are known.
    pub(super) fn check_references(&mut self, file: &Json) {
        for (section, name, path) in std::mem::take(&mut self.references) {
            let known = names(file, section);
            if known.contains(&name.as_str()) {
                continue;
            }
            let meant = closest(&name, known.iter().copied());
            let hint = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            let problem = format!("`{section}` has no `{name}`{hint}");
            self.findings.add(
                &path,
                problem,
                &format!("write it below `{section}`, or remove it here"),
            );
        }
    }

    fn unknown(&mut self, shape: &Shape, name: &str, path: &str) {
        let known = shape.keys.iter().map(|key| key.name);
        let hint = match closest(name, known.clone()) {
            Some(meant) => format!("; did you mean `{meant}`?"),
            None => format!("; known are {}", known.collect::<Vec<_>>().join(", ")),
        };
        let problem = format!("the key `{name}` is unknown here{hint}");
        self.findings.push(Finding::new(path, problem, "correct or remove it").about(name));
    }

    fn absent(&mut self, key: &Key, path: &str, read: &mut Map<String, Json>) {
        match key.without {
            Without::Nothing => {}
            Without::Refused => {
                let problem = format!("the key `{}` is missing", key.name);
                self.findings.add(path, problem, key.words);
            }
            Without::Is(text) => {
                // Defaults are texts of this program; a test reads all of them.
                let node = written(text, VALUES_MAX).unwrap_or(Written::Null);
                let value = self.value(&key.kind, &node, &join(path, key.name));
                read.insert(key.name.to_owned(), value);
            }
        }
    }

    fn value(&mut self, kind: &Kind, node: &Written, path: &str) -> Json {
        match kind {
            Kind::Map(shape) => self.map(shape, node, path),
            Kind::Short(key, shape) => self.short(key, shape, node, path),
            Kind::List(inner, most) => self.list(inner, *most, node, path),
            Kind::Named(inner) => {
                let named = self.named(inner, node, path);
                Json::Object(named.into_iter().collect())
            }
            Kind::Ordered(inner) => {
                let named = self.named(inner, node, path).into_iter();
                named.map(|(name, value)| with_name(&name, value)).collect()
            }
            Kind::Texts => {
                let named = self.named(&Kind::Words, node, path);
                Json::Object(named.into_iter().collect())
            }
            Kind::Name(section) => {
                let value = self.scalar(kind, node, path);
                if let Json::String(name) = &value {
                    self.references.push((section, name.clone(), path.to_owned()));
                }
                value
            }
            Kind::Limit => {
                if let Written::Text(text) = node
                    && rules::says_milliseconds(path)
                    && rules::is_time(text)
                {
                    let name = path.split('.').rev().nth(1).unwrap_or(path);
                    let (problem, mend) = rules::misnamed(name, text);
                    self.findings.add(path, problem, &mend);
                }
                self.scalar(kind, node, path)
            }
            scalar => self.scalar(scalar, node, path),
        }
    }

    fn short(&mut self, key: &str, shape: &Shape, node: &Written, path: &str) -> Json {
        let map = match node {
            Written::Map(_) | Written::Null => return self.map(shape, node, path),
            // The name of a key alone: all of its defaults.
            Written::Text(name) if key.is_empty() => vec![(name.clone(), Written::Map(Vec::new()))],
            other => vec![(key.to_owned(), other.clone())],
        };
        // What is wrong with the value is wrong here: in the text there is no such key.
        let before = self.findings.len();
        let value = self.map(shape, &Written::Map(map), path);
        self.findings.shorten(before, &join(path, key), path);
        value
    }

    fn list(&mut self, inner: &Kind, most: usize, node: &Written, path: &str) -> Json {
        let items = match node {
            Written::List(items) => items.as_slice(),
            Written::Map(_) if !matches!(inner, Kind::Short(..)) => {
                self.findings.add(path, "expected a list, found a map", "write a list: `- …`");
                return Json::Null;
            }
            Written::Null => &[],
            single => return Json::Array(vec![self.value(inner, single, path)]),
        };
        if items.len() > most {
            let problem = format!("{} elements; at most {most} are allowed", items.len());
            self.findings.add(path, problem, "write fewer");
        }
        let items = items.iter().take(most).enumerate();
        items.map(|(at, item)| self.value(inner, item, &format!("{path}[{at}]"))).collect()
    }

    fn named(&mut self, inner: &Kind, node: &Written, path: &str) -> Vec<(String, Json)> {
        let entries = match node {
            Written::Map(entries) => entries.as_slice(),
            Written::Null => &[],
            other => {
                let problem = format!("expected names and values, found {}", other.summary());
                self.findings.add(path, problem, "write a map: `name: value`");
                return Vec::new();
            }
        };
        if entries.len() > NAMED_MAX {
            let problem = format!("{} names; at most {NAMED_MAX} are allowed", entries.len());
            self.findings.add(path, problem, "write fewer");
        }
        let mut seen = BTreeSet::new();
        let mut named = Vec::new();
        for (name, node) in entries.iter().take(NAMED_MAX) {
            let at = join(path, name);
            if !seen.insert(name) {
                let problem = format!("the name `{name}` is there twice");
                self.findings.push(Finding::new(&at, problem, "remove one of them").about(name));
            }
            if name.is_empty() || name.len() > NAME_BYTES_MAX {
                let problem = format!("a name has 1 to {NAME_BYTES_MAX} bytes");
                self.findings.push(Finding::new(&at, problem, "write another name").about(name));
            }
            named.push((name.clone(), self.value(inner, node, &at)));
        }
        named
    }
}

/// The names of a section.
fn names<'a>(file: &'a Json, section: &str) -> Vec<&'a str> {
    match file.get(section) {
        Some(Json::Object(named)) => named.keys().map(String::as_str).collect(),
        Some(Json::Array(items)) => {
            items.iter().filter_map(|item| item.get("name")?.as_str()).collect()
        }
        _ => Vec::new(),
    }
}

fn with_name(name: &str, mut value: Json) -> Json {
    if let Json::Object(map) = &mut value {
        map.insert("name".to_owned(), json!(name));
    }
    value
}

/// The path of a key.
fn join(path: &str, key: &str) -> String {
    match (path.is_empty(), key.is_empty()) {
        (true, _) => key.to_owned(),
        (_, true) => path.to_owned(),
        _ => format!("{path}.{key}"),
    }
}

/// Hooks that are called after themselves. A hook that is missing is no circle; it is told as
/// missing.
pub(super) fn circles(after: &BTreeMap<String, Vec<String>>) -> Vec<&str> {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    loop {
        let is_ready =
            |needed: &String| done.contains(needed.as_str()) || !after.contains_key(needed);
        let ready = after.iter().filter(|(_, needed)| needed.iter().all(is_ready));
        let ready: BTreeSet<&str> = ready.map(|(name, _)| name.as_str()).collect();
        if ready.len() == done.len() {
            break;
        }
        done = ready;
    }
    after.keys().map(String::as_str).filter(|name| !done.contains(name)).collect()
}

/// The most values of a file, those that aliases repeat included.
pub(super) const VALUES_MAX: usize = 100_000;
const NAMED_MAX: usize = 1000;
const NAME_BYTES_MAX: usize = 200;
