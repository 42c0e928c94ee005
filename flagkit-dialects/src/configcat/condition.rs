//! Conditions of targeting rules and segments.
//!
//! A condition is true, false, or cannot be evaluated: the attribute is missing, empty, or not
//! what the comparator needs. Rules only ask whether it is true, segments also whether it is
//! false, so a user condition is said both ways.

use flagkit_core::document::{
    Accepts, Condition, Failing, Lookup, Operator, Prerequisite, Test, Unreadable,
};
use flagkit_core::{Case, ErrorCode};

use super::config::{
    self, Config, Kind, Origin, PrerequisiteCondition, SegmentCondition, UserCondition,
};
use super::context::DATE;
use super::operator::{self, Compared};
use super::segment;
use super::split::IDENTIFIER;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

/// Whose conditions are lowered.
pub(super) struct Owner<'a, 'n> {
    pub(super) config: &'a Config<'n>,
    pub(super) origin: &'a Origin<'n>,
    /// The place of the origin.
    pub(super) place: usize,
    /// The key of the setting or the name of the segment.
    pub(super) context_salt: &'a str,
}

/// Lowers one condition of a targeting rule.
pub(super) fn condition<'n>(
    node: &'n Node<'n>,
    owner: &Owner<'_, 'n>,
    path: &Path<'_>,
    report: &mut Report,
) -> Condition {
    match config::Condition::read(node) {
        config::Condition::User(user) => {
            owner.user_condition(&user, &path.key("u"), report).holds()
        }
        config::Condition::Segment(segment) => owner.segment(&segment, &path.key("s"), report),
        config::Condition::Prerequisite(other) => {
            owner.prerequisite(&other, &path.key("p"), report)
        }
        config::Condition::Unknown => {
            let problem = "the condition is none that is known";
            report.error(path, problem, "write `u`, `s` or `p`");
            FAILS
        }
    }
}

impl<'n> Owner<'_, 'n> {
    /// Lowers a condition about the user.
    pub(super) fn user_condition<'u>(
        &self,
        user: &UserCondition<'u>,
        path: &Path<'_>,
        report: &mut Report,
    ) -> Fork<'u> {
        let (Some(name), Some(comparator)) = (user.attribute, user.comparator) else {
            let problem = "the attribute or the comparator is missing or unknown";
            report.error(path, problem, "write `a` as text and `c` as a number from 0 to 35");
            return Fork::Broken;
        };
        let attribute = attribute(name);
        match operator::operator(comparator, user, self) {
            Ok(compared) => Fork::Compared(attribute, compared),
            Err(problem) => {
                report.error(path, problem.text, problem.mend);
                Fork::BrokenFor(attribute)
            }
        }
    }

    fn segment(
        &self,
        condition: &SegmentCondition<'n>,
        path: &Path<'_>,
        report: &mut Report,
    ) -> Condition {
        let Some((index, segment)) = condition.segment(self.origin) else {
            report.error(path, "there is no such segment", "write the place of one as `s`");
            return FAILS;
        };
        let Some(is_negated) = condition.is_negated else {
            report.error(path, "the comparator `c` is unknown", "write 0 or 1");
            return FAILS;
        };
        Condition::InSegment(segment::key(self.place, index, segment.name, is_negated))
    }

    fn prerequisite(
        &self,
        condition: &PrerequisiteCondition<'n>,
        path: &Path<'_>,
        report: &mut Report,
    ) -> Condition {
        let setting = condition.key.and_then(|key| self.config.setting(key));
        let (Some(setting), Some(is_negated)) = (setting, condition.is_negated) else {
            let problem = "the prerequisite or the comparator is missing or unknown";
            report.error(path, problem, "write `f` as the key of a setting and `c` as 0 or 1");
            return FAILS;
        };
        let is_same_kind = Kind::of_comparison(condition.node) == setting.kind();
        let Some(value) = setting.served(condition.node).filter(|_| is_same_kind) else {
            let problem = format!("the value is not of the type of `{}`", setting.key);
            report.error(path, problem, "compare with a value of its type");
            return FAILS;
        };
        let met = Condition::Prerequisite(Prerequisite {
            flag: setting.key.to_owned(),
            accepts: Accepts::Values(vec![value]),
            when_disabled: true,
            when_failing: Failing::Fails,
        });
        if is_negated { met.negated() } else { met }
    }
}

/// A condition that is true, false, or neither where it cannot be evaluated.
#[derive(Clone)]
pub(super) enum Fork<'u> {
    /// An error for everybody.
    Broken,
    /// An error for those who have the attribute.
    BrokenFor(Attribute<'u>),
    Compared(Attribute<'u>, Compared),
}

impl Fork<'_> {
    /// Whether it says something of nobody as well.
    pub(super) fn is_unconditional(&self) -> bool {
        matches!(self, Self::Broken)
    }

    /// Where it is true.
    pub(super) fn holds(self) -> Condition {
        self.comes_to(true)
    }

    /// Where it is false.
    pub(super) fn fails(self) -> Condition {
        self.comes_to(false)
    }

    fn comes_to(self, wanted: bool) -> Condition {
        let (attribute, compared) = match self {
            Self::Broken => return FAILS,
            Self::BrokenFor(attribute) => return attribute.broken(),
            Self::Compared(attribute, compared) => (attribute, compared),
        };
        let is_met = wanted != compared.is_negated;
        let test = Condition::Test(Test {
            lookup: if compared.takes_dates {
                attribute.filled()
            } else {
                not_empty(attribute.plain())
            },
            operator: compared.operator,
            case: Case::Sensitive,
            reads: operator::READS,
            negate: !is_met,
            when_missing: false,
            when_unreadable: Unreadable::Holds(false),
            when_malformed: None,
        });
        match (compared.is_cut_short, is_met) {
            (false, _) => test,
            (true, true) => Condition::Any(vec![test, attribute.broken()]),
            (true, false) => Condition::All(vec![test, FAILS]),
        }
    }
}

/// An attribute of the user.
#[derive(Clone, Copy)]
pub(super) struct Attribute<'a> {
    name: &'a str,
}

pub(super) fn attribute(name: &str) -> Attribute<'_> {
    Attribute { name }
}

impl Attribute<'_> {
    /// Where it is found.
    pub(super) fn plain(self) -> Lookup {
        let own = Lookup::Name(self.name.to_owned());
        if self.is_user() { Lookup::FirstOf(vec![own, Lookup::TargetingKey]) } else { own }
    }

    /// The same; of a date its seconds.
    pub(super) fn with_dates(self) -> Lookup {
        let date = Lookup::Path(vec![self.name.to_owned(), DATE.to_owned()]);
        let own = Lookup::Name(self.name.to_owned());
        Lookup::FirstOf(if self.is_user() {
            vec![date, own, Lookup::TargetingKey]
        } else {
            vec![date, own]
        })
    }

    /// Whether a context that was not made from a user object names its user this way.
    fn is_user(self) -> bool {
        self.name == IDENTIFIER
    }

    /// The same; empty text is no attribute.
    pub(super) fn filled(self) -> Lookup {
        not_empty(self.with_dates())
    }

    /// An error for those who have it.
    fn broken(self) -> Condition {
        Condition::All(vec![exists(self.filled()), FAILS])
    }
}

fn not_empty(lookup: Lookup) -> Lookup {
    Lookup::NotEmpty(Box::new(lookup))
}

pub(super) fn exists(lookup: Lookup) -> Condition {
    Condition::Test(Test {
        lookup,
        operator: Operator::Exists,
        case: Case::Sensitive,
        reads: operator::READS,
        negate: false,
        when_missing: false,
        when_unreadable: Unreadable::Holds(false),
        when_malformed: None,
    })
}

const FAILS: Condition = Condition::Fails(ErrorCode::ParseError);
