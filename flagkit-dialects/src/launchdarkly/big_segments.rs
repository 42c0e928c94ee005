//! Big segments: their members stand in a store, and an evaluation asks for those it meets.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use flagkit_core::{Attributes, Context, ValueRef};
use serde_json::Value as Json;

use super::context::Kinds;
use super::hash::membership_key;
use super::reference::{KIND, MEMBERSHIPS};

/// What a store of big segments knows, as far as somebody asked it.
#[derive(Clone, Debug, Default)]
pub struct BigSegments {
    status: BigSegmentsStatus,
    memberships: HashMap<String, HashMap<String, bool>>,
}

/// How far the answers of a store can be trusted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "SDKs report these four")]
pub enum BigSegmentsStatus {
    /// The store is up to date.
    Healthy,
    /// The store answers, but may be out of date.
    Stale,
    /// The store does not answer.
    StoreError,
    /// There is no store, or the segment's data is too old to be looked up.
    #[default]
    NotConfigured,
}

impl BigSegmentsStatus {
    const ALL: [Self; 4] = [Self::Healthy, Self::Stale, Self::StoreError, Self::NotConfigured];

    /// The name in reasons: `STORE_ERROR`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Healthy => "HEALTHY",
            Self::Stale => "STALE",
            Self::StoreError => "STORE_ERROR",
            Self::NotConfigured => "NOT_CONFIGURED",
        }
    }
}

impl BigSegments {
    /// A store in this state without members.
    pub fn new(status: BigSegmentsStatus) -> Self {
        Self { status, memberships: HashMap::new() }
    }

    /// Adds that the context of this key is in the segment, or is not. Segments are called
    /// `<key>.g<generation>`.
    #[must_use]
    pub fn with(mut self, key: &str, segment: impl Into<String>, is_member: bool) -> Self {
        let memberships = self.memberships.entry(membership_key(key)).or_default();
        memberships.insert(segment.into(), is_member);
        self
    }

    /// Reads `{"status": …, "memberships": {<hash of the key>: {<segment>: true or false}}}`;
    /// what is not in this form is not there.
    pub fn from_json(json: &Json) -> Self {
        let name = json.get("status").and_then(Json::as_str);
        let status = BigSegmentsStatus::ALL.into_iter().find(|status| Some(status.name()) == name);
        let memberships = json.get("memberships").and_then(Json::as_object).into_iter().flatten();
        let of_one = |json: &Json| {
            let segments = json.as_object().into_iter().flatten();
            segments.filter_map(|(name, is)| Some((name.clone(), is.as_bool()?))).collect()
        };
        Self {
            status: status.unwrap_or_default(),
            memberships: memberships.map(|(hash, json)| (hash.clone(), of_one(json))).collect(),
        }
    }
}

/// A context that knows who is in which big segment, and notes what it is asked.
pub(super) struct Asked<'a> {
    context: &'a Context,
    kinds: AskedKinds<'a>,
}

/// What stands under the name of all that is about kinds.
struct AskedKinds<'a> {
    context: &'a Context,
    memberships: Memberships<'a>,
}

struct Memberships<'a> {
    store: &'a BigSegments,
    /// For each kind of the context: the key and what the store knows of it.
    of_kinds: Vec<(String, Membership<'a>)>,
    status: Cell<Option<BigSegmentsStatus>>,
    queries: RefCell<Vec<String>>,
}

struct Membership<'a> {
    hash: String,
    segments: Option<&'a HashMap<String, bool>>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(context: &'a Context, kinds: &Kinds, store: &'a BigSegments) -> Self {
        let answers = matches!(store.status, BigSegmentsStatus::Healthy | BigSegmentsStatus::Stale);
        let of_kinds = kinds.iter().map(|single| {
            let hash = membership_key(&single.key);
            let segments = store.memberships.get(&hash).filter(|_| answers);
            (single.kind.clone(), Membership { hash, segments })
        });
        let memberships = Memberships {
            store,
            of_kinds: of_kinds.collect(),
            status: Cell::new(None),
            queries: RefCell::default(),
        };
        Self { context, kinds: AskedKinds { context, memberships } }
    }

    /// How the store answered, if it was asked.
    pub(super) fn status(&self) -> Option<BigSegmentsStatus> {
        self.kinds.memberships.status.get()
    }

    /// What the store was asked for, each once.
    pub(super) fn into_queries(self) -> Vec<String> {
        self.kinds.memberships.queries.into_inner()
    }
}

impl Attributes for Asked<'_> {
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        if name == KIND {
            return Some(ValueRef::Structure(&self.kinds));
        }
        self.context.attribute(name)
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        self.context.each_attribute(visit);
    }

    fn targeting_key(&self) -> Option<ValueRef<'_>> {
        self.context.targeting_key()
    }
}

impl Attributes for AskedKinds<'_> {
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        if name == MEMBERSHIPS {
            return Some(ValueRef::Structure(&self.memberships));
        }
        match self.context.attribute(KIND) {
            Some(ValueRef::Structure(kinds)) => kinds.attribute(name),
            _ => None,
        }
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        if let Some(ValueRef::Structure(kinds)) = self.context.attribute(KIND) {
            kinds.each_attribute(visit);
        }
    }
}

impl Attributes for Memberships<'_> {
    fn attribute(&self, kind: &str) -> Option<ValueRef<'_>> {
        let found = self.of_kinds.iter().find(|(known, _)| known == kind);
        let Some((_, membership)) = found else {
            // Segments that cannot be looked up are asked for under no kind at all.
            self.status.set(Some(BigSegmentsStatus::NotConfigured));
            return None;
        };
        if self.store.status == BigSegmentsStatus::NotConfigured {
            self.status.set(Some(BigSegmentsStatus::NotConfigured));
            return None;
        }
        // The store is asked once for each key; only then it says how it is.
        let mut queries = self.queries.borrow_mut();
        if !queries.contains(&membership.hash) {
            queries.push(membership.hash.clone());
            self.status.set(Some(self.store.status));
        }
        Some(ValueRef::Structure(membership))
    }

    fn each_attribute(&self, _visit: &mut dyn FnMut(&str, ValueRef<'_>)) {}
}

impl Attributes for Membership<'_> {
    fn attribute(&self, segment: &str) -> Option<ValueRef<'_>> {
        self.segments?.get(segment).map(|is_member| ValueRef::Boolean(*is_member))
    }

    fn each_attribute(&self, _visit: &mut dyn FnMut(&str, ValueRef<'_>)) {}
}
