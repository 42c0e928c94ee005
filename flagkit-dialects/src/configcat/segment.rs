//! Segments: named lists of user conditions, said in two ways.
//!
//! A condition that cannot be evaluated makes *is in* and *is not in* the segment untrue alike.
//! So the second is no negation of the first, and both are segments of the document here.

use flagkit_core::ErrorCode;
use flagkit_core::document::{Condition, Lookup, Refutable, Segment};

use super::condition::{Fork, Owner, attribute, exists};
use super::config::{self, Config, UserCondition};
use super::split::IDENTIFIER;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

/// The name under which a segment of a document is known here.
pub(super) fn key(origin: usize, index: usize, name: &str, is_negated: bool) -> String {
    let local = if origin == 0 { "" } else { "override " };
    let not = if is_negated { "not " } else { "" };
    format!("{not}{local}{index} {name}")
}

/// The segments of all documents, each said in both ways.
pub(super) fn segments(config: &Config<'_>, report: &mut Report) -> Vec<Segment> {
    let mut segments = Vec::new();
    for (place, origin) in config.origins.iter().enumerate() {
        for (index, node) in origin.segments.iter().enumerate() {
            let segment = config::Segment::read(node);
            let owner = Owner { config, origin, place, context_salt: segment.name };
            let all = Path::ROOT.key("s");
            let path = all.index(index);
            let (inside, outside) = both(&segment, &owner, &path, report);
            let key = |is_negated| key(place, index, segment.name, is_negated);
            segments.push(Segment { key: key(false), when: inside });
            segments.push(Segment { key: key(true), when: outside });
        }
    }
    segments
}

/// When a user is in the segment, and when not.
fn both<'n>(
    segment: &config::Segment<'n>,
    owner: &Owner<'_, 'n>,
    path: &Path<'_>,
    report: &mut Report,
) -> (Condition, Condition) {
    let Some(nodes) = segment.conditions else {
        report.error(path, "the conditions `r` of a segment must be a list", "write a list");
        return (for_users(fails()), for_users(fails()));
    };
    let read = |(place, node): (usize, &'n Node<'n>)| {
        let user = UserCondition::read(node);
        owner.user_condition(&user, &path.key("r").index(place), report)
    };
    let forks: Vec<Fork<'_>> = nodes.iter().enumerate().map(read).collect();
    let is_sound = !forks.is_empty() && forks.iter().all(|fork| !fork.is_unconditional());
    let inside = Condition::All(forks.iter().map(|fork| fork.clone().holds()).collect());
    let refutable =
        |fork: Fork<'_>| Refutable { proof: fork.clone().holds(), refutation: fork.fails() };
    let outside = Condition::Refuted(forks.into_iter().map(refutable).collect());
    if is_sound { (inside, outside) } else { (for_users(inside), for_users(outside)) }
}

/// Nothing can be said of nobody.
fn for_users(condition: Condition) -> Condition {
    let names = [IDENTIFIER, "Email", "Country"].map(|name| attribute(name).plain());
    let somebody =
        exists(Lookup::FirstOf([Lookup::TargetingKey].into_iter().chain(names).collect()));
    Condition::All(vec![somebody, condition])
}

fn fails() -> Condition {
    Condition::Fails(ErrorCode::ParseError)
}
