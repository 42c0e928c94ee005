//! The replica tables of Argo Rollouts, from `../shared/delivery-cases` seen from the workspace or
//! the folder that `FLAGKIT_DELIVERY_CASES` names; skipped, with a word, where that is absent.

use std::fs;
use std::path::PathBuf;

use flagkit_deploy::cases::{Report, run};

fn report() -> Option<Report> {
    let folder = std::env::var_os("FLAGKIT_DELIVERY_CASES").map(PathBuf::from);
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/delivery-cases");
    let path = folder.unwrap_or_else(|| beside.into()).join("argo-rollouts/replica_counts.json");
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: there is no {}", path.display());
        return None;
    };
    Some(run(&text).unwrap())
}

/// Four rows carry their steps as an expression of Go, and are not computed.
#[test]
fn the_counts_of_every_table_are_those_of_argo_rollouts() {
    let Some(report) = report() else { return };
    let counts: Vec<usize> = report.shapes.values().copied().collect();
    assert_eq!(counts, [40, 57, 8]);
    assert_eq!((report.cases, report.passed()), (105, 101));
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    let are_steps = report.left_out.iter().all(|left_out| left_out.contains(".steps holds"));
    assert!(report.skipped == 4 && are_steps, "{:?}", report.left_out);
}

#[test]
fn an_amount_that_is_none_says_how_to_write_it() {
    let text =
        r#"[{"rolloutSpecReplicas": 4, "maxSurge": "many", "expectedCanaryReplicaCount": 1}]"#;
    let report = run(text).unwrap();
    let failure = &report.failures[0];
    assert_eq!((failure.path.as_str(), report.failed()), ("$[0].maxSurge", 1));
    assert!(failure.got.contains("such as `20%`"), "{}", failure.got);
}
