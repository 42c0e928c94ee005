//! Futures of peers that have nothing to wait for.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// What the future comes to: it is asked once, without an executor.
///
/// # Panics
///
/// If the future waits for something.
#[inline]
pub(crate) fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("nothing here waits for a network"),
    }
}
