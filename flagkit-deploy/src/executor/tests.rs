//! A machine that is small enough to see what the executor adds to it.

mod toy;

use serde_json::json;

use super::*;
use crate::event::Command;
use crate::journal::Journal;
use crate::journal::memory::Memory;
use crate::order::Wanted;
use toy::Toy;

/// A release of `target`: 10 %, a minute, a hook, everything.
fn plan(target: &str) -> Plan {
    let plan = json!({
        "target": target, "strategy": "canary", "route": target,
        "arms": [{"name": "old"}, {"name": "new"}], "base": [1_000_000, 0],
        "steps": [
            {"name": "a", "step": "split", "split": [900_000, 100_000]},
            {"name": "b", "step": "pause", "for": 60_000},
            {"name": "c", "step": "hook", "hook": "h"},
            {"name": "d", "step": "split", "split": [0, 1_000_000]},
        ],
    });
    serde_json::from_value(plan).unwrap()
}

/// The middle of a process: an executor and its journal.
struct Process {
    executor: Executor<Toy>,
    journal: Memory,
}

fn at(seconds: u64) -> Time {
    Time::from_unix_ms(seconds * 1000)
}

fn say(command: Command) -> What {
    What::Command { by: Actor::default(), command }
}

fn abort() -> What {
    say(Command::Abort { why: String::new() })
}

impl Process {
    fn new() -> Self {
        let mut journal = Memory::new();
        let fence = journal.lead().unwrap().unwrap();
        Self { executor: Executor::new(fence), journal }
    }

    fn started(targets: &[&str]) -> Self {
        let mut process = Self::new();
        for target in targets {
            process.executor.plan(target, plan(target), Actor::default(), at(0)).unwrap();
            process.executor.tell(target, say(Command::Start), at(0)).unwrap();
        }
        process
    }

    /// The same journal after a crash.
    fn restarted(self, now: Time) -> Self {
        let mut journal = self.journal;
        let fence = journal.lead().unwrap().unwrap();
        let unfinished = journal.unfinished().unwrap();
        let (executor, left_out) = Executor::recover(fence, &unfinished, now);
        assert_eq!(left_out, []);
        Self { executor, journal }
    }

    /// Writes what is to be written, and answers with what there is to do.
    fn jobs(&mut self) -> Vec<String> {
        while let Some(batch) = self.executor.batch() {
            match self.journal.append(batch.fence, &batch.records, &batch.states) {
                Ok(()) => self.executor.committed(),
                Err(error) => self.executor.not_committed(error),
            }
        }
        let mut jobs = Vec::new();
        while let Some(job) = self.executor.job() {
            let wanted = match &job.order.wanted {
                Wanted::Split { split, .. } => split.to_string(),
                other => other.thing(),
            };
            jobs.push(format!("{:?} {} {wanted}", job.task, job.order.id));
        }
        jobs
    }

    fn came(&mut self, release: &str, number: u32, now: Time) {
        let id = OrderId { release: release.into(), number };
        self.executor.came(&id, Ok(Outcome::Done { already: false }), now);
    }

    fn state(&self, release: &str) -> toy::State {
        self.executor.release(release).unwrap().1.clone()
    }
}

#[test]
fn a_release_walks_to_its_end_and_is_gone() {
    let mut process = Process::started(&["shop"]);
    assert_eq!(process.jobs(), ["Apply shop#1 90% / 10%"]);
    process.came("shop", 1, at(1));
    assert_eq!(process.jobs(), [""; 0]);
    assert_eq!(process.executor.wake_at(), Some(at(61)));
    process.executor.pass(at(60));
    assert_eq!(process.jobs(), [""; 0]);
    process.executor.pass(at(61));
    assert_eq!(process.jobs(), ["Apply shop#2 hook/h/c"]);
    process.came("shop", 2, at(62));
    assert_eq!(process.jobs(), ["Apply shop#3 0% / 100%"]);
    process.came("shop", 3, at(63));
    assert_eq!(process.jobs(), [""; 0]);
    assert!(process.executor.release("shop").is_none());
    assert!(process.journal.kept("shop").unwrap().unwrap().is_over);
    assert_eq!(process.executor.wake_at(), None);
    process.journal.verify().unwrap();
}

#[test]
fn nothing_is_done_that_is_not_written() {
    let mut process = Process::started(&["shop"]);
    assert!(process.executor.job().is_none());
    let batch = process.executor.batch().unwrap();
    assert!(process.executor.job().is_none());
    let full = JournalError::Store("full".to_owned());
    process.executor.not_committed(full.clone());
    assert!(process.executor.job().is_none());
    // The same batch again, whatever happened meanwhile.
    process.executor.tell("shop", say(Command::Start), at(1)).unwrap();
    assert_eq!(process.executor.batch().unwrap(), batch);
    assert!(process.executor.batch().is_none());
    process.executor.not_committed(full);
    process.journal.fail(1);
    assert_eq!(process.jobs(), ["Apply shop#1 90% / 10%"]);
    assert_eq!(process.executor.written(), 2);
}

#[test]
fn what_is_said_while_the_end_is_being_written_is_a_part_of_the_state() {
    let mut process = Process::started(&["shop"]);
    process.jobs();
    process.came("shop", 1, at(1));
    process.executor.pass(at(61));
    process.jobs();
    process.came("shop", 2, at(62));
    process.jobs();
    process.came("shop", 3, at(63));
    let batch = process.executor.batch().unwrap();
    assert!(batch.states.iter().all(|kept| kept.is_over));
    process.executor.tell("shop", say(Command::Start), at(64)).unwrap();
    process.journal.append(batch.fence, &batch.records, &batch.states).unwrap();
    process.executor.committed();
    let batch = process.executor.batch().unwrap();
    assert_eq!((batch.records.len(), batch.states.len()), (2, 1));
    process.journal.append(batch.fence, &batch.records, &batch.states).unwrap();
    process.executor.committed();
    assert!(process.executor.release("shop").is_none());
}

#[test]
fn an_answer_is_true_once_its_batch_is_written() {
    let mut process = Process::new();
    let told = process.executor.plan("shop", plan("shop"), Actor::default(), at(0)).unwrap();
    assert_eq!((told.batch, process.executor.written()), (1, 0));
    let batch = process.executor.batch().unwrap();
    let told = process.executor.tell("shop", say(Command::Start), at(0)).unwrap();
    assert_eq!(told.batch, 2);
    process.journal.append(batch.fence, &batch.records, &batch.states).unwrap();
    process.executor.committed();
    process.jobs();
    assert_eq!(process.executor.written(), 2);
}

#[test]
fn after_a_restart_an_order_without_outcome_is_looked_at_first() {
    let mut process = Process::started(&["shop"]);
    process.jobs();
    let mut process = process.restarted(at(5));
    let id = OrderId { release: "shop".into(), number: 1 };
    assert_eq!(process.jobs(), ["Observe shop#1 90% / 10%"]);
    process.executor.observed(&id, Ok(Seen::NotInPlace), at(5));
    assert_eq!(process.jobs(), ["Apply shop#1 90% / 10%"]);
    let mut process = process.restarted(at(6));
    process.jobs();
    process.executor.observed(&id, Ok(Seen::InPlace), at(6));
    assert_eq!(process.jobs(), [""; 0]);
    assert_eq!(process.state("shop").came, [(1, "already".to_owned())]);
}

#[test]
fn what_was_due_while_nobody_ran_happens_once() {
    let mut process = Process::started(&["shop"]);
    process.jobs();
    process.came("shop", 1, at(1));
    process.jobs();
    let mut process = process.restarted(at(100_000));
    assert_eq!(process.executor.wake_at(), Some(at(61)));
    process.executor.pass(at(100_000));
    process.executor.pass(at(100_000));
    assert_eq!(process.jobs(), ["Apply shop#2 hook/h/c"]);
}

#[test]
fn another_try_is_looked_at_first_and_keeps_its_number() {
    let mut process = Process::started(&["shop"]);
    process.jobs();
    let id = OrderId { release: "shop".into(), number: 1 };
    process.executor.came(&id, Err(Failure::transient("refused")), at(1));
    process.jobs();
    process.executor.pass(at(2));
    assert_eq!(process.jobs(), ["Observe shop#1 90% / 10%"]);
}

#[test]
fn an_order_that_takes_too_long_is_given_up_and_its_answer_ignored() {
    let mut process = Process::started(&["shop"]);
    process.jobs();
    assert_eq!(process.executor.wake_at(), Some(at(300)));
    process.executor.pass(at(300));
    let id = OrderId { release: "shop".into(), number: 1 };
    assert_eq!(process.executor.cancelled(), Some(id));
    process.came("shop", 1, at(300));
    let came = process.state("shop").came;
    assert_eq!(came.len(), 1);
    assert!(came[0].1.contains("no answer"), "{came:?}");
}

#[test]
fn orders_about_one_thing_run_one_by_one_and_the_newest_counts() {
    let mut process = Process::started(&["shop"]);
    process.jobs();
    process.executor.tell("shop", abort(), at(1)).unwrap();
    assert_eq!(process.jobs(), [""; 0]);
    // The first gets a moment to end, and then the way is free.
    assert_eq!(process.executor.wake_at(), Some(at(6)));
    process.executor.pass(at(6));
    assert_eq!(process.executor.cancelled().unwrap().number, 1);
    assert_eq!(process.jobs(), ["Apply shop#2 100% / 0%"]);
}

#[test]
fn an_order_that_lost_its_place_is_told() {
    let wanted = |ppm: u32| {
        let split = serde_json::from_value(json!([1_000_000 - ppm, ppm])).unwrap();
        Wanted::Split { route: "shop".to_owned(), arms: Vec::new(), split }
    };
    let ready = |number, ppm| {
        let id = OrderId { release: "shop".into(), number };
        let order = Order { id, fence: Fence(1), wanted: wanted(ppm) };
        Ready { order, look_first: false, timeout: Span::from_secs(300) }
    };
    let mut lanes = Lanes::default();
    assert_eq!(lanes.submit(ready(1, 1), at(0)), None);
    assert_eq!(lanes.submit(ready(2, 2), at(0)), None);
    assert_eq!(lanes.submit(ready(2, 2), at(0)), None);
    assert_eq!(lanes.submit(ready(3, 3), at(0)).unwrap().number, 2);
    assert_eq!(lanes.next().unwrap().0.id.number, 1);
    assert!(lanes.next().is_none());
    assert!(lanes.end(&ready(1, 1).order.id, at(1)));
    assert!(!lanes.end(&ready(2, 2).order.id, at(1)));
    assert_eq!(lanes.next().unwrap().0.id.number, 3);
}

#[test]
fn two_releases_do_not_wait_for_each_other() {
    let mut process = Process::started(&["shop", "cart"]);
    assert_eq!(process.jobs(), ["Apply shop#1 90% / 10%", "Apply cart#1 90% / 10%"]);
}

#[test]
fn one_release_of_a_target_at_a_time() {
    let mut process = Process::started(&["shop"]);
    let error = process.executor.plan("other", plan("shop"), Actor::default(), at(1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "release `shop` of `shop` is under way (running); wait for its end, or abort it"
    );
    process.jobs();
    process.executor.tell("shop", abort(), at(1)).unwrap();
    process.jobs();
    process.came("shop", 1, at(2));
    process.jobs();
    process.came("shop", 2, at(2));
    process.jobs();
    let mut process = process.restarted(at(3));
    process.executor.plan("other", plan("shop"), Actor::default(), at(3)).unwrap();
    let again = process.executor.plan("other", plan("cart"), Actor::default(), at(3));
    assert_eq!(again, Err(ExecutorError::Taken("other".to_owned())));
}

#[test]
fn a_plan_that_cannot_run_changes_nothing() {
    let mut process = Process::new();
    let empty = Plan { steps: Vec::new(), ..plan("shop") };
    let error = process.executor.plan("shop", empty, Actor::default(), at(0)).unwrap_err();
    assert_eq!(error.to_string(), "the plan cannot run\n  steps: there are none; add one");
    assert!(process.executor.batch().is_none());
    process.executor.plan("shop", plan("shop"), Actor::default(), at(0)).unwrap();
}

#[test]
fn whoever_is_fenced_stops() {
    let mut process = Process::started(&["shop"]);
    let mut other = process.journal.clone();
    other.lead().unwrap();
    assert_eq!(process.jobs(), [""; 0]);
    assert!(process.executor.stopped().unwrap().is_fenced());
    let error = process.executor.tell("shop", abort(), at(1)).unwrap_err();
    assert_eq!(error.to_string(), "another engine leads (epoch 2); this one stops");

    let mut process = Process::started(&["shop"]);
    process.jobs();
    let id = OrderId { release: "shop".into(), number: 1 };
    process.executor.came(&id, Err(Failure::fenced("epoch 7 was here")), at(1));
    assert!(process.executor.stopped().unwrap().is_fenced());
    assert!(process.executor.batch().is_none());
}

#[test]
fn time_never_goes_back() {
    let mut process = Process::started(&["shop"]);
    process.jobs();
    process.came("shop", 1, at(100));
    process.executor.tell("shop", say(Command::Start), at(50)).unwrap();
    process.jobs();
    let records = process.journal.records(None).unwrap();
    let times = records.iter().filter_map(|stored| match &stored.record.entry {
        Entry::Happened(event) => Some(event.now),
        _ => None,
    });
    assert_eq!(times.collect::<Vec<_>>(), [at(0), at(100), at(100)]);
}

#[test]
fn an_event_that_changes_nothing_is_not_written() {
    let mut process = Process::started(&["shop"]);
    process.jobs();
    let told = process.executor.tell("shop", What::Facts([].into()), at(1)).unwrap();
    assert_eq!(told.batch, process.executor.written());
    assert!(process.executor.batch().is_none());
}

#[test]
fn what_is_too_large_or_not_for_others_to_say_is_refused() {
    let mut process = Process::started(&["shop"]);
    let long = "x".repeat(5000);
    for what in [
        What::Time,
        What::Facts([(long.clone(), json!(1))].into()),
        What::Facts([("a".to_owned(), json!(long.repeat(20)))].into()),
        say(Command::Alert { what: long.clone() }),
    ] {
        let refused = process.executor.tell("shop", what, at(1));
        assert!(matches!(refused, Err(ExecutorError::BadInput(_))), "{refused:?}");
    }
    for id in ["", "a\nb", &long] {
        let refused = process.executor.plan(id, plan("cart"), Actor::default(), at(1));
        assert!(matches!(refused, Err(ExecutorError::BadInput(_))), "{refused:?}");
    }
    let unknown = process.executor.tell("nobody", abort(), at(1));
    assert_eq!(unknown, Err(ExecutorError::Unknown("nobody".to_owned())));
}

#[test]
fn a_release_that_cannot_be_read_leaves_the_others_alone() {
    let mut process = Process::started(&["shop", "cart"]);
    process.jobs();
    let mut unfinished = process.journal.unfinished().unwrap();
    unfinished[0].state = b"{}".to_vec();
    let (mut executor, left_out) = Executor::<Toy>::recover(Fence(2), &unfinished, at(1));
    assert_eq!(left_out.len(), 1);
    assert!(
        left_out[0]
            .to_string()
            .starts_with("release `cart` cannot go on and stays as it is: its state")
    );
    assert!(executor.release("shop").is_some());
    let error = executor.plan("new", plan("cart"), Actor::default(), at(1)).unwrap_err();
    assert!(matches!(error, ExecutorError::TargetBusy { .. }), "{error}");
}
