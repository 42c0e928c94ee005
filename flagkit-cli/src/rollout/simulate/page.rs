//! What came of a simulation, for people and for programs.

use std::io::{self, Write};

use flagkit_deploy::Span;
use flagkit_deploy::simulation::trial::{Change, End, Run};
use serde_json::{Value, json};

use super::Simulated;
use super::spread::{Range, Spread, worse};
use crate::terminal::{ACCENT, BOLD, FAINT, WARNING, counted, grouped, printable};

/// Prints the tables.
pub(super) fn print(out: &mut impl Write, simulated: &Simulated) -> io::Result<()> {
    let Simulated { plan, traffic, innocent, bad, .. } = simulated;
    let target = printable(&plan.target);
    let runs = counted(simulated.seeds as usize, "release");
    writeln!(
        out,
        "{BOLD}{target}{BOLD:#}: {} in {}, {runs} of each version  {FAINT}{} requests/s of {} users{FAINT:#}",
        plan.strategy,
        counted(plan.steps.len(), "step"),
        traffic.requests,
        grouped(usize::try_from(traffic.users).unwrap_or(usize::MAX)),
    )?;
    let worse = worse(plan, traffic, &simulated.worse);
    writeln!(out, "worse version: {}\n", printable(&worse))?;
    row(out, ("", "innocent", "worse"), BOLD)?;
    ends(out, innocent, bad)?;
    writeln!(out)?;
    row(out, ("median / p90 / p99 / max", "", ""), BOLD)?;
    for (name, end) in [("time to the end", End::Done), ("time until it is back", End::RolledBack)]
    {
        let [one, other] = [innocent, bad].map(|spread| spans(spread.took(end)));
        row(out, (name, &one, &other), FAINT)?;
    }
    let [one, other] = [innocent, bad].map(|spread| numbers(spread.range(|run| run.users)));
    row(out, ("users on the new version", &one, &other), FAINT)?;
    let [one, other] = [innocent, bad].map(|spread| numbers(spread.range(|run| run.failing)));
    row(out, ("users who saw failures", &one, &other), FAINT)?;
    steps(out, simulated)?;
    why(out, innocent, bad)?;
    doubts(out, simulated)?;
    writeln!(out, "\n{BOLD}Worst releases{BOLD:#}  {FAINT}play one again with --seed{FAINT:#}")?;
    seeds(out, ("innocent", innocent.worst(End::Done)))?;
    seeds(out, ("worse", bad.worst(End::RolledBack)))
}

fn ends(out: &mut impl Write, innocent: &Spread, bad: &Spread) -> io::Result<()> {
    for (name, end) in ENDS {
        let counts = [innocent, bad].map(|spread| spread.ended(end));
        if counts == [0, 0] && !matches!(end, End::Done | End::RolledBack | End::Frozen) {
            continue;
        }
        let all = innocent.runs.len().max(1);
        #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
        let share = |count: usize| format!("{count}  ({:.1}%)", count as f64 * 100.0 / all as f64);
        let [one, other] = counts.map(share);
        row(out, (name, &one, &other), FAINT)?;
    }
    Ok(())
}

fn steps(out: &mut impl Write, simulated: &Simulated) -> io::Result<()> {
    writeln!(out)?;
    row(out, ("time in each step", "", ""), BOLD)?;
    for (place, step) in simulated.plan.steps.iter().enumerate() {
        let [one, other] =
            [&simulated.innocent, &simulated.bad].map(|spread| spans(spread.step(place)));
        let name = format!("{}. {}", place + 1, printable(&step.name));
        row(out, (&name, &one, &other), FAINT)?;
    }
    Ok(())
}

/// What held releases back, and why they ended as nobody wanted.
fn why(out: &mut impl Write, innocent: &Spread, bad: &Spread) -> io::Result<()> {
    writeln!(out, "\n{BOLD}What held it back most{BOLD:#}")?;
    let mut is_any = false;
    for (name, spread) in [("innocent", innocent), ("worse", bad)] {
        for (what, span) in spread.held().into_iter().take(3) {
            is_any = true;
            let what = printable(&what);
            writeln!(out, "  {name}: waited for {what}, {span} in the mean of all releases")?;
        }
    }
    if !is_any {
        writeln!(out, "  nothing: no step by evidence waited longer than it has to")?;
    }
    let ends = [("innocent", innocent, End::RolledBack), ("innocent", innocent, End::Paused)];
    for (name, spread, end) in ends {
        for (why, count) in spread.reasons(end).into_iter().take(3) {
            let (end, why) = (words(end), printable(&why));
            writeln!(out, "  {name}: {count} {end} over {why}")?;
        }
    }
    Ok(())
}

fn doubts(out: &mut impl Write, simulated: &Simulated) -> io::Result<()> {
    for doubt in &simulated.doubts {
        let step = simulated.plan.steps.get(doubt.step);
        let name = step.map_or("", |step| step.name.as_str());
        let (what, mend) = (printable(&doubt.what), &doubt.mend);
        let number = doubt.step + 1;
        writeln!(
            out,
            "\n{WARNING}warning:{WARNING:#} step {number} ({}): {what}",
            printable(name)
        )?;
        writeln!(out, "  {mend}")?;
    }
    Ok(())
}

fn seeds(out: &mut impl Write, (name, runs): (&str, Vec<&Run>)) -> io::Result<()> {
    for run in runs {
        let (seed, end) = (run.seed, words(run.end));
        writeln!(
            out,
            "  {name}: --seed {ACCENT}{seed}{ACCENT:#}  {end} after {}, {} saw failures",
            run.took,
            counted(usize::try_from(run.failing).unwrap_or(usize::MAX), "user")
        )?;
    }
    Ok(())
}

/// A line of a table. Widths are counted before styles go in.
fn row(
    out: &mut impl Write,
    (name, one, other): (&str, &str, &str),
    style: anstyle::Style,
) -> io::Result<()> {
    let name: String = name.chars().take(NAME - 2).collect();
    let line = format!("{one:<VALUE$}{other}");
    writeln!(out, "  {style}{name:<NAME$}{style:#}{}", line.trim_end())
}

fn spans(range: Option<Range>) -> String {
    let span = |ms: u64| Span::from_ms(if ms < 10_000 { ms } else { ms / 1000 * 1000 }).to_string();
    range.map_or_else(|| "–".to_owned(), |range| range.words(span))
}

fn numbers(range: Option<Range>) -> String {
    let number = |number: u64| grouped(usize::try_from(number).unwrap_or(usize::MAX));
    range.map_or_else(|| "–".to_owned(), |range| range.words(number))
}

impl Range {
    fn words(self, word: impl Fn(u64) -> String) -> String {
        let all = [self.median, self.p90, self.p99, self.max].map(word);
        if all.iter().all(|word| *word == all[0]) { all[0].clone() } else { all.join(" / ") }
    }
}

fn words(end: End) -> &'static str {
    ENDS.iter().find(|(_, known)| *known == end).map_or("ended", |(name, _)| name)
}

/// All of it for programs; times in milliseconds.
pub(super) fn json(simulated: &Simulated) -> Value {
    let Simulated { plan, traffic, .. } = simulated;
    let change = |change: Change| match change {
        Change::To(value) => json!({ "to": value }),
        Change::Times(factor) => json!({ "times": factor }),
        _ => Value::Null,
    };
    let worse = simulated.worse.iter();
    let worse =
        worse.map(|worse| json!({ "metric": worse.metric, "change": change(worse.change) }));
    let doubt = simulated.doubts.iter();
    let doubts =
        doubt.map(|doubt| json!({ "step": doubt.step, "what": doubt.what, "mend": doubt.mend }));
    json!({
        "ok": true,
        "target": plan.target,
        "strategy": plan.strategy,
        "seeds": simulated.seeds,
        "traffic": {
            "requests_per_second": traffic.requests,
            "users": traffic.users,
            "error_rate": traffic.error_rate,
            "latency_s": traffic.latency,
        },
        "worse": worse.collect::<Vec<_>>(),
        "steps": plan.steps.iter().map(|step| &step.name).collect::<Vec<_>>(),
        "innocent": spread(simulated, &simulated.innocent, End::Done),
        "bad": spread(simulated, &simulated.bad, End::RolledBack),
        "warnings": doubts.collect::<Vec<_>>(),
    })
}

fn spread(simulated: &Simulated, spread: &Spread, good: End) -> Value {
    let ends = ENDS.map(|(_, end)| (end.as_str().to_owned(), Value::from(spread.ended(end))));
    let steps = (0..simulated.plan.steps.len()).map(|step| range(spread.step(step)));
    let held =
        spread.held().into_iter().map(|(what, span)| json!({ "for": what, "mean_ms": span.ms() }));
    let worst = spread.worst(good).into_iter().map(|run| {
        json!({
            "seed": run.seed,
            "end": run.end.as_str(),
            "why": run.why,
            "took_ms": run.took.ms(),
            "users": run.users,
            "failing": run.failing,
        })
    });
    json!({
        "ends": serde_json::Map::from_iter(ends),
        "time_to_end_ms": range(spread.took(End::Done)),
        "time_to_rollback_ms": range(spread.took(End::RolledBack)),
        "users": range(spread.range(|run| run.users)),
        "failing_users": range(spread.range(|run| run.failing)),
        "steps_ms": steps.collect::<Vec<_>>(),
        "held": held.collect::<Vec<_>>(),
        "worst": worst.collect::<Vec<_>>(),
    })
}

fn range(range: Option<Range>) -> Value {
    range.map_or(Value::Null, |range| {
        let Range { median, p90, p99, max } = range;
        json!({ "median": median, "p90": p90, "p99": p99, "max": max })
    })
}

const ENDS: [(&str, End); 5] = [
    ("reached the end", End::Done),
    ("rolled back", End::RolledBack),
    ("froze", End::Frozen),
    ("paused for somebody", End::Paused),
    ("did not end in time", End::Unfinished),
];
const NAME: usize = 30;
const VALUE: usize = 36;
