//! Segments and their rules.

use flagkit_core::ErrorCode;
use flagkit_core::document::Condition;

use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

use super::condition::condition;
use super::property::Properties;

/// Who is in a segment: whoever fulfils all of its rules. Nobody is in one without rules.
pub(super) fn segment(
    node: &Node<'_>,
    path: &Path<'_>,
    properties: &mut Properties<'_, '_>,
    report: &mut Report,
) -> Condition {
    let Some(rules) = list(node, "rules") else {
        return broken(&path.key("rules"), "a segment needs `rules`", "add a list", report);
    };
    if rules.is_empty() {
        return Condition::Any(Vec::new());
    }
    let Some(key) = node.entry("key").and_then(Node::as_text) else {
        return broken(&path.key("key"), "a segment needs a `key` that is text", "add it", report);
    };
    let above = path.key("rules");
    let mut place = SegmentPlace { key, properties, report };
    Condition::All(place.rules(rules, &above))
}

/// What the rules of a segment have in common.
struct SegmentPlace<'s, 'p, 'r, 'n> {
    key: &'s str,
    properties: &'p mut Properties<'r, 'n>,
    report: &'p mut Report,
}

impl SegmentPlace<'_, '_, '_, '_> {
    fn rules(&mut self, rules: &[Node<'_>], path: &Path<'_>) -> Vec<Condition> {
        let rules = rules.iter().enumerate();
        rules.map(|(place, rule)| self.rule(rule, &path.index(place))).collect()
    }

    /// The conditions and the inner rules, joined in the same way; a part that is empty holds.
    fn rule(&mut self, node: &Node<'_>, path: &Path<'_>) -> Condition {
        let Some(join) = node.entry("type").and_then(Node::as_text).and_then(Join::named) else {
            let problem = "a rule needs the `type` `ALL`, `ANY` or `NONE`";
            return broken(&path.key("type"), problem, "write one of the three", self.report);
        };
        let conditions = list(node, "conditions").unwrap_or_default().iter().enumerate();
        let above = path.key("conditions");
        let conditions: Vec<_> = conditions
            .map(|(place, node)| {
                let at = above.index(place);
                condition(node, &at, self.key, self.properties, self.report)
            })
            .collect();
        let rules = list(node, "rules").unwrap_or_default();
        let rules = self.rules(rules, &path.key("rules"));
        match (conditions.is_empty(), rules.is_empty()) {
            (true, true) => Condition::All(Vec::new()),
            (false, true) => join.of(conditions),
            (true, false) => join.of(rules),
            (false, false) => Condition::All(vec![join.of(conditions), join.of(rules)]),
        }
    }
}

/// How conditions are joined.
#[derive(Clone, Copy, Debug)]
enum Join {
    All,
    Any,
    None,
}

impl Join {
    fn named(name: &str) -> Option<Self> {
        match name {
            "ALL" => Some(Self::All),
            "ANY" => Some(Self::Any),
            "NONE" => Some(Self::None),
            _ => None,
        }
    }

    fn of(self, conditions: Vec<Condition>) -> Condition {
        match self {
            Self::All => Condition::All(conditions),
            Self::Any => Condition::Any(conditions),
            Self::None => Condition::Any(conditions).negated(),
        }
    }
}

/// The list under this key; one that is missing or null is empty, anything else is none.
fn list<'n>(node: &'n Node<'n>, name: &str) -> Option<&'n [Node<'n>]> {
    match node.entry(name) {
        Some(Node::List(items)) => Some(items),
        Some(Node::Null) => Some(&[]),
        None if name == "rules" => Some(&[]),
        _ => None,
    }
}

/// Reports what is wrong; whoever gets there fails.
pub(super) fn broken(
    path: &Path<'_>,
    problem: impl Into<String>,
    mend: &str,
    report: &mut Report,
) -> Condition {
    report.error(path, problem, mend);
    Condition::Fails(ErrorCode::ParseError)
}
