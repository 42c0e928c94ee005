//! References to attributes: which attribute a text names, and where contexts keep it.
//!
//! Contexts of the kind `user` keep their attributes at the top, the key as targeting key.
//! Everything else stands under the name `kind`, which no attribute can have: contexts of other
//! kinds under their kinds, and beside them, under names that no kind can have, the list of
//! kinds and the memberships in big segments.

use std::borrow::Cow;

use flagkit_core::document::{
    Condition, ListReading, Lookup, Operator, Readings, Test, Unreadable,
};
use flagkit_core::{Case, Value};

/// A reference that can be followed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reference<'t> {
    first: Cow<'t, str>,
    /// The further steps of a pointer.
    rest: Vec<String>,
}

impl<'t> Reference<'t> {
    /// Reads a reference: a pointer into objects where a kind stands beside it and it begins
    /// with a slash, otherwise a name.
    ///
    /// What is wrong with it comes back in words.
    pub(super) fn parse(text: &'t str, has_kind: bool) -> Result<Self, &'static str> {
        if text.is_empty() || has_kind && text == "/" {
            return Err("the reference is empty");
        }
        let Some(pointer) = text.strip_prefix('/').filter(|_| has_kind) else {
            return Ok(Self { first: Cow::Borrowed(text), rest: Vec::new() });
        };
        let mut steps = pointer.split('/');
        let first = unescape(steps.next().unwrap_or_default())?;
        let rest = steps.map(unescape).collect::<Result<_, _>>()?;
        Ok(Self { first: Cow::Owned(first), rest })
    }

    /// Whether this is the kind of a context.
    pub(super) fn is_kind(&self) -> bool {
        self.is_only(KIND)
    }

    /// Whether this is the key of a context.
    pub(super) fn is_key(&self) -> bool {
        self.is_only("key")
    }

    /// Whether this is the one attribute that is `false` where a context does not say it.
    pub(super) fn is_anonymous(&self) -> bool {
        self.is_only("anonymous")
    }

    fn is_only(&self, name: &str) -> bool {
        self.rest.is_empty() && self.first == name
    }

    /// Where contexts of this kind keep the attribute.
    pub(super) fn lookup(&self, kind: &str) -> Lookup {
        if self.is_key() {
            return key_of(kind);
        }
        // There are no objects under some names; what FlagKit keeps there is its own.
        let is_hidden = match &*self.first {
            KIND | META => true,
            "key" | "anonymous" => !self.rest.is_empty(),
            _ => false,
        };
        if is_hidden {
            return Lookup::Constant(Value::Null);
        }
        let steps = [&*self.first].into_iter().chain(self.rest.iter().map(String::as_str));
        let lookup = match kind {
            USER if self.rest.is_empty() => Lookup::Name(self.first.to_string()),
            USER => Lookup::Path(steps.map(str::to_owned).collect()),
            kind => under_kind([kind].into_iter().chain(steps)),
        };
        if self.is_anonymous() {
            return Lookup::FirstOf(vec![lookup, Lookup::Constant(Value::Boolean(false))]);
        }
        lookup
    }
}

fn unescape(step: &str) -> Result<String, &'static str> {
    if step.is_empty() {
        return Err("the reference has two slashes in a row or one at its end");
    }
    let is_escape = |after: &str| after.starts_with(['0', '1']);
    if step.split('~').skip(1).any(|after| !is_escape(after)) {
        return Err("in the reference `~` is followed by neither 0 nor 1");
    }
    Ok(step.replace("~1", "/").replace("~0", "~"))
}

/// Where the key of the context of this kind is; it is absent where there is no such context.
pub(super) fn key_of(kind: &str) -> Lookup {
    if kind == USER { Lookup::TargetingKey } else { under_kind([kind, "key"]) }
}

/// Holds where there is a context of this kind.
pub(super) fn has_kind(kind: &str) -> Condition {
    exists(key_of(kind))
}

/// The kinds of a context. One that does not say is a user.
pub(super) fn kinds() -> Lookup {
    let user = Value::List([Value::from(USER)].into());
    Lookup::FirstOf(vec![under_kind([NAMES]), Lookup::Constant(user)])
}

/// Whether the context of this kind is in a big segment.
pub(super) fn membership(kind: &str, segment: &str) -> Lookup {
    under_kind([MEMBERSHIPS, kind, segment])
}

fn under_kind<'s>(steps: impl IntoIterator<Item = &'s str>) -> Lookup {
    Lookup::Path([KIND].into_iter().chain(steps).map(str::to_owned).collect())
}

/// A test in the manner of all clauses: one element of a list is enough, and an attribute that
/// is absent passes none, negated or not.
pub(super) fn test(lookup: Lookup, operator: Operator, negate: bool) -> Condition {
    let reads = Readings { lists: ListReading::AnyElement, ..super::operator::READINGS };
    Condition::Test(Test { reads, negate, ..plain(lookup, operator) })
}

/// Holds where the attribute is there; an empty list is.
pub(super) fn exists(lookup: Lookup) -> Condition {
    Condition::Test(plain(lookup, Operator::Exists))
}

fn plain(lookup: Lookup, operator: Operator) -> Test {
    Test {
        lookup,
        operator,
        case: Case::Sensitive,
        reads: Readings::STRICT,
        negate: false,
        when_missing: false,
        when_unreadable: Unreadable::DoesNotMeet,
        // A pattern that is none matches nothing.
        when_malformed: Some(Unreadable::DoesNotMeet),
    }
}

/// The kind of contexts that do not say theirs.
pub(super) const USER: &str = "user";
/// Where the kind of a context is in JSON, and everything about kinds in FlagKit's contexts.
pub(super) const KIND: &str = "kind";
/// Beside the kinds: the list of them.
pub(super) const NAMES: &str = "";
/// Beside the kinds: who is in which big segment.
pub(super) const MEMBERSHIPS: &str = "big segments";
/// What LaunchDarkly keeps in a context for itself.
pub(super) const META: &str = "_meta";
