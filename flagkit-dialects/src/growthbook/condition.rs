//! Conditions: JSON in the manner of `MongoDB`, evaluated as JavaScript compares.
//!
//! A missing attribute is null, and null is 0, `"null"` or version 0 wherever an operator
//! converts, so those tests fall back on a constant.

use std::collections::HashSet;

use flagkit_core::document::{AnyElement, Condition, Lookup, Origin, Segment};
use flagkit_core::{Document, ErrorCode, Fixed, Timestamp, Value, compile};

use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

use super::groups::{Group, Groups, SAVED_GROUP};
use super::script;

mod operator;
mod test;

use test::one_of;
pub(super) use test::{NEVER, is_truthy, matches};

/// Reads conditions and keeps the segments that they share.
pub(super) struct Conditions<'n> {
    groups: Groups<'n>,
    kept: Vec<Condition>,
    segments: Vec<Segment>,
    made: HashSet<String>,
    /// Groups whose segments are referred to, but not made yet.
    waiting: Vec<String>,
    /// Groups whose condition is being written out where it is used.
    open: Vec<String>,
    /// How many more conditions of groups may be written out.
    budget: usize,
}

/// What a condition is about.
#[derive(Clone, Debug)]
pub(super) enum Root {
    /// The attributes of the user.
    User,
    /// An element of a list.
    Element,
    /// An object whose only entry, `value`, is the value of another feature.
    FeatureValue,
}

/// The place of a condition among those that are kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConditionId(usize);

impl ConditionId {
    /// The key of the segment that it becomes.
    pub(super) fn segment(self) -> String {
        format!("condition {}", self.0)
    }
}

/// Where a value is found.
#[derive(Clone, Debug)]
enum Place {
    /// By a walk.
    Walk(Origin, Vec<String>),
    /// Nowhere: it is null.
    Nowhere,
}

/// Where in the document a condition stands, and whom to tell.
pub(super) struct Reading<'a, 'r> {
    pub(super) path: Path<'a>,
    pub(super) report: &'r mut Report,
}

impl<'n> Conditions<'n> {
    pub(super) fn new(groups: Groups<'n>) -> Self {
        Self {
            groups,
            kept: Vec::new(),
            segments: Vec::new(),
            made: HashSet::new(),
            waiting: Vec::new(),
            open: Vec::new(),
            budget: WRITTEN_OUT_MAX,
        }
    }

    /// Keeps a condition until everything is read.
    pub(super) fn keep(&mut self, condition: Condition) -> ConditionId {
        self.kept.push(condition);
        ConditionId(self.kept.len() - 1)
    }

    /// Keeps a condition on an element once more, now about the only element of [`JUDGED`].
    pub(super) fn keep_judged(&mut self, id: ConditionId) -> ConditionId {
        let list = Place::Walk(Origin::Context, vec![JUDGED.to_owned()]);
        let judged = list.any_element(self.kept(id), true);
        self.keep(judged)
    }

    /// A condition that was kept.
    pub(super) fn kept(&self, id: ConditionId) -> Condition {
        self.kept.get(id.0).cloned().unwrap_or(NEVER)
    }

    /// The same for whoever is the last to need it.
    pub(super) fn take(&mut self, id: ConditionId) -> Condition {
        self.kept.get_mut(id.0).map_or(NEVER, |kept| std::mem::replace(kept, NEVER))
    }

    /// Makes the segments of all groups that are referred to, one after the other: groups may
    /// refer to each other in long chains.
    pub(super) fn finish(&mut self, report: &mut Report) {
        let above = Path::ROOT.key("savedGroups");
        while let Some(id) = self.waiting.pop() {
            let Some(Group::Condition(condition)) = self.groups.group(&id) else { continue };
            let mut reading = Reading { path: above.key(&id), report };
            let when = self.condition(condition, &Root::User, &mut reading);
            self.segments.push(Segment { key: format!("group {id}"), when });
        }
    }

    /// The segments that the conditions refer to, without the conditions.
    pub(super) fn into_segments(self) -> Vec<Segment> {
        self.segments
    }

    /// The same and a segment for each condition that was kept.
    pub(super) fn into_all_segments(self) -> Vec<Segment> {
        let kept = self.kept.into_iter().enumerate();
        let kept = kept.map(|(place, when)| Segment { key: ConditionId(place).segment(), when });
        self.segments.into_iter().chain(kept).collect()
    }

    /// The whole condition, as it stands in rules, in lists of conditions and in groups.
    pub(super) fn condition(
        &mut self,
        node: &Node<'_>,
        root: &Root,
        reading: &mut Reading<'_, '_>,
    ) -> Condition {
        let Some(entries) = script::entries(node) else { return fails(reading) };
        let mut all = Vec::with_capacity(entries.len());
        for (key, value) in &entries {
            all.push(self.entry(key, value, root, reading));
        }
        joined(all)
    }

    fn entry(
        &mut self,
        key: &str,
        node: &Node<'_>,
        root: &Root,
        reading: &mut Reading<'_, '_>,
    ) -> Condition {
        match key {
            "$or" => self.any(node, root, reading),
            "$nor" => self.any(node, root, reading).negated(),
            "$and" => match node {
                Node::Null => fails(reading),
                Node::List(_) | Node::Text(_) => joined(self.each(node, root, reading)),
                _ => Condition::Always,
            },
            "$not" => self.condition(node, root, reading).negated(),
            SAVED_GROUP => self.saved_group(node, root, reading),
            path => self.value(node, &root.place(path), reading),
        }
    }

    /// `$or` holds without alternatives; what has no length has none.
    fn any(&mut self, node: &Node<'_>, root: &Root, reading: &mut Reading<'_, '_>) -> Condition {
        match node {
            Node::Null => fails(reading),
            Node::List(_) | Node::Text(_) => {
                let any = self.each(node, root, reading);
                if any.is_empty() { Condition::Always } else { Condition::Any(any) }
            }
            _ => Condition::Always,
        }
    }

    fn each(
        &mut self,
        node: &Node<'_>,
        root: &Root,
        reading: &mut Reading<'_, '_>,
    ) -> Vec<Condition> {
        let entries = script::entries(node).unwrap_or_default();
        entries.iter().map(|(_, item)| self.condition(item, root, reading)).collect()
    }

    /// `{ "$savedGroup": { "id": …, "attributeKey": … } }`
    fn saved_group(
        &mut self,
        node: &Node<'_>,
        root: &Root,
        reading: &mut Reading<'_, '_>,
    ) -> Condition {
        let Some(id) = node.entry("id").and_then(Node::as_text) else { return NEVER };
        let key = match node.entry("attributeKey") {
            None => None,
            Some(Node::Text(key)) => Some(&**key),
            Some(_) => return NEVER,
        };
        if self.open.iter().any(|open| open == id) {
            return NEVER;
        }
        match self.groups.group(id) {
            None => NEVER,
            Some(Group::List { attribute, .. }) => match key.or(attribute) {
                Some(key) => self.membership(id, &root.place(key)),
                None => NEVER,
            },
            Some(Group::Condition(condition)) => self.group(id, condition, root, reading),
        }
    }

    /// A group's condition: a segment, but written out where a circle must be cut or where it is
    /// not about the user.
    fn group(
        &mut self,
        id: &str,
        condition: &Node<'_>,
        root: &Root,
        reading: &mut Reading<'_, '_>,
    ) -> Condition {
        if matches!(root, Root::User) && !self.groups.is_circular(id) {
            let key = format!("group {id}");
            if self.made.insert(key.clone()) {
                self.waiting.push(id.to_owned());
            }
            return Condition::InSegment(key);
        }
        if self.budget == 0 || self.open.len() == OPEN_MAX {
            let problem = format!("the saved group `{id}` is used too often inside of others");
            reading.report.error(&reading.path, problem, "refer to it from fewer groups");
            return Condition::Fails(ErrorCode::ParseError);
        }
        self.budget -= 1;
        self.open.push(id.to_owned());
        let written = self.condition(condition, root, reading);
        self.open.pop();
        written
    }

    /// Whether what is at a place is in a list; lists of users are shared by all rules.
    fn membership(&mut self, id: &str, place: &Place) -> Condition {
        let Some(values) = self.groups.values(id) else { return NEVER };
        let values = || values.iter().map(script::value).collect();
        let Place::Walk(Origin::Context, steps) = place else { return one_of(place, values()) };
        let key = format!("group {id} of {}", steps.join("."));
        if self.made.insert(key.clone()) {
            self.segments.push(Segment { key: key.clone(), when: one_of(place, values()) });
        }
        Condition::InSegment(key)
    }
}

impl Root {
    fn place(&self, path: &str) -> Place {
        let mut steps = path.split('.').map(str::to_owned);
        match self {
            Self::User => Place::Walk(Origin::Context, steps.collect()),
            Self::Element => Place::Walk(Origin::Element, steps.collect()),
            Self::FeatureValue if steps.next().as_deref() == Some("value") => {
                Place::Walk(Origin::Element, steps.collect())
            }
            Self::FeatureValue => Place::Nowhere,
        }
    }
}

impl Place {
    const ELEMENT: Self = Self::Walk(Origin::Element, Vec::new());

    fn lookup(&self) -> Lookup {
        match self {
            Self::Walk(origin, steps) => Lookup::Walk(*origin, steps.clone()),
            Self::Nowhere => Lookup::Constant(Value::Null),
        }
    }

    /// The same with something in the place of null.
    fn or(&self, fallback: impl Into<Value>) -> Lookup {
        Lookup::FirstOf(vec![self.lookup(), Lookup::Constant(fallback.into())])
    }

    /// How many elements the list there has.
    fn length(&self) -> Self {
        match self {
            Self::Walk(origin, steps) => {
                Self::Walk(*origin, steps.iter().cloned().chain(["length".to_owned()]).collect())
            }
            Self::Nowhere => Self::Nowhere,
        }
    }

    fn any_element(&self, when: Condition, with_null: bool) -> Condition {
        Condition::AnyElement(AnyElement { list: self.lookup(), when: Box::new(when), with_null })
    }
}

/// Whether a user fulfils a condition that stands alone.
pub(super) fn holds(
    node: &Node<'_>,
    groups: Option<&Node<'_>>,
    user: &super::user::User,
) -> Result<bool, ErrorCode> {
    let mut report = Report::new();
    let mut conditions = Conditions::new(Groups::read(groups));
    let mut reading = Reading { path: Path::ROOT, report: &mut report };
    let condition = conditions.condition(node, &Root::User, &mut reading);
    let id = conditions.keep(condition);
    conditions.finish(&mut report);
    let document = Document { segments: conditions.into_all_segments(), ..Document::default() };
    let snapshot = compile(document).snapshot;
    let world = Fixed::at(Timestamp::EPOCH);
    snapshot.is_in_segment(&id.segment(), user.attributes(), &world, &mut ())
}

/// Every one of these; one alone is itself.
fn joined(mut all: Vec<Condition>) -> Condition {
    match all.len() {
        0 => Condition::Always,
        1 => all.pop().unwrap_or(Condition::Always),
        _ => Condition::All(all),
    }
}

/// A condition at which every SDK throws, once it is reached.
fn fails(reading: &mut Reading<'_, '_>) -> Condition {
    let consequence = "every evaluation that reaches it fails";
    reading.report.warning(&reading.path, "`null` is no condition", consequence, "remove it");
    Condition::Fails(ErrorCode::General)
}

/// The attribute under which the value of a feature is judged.
pub(super) const JUDGED: &str = "value";
/// Far more than anybody needs; circles of many groups have more paths than memory holds.
const WRITTEN_OUT_MAX: usize = 10_000;
/// Conditions may not be nested much deeper than this anyway.
const OPEN_MAX: usize = 32;
