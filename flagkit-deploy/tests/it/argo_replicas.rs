//! The replica tables of Argo Rollouts, from `../shared/delivery-cases` seen from the workspace or
//! the folder that `FLAGKIT_DELIVERY_CASES` names; skipped, with a word, where that is absent.

use std::fs;
use std::path::PathBuf;

use flagkit_deploy::Weight;
use flagkit_deploy::simulation::weighted::{Routed, Shares, nearest, next, routed};
use flagkit_deploy::strategy::replicas::{Amount, Leeway};
use serde_json::Value;

fn table(name: &str) -> Option<Vec<Value>> {
    let folder = std::env::var_os("FLAGKIT_DELIVERY_CASES").map(PathBuf::from);
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/delivery-cases");
    let path = folder.unwrap_or_else(|| beside.into()).join("argo-rollouts/replica_counts.json");
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: there is no {}", path.display());
        return None;
    };
    let all: Value = serde_json::from_str(&text).unwrap();
    let table = all.pointer(&format!("/tables/{name}")).and_then(Value::as_array);
    Some(table.unwrap().clone())
}

fn number(row: &Value, name: &str) -> u32 {
    u32::try_from(row[name].as_u64().unwrap_or_default()).unwrap()
}

/// `2` or `20%`.
fn amount(row: &Value, name: &str) -> Amount {
    match row[name].as_str() {
        Some(text) => {
            let percent: u32 = text.trim_end_matches('%').parse().unwrap();
            Amount::Share(Weight::from_ppm(percent * 10_000).unwrap())
        }
        None => Amount::Count(number(row, name)),
    }
}

#[test]
fn the_counts_nearest_to_a_weight() {
    let Some(rows) = table("TestApproximateWeightedNewStableReplicaCounts") else { return };
    assert_eq!(rows.len(), 57);
    for row in rows {
        let of = |name| number(&row, name);
        let counts = nearest(of("replicas"), (of("weight"), of("maxWeight")), of("maxSurge"));
        assert_eq!(counts, [of("expCanary"), of("expStable")], "{row}");
    }
}

/// Seven rows of this table carry Go values (`trafficRouting`), four of the next one (`steps`).
#[test]
fn the_counts_of_a_basic_canary() {
    let Some(rows) = table("TestCalculateReplicaCountsForCanary") else { return };
    let plain: Vec<&Value> = rows.iter().filter(|row| !row["trafficRouting"].is_object()).collect();
    assert_eq!((rows.len(), plain.len()), (40, 33));
    for row in plain {
        let of = |name| number(row, name);
        let all = of("rolloutSpecReplicas");
        let is_full = row["promoteFull"] == true;
        let shares = Shares {
            all,
            weight: if is_full { 100 } else { of("setWeight") },
            weight_all: 100,
            stable: [of("stableSpecReplica"), of("stableAvailableReplica")],
            canary: [of("canarySpecReplica"), of("canaryAvailableReplica")],
            older: number(&row["olderRS"], "available"),
        };
        let leeway = Leeway::of(all, amount(row, "maxSurge"), amount(row, "maxUnavailable"));
        let expected = [of("expectedCanaryReplicaCount"), of("expectedStableReplicaCount")];
        assert_eq!(next(shares, leeway), expected, "{row}");
    }
}

#[test]
fn the_counts_where_traffic_is_routed_and_the_old_side_shrinks() {
    let name = "TestCalculateReplicaCountsForCanaryTrafficRoutingDynamicScale";
    let Some(rows) = table(name) else { return };
    let plain: Vec<&Value> = rows.iter().filter(|row| !row["steps"].is_object()).collect();
    assert_eq!((rows.len(), plain.len()), (8, 4));
    for row in plain {
        let of = |name| number(row, name);
        let state = if row["rolloutAbort"] == true { Routed::Aborted } else { Routed::Forward };
        let counts =
            routed([of("rolloutReplicas"), of("rolloutMaxReplicas")], of("canaryWeight"), state);
        assert_eq!(counts, [of("expectedCanaryReplicas"), of("expectedStableReplicas")], "{row}");
    }
}
