//! `multi-region-config`: a release for each region, in their order.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::canary::put;
use super::leaves::{Leaf, Leaves};
use super::threshold::{Watch, number, span};
use super::{Fate, file};
use crate::calendar::Calendars;
use crate::plan::Calendar;

/// One region.
#[derive(Debug, Default)]
struct Region {
    name: String,
    path: String,
    priority: Option<f64>,
    percentage: Option<f64>,
    failover: Vec<(String, String)>,
    window: BTreeMap<String, Leaf>,
}

/// A release for each region; those of the smallest priority first.
pub(super) fn files(leaves: &mut Leaves, target: &str) -> Vec<(String, Json)> {
    let mut regions = regions(leaves);
    check(leaves, &regions);
    // A region without a priority comes last.
    regions.sort_by(|one, two| {
        let of = |region: &Region| region.priority.unwrap_or(LAST);
        of(one).total_cmp(&of(two))
    });
    let shared = shared(leaves, target);
    let last = regions.len().saturating_sub(1);
    let mut files = Vec::new();
    for (at, region) in regions.iter().enumerate() {
        let name = format!("{target}-{}", region.name);
        let mut release = shared.clone();
        put(&mut release, "target", json!(name));
        put(&mut release, "environment", json!(region.name));
        if at == last
            && let Some(finish) = release.pointer_mut("/strategy/canary/finish/keep")
        {
            // Nothing follows on the last region.
            *finish = json!("0s");
        }
        window(leaves, region, &mut release);
        files.push((name, release));
    }
    files
}

/// Takes everything that stands below a region.
fn regions(leaves: &mut Leaves) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    for leaf in leaves.take_all(|leaf| leaf.is_below(&["regions"])) {
        let at = leaf.keys.iter().position(|key| key == "regions").unwrap_or_default();
        let Some(name) = leaf.keys.get(at + 1).filter(|_| leaf.keys.len() > at + 2) else {
            leaves.note(&leaf, Fate::Left, "it is in no region");
            continue;
        };
        if !regions.iter().any(|region| region.name == *name) {
            regions.push(Region {
                name: name.clone(),
                path: leaf.path.clone(),
                ..Region::default()
            });
        }
        let Some(region) = regions.iter_mut().find(|region| region.name == *name) else { continue };
        region.take(leaves, leaf);
    }
    regions
}

impl Region {
    fn take(&mut self, leaves: &mut Leaves, leaf: Leaf) {
        match leaf.key().as_str() {
            "priority" | "order" => {
                self.priority = number(&leaf.value);
                leaves.note(&leaf, Fate::Taken, "the order of the files");
            }
            "traffic_percentage" | "traffic" | "weight" => {
                self.percentage = number(&leaf.value);
                leaves.note(
                    &leaf,
                    Fate::Left,
                    "it adds up; dividing traffic among regions is the load balancer's business",
                );
            }
            "failover_regions" | "failover" => {
                let names = leaf.items().into_iter().filter_map(|item| match item {
                    flagkit_dialects::Written::Text(name) => Some((leaf.path.clone(), name)),
                    _ => None,
                });
                self.failover.extend(names);
                leaves.note(&leaf, Fate::Left, "the regions exist; moving traffic between regions is the load balancer's business");
            }
            "name" | "region" => leaves.note(&leaf, Fate::Taken, "the name of the file"),
            _ if leaf.keys.iter().any(|key| key.contains("window")) => {
                self.window.insert(leaf.key(), leaf);
            }
            _ => leaves.note(&leaf, Fate::Left, "a release of one region has nothing like it"),
        }
    }
}

/// Shares that add up, and fail-over to regions that exist.
fn check(leaves: &mut Leaves, regions: &[Region]) {
    let shares: Vec<f64> = regions.iter().filter_map(|region| region.percentage).collect();
    let sum: f64 = shares.iter().sum();
    let path = regions.first().map(|region| region.path.clone()).unwrap_or_default();
    if regions.is_empty() {
        leaves.refuse("regions", "there are no regions", "write `regions:` with a name for each");
    }
    if !shares.is_empty() && (sum - 100.0).abs() > 1e-6 {
        leaves.refuse(
            &path,
            format!("the regions get {sum}% of the traffic"),
            "make the shares add up to 100",
        );
    }
    for (path, name) in regions.iter().flat_map(|region| &region.failover) {
        if !regions.iter().any(|region| region.name == *name) {
            leaves.refuse(
                path,
                format!("there is no region `{name}` to fail over to"),
                "add it, or take it out",
            );
        }
    }
}

/// What all regions have in common.
fn shared(leaves: &mut Leaves, target: &str) -> Json {
    let mut finish = json!({});
    if let Some(leaf) = leaves.take(&["region_delay", "delay_between_regions"]) {
        put(&mut finish, "keep", json!(span(&leaf)));
        let why = "each region keeps its old side for this long before the next one begins";
        leaves.note(&leaf, Fate::Changed, why);
    }
    let mut watch = Watch::default();
    for leaf in
        leaves.take_all(|leaf| leaf.is_below(&["rollback_threshold", "rollback_thresholds"]))
    {
        watch.trigger(leaves, &leaf, "roll_back");
    }
    let arms = json!({ "in order": ["stable", "canary"] });
    let mut release = file(target, &arms, &json!({ "canary": { "finish": finish } }));
    for leaf in leaves.take_all(|leaf| leaf.key().contains("metrics") && span(leaf).is_some()) {
        put(&mut release, "judging", json!({ "look": span(&leaf) }));
        leaves.note(&leaf, Fate::Taken, "`judging.look`");
    }
    watch.into_file(&mut release);
    release
}

/// The window of a region as a calendar with the name of a place.
fn window(leaves: &mut Leaves, region: &Region, release: &mut Json) {
    let Some((_, first)) = region.window.first_key_value() else { return };
    let of = |words: &[&str]| {
        let found = region.window.iter().find(|(key, _)| words.contains(&key.as_str()));
        found.map(|(_, leaf)| leaf.text())
    };
    let whole = of(&["deployment_window", "window"]).unwrap_or_default();
    let (mut hours, mut zone) = match whole.split_once(' ') {
        Some((hours, zone)) => (hours.replace(' ', ""), zone.trim().to_owned()),
        None => (whole, String::new()),
    };
    if let (Some(start), Some(end)) =
        (of(&["start", "from", "start_time"]), of(&["end", "to", "end_time"]))
    {
        hours = format!("{start}-{end}");
    }
    zone = of(&["timezone", "time_zone", "tz", "zone"]).unwrap_or(zone);
    let days = of(&["days", "weekdays"]).map(|days| format!("{days} ")).unwrap_or_default();
    let calendar =
        Calendar { zone: zone.clone(), open: vec![format!("{days}{hours}")], closed: vec![] };
    let checked = Calendars::new(&BTreeMap::from([("window".to_owned(), calendar)]));
    if zone.is_empty() {
        leaves.refuse(
            &first.path,
            "the window says no zone of time",
            "write an IANA name such as `Europe/Paris`",
        );
    }
    for refusal in checked.err().into_iter().flatten() {
        leaves.refuse(&first.path, refusal.problem, refusal.mend);
    }
    for leaf in region.window.values() {
        leaves.note(leaf, Fate::Mended, format!("calendar `window` by the clocks of `{zone}`"));
    }
    let calendar = json!({ "zone": zone, "open": [format!("{days}{hours}")] });
    put(release, "calendars", json!({ "window": calendar }));
    put(release, "windows", json!(["window"]));
}

/// The priority of a region that has none.
const LAST: f64 = 999.0;
