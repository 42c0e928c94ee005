//! Rules of variant flags: segments, and a share of them for each variant.

use std::sync::Arc;

use flagkit_core::document::{Condition, Lookup, Range, Rule, Serve, Split, TextReading, Variant};
use flagkit_core::{Bucketing, Hash, Part, Reason, Scale, Structure, Units, Value};

use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;

use super::segment::Names;
use super::{DEFAULT, DISABLED, Lowering, MATCH, Parts, UNKNOWN, answer, reason};

/// A variant by its key, and the text that comes with it.
struct Named<'n> {
    key: &'n str,
    attachment: &'n str,
}

impl Lowering {
    /// What a variant flag serves, and when.
    pub(super) fn rules(&mut self, key: &str, is_enabled: bool, fields: &Fields<'_, '_>) -> Parts {
        let mut parts = Parts::default();
        let default = self.default_variant(fields);
        let default = default.as_ref();
        if is_enabled {
            let path = fields.at("rules");
            for (index, node) in fields.list("rules", &mut self.report).iter().enumerate() {
                let path = path.index(index);
                if let Some(fields) = Fields::open(node, &path, &mut self.report) {
                    self.rule(key, &fields, default, &mut parts);
                }
            }
        }
        let label = match (is_enabled, default) {
            (false, _) => DISABLED,
            (true, Some(_)) => DEFAULT,
            (true, None) => UNKNOWN,
        };
        let serve = match default {
            Some(default) => parts.add(served(Some(default), Vec::new(), false)),
            None => Serve::Default,
        };
        parts.rules.push(rule(Condition::Always, serve, label));
        parts
    }

    fn default_variant<'n>(&mut self, fields: &Fields<'n, '_>) -> Option<Named<'n>> {
        let node = fields.node("defaultVariant")?;
        let path = fields.at("defaultVariant");
        let fields = Fields::open(node, &path, &mut self.report)?;
        let attachment = fields.text("attachment", &mut self.report).unwrap_or_default();
        self.key(&fields, "key").map(|key| Named { key, attachment })
    }

    fn rule(
        &mut self,
        flag: &str,
        fields: &Fields<'_, '_>,
        default: Option<&Named<'_>>,
        parts: &mut Parts,
    ) {
        let (when, names) = self.segments_of(fields);
        let shares = self.shares(fields);
        let id = fields.text("id", &mut self.report).map(Arc::from);
        let (serve, reason) = if shares.is_empty() {
            (parts.add(served(default, names, true)), Reason::TargetingMatch)
        } else {
            (split(flag, &shares, &names, parts), Reason::Split)
        };
        let label = Some(Arc::from(MATCH));
        parts.rules.push(Rule { id, label, when, serve, reason });
    }

    /// The variants of a rule that get a share at all.
    fn shares<'n>(&mut self, fields: &Fields<'n, '_>) -> Vec<(Named<'n>, f32)> {
        let path = fields.at("distributions");
        let nodes = fields.list("distributions", &mut self.report);
        let mut shares = Vec::with_capacity(nodes.len());
        for (index, node) in nodes.iter().enumerate() {
            let path = path.index(index);
            let Some(fields) = Fields::open(node, &path, &mut self.report) else { continue };
            let Some(key) = self.key(&fields, "variantKey") else { continue };
            let attachment = fields.text("variantAttachment", &mut self.report).unwrap_or_default();
            match fields.node("rollout").and_then(single) {
                Some(share) if share > 0.0 => shares.push((Named { key, attachment }, share)),
                Some(_) => {}
                None => self.number_missing(&path, "rollout"),
            }
        }
        shares
    }

    fn key<'n>(&mut self, fields: &Fields<'n, '_>, name: &'static str) -> Option<&'n str> {
        let key = fields.text(name, &mut self.report);
        if key.is_none() && fields.node(name).is_none() {
            self.report.error(fields.path(), format!("`{name}` is missing"), "add it");
        }
        key
    }

    pub(super) fn number_missing(&mut self, path: &Path<'_>, name: &str) {
        let problem = format!("`{name}` must be there, and a number");
        self.report.error(path, problem, "write a number without quotes");
    }
}

impl Parts {
    /// Serves this.
    pub(super) fn add(&mut self, variant: Variant) -> Serve {
        self.variants.push(variant);
        Serve::Variant(self.variants.len() - 1)
    }
}

/// A rule that Flipt gives this reason for.
pub(super) fn rule(when: Condition, serve: Serve, label: &'static str) -> Rule {
    Rule { id: None, label: Some(Arc::from(label)), when, serve, reason: reason(label) }
}

/// A number as the engine keeps it.
#[expect(clippy::cast_possible_truncation, reason = "the engine rounds to single precision")]
pub(super) fn single(node: &Node<'_>) -> Option<f32> {
    node.as_float().map(|number| number as f32)
}

/// What a variant flag serves: the variant, if there is one, and the segments that its rule
/// looks at.
fn served(variant: Option<&Named<'_>>, names: Names, enabled: bool) -> Variant {
    let key = variant.map(|variant| Arc::from(variant.key));
    let value = variant.map_or(Value::Null, |variant| Value::from(variant.key));
    let attachment = variant.map_or("", |variant| variant.attachment);
    let metadata: Structure = answer::metadata(attachment, names);
    Variant { key, value, enabled, metadata: Some(Arc::new(metadata)) }
}

fn split(flag: &str, shares: &[(Named<'_>, f32)], names: &Names, parts: &mut Parts) -> Serve {
    let mut ranges = Vec::with_capacity(shares.len());
    let mut from = 0.0;
    for ((variant, _), to) in shares.iter().zip(bounds(shares)) {
        let place = parts.variants.len();
        parts.variants.push(served(Some(variant), names.clone(), true));
        ranges.push(Range { from, to, variant: place });
        from = to;
    }
    let bucketing = Bucketing {
        hash: Hash::Crc32,
        input: vec![Part::Text(flag.to_owned()), Part::Subject],
        reads: TextReading::Json,
        units: Units::Utf8,
        scale: Scale::modulo(1_000),
    };
    Serve::from(Split {
        subject: entity(),
        bucketing,
        ranges,
        // The subject is empty text rather than missing, and the last bound is beyond all buckets.
        when_missing: Box::new(Serve::Default),
        unassigned: Box::new(Serve::Default),
    })
}

/// Who asks; a request without an entity asks for empty text.
pub(super) fn entity() -> Lookup {
    Lookup::FirstOf(vec![Lookup::TargetingKey, Lookup::Constant(Value::from(""))])
}

/// The first bucket of a thousand beyond each share: shares are brought to a sum of a hundred,
/// added up in single precision, and rounded.
fn bounds(shares: &[(Named<'_>, f32)]) -> Vec<f64> {
    let total: f32 = shares.iter().map(|(_, share)| share).sum();
    let mut sum = 0.0_f32;
    let mut bounds: Vec<f64> = Vec::with_capacity(shares.len());
    for (_, share) in shares {
        sum += share / total * 100.0;
        bounds.push(f64::from((sum * 10.0).round()));
    }
    if let Some(last) = bounds.last_mut() {
        *last = 1_000.0;
    }
    bounds
}
