//! Who may work now: orders about one thing go one after another.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use crate::order::{Order, OrderId, Wanted};
use crate::time::{Span, Time};

/// Orders that are written down and have no outcome yet.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    things: HashMap<String, Lane>,
    running: HashMap<OrderId, Running>,
    waiting: HashSet<OrderId>,
    deadlines: BTreeSet<(Time, OrderId)>,
    /// Those that may go to their driver; some may have been given up since.
    ready: VecDeque<OrderId>,
}

/// The orders about one thing: one that runs, others that wait.
#[derive(Debug)]
struct Lane {
    running: OrderId,
    waiting: VecDeque<Ready>,
}

/// An order that is under way.
#[derive(Debug)]
struct Running {
    lane: String,
    ready: Ready,
    deadline: Time,
    /// Whether its driver has it.
    given: bool,
}

/// An order that may go to its driver once it is its turn.
#[derive(Clone, Debug)]
pub(super) struct Ready {
    pub(super) order: Order,
    /// Whether to look first, because it may be in place already.
    pub(super) look_first: bool,
    /// How long it may take.
    pub(super) timeout: Span,
}

impl Lanes {
    /// Takes an order. Answers with the one that will never run because this one took its place.
    pub(super) fn submit(&mut self, ready: Ready, now: Time) -> Option<OrderId> {
        let id = ready.order.id.clone();
        if self.running.contains_key(&id) || self.waiting.contains(&id) {
            return None;
        }
        let name = lane(&ready.order);
        let Some(lane) = self.things.get_mut(&name) else {
            let waiting = VecDeque::new();
            self.things.insert(name.clone(), Lane { running: id, waiting });
            self.run(name, ready, now);
            return None;
        };
        let replaces = is_level(&ready.order.wanted);
        let same = |other: &Ready| replaces && other.order.id.release == id.release;
        let running = lane.running.clone();
        let older = lane.waiting.iter_mut().find(|other| same(other));
        let replaced = if let Some(older) = older {
            Some(std::mem::replace(older, ready).order.id)
        } else {
            lane.waiting.push_back(ready);
            None
        };
        // Nobody waits for the one that runs any more: it gets a moment to end by itself.
        if replaces && running.release == id.release {
            self.shorten(&running, now + GRACE);
        }
        self.waiting.insert(id);
        if let Some(replaced) = &replaced {
            self.waiting.remove(replaced);
        }
        replaced
    }

    /// The next order that may go to its driver, and whether to look first.
    pub(super) fn next(&mut self) -> Option<(Order, bool)> {
        loop {
            let id = self.ready.pop_front()?;
            let Some(running) = self.running.get_mut(&id) else { continue };
            if !running.given {
                running.given = true;
                return Some((running.ready.order.clone(), running.ready.look_first));
            }
        }
    }

    /// An order was looked at and is not in place: it is to be carried out.
    pub(super) fn apply_next(&mut self, id: &OrderId) {
        let Some(running) = self.running.get_mut(id) else { return };
        if running.given && running.ready.look_first {
            running.ready.look_first = false;
            running.given = false;
            self.ready.push_back(id.clone());
        }
    }

    /// Makes room for the next one. False if the order was not under way.
    pub(super) fn end(&mut self, id: &OrderId, now: Time) -> bool {
        let Some(running) = self.running.remove(id) else { return false };
        self.deadlines.remove(&(running.deadline, id.clone()));
        let Some(lane) = self.things.get_mut(&running.lane) else { return true };
        match lane.waiting.pop_front() {
            Some(ready) => {
                lane.running = ready.order.id.clone();
                self.waiting.remove(&ready.order.id);
                self.run(running.lane, ready, now);
            }
            None => {
                self.things.remove(&running.lane);
            }
        }
        true
    }

    /// When the first order that is under way has had its time.
    pub(super) fn deadline(&self) -> Option<Time> {
        self.deadlines.first().map(|(deadline, _)| *deadline)
    }

    /// An order whose time is up.
    pub(super) fn overdue(&self, now: Time) -> Option<OrderId> {
        let (deadline, id) = self.deadlines.first()?;
        (*deadline <= now).then(|| id.clone())
    }

    fn run(&mut self, lane: String, ready: Ready, now: Time) {
        let deadline = now + ready.timeout;
        let id = ready.order.id.clone();
        self.deadlines.insert((deadline, id.clone()));
        self.ready.push_back(id.clone());
        self.running.insert(id, Running { lane, ready, deadline, given: false });
    }

    fn shorten(&mut self, id: &OrderId, deadline: Time) {
        let Some(running) = self.running.get_mut(id) else { return };
        if deadline < running.deadline {
            self.deadlines.remove(&(running.deadline, id.clone()));
            running.deadline = deadline;
            self.deadlines.insert((deadline, id.clone()));
        }
    }
}

/// The name of an order's lane. What several releases may have in common is one thing for all of
/// them; looks, calls and messages are each release's own.
fn lane(order: &Order) -> String {
    let thing = order.wanted.thing();
    if is_level(&order.wanted) { thing } else { format!("{thing} {}", order.id.release) }
}

/// Whether an order says how something shall be, so that a newer one makes it pointless. Calls and
/// messages are not: each of them is to happen.
fn is_level(wanted: &Wanted) -> bool {
    use Wanted::{Mirror, Route, Scale, Split};
    matches!(wanted, Split { .. } | Mirror { .. } | Route { .. } | Scale { .. })
}

/// What an order gets at most once another one of its release waits for it to end.
const GRACE: Span = Span::from_secs(5);
