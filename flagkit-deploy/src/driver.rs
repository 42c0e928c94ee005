//! Drivers: what carries orders out.
//!
//! A driver is level-triggered: an order says how things shall be. [`Driver::observe`] looks whether
//! they are, [`Driver::apply`] makes them so, and doing it twice is doing it once. After a crash the
//! executor observes every order that has an intent and no outcome, and applies it only where it is
//! not in place. A driver whose receiver cannot be looked at passes [`OrderId`](crate::OrderId) on as an
//! idempotency key, and says in its documentation what happens if the receiver ignores it.

#[cfg(feature = "drivers")]
pub mod envoy;
#[cfg(feature = "drivers")]
pub mod flags;
#[cfg(feature = "drivers")]
pub mod haproxy;
#[cfg(feature = "drivers")]
pub mod http;
#[cfg(feature = "drivers")]
mod layout;
#[cfg(feature = "drivers")]
pub mod measure;
#[cfg(feature = "drivers")]
pub mod notify;
#[cfg(feature = "drivers")]
pub mod probe;
#[cfg(feature = "drivers")]
pub mod process;
#[cfg(feature = "drivers")]
pub mod prometheus;
#[cfg(feature = "drivers")]
pub mod push;
#[cfg(feature = "drivers")]
mod replace;
#[cfg(feature = "drivers")]
mod template;

use std::future::Future;
use std::pin::Pin;

use crate::order::{Failure, Order, Outcome};
use crate::plan::Plan;

/// What a driver's work is while it is under way.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// Whether an order is carried out already.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Seen {
    /// Things are as wanted.
    InPlace,
    /// They are not.
    NotInPlace,
    /// Nobody can tell. The order is applied again with the same key.
    Unknown,
}

/// Something that carries orders out.
pub trait Driver: Send + Sync {
    /// Whether it carries out orders like this one.
    fn takes(&self, order: &Order, plan: &Plan) -> bool;

    /// Looks whether the order is carried out already. Changes nothing.
    fn observe<'a>(&'a self, order: &'a Order, plan: &'a Plan) -> Work<'a, Seen>;

    /// Carries the order out, and returns once it is.
    fn apply<'a>(&'a self, order: &'a Order, plan: &'a Plan) -> Work<'a, Outcome>;
}
