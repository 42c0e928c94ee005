//! A runtime for each test.

use std::future::Future;
use std::time::Duration;

/// Runs a test, which is stuck after two minutes.
pub(crate) fn block_on<F: Future>(test: F) -> F::Output {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let guarded = async { tokio::time::timeout(Duration::from_secs(120), test).await };
    runtime.block_on(guarded).expect("the test is stuck")
}
