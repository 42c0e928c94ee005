//! Nodes that refer to each other: strongly connected components.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::snapshot::flag::Node;

/// Sorts nodes into groups that refer to each other in circles; most groups are one node.
///
/// A group comes after all groups it refers to. Links to other nodes than the
/// given ones are ignored. (Tarjan 1972, with a stack of its own: the recursion
/// would be as deep as the longest chain of references.)
pub(super) fn groups(nodes: &[Node], links: impl Fn(Node) -> Option<Arc<[Node]>>) -> Groups {
    let mut search = Search {
        marks: nodes.iter().map(|node| (*node, Mark::default())).collect(),
        ..Search::default()
    };
    for node in nodes {
        if !search.is_seen(*node) {
            search.visit(*node, &links);
        }
    }
    search.groups
}

/// Nodes in groups, all in one list.
#[derive(Default)]
pub(super) struct Groups {
    nodes: Vec<Node>,
    ends: Vec<usize>,
}

impl Groups {
    pub(super) fn iter(&self) -> impl Iterator<Item = &[Node]> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let group = self.nodes.get(start..*end).unwrap_or_default();
            start = *end;
            group
        })
    }
}

#[derive(Default)]
struct Search {
    marks: HashMap<Node, Mark>,
    seen: u32,
    /// Nodes whose group is not complete yet.
    open: Vec<Node>,
    /// The chain of references that is being followed.
    chain: Vec<Stop>,
    groups: Groups,
}

#[derive(Clone, Copy, Default)]
struct Mark {
    /// When the node was first met, from 1.
    met: u32,
    /// The earliest open node that it leads to.
    earliest: u32,
    is_open: bool,
}

struct Stop {
    node: Node,
    links: Option<Arc<[Node]>>,
    next: usize,
}

impl Search {
    fn is_seen(&self, node: Node) -> bool {
        self.marks.get(&node).is_some_and(|mark| mark.met > 0)
    }

    fn visit(&mut self, start: Node, links: &impl Fn(Node) -> Option<Arc<[Node]>>) {
        self.enter(start, links);
        while let Some(stop) = self.chain.last_mut() {
            let target = stop.links.as_ref().and_then(|links| links.get(stop.next)).copied();
            stop.next += 1;
            let node = stop.node;
            match target {
                Some(target) => self.follow(node, target, links),
                None => self.leave(node),
            }
        }
    }

    fn enter(&mut self, node: Node, links: &impl Fn(Node) -> Option<Arc<[Node]>>) {
        self.seen += 1;
        self.marks.insert(node, Mark { met: self.seen, earliest: self.seen, is_open: true });
        self.open.push(node);
        self.chain.push(Stop { node, links: links(node), next: 0 });
    }

    fn follow(&mut self, node: Node, target: Node, links: &impl Fn(Node) -> Option<Arc<[Node]>>) {
        match self.marks.get(&target).copied() {
            Some(mark) if mark.met == 0 => self.enter(target, links),
            Some(mark) if mark.is_open => self.reach(node, mark.met),
            // Settled already, or no part of this search.
            Some(_) | None => {}
        }
    }

    fn reach(&mut self, node: Node, earliest: u32) {
        if let Some(mark) = self.marks.get_mut(&node) {
            mark.earliest = mark.earliest.min(earliest);
        }
    }

    /// All links of the node are followed: its group is complete if it leads to nothing earlier.
    fn leave(&mut self, node: Node) {
        self.chain.pop();
        let Some(mark) = self.marks.get(&node).copied() else { return };
        if let Some(previous) = self.chain.last().map(|stop| stop.node) {
            self.reach(previous, mark.earliest);
        }
        if mark.earliest == mark.met {
            let start = self.open.iter().rposition(|open| *open == node).unwrap_or_default();
            for member in self.open.drain(start..) {
                if let Some(mark) = self.marks.get_mut(&member) {
                    mark.is_open = false;
                }
                self.groups.nodes.push(member);
            }
            self.groups.ends.push(self.groups.nodes.len());
        }
    }
}
