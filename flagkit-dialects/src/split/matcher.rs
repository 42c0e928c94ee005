//! Matchers: one subject against one operator.

use flagkit_core::document::{
    Accepts, Condition, Failing, ListReading, Lookup, NumberReading, Operator, Order, Prerequisite,
    Readings, Search, SetRelation, Test, TextReading, Unreadable,
};
use flagkit_core::{Case, LenientVersion, Number};

use super::condition::NEVER;
use super::{Shared, dates, segment};
use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

/// Whether a matcher of this type can be read.
pub(super) fn is_known(kind: &str) -> bool {
    Kind::named(kind).is_some()
}

/// The condition of one matcher.
pub(super) fn condition(
    node: &Node<'_>,
    path: &Path<'_>,
    shared: &Shared<'_>,
    report: &mut Report,
) -> Option<Condition> {
    let fields = Fields::open(node, path, report)?;
    let Some(kind) = fields.text("matcherType", report).and_then(Kind::named) else {
        report.error(path, "a matcher needs its `matcherType`", "add it");
        return None;
    };
    let subject = subject(&fields, report);
    let holds = Matcher { fields, subject, shared }.condition(kind, report)?;
    let negate = fields.boolean("negate", report).unwrap_or_default();
    Some(if negate { negated(holds) } else { holds })
}

/// Whether another flag serves one of these treatments.
pub(super) fn serves(flag: &str, treatments: &[&str], shared: &Shared<'_>) -> Condition {
    if !shared.existing.contains(flag) {
        let is_listed = treatments.contains(&shared.treatment_of_missing(flag));
        return if is_listed { Condition::Always } else { NEVER };
    }
    Condition::Prerequisite(Prerequisite {
        flag: flag.to_owned(),
        accepts: Accepts::Variants(owned(treatments)),
        when_disabled: true,
        when_failing: Failing::Fails,
    })
}

/// The attribute that is tested; none stands for the matching key.
fn subject<'n>(fields: &Fields<'n, '_>, report: &mut Report) -> Option<&'n str> {
    let path = fields.at("keySelector");
    let selector = Fields::open(fields.node("keySelector")?, &path, report)?;
    selector.text("attribute", report)
}

/// Absent and unreadable subjects do not match, and `negate` turns that round.
fn negated(holds: Condition) -> Condition {
    match holds {
        Condition::Test(test) => {
            Condition::Test(Test { negate: !test.negate, when_missing: !test.when_missing, ..test })
        }
        other => other.negated(),
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    AllKeys,
    InSegment,
    InRuleBasedSegment,
    InSplitTreatment,
    Whitelist,
    StartsWith,
    EndsWith,
    ContainsString,
    MatchesString,
    EqualToBoolean,
    Between,
    Number(Order),
    Set(SetRelation),
    BetweenVersions,
    VersionInList,
    Version(Order),
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "ALL_KEYS" => Self::AllKeys,
            "IN_SEGMENT" => Self::InSegment,
            "IN_RULE_BASED_SEGMENT" => Self::InRuleBasedSegment,
            "IN_SPLIT_TREATMENT" => Self::InSplitTreatment,
            "WHITELIST" => Self::Whitelist,
            "STARTS_WITH" => Self::StartsWith,
            "ENDS_WITH" => Self::EndsWith,
            "CONTAINS_STRING" => Self::ContainsString,
            "MATCHES_STRING" => Self::MatchesString,
            "EQUAL_TO_BOOLEAN" => Self::EqualToBoolean,
            "BETWEEN" => Self::Between,
            "EQUAL_TO" => Self::Number(Order::Equal),
            "GREATER_THAN_OR_EQUAL_TO" => Self::Number(Order::GreaterOrEqual),
            "LESS_THAN_OR_EQUAL_TO" => Self::Number(Order::LessOrEqual),
            "CONTAINS_ALL_OF_SET" => Self::Set(SetRelation::ContainsAll),
            "CONTAINS_ANY_OF_SET" => Self::Set(SetRelation::ContainsAny),
            "EQUAL_TO_SET" => Self::Set(SetRelation::Equals),
            "PART_OF_SET" => Self::Set(SetRelation::PartOf),
            "BETWEEN_SEMVER" => Self::BetweenVersions,
            "IN_LIST_SEMVER" => Self::VersionInList,
            "EQUAL_TO_SEMVER" => Self::Version(Order::Equal),
            "GREATER_THAN_OR_EQUAL_TO_SEMVER" => Self::Version(Order::GreaterOrEqual),
            "LESS_THAN_OR_EQUAL_TO_SEMVER" => Self::Version(Order::LessOrEqual),
            _ => return None,
        })
    }
}

/// A matcher without its `negate`.
struct Matcher<'n, 'p, 's> {
    fields: Fields<'n, 'p>,
    subject: Option<&'n str>,
    shared: &'s Shared<'s>,
}

impl<'n> Matcher<'n, '_, '_> {
    fn condition(&self, kind: Kind, report: &mut Report) -> Option<Condition> {
        Some(match kind {
            // The subject counts for nothing, even where it is an attribute that is missing.
            Kind::AllKeys => Condition::Always,
            Kind::InSegment => {
                let in_segment = segment::in_ordinary(self.segment(report)?);
                match self.subject {
                    None => in_segment,
                    // The attribute must be there, and the key is what must be in the segment.
                    Some(_) => Condition::All(vec![self.test(Operator::Exists), in_segment]),
                }
            }
            Kind::InRuleBasedSegment => segment::in_rule_based(self.segment(report)?),
            Kind::InSplitTreatment => self.dependency(report)?,
            Kind::Whitelist => self.test(Operator::TextOneOf(self.whitelist(report)?)),
            Kind::StartsWith => self.test(Operator::StartsWith(self.whitelist(report)?)),
            Kind::EndsWith => self.test(Operator::EndsWith(self.whitelist(report)?)),
            Kind::ContainsString => self.test(Operator::TextContains(self.whitelist(report)?)),
            Kind::Set(relation) => self.test(Operator::Set(relation, self.whitelist(report)?)),
            Kind::MatchesString => {
                let pattern = self.text("stringMatcherData", report)?;
                self.test(Operator::Matches(vec![pattern.to_owned()], Search::Anywhere))
            }
            Kind::EqualToBoolean => self.boolean(report)?,
            Kind::Number(order) => self.number(order, report)?,
            Kind::Between => self.between(report)?,
            Kind::Version(order) => self.version(order, self.text("stringMatcherData", report)?),
            Kind::BetweenVersions => {
                let path = self.fields.at("betweenStringMatcherData");
                let data =
                    Fields::open(self.data("betweenStringMatcherData", report)?, &path, report)?;
                let start = required("start", data.text("start", report), &data, report)?;
                let end = required("end", data.text("end", report), &data, report)?;
                Condition::All(vec![
                    self.version(Order::GreaterOrEqual, start),
                    self.version(Order::LessOrEqual, end),
                ])
            }
            Kind::VersionInList => {
                let mut versions = self.whitelist(report)?;
                versions.retain(|text| LenientVersion::parse(text).is_some());
                self.test(Operator::LenientVersion(Order::Equal, versions))
            }
        })
    }

    fn dependency(&self, report: &mut Report) -> Option<Condition> {
        let path = self.fields.at("dependencyMatcherData");
        let data = Fields::open(self.data("dependencyMatcherData", report)?, &path, report)?;
        let flag = required("split", data.text("split", report), &data, report)?;
        Some(serves(flag, &data.texts("treatments", report), self.shared))
    }

    /// A boolean, or text that is one as JSON in any case.
    fn boolean(&self, report: &mut Report) -> Option<Condition> {
        let wanted = self.fields.boolean("booleanMatcherData", report);
        let wanted = required("booleanMatcherData", wanted, &self.fields, report)?;
        let pattern = format!("^[ \\t\\n\\r]*(?i-u:{wanted})[ \\t\\n\\r]*$");
        Some(self.test(Operator::Matches(vec![pattern], Search::Anywhere)))
    }

    fn number(&self, order: Order, report: &mut Report) -> Option<Condition> {
        let path = self.fields.at("unaryNumericMatcherData");
        let data = Fields::open(self.data("unaryNumericMatcherData", report)?, &path, report)?;
        let is_date = is_date(&data, report)?;
        let value = number("value", &data, report)?;
        if !is_date {
            return Some(self.numbers(order, Some(value)));
        }
        let milliseconds = value.to_float();
        Some(match order {
            Order::GreaterOrEqual => self.numbers(order, dates::not_before_minute(milliseconds)),
            Order::LessOrEqual => self.numbers(order, dates::not_after_minute(milliseconds)),
            _ => match dates::same_day(milliseconds) {
                None => NEVER,
                Some((from, to)) => self.within(Some(from), Some(to)),
            },
        })
    }

    fn between(&self, report: &mut Report) -> Option<Condition> {
        let path = self.fields.at("betweenMatcherData");
        let data = Fields::open(self.data("betweenMatcherData", report)?, &path, report)?;
        let is_date = is_date(&data, report)?;
        let (start, end) = (number("start", &data, report), number("end", &data, report));
        let (start, end) = (start?, end?);
        if !is_date {
            return Some(self.within(Some(start), Some(end)));
        }
        let start = dates::not_before_minute(start.to_float());
        Some(self.within(start, dates::not_after_minute(end.to_float())))
    }

    fn within(&self, from: Option<Number>, to: Option<Number>) -> Condition {
        Condition::All(vec![
            self.numbers(Order::GreaterOrEqual, from),
            self.numbers(Order::LessOrEqual, to),
        ])
    }

    /// Without operand nothing matches.
    fn numbers(&self, order: Order, operand: Option<Number>) -> Condition {
        self.test(Operator::Number(order, operand.into_iter().collect()))
    }

    /// What is no version, on either side, does not match.
    fn version(&self, order: Order, operand: &str) -> Condition {
        let operand = LenientVersion::parse(operand).map(|_| operand.to_owned());
        self.test(Operator::LenientVersion(order, operand.into_iter().collect()))
    }

    fn test(&self, operator: Operator) -> Condition {
        let lookup = self.subject.map(|name| Lookup::Name(name.to_owned()));
        Condition::Test(Test {
            lookup: lookup.unwrap_or(Lookup::TargetingKey),
            operator,
            case: Case::Sensitive,
            reads: READS,
            negate: false,
            when_missing: false,
            when_unreadable: Unreadable::DoesNotMeet,
            when_malformed: None,
        })
    }

    fn data(&self, name: &'static str, report: &mut Report) -> Option<&'n Node<'n>> {
        required(name, self.fields.node(name), &self.fields, report)
    }

    fn text(&self, name: &'static str, report: &mut Report) -> Option<&'n str> {
        required(name, self.fields.text(name, report), &self.fields, report)
    }

    fn segment(&self, report: &mut Report) -> Option<&'n str> {
        let path = self.fields.at("userDefinedSegmentMatcherData");
        let data =
            Fields::open(self.data("userDefinedSegmentMatcherData", report)?, &path, report)?;
        required("segmentName", data.text("segmentName", report), &data, report)
    }

    fn whitelist(&self, report: &mut Report) -> Option<Vec<String>> {
        let path = self.fields.at("whitelistMatcherData");
        let data = Fields::open(self.data("whitelistMatcherData", report)?, &path, report)?;
        required("whitelist", data.node("whitelist"), &data, report)?;
        Some(owned(&data.texts("whitelist", report)))
    }
}

/// Whether the operands are milliseconds; they are numbers where nothing is said.
fn is_date(data: &Fields<'_, '_>, report: &mut Report) -> Option<bool> {
    match data.text("dataType", report) {
        None | Some("NUMBER") => Some(false),
        Some("DATETIME") => Some(true),
        Some(other) => {
            let problem = format!("there is no type of data `{other}`");
            report.error(&data.at("dataType"), problem, "write `NUMBER` or `DATETIME`");
            None
        }
    }
}

fn number(name: &'static str, data: &Fields<'_, '_>, report: &mut Report) -> Option<Number> {
    let number = match required(name, data.node(name), data, report)? {
        Node::Integer(value) => Some((*value).into()),
        Node::Unsigned(value) => Some((*value).into()),
        Node::Float(value) => Some(Number::Float(*value)),
        _ => None,
    };
    if number.is_none() {
        data.mismatch(name, "a number", "write a number without quotes", report);
    }
    number
}

fn required<T>(
    name: &'static str,
    found: Option<T>,
    fields: &Fields<'_, '_>,
    report: &mut Report,
) -> Option<T> {
    if found.is_none() {
        report.error(fields.path(), format!("the matcher needs `{name}`"), "add it");
    }
    found
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Everything has a text; numbers are whole ones; text is the set of its characters.
const READS: Readings = Readings {
    text: TextReading::SpacedJson,
    number: NumberReading::IntegersInText,
    lists: ListReading::Members,
    ..Readings::STRICT
};
