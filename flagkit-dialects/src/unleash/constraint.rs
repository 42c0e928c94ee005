//! Constraints: one field of the context against one operator.

use flagkit_core::document::{
    Condition, Lookup, NumberReading, Operator, Order, Readings, Search, Test, TextReading,
    TimeReading, Unreadable,
};
use flagkit_core::{Case, ErrorCode, Number, Value};

use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::settings::BrokenPart;

use super::Lowering;
use super::context::{CURRENT_TIME, ENVIRONMENT, USER_ID};
use super::network::network;
use super::operand::{Operand, can_be_quoted, operand, quoted};

impl Lowering<'_> {
    /// The constraints of a strategy or segment.
    pub(super) fn constraints(&mut self, fields: &Fields<'_, '_>) -> Vec<Condition> {
        let path = fields.at("constraints");
        let nodes = fields.list("constraints", &mut self.report).iter().enumerate();
        nodes.map(|(index, node)| self.constraint(node, &path.index(index))).collect()
    }

    fn constraint(&mut self, node: &Node<'_>, path: &Path<'_>) -> Condition {
        match self.settings.unreadable_constraint {
            BrokenPart::BreaksFlag => self.read(node, path).unwrap_or_else(never),
            BrokenPart::NeverHolds => {
                // Read by itself, so that its errors concern nothing else.
                let errors = self.report.errors();
                let read = self.read(node, path).unwrap_or_else(never);
                self.report.forgive(errors);
                read
            }
        }
    }

    fn read(&mut self, node: &Node<'_>, path: &Path<'_>) -> Option<Condition> {
        let fields = Fields::open(node, path, &mut self.report)?;
        let Some(name) = fields.text("contextName", &mut self.report) else {
            return self.lacks(&fields, "contextName");
        };
        let Some(operator) = fields.text("operator", &mut self.report) else {
            return self.lacks(&fields, "operator");
        };
        let is_inverted = fields.boolean("inverted", &mut self.report).unwrap_or(false);
        let ignores_case = fields.boolean("caseInsensitive", &mut self.report).unwrap_or(false);
        if !is_field(name) && quoted(name).is_none() {
            let problem = format!("the engine cannot read the name `{name}`");
            self.report.error_about(&fields.at("contextName"), problem, QUOTES, name);
            return None;
        }
        let is_text_of_now = name == CURRENT_TIME && order(operator).is_none();
        let lookup = if is_text_of_now { Lookup::Name(name.to_owned()) } else { self.field(name) };
        let case = if ignores_case { Case::Lowered } else { Case::Sensitive };
        let test = Test { negate: is_inverted, when_missing: is_inverted, ..test(lookup, case) };
        let condition = self.operator(operator, &fields, test)?;
        Some(if is_text_of_now { where_time_is_told(condition) } else { condition })
    }

    /// The test with the operator of this name.
    fn operator(&mut self, name: &str, fields: &Fields<'_, '_>, test: Test) -> Option<Condition> {
        let operator = match name {
            "IN" | "NOT_IN" => {
                let negate = test.negate != (name == "NOT_IN");
                let case = Case::Sensitive;
                let test = Test { negate, when_missing: negate, case, ..test };
                let operator = Operator::TextOneOf(self.members(fields)?);
                return Some(Condition::Test(Test { operator, ..test }));
            }
            "STR_STARTS_WITH" => Operator::StartsWith(self.values(fields)?),
            "STR_ENDS_WITH" => Operator::EndsWith(self.values(fields)?),
            "STR_CONTAINS" => {
                Operator::Contains(self.values(fields)?.into_iter().map(Value::from).collect())
            }
            "IN_CIDR" => {
                let networks = self.values(fields)?;
                Operator::InNetwork(networks.iter().filter_map(|text| network(text)).collect())
            }
            "REGEX" => {
                let pattern = fields.text("value", &mut self.report).unwrap_or_default();
                self.check_quoted(pattern, &fields.at("value"))?;
                // Where upper and lower case are the same to patterns is not for us to say.
                let case = match test.case {
                    Case::Sensitive => Case::Sensitive,
                    Case::Insensitive | Case::Lowered => Case::Insensitive,
                };
                let operator = Operator::Matches(vec![pattern.to_owned()], Search::Anywhere);
                let when_malformed = Some(Unreadable::DoesNotMeet);
                return Some(Condition::Test(Test { operator, case, when_malformed, ..test }));
            }
            _ => {
                if let Some(order) = order(name) {
                    return self.comparison(name, order, fields, test);
                }
                let hint = self.report.did_you_mean(name, OPERATORS);
                let problem = format!("there is no operator `{name}`{hint}");
                self.report.error_about(&fields.at("operator"), problem, "correct it", name);
                return None;
            }
        };
        Some(Condition::Test(Test { operator, ..test }))
    }

    /// A comparison; what the operand looks like says of what.
    fn comparison(
        &mut self,
        name: &str,
        order: Order,
        fields: &Fields<'_, '_>,
        test: Test,
    ) -> Option<Condition> {
        let Some(text) = fields.text("value", &mut self.report) else {
            return self.lacks(fields, "value");
        };
        if name.starts_with("SEMVER") && text.starts_with('v') {
            // The engine has a rule for this one mistake: it holds for no one, inverted or not.
            return Some(never());
        }
        let operator = match (operand(text), order) {
            (Some(Operand::Time(time)), order) => Operator::Time(order, vec![time]),
            (Some(Operand::Version(version)), order) => Operator::Version(order, vec![version]),
            (Some(Operand::Number(number)), Order::Equal) => {
                Operator::NumberNear { targets: vec![number], tolerance: f64::EPSILON }
            }
            (Some(Operand::Number(number)), order) => {
                Operator::Number(order, vec![Number::Float(number)])
            }
            (None, _) => {
                let problem = format!("`{text}` is neither a number nor a time nor a version");
                let mend = "write such as `5.5`, `2026-12-01T00:00:00Z` or `1.4.0`";
                self.report.error_about(&fields.at("value"), problem, mend, text);
                return None;
            }
        };
        Some(Condition::Test(Test { operator, ..test }))
    }

    /// The values of `IN` and `NOT_IN`: there may be none.
    fn members(&mut self, fields: &Fields<'_, '_>) -> Option<Vec<String>> {
        let values = self.quoted_values(fields)?;
        if !self.settings.trims_values {
            return Some(values);
        }
        let trimmed = values.iter().map(|value| value.trim());
        Some(trimmed.filter(|value| !value.is_empty()).map(str::to_owned).collect())
    }

    /// The values of the other operators: there must be one.
    fn values(&mut self, fields: &Fields<'_, '_>) -> Option<Vec<String>> {
        let values = self.quoted_values(fields)?;
        if values.is_empty() {
            return self.lacks(fields, "values");
        }
        Some(values)
    }

    fn quoted_values(&mut self, fields: &Fields<'_, '_>) -> Option<Vec<String>> {
        let errors = self.report.errors();
        let values = fields.texts("values", &mut self.report);
        for (index, value) in values.iter().enumerate() {
            self.check_quoted(value, &fields.at("values").index(index))?;
        }
        (self.report.errors() == errors).then(|| values.into_iter().map(str::to_owned).collect())
    }

    /// Reports text that the engine cannot read although it escapes quotes.
    pub(super) fn check_quoted(&mut self, text: &str, path: &Path<'_>) -> Option<()> {
        if !can_be_quoted(text) {
            let problem = format!("the engine cannot read `{text}`");
            self.report.error_about(path, problem, "remove the backslash at its end", text);
            return None;
        }
        Some(())
    }

    fn lacks<T>(&mut self, fields: &Fields<'_, '_>, name: &str) -> Option<T> {
        self.report.error(fields.path(), format!("the constraint needs `{name}`"), "add it");
        None
    }

    /// Where a field of the context is found.
    pub(super) fn field(&self, name: &str) -> Lookup {
        let own = Lookup::Name(name.to_owned());
        match (name, self.environment) {
            (USER_ID, _) => Lookup::FirstOf(vec![own, Lookup::TargetingKey]),
            (CURRENT_TIME, _) => Lookup::FirstOf(vec![own, Lookup::Now]),
            (ENVIRONMENT, Some(environment)) => {
                Lookup::FirstOf(vec![own, Lookup::Constant(Value::from(environment))])
            }
            _ => own,
        }
    }
}

/// Where a context tells no time, the engine takes the text of its own; that text is not to be
/// had here, so the flag fails.
fn where_time_is_told(condition: Condition) -> Condition {
    let is_told = Condition::Test(test(Lookup::Name(CURRENT_TIME.to_owned()), Case::Sensitive));
    let told = Condition::Any(vec![is_told, Condition::Fails(ErrorCode::General)]);
    Condition::All(vec![told, condition])
}

/// A test as this dialect reads values, without an operator yet.
pub(super) fn test(lookup: Lookup, case: Case) -> Test {
    Test {
        lookup,
        operator: Operator::Exists,
        case,
        reads: READS,
        negate: false,
        when_missing: false,
        when_unreadable: Unreadable::DoesNotMeet,
        when_malformed: None,
    }
}

/// Whether the name is one of the context's own fields, which the engine does not quote.
pub(super) fn is_field(name: &str) -> bool {
    super::context::FIELDS.contains(&name)
}

/// Holds for no one.
pub(super) fn never() -> Condition {
    Condition::Any(Vec::new())
}

fn order(operator: &str) -> Option<Order> {
    let (_, order) = operator.split_once('_').filter(|(kind, order)| match *kind {
        "NUM" | "SEMVER" => !matches!(*order, "AFTER" | "BEFORE"),
        "DATE" => matches!(*order, "AFTER" | "BEFORE"),
        _ => false,
    })?;
    Some(match order {
        "EQ" => Order::Equal,
        "GT" | "AFTER" => Order::Greater,
        "GTE" => Order::GreaterOrEqual,
        "LT" | "BEFORE" => Order::Less,
        "LTE" => Order::LessOrEqual,
        _ => return None,
    })
}

/// Fields of a context are text; what else an application passes is read as its text.
const READS: Readings = Readings {
    text: TextReading::Json,
    number: NumberReading::Doubles,
    time: TimeReading::LooseTextOrSeconds,
    ..Readings::STRICT
};

pub(super) const QUOTES: &str = "remove the quote, or the backslash at the end";

const OPERATORS: [&str; 19] = [
    "IN",
    "NOT_IN",
    "STR_STARTS_WITH",
    "STR_ENDS_WITH",
    "STR_CONTAINS",
    "NUM_EQ",
    "NUM_GT",
    "NUM_GTE",
    "NUM_LT",
    "NUM_LTE",
    "DATE_AFTER",
    "DATE_BEFORE",
    "SEMVER_EQ",
    "SEMVER_GT",
    "SEMVER_GTE",
    "SEMVER_LT",
    "SEMVER_LTE",
    "REGEX",
    "IN_CIDR",
];
