//! The conditions of a rule in the log.

use flagkit_core::document::{Document, Flag, Rule, Serve, Variant};
use flagkit_core::{Context, Fixed, Reason, Timestamp, Value, compile};

use super::outcome::{Fatal, Outcome};
use super::{Log, Scope, words};
use crate::configcat::condition::{Fork, Owner};
use crate::configcat::config::{
    self, Kind, PrerequisiteCondition, SegmentCondition, UserCondition,
};
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

impl<'n> Log<'_, 'n> {
    /// Whether all conditions are true; otherwise what became of the first that is not.
    pub(super) fn conditions(
        &mut self,
        nodes: &'n [Node<'n>],
        then: &str,
        scope: &mut Scope<'n>,
    ) -> Outcome {
        self.text.line("- ");
        let (mut outcome, mut is_then_below) = (Outcome::True, false);
        for (place, node) in nodes.iter().enumerate() {
            self.text.indent();
            match place {
                0 => self.text.add("IF "),
                _ => self.text.line("AND "),
            }
            let is_user;
            (outcome, is_user) = self.condition(node, scope);
            is_then_below = nodes.len() > 1 || !is_user && outcome != Outcome::NoUser;
            if nodes.len() > 1 {
                self.text.add(&verdict(&outcome));
            }
            self.text.outdent();
            if !outcome.is_true() {
                break;
            }
        }
        self.text.indent();
        let then = format!("THEN {then} => {outcome}");
        match is_then_below {
            true => self.text.line(&then),
            false if nodes.is_empty() => self.text.add(&then),
            false => self.text.add(&format!(" {then}")),
        }
        self.text.outdent();
        outcome
    }

    /// What became of the condition, and whether it is one about the user.
    fn condition(&mut self, node: &'n Node<'n>, scope: &mut Scope<'n>) -> (Outcome, bool) {
        if self.is_too_long() {
            return (TOO_LONG.into(), false);
        }
        match config::Condition::read(node) {
            config::Condition::User(user) => {
                let words = words::user_condition(&user);
                self.text.add(&words);
                let outcome = self.user_condition(&user, None, scope);
                (outcome, true)
            }
            config::Condition::Segment(segment) => (self.segment(&segment, scope), false),
            config::Condition::Prerequisite(other) => (self.prerequisite(&other, scope), false),
            config::Condition::Unknown => {
                let problem =
                    "Condition isn't a type of user, segment, or prerequisite flag condition";
                (problem.into(), false)
            }
        }
    }

    fn is_too_long(&mut self) -> bool {
        self.steps += 1;
        self.steps > STEPS_MAX
    }

    /// Asks the condition that evaluations ask; `segment` is the name of the segment around it.
    fn user_condition(
        &mut self,
        user_condition: &UserCondition<'n>,
        segment: Option<&str>,
        scope: &mut Scope<'n>,
    ) -> Outcome {
        let key = scope.setting.key;
        if self.is_too_long() {
            return TOO_LONG.into();
        }
        let Some(user) = self.user else {
            self.warn_of_missing_user(scope);
            return Outcome::NoUser;
        };
        let owner = Owner {
            config: self.config,
            origin: self.config.origin(&scope.setting),
            place: scope.setting.origin,
            context_salt: segment.unwrap_or(key),
        };
        let fork = owner.user_condition(user_condition, &Path::ROOT, &mut Report::new());
        match ask(fork, user) {
            Ok(Some(holds)) => {
                self.warnings.extend(words::converted(user_condition, key, user));
                Outcome::of(holds)
            }
            Err(()) => "Comparison value is missing or invalid".into(),
            Ok(None) => {
                let attribute = user_condition.attribute.unwrap_or_default().to_owned();
                let condition = words::user_condition(user_condition);
                let Some(value) = words::filled_attribute(user, &attribute) else {
                    self.warnings.push(words::missing_attribute(&condition, key, &attribute));
                    return Outcome::Missing { attribute };
                };
                let reason = words::invalid(user_condition, value);
                self.warnings.push(words::invalid_attribute(&condition, key, &attribute, &reason));
                Outcome::Invalid { attribute, reason }
            }
        }
    }

    fn segment(&mut self, condition: &SegmentCondition<'n>, scope: &mut Scope<'n>) -> Outcome {
        let segment = condition.segment(self.config.origin(&scope.setting));
        let name = segment.as_ref().map_or("<invalid name>", |(_, segment)| segment.name);
        let comparator = words::segment_comparator(condition.is_negated == Some(true));
        let words = format!("User {comparator} '{name}'");
        self.text.add(&words);
        let (Some((_, segment)), Some(is_negated)) = (segment, condition.is_negated) else {
            return "Segment reference is invalid".into();
        };
        if self.user.is_none() {
            self.warn_of_missing_user(scope);
            return Outcome::NoUser;
        }
        self.text.line("(");
        self.text.indent();
        self.text.line(&format!("Evaluating segment '{name}':"));
        let inside = self.segment_conditions(&segment, scope);
        let is_inside = match &inside {
            Outcome::True | Outcome::False => {
                format!("User {}", words::segment_comparator(!inside.is_true()))
            }
            other => other.to_string(),
        };
        self.text.line(&format!("Segment evaluation result: {is_inside}."));
        let outcome = inside.negated_if(is_negated);
        let result = match &outcome {
            Outcome::True => "evaluates to true",
            Outcome::False => "evaluates to false",
            _ => "failed to evaluate",
        };
        self.text.line(&format!("Condition ({words}) {result}."));
        self.text.outdent();
        self.text.line(")");
        outcome
    }

    fn segment_conditions(
        &mut self,
        segment: &config::Segment<'n>,
        scope: &mut Scope<'n>,
    ) -> Outcome {
        let Some(nodes) = segment.conditions else {
            return "Segment reference is invalid".into();
        };
        for (place, node) in nodes.iter().enumerate() {
            let user = UserCondition::read(node);
            if place > 0 {
                self.text.indent();
            }
            let begin = if place == 0 { "- IF " } else { "AND " };
            self.text.line(&format!("{begin}{}", words::user_condition(&user)));
            if place > 0 {
                self.text.outdent();
            }
            let outcome = self.user_condition(&user, Some(segment.name), scope);
            self.text.add(&verdict(&outcome));
            if !outcome.is_true() {
                return outcome;
            }
        }
        Outcome::True
    }

    fn prerequisite(
        &mut self,
        condition: &PrerequisiteCondition<'n>,
        scope: &Scope<'n>,
    ) -> Outcome {
        let words = words::prerequisite(condition);
        self.text.add(&words);
        let prerequisite = condition.key.and_then(|key| self.config.setting(key)).copied();
        let (Some(prerequisite), Some(is_negated)) = (prerequisite, condition.is_negated) else {
            return "Prerequisite flag is missing or invalid".into();
        };
        let is_same_kind = Kind::of_comparison(condition.node) == prerequisite.kind();
        let Some(wanted) = prerequisite.served(condition.node).filter(|_| is_same_kind) else {
            return Outcome::Fatal(Fatal::new(words::type_mismatch(condition)));
        };
        self.open.push(scope.setting.key);
        if self.open.contains(&prerequisite.key) {
            return Outcome::Fatal(words::circle(&self.open, prerequisite.key));
        }
        if self.open.len() > PREREQUISITES_MAX {
            return "prerequisites are nested too deeply".into();
        }
        self.text.line("(");
        self.text.indent();
        self.text.line(&format!("Evaluating prerequisite flag '{}':", prerequisite.key));
        let served = match self.setting(&prerequisite) {
            Ok(served) => served.value,
            Err(fatal) => return Outcome::Fatal(fatal),
        };
        self.open.pop();
        let holds = is_equal(&served, &wanted) != is_negated;
        let served = words::value(&served);
        self.text.line(&format!("Prerequisite flag evaluation result: '{served}'."));
        self.text.line(&format!("Condition ({words}) evaluates to {holds}."));
        self.text.outdent();
        self.text.line(")");
        Outcome::of(holds)
    }
}

/// What stands behind one of several conditions.
fn verdict(outcome: &Outcome) -> String {
    let skipping = if outcome.is_true() { "" } else { ", skipping the remaining AND conditions" };
    format!(" => {}{skipping}", outcome.is_true())
}

fn is_equal(served: &Value, wanted: &Value) -> bool {
    match (served.as_float(), wanted.as_float()) {
        (Some(served), Some(wanted)) => served == wanted,
        _ => served == wanted,
    }
}

/// Whether a condition is true for a user; `None` if it cannot be evaluated.
fn ask(fork: Fork<'_>, user: &Context) -> Result<Option<bool>, ()> {
    let rule = |when, variant| {
        let serve = Serve::Variant(variant);
        Rule { id: None, label: None, when, serve, reason: Reason::TargetingMatch }
    };
    let variants = [true, false].map(|holds| Variant {
        key: None,
        value: Value::from(holds),
        enabled: holds,
        metadata: None,
    });
    let flag = Flag {
        key: String::new(),
        variants: variants.into(),
        rules: vec![rule(fork.clone().holds(), 0), rule(fork.fails(), 1)],
        version: None,
        metadata: None,
    };
    let document = Document { flags: vec![flag], ..Document::default() };
    let snapshot = compile(document).snapshot;
    let found = snapshot.resolve("", user, &Fixed::at(Timestamp::EPOCH), &mut ());
    found.map(|found| found.value().and_then(Value::as_bool)).map_err(|_| ())
}

const TOO_LONG: &str = "the evaluation takes too long";
/// The longest evaluation that is logged.
const STEPS_MAX: usize = 100_000;
/// The longest chain of prerequisites that is logged: as long as evaluations follow one.
const PREREQUISITES_MAX: usize = 100;
