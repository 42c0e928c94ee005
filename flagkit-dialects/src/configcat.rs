//! ConfigCat's config JSON, version 6, and the documents that override it.
//!
//! A setting is targeting rules in an order, then percentage options for everybody else, then a
//! value. A rule whose conditions cannot be evaluated is skipped; a malformed piece is an error
//! of the setting that reaches it, and of no other.

use flagkit_core::document::{Broken, Condition, Flag, References, Rule, Serve, Variant};
use flagkit_core::{Document, ErrorCode, Reason, Value};

use crate::decode::{self, Decoded};
use crate::dialect::Dialect;
use crate::error::{DecodeError, WrongShape};
use crate::node::{Node, Tree};
use crate::path::Path;
use crate::report::Report;
use crate::settings::{Lowered, Settings};
use crate::vendors::Reader;

mod answer;
mod comparator;
mod condition;
mod config;
mod context;
mod log;
mod operator;
mod segment;
mod split;

pub use answer::{Answer, answer};
pub use config::Behaviour;
pub use context::context;
pub use log::{Explained, explain};

use condition::Owner;
use config::{Config, Setting, variation_id};

pub(crate) const READER: Reader = Reader { lower, is_likely };

/// Lowers a whole document.
fn lower(root: &Node<'_>, _settings: &Settings) -> Result<Lowered, WrongShape> {
    Ok(lower_config(&Config::read(root)?))
}

/// Whether this looks like a config document.
fn is_likely(root: &Node<'_>) -> bool {
    let settings = root.entry("f").and_then(Node::as_map);
    settings.is_some_and(|settings| {
        let is_setting = |node: &Node<'_>| node.entry("t").is_some() && node.entry("v").is_some();
        !settings.is_empty() && settings.iter().all(|(_, node)| is_setting(node))
    })
}

/// Reads a config and a document that overrides it, each in text.
///
/// The overrides are a config document, too, or plain values under `flags`.
///
/// ```
/// use flagkit_core::{Fixed, Timestamp, compile};
/// use flagkit_dialects::configcat::{self, Behaviour};
///
/// let config = r#"{ "f": { "beta": { "t": 0, "v": { "b": false } } } }"#;
/// let overrides = r#"{ "flags": { "beta": true } }"#;
/// let decoded = configcat::with_overrides(config, overrides, Behaviour::LocalOverRemote)?;
/// let snapshot = compile(decoded.document).snapshot;
/// let found = snapshot.resolve("beta", &(), &Fixed::at(Timestamp::EPOCH), &mut ());
/// assert_eq!(found.unwrap().value(), Some(&true.into()));
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
///
/// # Errors
///
/// Where one of the texts is no document.
pub fn with_overrides(
    config: &str,
    overrides: &str,
    behaviour: Behaviour,
) -> Result<Decoded, DecodeError> {
    let mut trees = (Tree::default(), Tree::default());
    let remote = decode::read(config, &mut trees.0)?;
    let local = decode::read(overrides, &mut trees.1)?;
    let both = Config::read_both(&remote, &local, behaviour);
    let config = both.map_err(|wrong| DecodeError::new(wrong.problem))?;
    let Lowered { document, diagnostics, environment } = lower_config(&config);
    let contexts = Dialect::ConfigCat;
    Ok(Decoded { document, diagnostics, environment, contexts })
}

fn lower_config(config: &Config<'_>) -> Lowered {
    let mut report = Report::new();
    report.begin_place();
    let segments = segment::segments(config, &mut report);
    let settings = config.settings.iter();
    let flags = settings.map(|setting| flag(setting, config, &mut report)).collect();
    // A reference that is never reached does no harm.
    let references = References {
        unknown_flag: Broken::Reached,
        unknown_segment: Broken::Reached,
        circle: Broken::Reentered,
    };
    let document = Document { flags, segments, references, ..Document::default() };
    Lowered { document, diagnostics: report.into_diagnostics(), environment: None }
}

fn flag(setting: &Setting<'_>, config: &Config<'_>, report: &mut Report) -> Flag {
    let settings = Path::ROOT.key("f");
    let path = settings.key(setting.key);
    let key = setting.key.to_owned();
    report.begin_flag();
    if !setting.is_readable() {
        let problem = format!("expected a map, found {}", setting.node.summary());
        report.error(&path, problem, "write a setting");
        return Flag::broken(key, ErrorCode::ParseError);
    }
    let (Some(rules), Some(options)) = (setting.rules(), setting.options()) else {
        report.error(&path, "`r` and `p` must be lists", "write lists");
        return Flag::broken(key, ErrorCode::ParseError);
    };
    report.begin_place();
    let mut lowering = Lowering { setting, config, report, variants: Vec::new() };
    let mut lowered = Vec::with_capacity(rules.len() + 2);
    for (place, node) in rules.iter().enumerate() {
        lowered.push(lowering.rule(place, node, &path.key("r").index(place)));
    }
    if !options.is_empty() {
        let serve = lowering.split(options, &path.key("p"));
        lowered.push(Rule {
            id: Some("percentage options".into()),
            label: None,
            when: Condition::Always,
            serve,
            reason: Reason::Split,
        });
    }
    let reason = if lowered.is_empty() { Reason::Static } else { Reason::Default };
    let serve = lowering.value(setting.value(), variation_id(setting.node), &path);
    lowered.push(Rule { id: None, label: None, when: Condition::Always, serve, reason });
    Flag { key, variants: lowering.variants, rules: lowered, version: None, metadata: None }
}

/// What is known while a setting is lowered.
struct Lowering<'a, 'n> {
    setting: &'a Setting<'n>,
    config: &'a Config<'n>,
    report: &'a mut Report,
    variants: Vec<Variant>,
}

impl<'n> Lowering<'_, 'n> {
    fn rule(&mut self, place: usize, node: &'n Node<'n>, path: &Path<'_>) -> Rule {
        let id = Some(format!("{RULE}{}", place + 1).into());
        let rule = |when, serve, reason| Rule { id, label: None, when, serve, reason };
        let Some(read) = config::Rule::read(node) else {
            self.report.error(path, "this is no targeting rule", "write `c` and `s` or `p`");
            let fails = Serve::Error(ErrorCode::ParseError);
            return rule(Condition::Always, fails, Reason::Error);
        };
        let when = self.conditions(read.conditions, &path.key("c"));
        match read.served {
            Some(served) => {
                let value = self.setting.served(served);
                let serve = self.value(value, variation_id(served), &path.key("s"));
                rule(when, serve, Reason::TargetingMatch)
            }
            None if read.options.is_empty() => {
                self.report.error(path, "the rule serves nothing", "write `s` or `p`");
                rule(when, Serve::Error(ErrorCode::ParseError), Reason::Error)
            }
            None => rule(when, self.split(read.options, &path.key("p")), Reason::Split),
        }
    }

    fn conditions(&mut self, nodes: &'n [Node<'n>], path: &Path<'_>) -> Condition {
        let origin = self.config.origin(self.setting);
        let owner = Owner {
            config: self.config,
            origin,
            place: self.setting.origin,
            context_salt: self.setting.key,
        };
        let lowered = nodes.iter().enumerate().map(|(place, node)| {
            condition::condition(node, &owner, &path.index(place), self.report)
        });
        let mut all: Vec<Condition> = lowered.collect();
        match (all.pop(), all.is_empty()) {
            (None, _) => Condition::Always,
            (Some(only), true) => only,
            (Some(last), false) => {
                all.push(last);
                Condition::All(all)
            }
        }
    }

    /// Serves this value; reaching a value that cannot be read is an error.
    fn value(&mut self, value: Option<Value>, id: Option<&str>, path: &Path<'_>) -> Serve {
        let variant = self.variant(value, id, path);
        variant.map_or(Serve::Error(ErrorCode::ParseError), Serve::Variant)
    }

    /// The place of a new variant with this value.
    fn variant(
        &mut self,
        value: Option<Value>,
        id: Option<&str>,
        path: &Path<'_>,
    ) -> Option<usize> {
        let Some(value) = value else {
            let problem = "the value is missing or not of the setting's type `t`";
            self.report.error(path, problem, "write `v` with the key of the type");
            return None;
        };
        let enabled = value.as_bool().unwrap_or(true);
        self.variants.push(Variant { key: id.map(Into::into), value, enabled, metadata: None });
        Some(self.variants.len() - 1)
    }
}

/// The place of the targeting rule of this id.
fn rule_place(id: &str) -> Option<usize> {
    id.strip_prefix(RULE)?.parse::<usize>().ok()?.checked_sub(1)
}

/// Before the number of a targeting rule, from 1.
const RULE: &str = "targeting rule ";

#[cfg(test)]
mod tests;
