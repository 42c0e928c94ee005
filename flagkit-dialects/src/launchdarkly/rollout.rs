//! Outcomes: one variation, or variations by bucket.

use flagkit_core::document::{Branch, Lookup, Range, Serve, Split, TextReading};
use flagkit_core::{Bucketing, Division, ErrorCode, Hash, Part, Reduction, Scale, Units};

use super::clause;
use super::reference::{self, USER};
use super::variations::{NO_VARIATION, Variations};
use crate::fields::Fields;
use crate::report::Report;
use crate::settings::BucketFloat;

/// Whose buckets they are.
#[derive(Clone, Copy)]
pub(super) struct Owner<'a> {
    pub(super) key: &'a str,
    pub(super) salt: &'a str,
    pub(super) float: BucketFloat,
}

/// What a rule or the fallthrough does, and whether by a bucket.
pub(super) fn outcome(
    fields: &Fields<'_, '_>,
    owner: Owner<'_>,
    variations: &mut Variations,
    report: &mut Report,
) -> (Serve, bool) {
    if let Some(number) = integer("variation", fields, report) {
        let serve = variations.serve(number);
        if let Serve::Error(_) = serve {
            let problem = format!("the flag has no variation {number}");
            report.warning(&fields.at("variation"), problem, NO_OUTCOME, "correct it");
        }
        return (serve, false);
    }
    let path = fields.at("rollout");
    let rollout = fields.node("rollout").and_then(|node| Fields::open(node, &path, report));
    let rollout = rollout.and_then(|fields| Rollout::read(&fields, owner, report));
    if let Some(rollout) = rollout {
        return (rollout.serve(variations), true);
    }
    let problem = "there is neither `variation` nor `rollout` with variations";
    report.warning(fields.path(), problem, NO_OUTCOME, "add one");
    (NO_VARIATION, false)
}

/// Variations by bucket.
struct Rollout<'a> {
    kind: &'a str,
    subject: Subject,
    bucketing: Bucketing,
    is_experiment: bool,
    shares: Vec<Share>,
}

/// A variation and the buckets below `to` that no variation before it has.
struct Share {
    variation: i64,
    to: f64,
    is_tracked: bool,
}

impl<'a> Rollout<'a> {
    fn read(fields: &Fields<'a, '_>, owner: Owner<'_>, report: &mut Report) -> Option<Self> {
        let is_experiment = fields.text("kind", report) == Some("experiment");
        let own_kind = clause::kind("contextKind", fields, report);
        // Experiments are about contexts, whatever else the rollout says.
        let subject = if is_experiment { Subject::Key } else { subject(own_kind, fields, report) };
        let prefix = match integer("seed", fields, report) {
            Some(seed) => format!("{seed}."),
            None => format!("{}.{}.", owner.key, owner.salt),
        };
        let shares = shares(fields, owner.float, report);
        (!shares.is_empty()).then(|| Self {
            kind: own_kind.unwrap_or(USER),
            subject,
            bucketing: bucketing(prefix, owner.float),
            is_experiment,
            shares,
        })
    }

    fn serve(&self, variations: &mut Variations) -> Serve {
        let without_context = self.without_context(variations);
        let key = reference::key_of(self.kind);
        let lookup = match &self.subject {
            Subject::Attribute(lookup) => lookup.clone(),
            Subject::Key => {
                return self.split(key, without_context, variations);
            }
            Subject::Kind => {
                let bucket = self.bucketing.prepare().bucket(self.kind.into()).unwrap_or(0.0);
                let everyone = self.at(bucket, variations);
                return present(self.kind, everyone, without_context);
            }
            Subject::Malformed => {
                return present(self.kind, Serve::Error(ErrorCode::ParseError), without_context);
            }
        };
        let without_subject = self.at(0.0, variations);
        let is_one = matches!(
            (&without_subject, &without_context),
            (Serve::Variant(one), Serve::Variant(other)) if one == other
        );
        let split = self.split(lookup, without_subject, variations);
        if is_one { split } else { present(self.kind, split, without_context) }
    }

    fn split(&self, subject: Lookup, when_missing: Serve, variations: &mut Variations) -> Serve {
        let (mut ranges, mut from) = (Vec::with_capacity(self.shares.len()), 0.0);
        for (place, share) in self.shares.iter().enumerate() {
            // What is left over goes to the last one, whatever its weight.
            let is_last = place + 1 == self.shares.len();
            let to = if is_last { f64::INFINITY } else { share.to };
            if to > from {
                let in_experiment = self.is_experiment && share.is_tracked;
                // Buckets of a variation that does not exist are in no range.
                let variant = variations.place(share.variation, in_experiment);
                ranges.extend(variant.map(|variant| Range { from, to, variant }));
                from = to;
            }
        }
        Serve::from(Split {
            subject,
            bucketing: self.bucketing.clone(),
            ranges,
            when_missing: Box::new(when_missing),
            unassigned: Box::new(NO_VARIATION),
        })
    }

    /// What a bucket gets, outside of the experiment.
    fn at(&self, bucket: f64, variations: &mut Variations) -> Serve {
        let share = self.shares.iter().find(|share| bucket < share.to).or(self.shares.last());
        share.map_or(NO_VARIATION, |share| variations.serve(share.variation))
    }

    /// What it does for those who have no context of its kind. Nobody is in an experiment then.
    fn without_context(&self, variations: &mut Variations) -> Serve {
        self.at(WITHOUT_CONTEXT, variations)
    }
}

/// One thing where there is a context of this kind, another where there is none.
fn present(kind: &str, serve: Serve, otherwise: Serve) -> Serve {
    let branches = vec![Branch { when: reference::has_kind(kind), serve }];
    Serve::FirstOf { branches, otherwise: Box::new(otherwise) }
}

fn shares(fields: &Fields<'_, '_>, float: BucketFloat, report: &mut Report) -> Vec<Share> {
    let path = fields.at("variations");
    let (mut single, mut double) = (0.0_f32, 0.0_f64);
    let mut shares = Vec::new();
    for (place, node) in fields.list("variations", report).iter().enumerate() {
        let path = path.index(place);
        let Some(fields) = Fields::open(node, &path, report) else { continue };
        let variation = required("variation", &fields, report);
        let weight = weight(&fields, report).unwrap_or_default();
        let is_tracked = !fields.boolean("untracked", report).unwrap_or(false);
        single += share_single(weight);
        double += weight / WHOLE;
        let to = match float {
            BucketFloat::Single => f64::from(single),
            BucketFloat::Double => double,
        };
        shares.extend(variation.map(|variation| Share { variation, to, is_tracked }));
    }
    shares
}

/// A weight as the end of the first share, in the precision of buckets.
pub(super) fn share(weight: f64, float: BucketFloat) -> f64 {
    match float {
        BucketFloat::Single => f64::from(share_single(weight)),
        BucketFloat::Double => weight / WHOLE,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "SDKs of this precision round here")]
fn share_single(weight: f64) -> f32 {
    weight as f32 / WHOLE as f32
}

/// A weight in thousandths of a percent.
pub(super) fn weight(fields: &Fields<'_, '_>, report: &mut Report) -> Option<f64> {
    let node = fields.node("weight")?;
    let number = node.as_float();
    if number.is_none() {
        fields.mismatch("weight", "a number", "write a number without quotes", report);
    }
    number
}

/// What is bucketed.
pub(super) enum Subject {
    /// The key of the context.
    Key,
    /// The kind of the context: the same bucket for all that have one.
    Kind,
    /// An attribute that is there or not, and that is text, or a whole number, or neither.
    Attribute(Lookup),
    /// A reference that cannot be followed.
    Malformed,
}

/// What `bucketBy` names.
pub(super) fn subject(kind: Option<&str>, fields: &Fields<'_, '_>, report: &mut Report) -> Subject {
    if fields.text("bucketBy", report).is_none_or(str::is_empty) {
        return Subject::Key;
    }
    match clause::reference("bucketBy", kind, fields, report) {
        None => Subject::Malformed,
        Some(reference) if reference.is_key() => Subject::Key,
        Some(reference) if reference.is_kind() => Subject::Kind,
        Some(reference) => Subject::Attribute(reference.lookup(kind.unwrap_or(USER))),
    }
}

/// The first 15 hexadecimal digits of a SHA-1 as a fraction.
pub(super) fn bucketing(prefix: String, float: BucketFloat) -> Bucketing {
    let divide = match float {
        BucketFloat::Single => Division::Single(LONG_SCALE),
        BucketFloat::Double => Division::Double(LONG_SCALE.into()),
    };
    Bucketing {
        hash: Hash::Sha1 { bits: 60 },
        input: vec![Part::Text(prefix), Part::Subject],
        reads: TextReading::Integers,
        units: Units::Utf8,
        scale: Scale {
            absolute_32: false,
            reduce: Reduction::None,
            offset: 0,
            divide: Some(divide),
            multiply: 1.0,
            repeat_at: None,
        },
    }
}

/// A whole number; one with a fraction, or no number at all, is an error.
pub(super) fn integer(
    name: &'static str,
    fields: &Fields<'_, '_>,
    report: &mut Report,
) -> Option<i64> {
    let number = fields.node(name)?.to_value().as_integer();
    if number.is_none() {
        fields.mismatch(name, "a whole number", "write a number without fraction", report);
    }
    number
}

/// A whole number that must be there.
pub(super) fn required(
    name: &'static str,
    fields: &Fields<'_, '_>,
    report: &mut Report,
) -> Option<i64> {
    if fields.node(name).is_none() {
        report.error(fields.path(), format!("`{name}` is missing"), "add it");
    }
    integer(name, fields, report)
}

/// 2⁶⁰ − 1, which both precisions round to 2⁶⁰.
const LONG_SCALE: f32 = 1_152_921_504_606_846_976.0;
/// All weights together.
const WHOLE: f64 = 100_000.0;
/// The bucket of those who have no context of the kind that is bucketed: before all others, so
/// that they get the first variation even where its weight is 0.
pub(super) const WITHOUT_CONTEXT: f64 = -1.0;
const NO_OUTCOME: &str = "evaluations that get here answer the caller's default with an error";
