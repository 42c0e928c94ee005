//! A plan as people read it.

use std::io::{self, Write};

use flagkit_deploy::event::Actor;
use flagkit_deploy::plan::{Does, Metric, Plan, Source};
use flagkit_deploy::{Release, Span, Time};

use crate::rollout::standing::words;
use crate::terminal::{ACCENT, BOLD, FAINT, WARNING, counted, printable};

/// Prints all of it.
pub(super) fn print(out: &mut impl Write, plan: &Plan) -> io::Result<()> {
    title(out, plan)?;
    gates(out, plan)?;
    steps(out, plan)?;
    judging(out, plan)?;
    triggers(out, plan)?;
    rollback(out, plan)
}

fn title(out: &mut impl Write, plan: &Plan) -> io::Result<()> {
    let name = |arm: &flagkit_deploy::plan::Arm| format!("{} {}", arm.name, arm.version);
    let mut arms = plan.arms.iter().map(name);
    let control = arms.next().unwrap_or_default();
    let new = arms.collect::<Vec<_>>().join(", ");
    let target = printable(&plan.target);
    writeln!(out, "{BOLD}{target}{BOLD:#}  {} in {}", plan.strategy, plan.environment)?;
    writeln!(out, "  from {} to {}", printable(control.trim()), printable(new.trim()))?;
    if let Some(route) = &plan.route {
        let (base, most) = (words::named_split(&plan.base, plan), plan.exposure_max());
        let route = printable(route);
        writeln!(out, "  route {route}: {base}; new arms get at most {most}")?;
    }
    Ok(())
}

fn gates(out: &mut impl Write, plan: &Plan) -> io::Result<()> {
    if plan.gates.is_empty() {
        return Ok(());
    }
    heading(out, "Gates", "must hold before the release begins and before each change")?;
    for gate in &plan.gates {
        let most = gate.at_most.map(|most| format!(", for at most {most}")).unwrap_or_default();
        let (name, rule) = (printable(&gate.name), printable(&gate.rule));
        if gate.name == gate.rule {
            writeln!(out, "  {rule}{most}")?;
        } else {
            writeln!(out, "  {name}: {rule}{most}")?;
        }
    }
    Ok(())
}

fn steps(out: &mut impl Write, plan: &Plan) -> io::Result<()> {
    let least = least_time(plan);
    let about = format!("{}, at least {least}", counted(plan.steps.len(), "step"));
    heading(out, "Steps", &about)?;
    let mut treated = plan.base.treated();
    for (at, step) in plan.steps.iter().enumerate() {
        if let Does::Split { split } = &step.does {
            treated = split.treated();
        }
        let does = words::does(&step.does, plan);
        let (does, bar) = (printable(&does), bar(treated.ppm()));
        write!(out, "  {FAINT}{:>3}{FAINT:#}  {ACCENT}{bar}{ACCENT:#}  {does}", at + 1)?;
        let gate = step.gate.as_ref().map(|gate| format!("if {gate}"));
        let before = step.before.iter().map(|hook| format!("before: {hook}"));
        let after = step.after.iter().map(|hook| format!("after: {hook}"));
        let more: Vec<String> = gate.into_iter().chain(before).chain(after).collect();
        if !more.is_empty() {
            write!(out, "  {FAINT}({}){FAINT:#}", printable(&more.join("; ")))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The time of all steps if nothing has to wait longer than it must.
fn least_time(plan: &Plan) -> Span {
    let least = plan.steps.iter().map(|step| match &step.does {
        Does::Pause { length: Some(length) } => length.ms(),
        Does::Judge(judgement) => judgement.at_least.ms(),
        _ => 0,
    });
    Span::from_ms(least.fold(0, u64::saturating_add))
}

fn judging(out: &mut impl Write, plan: &Plan) -> io::Result<()> {
    if plan.metrics.is_empty() {
        writeln!(
            out,
            "\n{WARNING}No metric is watched:{WARNING:#} nothing but checks and people \
                       would stop this release."
        )?;
        return Ok(());
    }
    let judging = &plan.judging;
    let (alpha, look) = (share(judging.alpha), judging.look);
    let about = format!(
        "looked at every {look}; an innocent release is rolled back with a chance of at most {alpha}, \
         over all metrics and looks"
    );
    heading(out, "Metrics", &about)?;
    let alphas = alphas(plan);
    for (at, metric) in plan.metrics.iter().enumerate() {
        let alpha = alphas.iter().find(|(metric, _)| usize::from(*metric) == at);
        let alpha = alpha.map(|(_, alpha)| format!(", its part {}", share(*alpha)));
        let (name, words) = (printable(&metric.name), metric_words(metric));
        writeln!(out, "  {BOLD}{name}{BOLD:#}  {words}{}", alpha.unwrap_or_default())?;
    }
    let (silence, what) = (judging.silence, snake(&format!("{:?}", judging.on_silence)));
    writeln!(out, "  {FAINT}no data for {silence}: {what}{FAINT:#}")
}

/// The part of alpha of each metric that has one, as the judge divides it.
fn alphas(plan: &Plan) -> Vec<(u16, f64)> {
    let release = Release::new("planned".into(), plan.clone(), Actor::default(), Time::default());
    let Ok((release, state)) = release else { return Vec::new() };
    let evidence = release.evidence(&state).into_iter();
    let part = evidence.filter_map(|one| Some((one.metric?, (-one.bound).exp())));
    part.filter(|(_, alpha)| alpha.is_finite() && *alpha > 0.0 && *alpha < 1.0).collect()
}

fn metric_words(metric: &Metric) -> String {
    use flagkit_deploy::plan::{Direction, Measure, Role};
    let measure = match metric.measure {
        Measure::Events => "share".to_owned(),
        Measure::Quantile { quantile } => format!("quantile {quantile}"),
        Measure::Mean { .. } => "mean".to_owned(),
        _ => "reading".to_owned(),
    };
    let bad = match metric.direction {
        Direction::Increase => "more is worse",
        Direction::Decrease => "less is worse",
        _ => "any change is worse",
    };
    let then = match metric.role {
        Role::Guard => "rolls back",
        Role::Signal => "pauses",
        _ => "shown only",
    };
    let mut words = format!("{measure}, {bad} by {}: {then}", share(metric.margin));
    if let Some(limit) = metric.limit {
        words.push_str("; never beyond ");
        words.push_str(&words::number(limit));
    }
    let from = match &metric.source {
        Source::Push { .. } => "pushed".to_owned(),
        Source::Prometheus { .. } => "Prometheus".to_owned(),
        Source::Other { driver, .. } => driver.clone(),
        _ => "elsewhere".to_owned(),
    };
    words.push_str("; ");
    words.push_str(&from);
    printable(&words).into_owned()
}

fn triggers(out: &mut impl Write, plan: &Plan) -> io::Result<()> {
    if plan.triggers.is_empty() {
        return Ok(());
    }
    heading(out, "Triggers", "end the release at once, whatever the judge knows")?;
    for trigger in &plan.triggers {
        let times = match (trigger.times, trigger.within) {
            (1, Span::ZERO) => String::new(),
            (times, within) => format!(", in {times} windows within {within}"),
        };
        let then = snake(&format!("{:?}", trigger.then));
        writeln!(out, "  {}{times}: {then}", printable(&trigger.rule))?;
    }
    Ok(())
}

fn rollback(out: &mut impl Write, plan: &Plan) -> io::Result<()> {
    let rollback = &plan.rollback;
    if !rollback.automatic {
        heading(out, "Rollback", "never by itself: the release freezes and pages")?;
        return Ok(());
    }
    heading(out, "Rollback", "asks no gate, and nothing stops it")?;
    let control = plan.arms.first().map_or("the control", |arm| arm.name.as_str());
    let mut steps = vec![format!("all traffic to {control}")];
    if !rollback.verify.is_empty() {
        let checks = rollback.verify.join(", ");
        steps.push(format!("check {control}: {checks}; if one fails, freeze and page"));
    }
    if plan.arms.iter().any(|arm| arm.workload.is_some()) {
        steps.push(format!("instances as they were, after {}", rollback.keep));
    }
    if !rollback.hooks.is_empty() {
        steps.push(format!("call {}", rollback.hooks.join(", ")));
    }
    for (at, step) in steps.iter().enumerate() {
        writeln!(out, "  {FAINT}{:>3}{FAINT:#}  {}", at + 1, printable(step))?;
    }
    if let Some(possible) = &rollback.possible {
        writeln!(out, "  possible only while {}; otherwise it freezes", printable(possible))?;
    }
    Ok(())
}

fn heading(out: &mut impl Write, title: &str, about: &str) -> io::Result<()> {
    writeln!(out, "\n{BOLD}{title}{BOLD:#}  {FAINT}{about}{FAINT:#}")
}

/// How much of the traffic new arms have, in ten characters.
fn bar(ppm: u32) -> String {
    let full = (ppm.div_ceil(100_000)).min(10);
    (0..10).map(|at| if at < full { '█' } else { '·' }).collect()
}

/// `0.1%`.
fn share(value: f64) -> String {
    let number = words::number(value * 100.0);
    let has_zeros = number.contains('.') && !number.contains('e');
    let short =
        if has_zeros { number.trim_end_matches('0').trim_end_matches('.') } else { &number };
    format!("{short}%")
}

/// `RollBack` as `roll back`.
fn snake(name: &str) -> String {
    let mut words = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(character.to_lowercase());
    }
    words
}
