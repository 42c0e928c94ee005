//! Jobs under way: which driver takes them, and what became of them.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::task::{AbortHandle, Id, JoinSet};

use crate::driver::{Driver, Seen};
use crate::executor::{Job, Task};
use crate::order::{Failure, Order, OrderId, Outcome};
use crate::release::Release;

/// What a driver said.
#[derive(Debug)]
pub(super) enum Said {
    /// To a look.
    Observed(Result<Seen, Failure>),
    /// To an order.
    Came(Result<Outcome, Failure>),
}

/// Jobs under way.
#[derive(Default)]
pub(super) struct Works {
    tasks: JoinSet<Said>,
    orders: HashMap<Id, OrderId>,
    handles: HashMap<OrderId, AbortHandle>,
}

impl Works {
    /// Gives a job to the first driver that takes it.
    pub(super) fn start(&mut self, drivers: &[Arc<dyn Driver>], job: Job<Release>) {
        let Job { task, order, machine } = job;
        let id = order.id.clone();
        let driver = drivers.iter().find(|driver| driver.takes(&order, machine.plan())).cloned();
        let handle = self.tasks.spawn(async move {
            let Some(driver) = driver else { return nobody(task, &order) };
            match task {
                Task::Observe => Said::Observed(driver.observe(&order, machine.plan()).await),
                Task::Apply => Said::Came(driver.apply(&order, machine.plan()).await),
            }
        });
        self.orders.insert(handle.id(), id.clone());
        self.handles.insert(id, handle);
    }

    /// Drops the work on an order.
    pub(super) fn cancel(&mut self, id: &OrderId) {
        if let Some(handle) = self.handles.remove(id) {
            self.orders.remove(&handle.id());
            handle.abort();
        }
    }

    /// What a driver said next; waits for ever if none is at work.
    pub(super) async fn next(&mut self) -> (OrderId, Said) {
        loop {
            let Some(joined) = self.tasks.join_next_with_id().await else {
                std::future::pending::<()>().await;
                continue;
            };
            let (task, said) = match joined {
                Ok((task, said)) => (task, said),
                Err(error) => {
                    let failure = Failure::transient(format!("the driver broke off: {error}"));
                    (error.id(), Said::Came(Err(failure)))
                }
            };
            // What was cancelled has nothing to say.
            if let Some(id) = self.orders.remove(&task) {
                self.handles.remove(&id);
                return (id, said);
            }
        }
    }
}

/// No driver takes the order.
fn nobody(task: Task, order: &Order) -> Said {
    let thing = order.wanted.thing();
    let why = format!("no driver of this engine takes `{thing}`; give it one, or change the plan");
    match task {
        Task::Observe => Said::Observed(Err(Failure::permanent(why))),
        Task::Apply => Said::Came(Err(Failure::permanent(why))),
    }
}
