//! What is wrong with a reference, in words.

use hashbrown::{HashMap, HashSet};

use crate::snapshot::Snapshot;
use crate::snapshot::flag::Node;

use crate::compile::diagnostic::Diagnostic;
/// What is wrong with a reference.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Circle,
    Unknown(Node),
    Faulty(Node),
    TooDeep { height: u32, limit: u32 },
    TooLong { limit: u32 },
}

pub(super) fn diagnostic(
    snapshot: &Snapshot,
    node: Node,
    kind: Kind,
    group: &[Node],
) -> Diagnostic {
    let name = |node| snapshot.name(node);
    let path = match node {
        Node::Flag(_) => format!("flags.{}", name(node)),
        Node::Segment(_) => format!("segments.{}", name(node)),
    };
    let diagnostic = match kind {
        Kind::Circle => circle(snapshot, &path, node, group),
        Kind::Unknown(target) => unknown(&path, target, name(target)),
        Kind::Faulty(target) => {
            let problem = format!("the segment `{}` is broken", name(target));
            Diagnostic::error(path, problem).with_mend("mend the segment").about(name(target))
        }
        Kind::TooDeep { height, limit } => {
            let problem =
                format!("its references are nested {height} conditions deep, more than {limit}");
            Diagnostic::error(path, problem).with_mend("shorten the chain of references")
        }
        Kind::TooLong { limit } => {
            let problem = format!("one evaluation could visit more than {limit} conditions");
            Diagnostic::error(path, problem)
                .with_mend("let fewer references lead to the same flags")
        }
    };
    match node {
        Node::Flag(_) => diagnostic,
        Node::Segment(_) => {
            diagnostic.with_consequence("every flag that uses the segment answers PARSE_ERROR")
        }
    }
}

fn unknown(path: &str, target: Node, name: &str) -> Diagnostic {
    let kind = match target {
        Node::Flag(_) => "flag",
        Node::Segment(_) => "segment",
    };
    Diagnostic::error(path, format!("there is no {kind} `{name}`"))
        .with_mend(format!("add the {kind} or correct its name"))
        .about(name)
}

fn circle(snapshot: &Snapshot, path: &str, node: Node, group: &[Node]) -> Diagnostic {
    let nodes = way_back(snapshot, node, group);
    let mut names: Vec<String> =
        nodes.iter().take(NAMED).map(|node| format!("`{}`", snapshot.name(*node))).collect();
    if nodes.len() > NAMED {
        names.push(format!("{} more", nodes.len() - NAMED));
    }
    names.push(format!("`{}`", snapshot.name(node)));
    let problem = format!("a circle of references: {}", names.join(" → "));
    let about = nodes.get(1).copied().unwrap_or(node);
    Diagnostic::error(path, problem).with_mend("remove one of them").about(snapshot.name(about))
}

/// The shortest circle through a node; the first members of a group too large to search.
fn way_back(snapshot: &Snapshot, start: Node, group: &[Node]) -> Vec<Node> {
    if group.len() > SEARCHED {
        return group.to_vec();
    }
    let members: HashSet<Node> = group.iter().copied().collect();
    let mut came_from: HashMap<Node, Node> = HashMap::new();
    let mut found = vec![start];
    let mut next = 0;
    while let Some(node) = found.get(next).copied() {
        next += 1;
        let links = snapshot.status(node).map(|status| status.links().to_vec()).unwrap_or_default();
        for target in links.into_iter().filter(|target| members.contains(target)) {
            if target == start {
                return trail(&came_from, start, node);
            }
            if !came_from.contains_key(&target) {
                came_from.insert(target, node);
                found.push(target);
            }
        }
    }
    vec![start]
}

/// From `start` to `end`, along the links by which `end` was found.
fn trail(came_from: &HashMap<Node, Node>, start: Node, end: Node) -> Vec<Node> {
    let mut nodes = vec![end];
    let mut node = end;
    while node != start {
        let Some(previous) = came_from.get(&node) else { break };
        node = *previous;
        nodes.push(node);
    }
    nodes.reverse();
    nodes
}

impl Snapshot {
    /// The key of a node, there or not.
    fn name(&self, node: Node) -> &str {
        match node {
            Node::Flag(index) => self.flag_keys.key(index),
            Node::Segment(index) => self.segment_keys.key(index),
        }
        .unwrap_or_default()
    }
}

/// How many members of a circle are named.
const NAMED: usize = 64;
/// In groups up to this size the shortest circle is searched for every member.
const SEARCHED: usize = 256;
