//! Documents of Eppo: the universal flag configuration, plain or obfuscated, and its bandits.
//!
//! A flag is a list of allocations. Each may have a time, rules, and splits that need some
//! shards of the subject; the first that fits serves a variation. That is the order of rules of
//! the common document, and an allocation becomes one rule: its time and rules are the
//! condition, its splits what is served, and a subject in none of them goes on to the next.
//!
//! An obfuscated document calls flags, attributes and the texts that they are compared with by
//! their MD5, and writes everything else in base64. It is not decoded into a plain one, which
//! nobody could do: look-ups hash the names and texts of the context instead.
//!
//! Flags of the older randomized assignment configuration are recognised one by one, by their
//! `subjectShards`.
//!
//! A flag that the vendor's SDKs cannot read answers with an error and a diagnostic. A condition
//! that they cannot read never holds, and that is a warning.

use flagkit_core::document::{Condition, Document, Flag, Rule, Serve};
use flagkit_core::{ErrorCode, Reason};

use crate::error::WrongShape;
use crate::fields::Fields;
use crate::node::{Entry, Node};
use crate::path::Path;
use crate::report::Report;
use crate::settings::{Lowered, Settings};
use crate::vendors::Reader;

mod allocation;
mod answer;
mod bandit;
mod condition;
mod context;
mod legacy;
mod parts;
mod shards;
mod variation;
mod writing;

pub use answer::{Flags, Question, Words};
pub use bandit::{Actions, BanditQuestion, Models};
pub use context::{InvalidContext, context};
pub use variation::Kind;

use allocation::Allocations;
use writing::Writing;

pub(crate) const READER: Reader = Reader { lower, is_likely };

fn lower(root: &Node<'_>, settings: &Settings) -> Result<Lowered, WrongShape> {
    let writing = Writing::of(root)?;
    let mut report = Report::new();
    let flags = flags(root)?.iter().map(|(key, node)| flag(key, node, writing, &mut report));
    let document =
        Document { flags: flags.collect(), flag_keys: writing.flag_keys(), ..Document::default() };
    let environment = settings.environment.clone().or_else(|| environment(root));
    Ok(Lowered { document, diagnostics: report.into_diagnostics(), environment })
}

/// Keys that no other vendor's flags have.
fn is_likely(root: &Node<'_>) -> bool {
    let is_flag = |(_, node): &Entry<'_>| {
        node.entry("variationType").is_some() && node.entry("allocations").is_some()
            || node.entry("subjectShards").is_some()
    };
    root.entry("flags").and_then(Node::as_map).is_some_and(|flags| flags.iter().any(is_flag))
}

fn flags<'n>(root: &'n Node<'n>) -> Result<&'n [Entry<'n>], WrongShape> {
    let flags = root.entry("flags");
    let problem = || {
        let found = flags.map_or("nothing", Node::kind);
        WrongShape::new("flags", format!("`flags` must be an object of flags, not {found}"))
    };
    flags.and_then(Node::as_map).ok_or_else(problem)
}

fn environment(root: &Node<'_>) -> Option<String> {
    root.entry("environment")?.entry("name")?.as_text().map(str::to_owned)
}

fn flag(key: &str, node: &Node<'_>, writing: Writing, report: &mut Report) -> Flag {
    let (above, before) = (Path::ROOT.key("flags"), report.errors());
    let path = above.key(key);
    let read = Fields::open(node, &path, report).and_then(|fields| {
        if fields.node_or_null("subjectShards").is_some() {
            legacy::flag(key, &fields, report)
        } else {
            current(key, &fields, writing, report)
        }
    });
    // Parts that cannot be read are reported; what was read beside them does not count.
    read.filter(|_| report.errors() == before)
        .unwrap_or_else(|| Flag::broken(key.to_owned(), ErrorCode::ParseError))
}

fn current(
    key: &str,
    fields: &Fields<'_, '_>,
    writing: Writing,
    report: &mut Report,
) -> Option<Flag> {
    parts::text(fields, "key", report);
    let is_enabled = parts::boolean(fields, "enabled", report);
    let total = parts::whole(fields, "totalShards", report);
    let kind = variation::kind(fields, report)?;
    let variations = variation::read(fields, kind, writing, report)?;
    let allocations = Allocations { variations: &variations, total: total?, writing };
    let mut rules = allocations.rules(fields, report)?;
    if !is_enabled? {
        rules = vec![switched_off()];
    }
    let variants = variations.into_variants();
    Some(Flag { key: key.to_owned(), variants, rules, version: None, metadata: None })
}

/// Serves the caller's default to everybody.
fn switched_off() -> Rule {
    Rule {
        id: None,
        label: None,
        when: Condition::Always,
        serve: Serve::Default,
        reason: Reason::Disabled,
    }
}

#[cfg(test)]
mod tests;
