//! The binary as its users meet it: files and arguments in, text and exit codes out.

mod cases;
mod convert;
mod demo;
mod eval;
mod explain;
#[cfg(unix)]
mod headers;
#[cfg(unix)]
mod killed;
mod remote;
mod rollout;
mod run;
#[cfg(unix)]
mod scraped;
mod serve;
mod served;
#[cfg(unix)]
mod silence;
mod simulate;
#[cfg(unix)]
#[expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "where a server cannot be started or asked, tests fail"
)]
#[path = "../support/stage.rs"]
mod stage;
mod usage;
mod validate;
