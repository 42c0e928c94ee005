//! The schedule: when a flag begins, when it ends, and how its percentage grows.

use flagkit_core::Timestamp;

use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

/// When a flag may be on.
#[derive(Default)]
pub(super) struct Schedule {
    pub(super) starts_at: Option<Timestamp>,
    pub(super) ends_at: Option<Timestamp>,
    /// In the order of their times.
    pub(super) ramp: Vec<Step>,
}

/// From this time on this percentage counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) at: Timestamp,
    pub(super) percentage: f64,
}

pub(super) fn read(flag: &Fields<'_, '_>, report: &mut Report) -> Schedule {
    let Some(node) = flag.node("schedule") else {
        return Schedule::default();
    };
    let path = flag.at("schedule");
    let Some(fields) = Fields::read(node, &path, &["starts_at", "ends_at", "ramp"], report) else {
        return Schedule::default();
    };
    let starts_at = fields.time("starts_at", report);
    let ends_at = fields.time("ends_at", report);
    if let (Some(start), Some(end)) = (starts_at, ends_at)
        && start > end
    {
        let problem = format!("the schedule ends at {end}, before it starts at {start}");
        let path = fields.at("ends_at");
        report.warning(&path, problem, "the flag is never on", "exchange the times");
    }
    let steps = fields.list("ramp", report).iter().enumerate();
    let at = fields.at("ramp");
    let mut ramp: Vec<Step> =
        steps.filter_map(|(place, node)| step(node, &at.index(place), report)).collect();
    ramp.sort_by_key(|step| step.at);
    Schedule { starts_at, ends_at, ramp }
}

fn step(node: &Node<'_>, path: &Path<'_>, report: &mut Report) -> Option<Step> {
    let fields = Fields::read(node, path, &["at", "percentage"], report)?;
    for name in ["at", "percentage"] {
        if fields.node(name).is_none() {
            let problem = format!("a step of the ramp needs `{name}`");
            report.error(path, problem, "write `{ at: <time>, percentage: <0 to 100> }`");
        }
    }
    let at = fields.time("at", report);
    let percentage = fields.percentage("percentage", report);
    Some(Step { at: at?, percentage: percentage? })
}
