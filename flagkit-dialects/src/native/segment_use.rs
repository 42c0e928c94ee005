//! Who uses a broken segment is broken too: flags directly, or through other segments.

use std::collections::{HashMap, HashSet};

use flagkit_core::Document;
use flagkit_core::document::{Condition, Flag};

use super::flag;
use crate::path::Path;
use crate::report::Report;

/// Makes every flag fail that refers to one of the broken segments.
pub(super) fn spread(document: &mut Document, broken: HashSet<String>, report: &mut Report) {
    if broken.is_empty() {
        return;
    }
    let causes = causes(document, broken);
    let above = Path::ROOT.key("flags");
    report.begin_flag();
    for flag in &mut document.flags {
        let used = used_by(flag);
        let Some((name, cause)) = used.iter().find_map(|name| causes.get_key_value(*name)) else {
            continue;
        };
        let problem = if name == cause {
            format!("the segment `{name}` is broken")
        } else {
            format!("the segment `{name}` uses the segment `{cause}`, which is broken")
        };
        let mend = format!("mend the segment `{cause}`");
        let name = name.clone();
        report.error_about(&above.key(&flag.key), problem, &mend, &name);
        flag::fail(flag);
    }
}

/// All segments that cannot be used, each with the broken one that is the reason.
fn causes(document: &Document, broken: HashSet<String>) -> HashMap<String, String> {
    let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
    for segment in &document.segments {
        each_segment(&segment.when, &mut |name| {
            users.entry(name).or_default().push(&segment.key);
        });
    }
    let mut causes: HashMap<String, String> =
        broken.into_iter().map(|name| (name.clone(), name)).collect();
    let mut open: Vec<(String, String)> = causes.clone().into_iter().collect();
    // The same document gives the same message every time.
    open.sort();
    while let Some((name, cause)) = open.pop() {
        for user in users.get(&*name).into_iter().flatten() {
            if !causes.contains_key(*user) {
                causes.insert((*user).to_owned(), cause.clone());
                open.push(((*user).to_owned(), cause.clone()));
            }
        }
    }
    causes
}

fn used_by(flag: &Flag) -> Vec<&str> {
    let mut used = Vec::new();
    for rule in &flag.rules {
        each_segment(&rule.when, &mut |name| used.push(name));
    }
    used
}

fn each_segment<'d>(condition: &'d Condition, visit: &mut dyn FnMut(&'d str)) {
    match condition {
        Condition::InSegment(name) => visit(name),
        Condition::Not(inner) => each_segment(inner, visit),
        Condition::All(conditions) | Condition::Any(conditions) => {
            for condition in conditions {
                each_segment(condition, visit);
            }
        }
        _ => {}
    }
}
