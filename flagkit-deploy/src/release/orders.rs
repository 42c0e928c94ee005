//! Orders: given, come back, tried again, given up.

use crate::order::{Failure, FailureKind, Outcome, Severity, Wanted};
use crate::plan::Then;
use crate::release::walk::Walk;
use crate::release::{Outstanding, Purpose, Stage, Status};
use crate::time::Span;

impl Walk<'_> {
    /// Gives an order.
    pub(super) fn order(&mut self, purpose: Purpose, wanted: Wanted) {
        let number = self.state.next_order;
        self.state.next_order = number.saturating_add(1);
        self.note_wanted(&wanted);
        self.orders.push((number, wanted.clone()));
        let order = Outstanding { number, wanted, purpose, tries: 1, retry_at: None };
        self.state.orders.push(order);
    }

    /// Whether an order for this purpose is without outcome.
    pub(super) fn waits_for(&self, purpose: Purpose) -> bool {
        self.state.orders.iter().any(|order| order.purpose == purpose)
    }

    /// Forgets the orders that only going forward needed. What is under way may still happen, and
    /// what a rollback orders for the same thing happens after it.
    pub(super) fn drop_forward_orders(&mut self) {
        self.state.orders.retain(|order| order.purpose == Purpose::Tell);
    }

    /// An order came back.
    pub(super) fn came(&mut self, number: u32, outcome: &Outcome) {
        let sent = |order: &Outstanding| order.number == number && order.retry_at.is_none();
        let Some(at) = self.state.orders.iter().position(sent) else {
            return self.ignore(format!("nobody waits for order {number} any more"));
        };
        let order = self.state.orders.remove(at);
        match outcome {
            Outcome::Failed(failure) => self.failed(order, failure),
            Outcome::Found(finding) => match order.purpose {
                Purpose::Check(check) => self.found(check, finding),
                _ => self.hook_found(order, finding),
            },
            Outcome::Measured(samples) => self.measured(&order.wanted, samples),
            Outcome::Done { .. } => self.done(&order),
        }
    }

    /// An order was carried out.
    pub(super) fn done(&mut self, order: &Outstanding) {
        self.note_done(&order.wanted);
        if order.purpose == Purpose::Hook {
            self.hook_done();
        }
    }

    /// An order was not carried out.
    pub(super) fn failed(&mut self, order: Outstanding, failure: &Failure) {
        match order.purpose {
            Purpose::Look => self.look_failed(failure),
            Purpose::Check(check) => self.look_at_check_failed(check, &failure.message),
            _ if self.may_try_again(&order, failure) => self.try_later(order),
            _ => self.give_up(&order, failure),
        }
    }

    /// Whether another try is worth it.
    fn may_try_again(&self, order: &Outstanding, failure: &Failure) -> bool {
        let attempts = &self.release.plan.attempts;
        let most = if order.purpose == Purpose::Back { attempts.back } else { attempts.forward };
        failure.kind != FailureKind::Permanent && order.tries < most
    }

    /// Waits before the next try, twice as long each time.
    fn try_later(&mut self, order: Outstanding) {
        let attempts = &self.release.plan.attempts;
        let doubled = attempts.delay.times(1 << order.tries.saturating_sub(1).min(20));
        let retry_at = Some(self.now + doubled.min(attempts.delay_max).max(Span::from_ms(1)));
        self.state.orders.push(Outstanding { retry_at, ..order });
    }

    /// Orders whose time has come are given again, under the same number.
    pub(super) fn retry_orders(&mut self) {
        let now = self.now;
        for order in &mut self.state.orders {
            if order.retry_at.is_some_and(|at| at <= now) {
                order.retry_at = None;
                order.tries = order.tries.saturating_add(1);
                self.orders.push((order.number, order.wanted.clone()));
            }
        }
    }

    /// No further try. That a system outside does not answer is not the release's failure: going
    /// forward it pauses. What a driver calls permanent is about what was to be done.
    fn give_up(&mut self, order: &Outstanding, failure: &Failure) {
        let thing = order.wanted.thing();
        let why = format!("{thing} failed after {} tries: {failure}", order.tries);
        match order.purpose {
            Purpose::Tell => self.ignore(why),
            Purpose::Hook if matches!(self.state.stage, Stage::Back(_)) => {
                self.ignore(why);
                self.hook_done();
            }
            Purpose::Back => self.freeze(&format!("no safe side: {why}")),
            _ if self.state.status == Status::RollingBack => self.ignore(why),
            _ => {
                let then = match failure.kind {
                    FailureKind::Permanent => Then::RollBack,
                    _ => self.release.plan.attempts.then,
                };
                // The step is not done: whoever resumes begins it again.
                self.state.stage = Stage::Entering;
                self.tell(Severity::Page, "an order failed", &why);
                self.then(then, &why);
            }
        }
    }

    /// Acts on something that went wrong.
    pub(super) fn then(&mut self, then: Then, why: &str) {
        match then {
            Then::RollBack => self.roll_back(why),
            Then::Pause => self.pause(why),
            Then::Tell => self.tell(Severity::Warning, "something is wrong", why),
        }
    }

    /// Remembers what an order will change: from now on it may be so.
    fn note_wanted(&mut self, wanted: &Wanted) {
        match wanted {
            Wanted::Split { split, .. } => {
                self.state.split_wanted.clone_from(split);
                if *split != self.state.split {
                    self.release.judge.split_changing(&mut self.state.judge, self.now);
                }
            }
            Wanted::Scale { arm, replicas, .. } => {
                let at = self.release.plan.arm(arm).map(usize::from);
                if let Some(slot) = at.and_then(|at| self.state.replicas_wanted.get_mut(at)) {
                    *slot = *replicas;
                }
            }
            // It may be there from now on; it is gone only once a driver says so.
            Wanted::Mirror { .. } | Wanted::Route { .. } if !ends_extra(wanted) => {
                self.forget_extra(wanted);
                self.state.extras.push(wanted.clone());
            }
            _ => {}
        }
    }

    /// Forgets a rule beside the split.
    fn forget_extra(&mut self, wanted: &Wanted) {
        let thing = wanted.thing();
        self.state.extras.retain(|extra| extra.thing() != thing);
    }

    /// Remembers what an order has changed.
    fn note_done(&mut self, wanted: &Wanted) {
        match wanted {
            Wanted::Split { split, .. } => {
                self.state.split.clone_from(split);
                let rules = &self.release.judge;
                rules.split_changed(&mut self.state.judge, split, self.now);
            }
            Wanted::Scale { arm, replicas, .. } => {
                let at = self.release.plan.arm(arm).map(usize::from);
                if let Some(slot) = at.and_then(|at| self.state.replicas.get_mut(at)) {
                    *slot = *replicas;
                }
            }
            _ if ends_extra(wanted) => self.forget_extra(wanted),
            _ => {}
        }
    }
}

/// Whether an order takes away a rule beside the split.
fn ends_extra(wanted: &Wanted) -> bool {
    match wanted {
        Wanted::Mirror { share, .. } => share.ppm() == 0,
        Wanted::Route { headers, .. } => headers.is_empty(),
        _ => false,
    }
}
