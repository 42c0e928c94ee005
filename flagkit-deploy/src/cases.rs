//! Cases that others wrote down, of statistics and of releases.
//!
//! To the [shapes of statistics](flagkit_stats::cases) this adds windows of a metric with the verdict of the
//! judge of releases, and the tables of Argo Rollouts about how many instances each side has. All fields are on
//! the page docs/cases.md.
//!
//! ```
//! let text = r#"[{"replicas": 10, "weight": 20, "maxWeight": 100, "maxSurge": 0,
//!                 "expCanary": 2, "expStable": 8}]"#;
//! let report = flagkit_deploy::cases::run(text)?;
//! assert_eq!((report.cases, report.failed()), (1, 0));
//! # Ok::<(), flagkit_deploy::cases::Problem>(())
//! ```

pub use flagkit_stats::cases::{Failure, Problem, Report, Shape};

mod judge;
mod replicas;

/// All shapes that are known.
pub fn shapes() -> Vec<Shape> {
    let mut shapes = [judge::SHAPES, replicas::SHAPES].concat();
    shapes.extend(flagkit_stats::cases::shapes());
    shapes
}

/// Runs every case of a JSON text.
///
/// # Errors
///
/// If it is no JSON, or nothing in it is a case of a shape that is known.
pub fn run(text: &str) -> Result<Report, Problem> {
    flagkit_stats::cases::run(text, &shapes())
}
