//! The names of operators and what they mean.

use flagkit_core::document::Order;

/// An operator as documents name it.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// It holds where the operator of its kind does not.
    pub(crate) is_negative: bool,
    /// For completion in editors.
    pub(crate) about: &'static str,
}

/// What an operator does, negative or not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Equals,
    Contains,
    StartsWith,
    EndsWith,
    Matches,
    Number(Order),
    Version(Order),
    VersionMatches,
    Time(Order),
    TimeOfDay,
    Weekday,
    InNetwork,
    InSegment,
    Exists,
    Percentage,
}

impl Kind {
    /// Whether a condition must say which attribute it is about.
    pub(crate) fn needs_attribute(self) -> bool {
        !matches!(self, Self::InSegment | Self::TimeOfDay | Self::Weekday | Self::Percentage)
    }

    pub(crate) fn takes_values(self) -> bool {
        self != Self::Exists
    }
}

/// The operator of this name.
pub(crate) fn named(name: &str) -> Option<&'static Named> {
    OPERATORS.iter().find(|operator| operator.name == name)
}

const fn is(name: &'static str, kind: Kind, about: &'static str) -> Named {
    Named { name, kind, is_negative: false, about }
}

const fn not(name: &'static str, kind: Kind, about: &'static str) -> Named {
    Named { name, kind, is_negative: true, about }
}

/// All of them, in the order of the format.
pub(crate) static OPERATORS: [Named; 30] = [
    is("equals", Kind::Equals, "equal to one of the values, of the same type"),
    not("not_equals", Kind::Equals, "equal to none of the values"),
    is("in", Kind::Equals, "another name of `equals`"),
    not("not_in", Kind::Equals, "another name of `not_equals`"),
    is("contains", Kind::Contains, "text with a value inside, or a list with one as element"),
    not("not_contains", Kind::Contains, "no value inside the text or list"),
    is("starts_with", Kind::StartsWith, "text that starts with a value"),
    not("not_starts_with", Kind::StartsWith, "text that starts with none of the values"),
    is("ends_with", Kind::EndsWith, "text that ends with a value"),
    not("not_ends_with", Kind::EndsWith, "text that ends with none of the values"),
    is("regex", Kind::Matches, "a pattern matches at the start of the text"),
    not("not_regex", Kind::Matches, "no pattern matches at the start of the text"),
    is("greater_than", Kind::Number(Order::Greater), "a larger number"),
    is("less_than", Kind::Number(Order::Less), "a smaller number"),
    is("greater_or_equal", Kind::Number(Order::GreaterOrEqual), "a larger number or the same"),
    is("less_or_equal", Kind::Number(Order::LessOrEqual), "a smaller number or the same"),
    is("semver_equal", Kind::Version(Order::Equal), "the same semantic version"),
    is("semver_greater", Kind::Version(Order::Greater), "a later semantic version"),
    is("semver_less", Kind::Version(Order::Less), "an earlier semantic version"),
    is("semver_matches", Kind::VersionMatches, "a version that meets a requirement: `^1.4`"),
    is("before", Kind::Time(Order::Less), "a time before this one"),
    is("after", Kind::Time(Order::Greater), "a time after this one"),
    is("time_between", Kind::TimeOfDay, "a time of day, UTC, in a span: `02:00-04:00`"),
    is("weekday", Kind::Weekday, "a day of the week, UTC: `monday`"),
    is("in_cidr", Kind::InNetwork, "an IP address in a network: `10.0.0.0/8`"),
    is("in_segment", Kind::InSegment, "the context is in a segment"),
    not("not_in_segment", Kind::InSegment, "the context is in none of the segments"),
    is("exists", Kind::Exists, "the attribute is present and not null"),
    not("not_exists", Kind::Exists, "the attribute is absent or null"),
    is("percentage", Kind::Percentage, "the bucket of the attribute is below a percentage"),
];
