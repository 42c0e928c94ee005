//! Cases that others wrote down, from `../shared/delivery-cases` seen from the workspace or the
//! folder that `FLAGKIT_DELIVERY_CASES` names; skipped, with a word, where that is absent.
//!
//! Every case of a file is run, so a longer file asks for more.

use std::fs;
use std::path::PathBuf;

use flagkit_stats::cases::{Report, Tree, run, shapes};

/// The text of a file of that folder; none if it is absent.
pub(crate) fn text(file: &str) -> Option<String> {
    let folder = std::env::var_os("FLAGKIT_DELIVERY_CASES").map(PathBuf::from);
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/delivery-cases");
    let path = folder.unwrap_or_else(|| beside.into()).join(file);
    let text = fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: there are no cases in {}", path.display());
    }
    text
}

/// Runs all cases of a file, which have to pass; none if it is absent.
#[track_caller]
pub(crate) fn all_pass(file: &str) -> Option<Report> {
    let report = run(&text(file)?, &shapes()).unwrap();
    assert!(report.failures.is_empty(), "{file}: {:#?}", report.failures);
    assert!(report.left_out.is_empty(), "{file}: {:?}", report.left_out);
    println!("{file}: {} cases, {} values", report.cases, report.compared);
    Some(report)
}

/// A file of that folder; none if it is absent.
pub(crate) fn tree(file: &str) -> Option<Tree> {
    text(file).map(|text| Tree::parse(&text).unwrap())
}
