//! Steps that wait, while their engine is killed again and again. What they are too long by has the time in it
//! in which no engine led.

use std::time::Duration;

use crate::Effort;
use crate::report::Row;
use crate::stage::Stage;
use crate::stage::ledger::Ledger;
use crate::stage::random::Random;

/// Kills engines of four releases side by side, and compares how long steps took with the plan.
pub(crate) fn measure(effort: &Effort) -> Vec<Row> {
    let each = effort.restarts / LANES;
    let seeds: Vec<Random> =
        (0..LANES).map(|lane| Random::from_environment(&format!("restarts {lane}"))).collect();
    let found: Vec<Found> = std::thread::scope(|scope| {
        let lanes =
            seeds.into_iter().map(|mut random| scope.spawn(move || lane(each, &mut random)));
        let lanes: Vec<_> = lanes.collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).collect()
    });
    let kills: u32 = found.iter().map(|found| found.kills).sum();
    let steps: usize = found.iter().map(|found| found.late.len()).sum();
    let late = found.iter().flat_map(|found| &found.late).max().copied().unwrap_or_default();
    vec![Row {
        what: format!(
            "The most that a step of {STEP_MS} ms was too long while its engine was killed (SIGKILL) and started again"
        ),
        goal: "≤ 1 s after 1,000 restarts",
        measured: format!(
            "{late} ms, none too short; {kills} restarts, {steps} steps of {LANES} releases"
        ),
    }]
}

/// What came of one release.
struct Found {
    kills: u32,
    /// By how many milliseconds each finished step was too long.
    late: Vec<u64>,
}

fn lane(kills: u32, random: &mut Random) -> Found {
    let stage = Stage::set(15_000);
    let step = |at: u32| format!("{{split: {{canary: {}ppm}}}}, {{pause: {STEP_MS}ms}}", at * 1000);
    let steps: Vec<String> = (1..=400).map(step).collect();
    let steps = format!("[{{scale: {{arm: canary, replicas: 1}}}}, {}]", steps.join(", "));
    stage.release("v3", &steps, "");
    for _ in 0..kills {
        let before = stage.log().len();
        let mut engine = stage.engine();
        // It says so once it leads; one that is killed before has moved nothing, and only takes time.
        while !stage.log().get(before..).unwrap_or_default().contains(LEADS) {
            assert_eq!(engine.try_wait().unwrap(), None, "it ended: {}", stage.log());
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(random.below(300)));
        engine.kill().unwrap();
        engine.wait().unwrap();
    }
    assert!(stage.ask(&["replay"]).status.success());
    let begins = Ledger::read(&stage).begins();
    // Steps 2, 4, 6 … wait; the last one may not be over.
    let over = begins.len().saturating_sub(2);
    let late = (2..over).step_by(2).map(|step| {
        let took = begins[step + 1] - begins[step];
        assert!(took >= STEP_MS, "step {step} took {took} ms");
        took - STEP_MS
    });
    Found { kills, late: late.collect() }
}

const STEP_MS: u64 = 3000;
const LANES: u32 = 4;
/// What an engine says once it leads.
const LEADS: &str = "metrics and alerts are received";
