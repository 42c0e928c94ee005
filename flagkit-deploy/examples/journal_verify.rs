//! How long it takes to verify a journal in a folder: numbers for docs/releases-scale.md.
//!
//! `cargo run --release -p flagkit-deploy --all-features --example journal_verify`, once as it is and once held to one
//! core (`taskset -c 0`), where both threads take turns.

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use flagkit_deploy::journal::embedded::Embedded;
use flagkit_deploy::journal::{Bytes, Journal, Keep};
use flagkit_deploy::record::Record;
use serde_json::json;

const RECORDS: u64 = 300_000;
const AT_ONCE: u64 = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("journal-verify-{}", std::process::id()));
    let measured = measure(&folder);
    std::fs::remove_dir_all(&folder)?;
    measured
}

fn measure(folder: &std::path::Path) -> Result<(), Box<dyn Error>> {
    let mut journal = Embedded::new(folder);
    let fence = journal.lead()?.ok_or("another process has the journal")?;
    let why = "what a release of some size decides, with reasons in words. ".repeat(8);
    for begin in (0..RECORDS).step_by(usize::try_from(AT_ONCE)?) {
        let records: Result<Vec<Record>, _> = (begin..begin + AT_ONCE)
            .map(|at| {
                let entry = json!({"decided": {"ignored": {"why": format!("{at}: {why}")}}});
                let release = format!("release-{}", at % 100);
                serde_json::from_value(json!({"release": release, "fence": fence, "entry": entry}))
            })
            .collect();
        let keep = |at: u64| Keep {
            release: format!("release-{at}").as_str().into(),
            is_over: false,
            state: Arc::new(Bytes(b"{}".to_vec())),
        };
        let states: Vec<Keep> = (0..100).map(keep).collect();
        journal.append(fence, &records?, &states)?;
    }
    let mut seconds = Vec::new();
    for _ in 0..9 {
        let begin = Instant::now();
        let head = journal.verify()?;
        seconds.push(begin.elapsed().as_secs_f64());
        assert_eq!(head.next, RECORDS, "every record is there");
    }
    seconds.sort_by(f64::total_cmp);
    println!("{RECORDS} records verified in {seconds:.3?} s");
    Ok(())
}
