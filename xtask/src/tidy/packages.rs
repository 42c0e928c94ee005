//! What `cargo metadata` says, reduced to what the checks ask.

use std::collections::{BTreeMap, BTreeSet};
use std::env;

use serde_json::Value;

use crate::command_line::CommandLine;
use crate::failure::Failure;

/// All packages of the workspace and of everything below it.
#[derive(Debug, Default)]
pub(crate) struct Packages {
    /// The packages, ours and others.
    pub(crate) all: Vec<Package>,
    /// The ids of the packages that users of ours compile: no dev-dependencies.
    pub(crate) shipped: BTreeSet<String>,
}

/// One version of one package.
#[derive(Clone, Debug, Default)]
pub(crate) struct Package {
    /// Unique; its form is cargo's secret.
    pub(crate) id: String,
    /// The name on crates.io.
    pub(crate) name: String,
    /// The exact version.
    pub(crate) version: String,
    /// The path of `Cargo.toml`, relative to the root for our packages.
    pub(crate) manifest: String,
    /// The registry or repository; none for a package that is a folder.
    pub(crate) source: Option<String>,
    /// The SPDX expression.
    pub(crate) licence: Option<String>,
    /// The direct dependencies as written in the manifest.
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line in a table of dependencies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dependency {
    /// The package it names, also if the manifest renames it.
    pub(crate) name: String,
    /// Whether it is a folder of this repository.
    pub(crate) is_ours: bool,
    /// Whether only tests, examples and benches see it.
    pub(crate) is_dev: bool,
    /// Whether a feature must switch it on.
    pub(crate) is_optional: bool,
    /// The `cfg(…)` it is limited to, if any.
    pub(crate) target: Option<String>,
}

impl Packages {
    /// Asks cargo.
    pub(crate) fn read() -> Result<Self, Failure> {
        let command = CommandLine::cargo("metadata --format-version 1 --all-features");
        let json = command.output()?;
        let value: Value = serde_json::from_str(&json)
            .map_err(|error| Failure::new(format!("no JSON: {error}\nreproduce: {command}")))?;
        let root = env::current_dir().unwrap_or_default();
        Ok(Self::from_json(&value, &root.to_string_lossy()))
    }

    /// Reads the parts of the metadata that are needed; what is absent stays empty.
    fn from_json(value: &Value, root: &str) -> Self {
        let all = items(value, "packages").map(|package| Package::from_json(package, root));
        Self { all: all.collect(), shipped: shipped(value) }
    }

    /// The packages of this repository.
    pub(crate) fn ours(&self) -> impl Iterator<Item = &Package> {
        self.all.iter().filter(|package| package.source.is_none())
    }

    /// The packages of others.
    pub(crate) fn third_party(&self) -> impl Iterator<Item = &Package> {
        self.all.iter().filter(|package| package.source.is_some())
    }
}

impl Package {
    /// Reads one entry of `packages`.
    fn from_json(package: &Value, root: &str) -> Self {
        let manifest = text(package, "manifest_path").unwrap_or_default().replace('\\', "/");
        let prefix = format!("{}/", root.replace('\\', "/"));
        Self {
            id: text(package, "id").unwrap_or_default(),
            name: text(package, "name").unwrap_or_default(),
            version: text(package, "version").unwrap_or_default(),
            manifest: manifest.strip_prefix(&prefix).unwrap_or(&manifest).to_owned(),
            source: text(package, "source"),
            licence: text(package, "license"),
            dependencies: items(package, "dependencies").map(Dependency::from_json).collect(),
        }
    }
}

impl Dependency {
    /// Reads one entry of `dependencies`.
    fn from_json(dependency: &Value) -> Self {
        Self {
            name: text(dependency, "name").unwrap_or_default(),
            is_ours: text(dependency, "path").is_some(),
            is_dev: text(dependency, "kind").as_deref() == Some("dev"),
            is_optional: dependency.get("optional").and_then(Value::as_bool).unwrap_or(false),
            target: text(dependency, "target"),
        }
    }
}

/// The ids that can be reached from the publishable members without dev-dependencies.
fn shipped(value: &Value) -> BTreeSet<String> {
    let mut edges: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let nodes = value.get("resolve").map(|resolve| items(resolve, "nodes")).into_iter().flatten();
    for node in nodes {
        let is_shipped = |dependency: &&Value| {
            items(dependency, "dep_kinds").any(|kind| text(kind, "kind").as_deref() != Some("dev"))
        };
        let targets = items(node, "deps").filter(is_shipped).filter_map(|dep| text(dep, "pkg"));
        edges.insert(text(node, "id").unwrap_or_default(), targets.collect());
    }
    // `publish` is null for a crate that may be published anywhere, [] for one that may not.
    let is_published = |package: &&Value| package.get("publish").is_none_or(Value::is_null);
    let roots = items(value, "packages")
        .filter(|package| text(package, "source").is_none())
        .filter(is_published)
        .filter_map(|package| text(package, "id"));
    let mut waiting: Vec<String> = roots.collect();
    let mut reached = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if reached.insert(id.clone()) {
            waiting.extend(edges.get(&id).into_iter().flatten().cloned());
        }
    }
    reached
}

/// The elements of a list in an object.
fn items<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// A text in an object.
fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
pub(super) mod tests;
