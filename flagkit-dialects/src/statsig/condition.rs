//! Conditions: each becomes a segment of its own, because rules share them.

use std::collections::HashMap;

use flagkit_core::document::{
    Accepts, Bucket, Condition, Failing, Lookup, Operator, Prerequisite, Readings, Segment, Test,
    TextReading, Unreadable,
};
use flagkit_core::{
    Bucketing, Case, Context, Document, ErrorCode, Fixed, Hash, Part, Scale, Timestamp, Units,
    Value, compile,
};

use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

use super::operator::{self, Comparison, is_known, never};
use super::specs::{Asks, Kind, Specs};
use super::{id_list, lookup};

/// All conditions of a document but those that ask for gates.
pub(super) fn segments(specs: &Specs<'_>, report: &mut Report) -> Vec<Segment> {
    let mut reader = Reader { specs, report, tables: HashMap::new() };
    let above = Path::ROOT.key("condition_map");
    let conditions = specs.conditions.entries.iter();
    conditions
        .filter(|(_, node)| !matches!(Asks::of(node), Asks::Gate(_)))
        .map(|(hash, node)| Segment {
            key: segment_key(hash),
            when: reader.condition(node, &above.key(hash)),
        })
        .collect()
}

/// The key of a condition's segment.
pub(super) fn segment_key(hash: &str) -> String {
    format!("condition:{hash}")
}

/// What the SDK does with what it does not know: it ends the evaluation.
pub(super) const UNSUPPORTED: Condition = Condition::Fails(ErrorCode::General);

/// Whether a gate answers this; a gate that nobody knows answers false.
pub(super) fn gate(name: &str, answer: bool, specs: &Specs<'_>) -> Condition {
    if specs.get(Kind::Gate, name).is_none() {
        return if answer { never() } else { Condition::Always };
    }
    let passes = Condition::Prerequisite(Prerequisite {
        flag: specs.key(Kind::Gate, name),
        accepts: Accepts::Values(vec![Value::Boolean(true)]),
        when_disabled: true,
        when_failing: Failing::Fails,
    });
    if answer { passes } else { passes.negated() }
}

struct Reader<'r, 'n> {
    specs: &'r Specs<'n>,
    report: &'r mut Report,
    /// The buckets that were worked out one by one, for an operator and its target as JSON.
    tables: HashMap<(String, String), Vec<(f64, f64)>>,
}

impl Reader<'_, '_> {
    fn condition(&mut self, node: &Node<'_>, path: &Path<'_>) -> Condition {
        let text = |name: &str| node.entry(name).and_then(Node::as_text);
        let target = node.entry("targetValue").unwrap_or(&Node::Null);
        let field = || text("field").map_or_else(lookup::nothing, lookup::field);
        let kind = text("type").unwrap_or_default();
        let lookup = match kind {
            "public" => return Condition::Always,
            "user_field" | "ua_based" | "ip_based" => field(),
            "environment_field" => text("field").map_or_else(lookup::nothing, lookup::environment),
            "unit_id" => lookup::unit(text("idType").unwrap_or_default()),
            // Which application asks is not known here.
            "target_app" | "user_bucket" | "current_time" | "experiment_group" => lookup::nothing(),
            _ => return self.unsupported(path, &format!("the type `{kind}`")),
        };
        let operator = text("operator").unwrap_or_default();
        if !is_known(operator) {
            return self.unsupported(path, &format!("the operator `{operator}`"));
        }
        let compared = match kind {
            "current_time" => return operator::now(operator, target),
            "user_bucket" => return self.bucket(node, operator, target, path),
            "experiment_group" => {
                return self.group(text("field").unwrap_or_default(), operator, target, path);
            }
            _ => self.compare(&lookup, operator, target),
        };
        match kind {
            "ua_based" => guarded(compared, lookup, "userAgent"),
            "ip_based" if text("field").is_some_and(|field| field == "country") => {
                guarded(compared, lookup, "ip")
            }
            _ => compared,
        }
    }

    fn compare(&self, lookup: &Lookup, operator: &str, target: &Node<'_>) -> Condition {
        let in_list = || {
            let list = self.specs.id_lists.get(target.as_text().unwrap_or_default());
            id_list::contains(list, lookup)
        };
        match operator {
            "in_segment_list" => in_list(),
            "not_in_segment_list" => in_list().negated(),
            _ => Comparison { lookup, operator, target }.condition(),
        }
    }

    fn unsupported(&mut self, path: &Path<'_>, what: &str) -> Condition {
        let consequence =
            "flags that get there answer that they are not supported, as the SDK does";
        let problem = format!("{what} of a condition is unknown");
        self.report.warning(path, problem, consequence, "use a newer release, or another operator");
        UNSUPPORTED
    }

    /// One of a thousand buckets, compared as a number.
    fn bucket(
        &mut self,
        node: &Node<'_>,
        operator: &str,
        target: &Node<'_>,
        path: &Path<'_>,
    ) -> Condition {
        let table = (operator.to_owned(), target.to_value().to_string());
        let Some(ranges) = self.ranges(table, operator, target) else {
            return self.unsupported(path, "one more condition on buckets");
        };
        let id_type = node.entry("idType").and_then(Node::as_text).unwrap_or_default();
        let salt = node.entry("additionalValues").and_then(|values| values.entry("salt"));
        let salt = salt.and_then(Node::as_text).unwrap_or_default();
        Condition::from(Bucket {
            subject: lookup::subject(id_type),
            bucketing: hashed(format!("{salt}."), BUCKETS),
            ranges,
            when_missing: false,
        })
    }

    /// The buckets for which a comparison holds; `None` if there were too many comparisons.
    fn ranges(
        &mut self,
        table: (String, String),
        operator: &str,
        target: &Node<'_>,
    ) -> Option<Vec<(f64, f64)>> {
        if let Some(known) = self.tables.get(&table) {
            return Some(known.clone());
        }
        if self.tables.len() == TABLES_MAX {
            return None;
        }
        let condition = self.compare(&Lookup::Name(PROBE.to_owned()), operator, target);
        let ranges = ranges(&holding(condition));
        self.tables.insert(table, ranges.clone());
        Some(ranges)
    }

    /// The group of another experiment that the user is in.
    fn group(
        &mut self,
        experiment: &str,
        operator: &str,
        target: &Node<'_>,
        path: &Path<'_>,
    ) -> Condition {
        let Some(spec) = self.specs.get(Kind::Config, experiment) else {
            return self.compare(&lookup::nothing(), operator, target);
        };
        if self.specs.is_bandit(experiment) {
            return self.unsupported(path, "the group of a bandit");
        }
        let rules = spec.entry("rules").and_then(Node::as_list).unwrap_or_default();
        let group = |rule| Node::entry(rule, "groupName").and_then(Node::as_text);
        if rules.iter().any(|rule| rule.entry("configDelegate").is_some()) {
            return self.unsupported(path, "the group of an experiment that hands over");
        }
        let condition = self.compare(&Lookup::Name(PROBE.to_owned()), operator, target);
        let values = rules.iter().filter_map(group).map(Value::from);
        let groups: Vec<String> = met_by(condition.clone(), values)
            .into_iter()
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect();
        let accepts = if met_by(condition, [Value::Null]).is_empty() {
            Accepts::Variants(groups)
        } else {
            Accepts::VariantsOrUnnamed(groups)
        };
        Condition::Prerequisite(Prerequisite {
            flag: self.specs.key(Kind::Config, experiment),
            accepts,
            when_disabled: true,
            when_failing: Failing::Fails,
        })
    }
}

/// A SHA-256 of text before the subject, below a bound.
pub(super) fn hashed(before: String, below: u64) -> Bucketing {
    Bucketing {
        hash: Hash::Sha256 { bits: 64 },
        input: vec![Part::Text(before), Part::Subject],
        reads: TextReading::DoublesAndLists,
        units: Units::Utf8,
        scale: Scale::modulo(below),
    }
}

/// Fails where the SDK would work a fact out from another attribute, with data that is not here.
fn guarded(compared: Condition, lookup: Lookup, source: &str) -> Condition {
    let exists = |lookup| {
        Condition::Test(Test {
            lookup,
            operator: Operator::Exists,
            case: Case::Sensitive,
            reads: Readings::STRICT,
            negate: false,
            when_missing: false,
            when_unreadable: Unreadable::Holds(false),
            when_malformed: None,
        })
    };
    let source = Lookup::NotEmpty(Box::new(Lookup::Name(source.to_owned())));
    let unknown = Condition::Fails(ErrorCode::InvalidContext);
    let known = Condition::Any(vec![exists(lookup), exists(source).negated(), unknown]);
    Condition::All(vec![known, compared])
}

/// The buckets for which a condition on the probe holds.
fn holding(condition: Condition) -> Vec<u32> {
    let buckets = (0..BUCKETS).filter_map(|bucket| i64::try_from(bucket).ok()).map(Value::Integer);
    let met = met_by(condition, buckets);
    met.iter().filter_map(Value::as_integer).filter_map(|bucket| bucket.try_into().ok()).collect()
}

/// The values for which a condition on the probe holds.
fn met_by(condition: Condition, values: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let segment = Segment { key: PROBE.to_owned(), when: condition };
    let document = Document { segments: vec![segment], ..Document::default() };
    let snapshot = compile(document).snapshot;
    let world = Fixed::at(Timestamp::EPOCH);
    let holds = |value: &Value| {
        let context = Context::anonymous().with(PROBE, value.clone());
        snapshot.is_in_segment(PROBE, &context, &world, &mut ()) == Ok(true)
    };
    values.into_iter().filter(holds).collect()
}

/// Neighbours as one range.
fn ranges(buckets: &[u32]) -> Vec<(f64, f64)> {
    let mut ranges: Vec<(f64, f64)> = Vec::new();
    for bucket in buckets {
        let (from, to) = (f64::from(*bucket), f64::from(*bucket) + 1.0);
        match ranges.last_mut() {
            Some(last) if last.1.to_bits() == from.to_bits() => last.1 = to,
            _ => ranges.push((from, to)),
        }
    }
    ranges
}

/// The attribute that stands for a bucket or a group while a document is read.
const PROBE: &str = "probe";
const BUCKETS: u64 = 1000;
/// Each takes a thousand evaluations.
const TABLES_MAX: usize = 20_000;
