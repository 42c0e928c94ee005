//! The 36 comparators of user conditions, by their numbers.

use flagkit_core::document::Order;

use crate::node::Node;

/// How an attribute is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Comparator {
    pub(super) kind: Kind,
    /// The condition is true where the comparison is not.
    pub(super) is_negated: bool,
    /// The comparison value is a digest or a list of digests.
    pub(super) is_hashed: bool,
}

/// What is compared; the kinds with `One` or `Any` take a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    OneOf,
    Contains,
    Equals,
    StartsWith,
    EndsWith,
    VersionOneOf,
    Version(Order),
    Number(Order),
    Date(Order),
    ArrayContains,
}

impl Comparator {
    /// The comparator of this number; `None` if there is none.
    pub(super) fn read(node: Option<&Node<'_>>) -> Option<Self> {
        let Some(Node::Integer(number)) = node else { return None };
        TABLE.get(usize::try_from(*number).ok()?).copied()
    }

    /// The words for it in logs.
    pub(super) fn words(self) -> &'static str {
        match (self.kind, self.is_negated) {
            (Kind::OneOf | Kind::VersionOneOf, false) => "IS ONE OF",
            (Kind::OneOf | Kind::VersionOneOf, true) => "IS NOT ONE OF",
            (Kind::Contains, false) => "CONTAINS ANY OF",
            (Kind::Contains, true) => "NOT CONTAINS ANY OF",
            (Kind::Equals, false) => "EQUALS",
            (Kind::Equals, true) => "NOT EQUALS",
            (Kind::StartsWith, false) => "STARTS WITH ANY OF",
            (Kind::StartsWith, true) => "NOT STARTS WITH ANY OF",
            (Kind::EndsWith, false) => "ENDS WITH ANY OF",
            (Kind::EndsWith, true) => "NOT ENDS WITH ANY OF",
            (Kind::ArrayContains, false) => "ARRAY CONTAINS ANY OF",
            (Kind::ArrayContains, true) => "ARRAY NOT CONTAINS ANY OF",
            (Kind::Date(Order::Less), _) => "BEFORE",
            (Kind::Date(_), _) => "AFTER",
            (Kind::Version(order) | Kind::Number(order), is_negated) => sign(order, is_negated),
        }
    }
}

fn sign(order: Order, is_negated: bool) -> &'static str {
    match order {
        Order::Equal if is_negated => "!=",
        Order::Equal => "=",
        Order::Less => "<",
        Order::LessOrEqual => "<=",
        Order::Greater => ">",
        Order::GreaterOrEqual => ">=",
    }
}

const fn plain(kind: Kind) -> Comparator {
    Comparator { kind, is_negated: false, is_hashed: false }
}

const fn not(kind: Kind) -> Comparator {
    Comparator { kind, is_negated: true, is_hashed: false }
}

const fn hashed(kind: Kind) -> Comparator {
    Comparator { kind, is_negated: false, is_hashed: true }
}

const fn not_hashed(kind: Kind) -> Comparator {
    Comparator { kind, is_negated: true, is_hashed: true }
}

/// By number.
const TABLE: [Comparator; 36] = [
    plain(Kind::OneOf),
    not(Kind::OneOf),
    plain(Kind::Contains),
    not(Kind::Contains),
    plain(Kind::VersionOneOf),
    not(Kind::VersionOneOf),
    plain(Kind::Version(Order::Less)),
    plain(Kind::Version(Order::LessOrEqual)),
    plain(Kind::Version(Order::Greater)),
    plain(Kind::Version(Order::GreaterOrEqual)),
    plain(Kind::Number(Order::Equal)),
    not(Kind::Number(Order::Equal)),
    plain(Kind::Number(Order::Less)),
    plain(Kind::Number(Order::LessOrEqual)),
    plain(Kind::Number(Order::Greater)),
    plain(Kind::Number(Order::GreaterOrEqual)),
    hashed(Kind::OneOf),
    not_hashed(Kind::OneOf),
    plain(Kind::Date(Order::Less)),
    plain(Kind::Date(Order::Greater)),
    hashed(Kind::Equals),
    not_hashed(Kind::Equals),
    hashed(Kind::StartsWith),
    not_hashed(Kind::StartsWith),
    hashed(Kind::EndsWith),
    not_hashed(Kind::EndsWith),
    hashed(Kind::ArrayContains),
    not_hashed(Kind::ArrayContains),
    plain(Kind::Equals),
    not(Kind::Equals),
    plain(Kind::StartsWith),
    not(Kind::StartsWith),
    plain(Kind::EndsWith),
    not(Kind::EndsWith),
    plain(Kind::ArrayContains),
    not(Kind::ArrayContains),
];
