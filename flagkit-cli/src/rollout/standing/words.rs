//! Words for what plans say and orders want.

use flagkit_deploy::order::Wanted;
use flagkit_deploy::plan::{Does, Judgement, Plan};
use flagkit_deploy::{Split, Time, Weight};

/// What a step does.
pub(crate) fn does(does: &Does, plan: &Plan) -> String {
    match does {
        Does::Split { split } => format!("traffic {}", named_split(split, plan)),
        Does::Scale { arm, replicas } => format!("{arm}: {}", instances(*replicas)),
        Does::Mirror { arm, share } if share.ppm() == 0 => format!("no more copies to {arm}"),
        Does::Mirror { arm, share } => format!("a copy of {share} of the traffic to {arm}"),
        Does::Route { arm, headers } if headers.is_empty() => {
            format!("no more requests by header to {arm}")
        }
        Does::Route { arm, headers } => {
            let names: Vec<&str> = headers.keys().map(String::as_str).collect();
            format!("requests with {} to {arm}", names.join(", "))
        }
        Does::Pause { length: Some(length) } => format!("wait {length}"),
        Does::Pause { length: None } => "wait for somebody to resume".to_owned(),
        Does::Judge(judgement) => judgement_words(judgement),
        Does::Approve(approval) => approval_words(approval),
        Does::Verify { checks, arm } => format!("check {arm}: {}", checks.join(", ")),
        Does::Hook { hook } => format!("call {hook}"),
        Does::Until { rule, at_most: Some(most), .. } => format!("wait for {rule}, at most {most}"),
        Does::Until { rule, .. } => format!("wait for {rule}"),
        Does::Tell { channel, text } => format!("tell {channel}: {text}"),
        _ => "something that this version has no words for".to_owned(),
    }
}

fn judgement_words(judgement: &Judgement) -> String {
    let Judgement { at_least, at_most, proof, exposures_min, success, .. } = judgement;
    let mut words = format!("judge for {at_least}, at most {at_most}");
    if *proof {
        words.push_str("; every guard proved not worse");
    }
    if *exposures_min > 0 {
        words.extend(["; ", &exposures_min.to_string(), " exposures"]);
    }
    for rule in success {
        words.extend(["; ", rule]);
    }
    words
}

fn approval_words(approval: &flagkit_deploy::plan::Approval) -> String {
    let people = if approval.people == 1 { "somebody" } else { "people" };
    let mut words = match approval.people {
        1 => format!("{people} agrees"),
        count => format!("{count} {people} agree"),
    };
    if !approval.roles.is_empty() {
        words.extend([" (", &approval.roles.join(", "), ")"]);
    }
    words
}

/// What an order wants.
pub(crate) fn wanted(wanted: &Wanted) -> String {
    match wanted {
        Wanted::Split { arms, split, .. } => {
            let shares = arms.iter().enumerate();
            let shares = shares.map(|(at, arm)| format!("{arm} {}", split.of(at)));
            format!("traffic {}", shares.collect::<Vec<_>>().join(", "))
        }
        Wanted::Mirror { arm, share, .. } => format!("a copy of {share} to {arm}"),
        Wanted::Route { arm, headers, .. } if headers.is_empty() => {
            format!("no requests by header to {arm}")
        }
        Wanted::Route { arm, .. } => format!("requests by header to {arm}"),
        Wanted::Scale { arm, version, replicas, .. } => {
            format!("{} of {arm} {version}", instances(*replicas)).trim_end().to_owned()
        }
        Wanted::Hook { hook, .. } => format!("hook {hook}"),
        Wanted::Notify { channel, title, .. } => format!("tell {channel}: {title}"),
        Wanted::Verify { check, arm } => format!("check {check} of {arm}"),
        Wanted::Measure { until, .. } => format!("metrics up to {}", clock(*until)),
        other => other.thing(),
    }
}

/// `stable 90%, canary 10%`.
pub(crate) fn named_split(split: &Split, plan: &Plan) -> String {
    let arms = plan.arms.iter().enumerate();
    let shares = arms.map(|(at, arm)| format!("{} {}", arm.name, split.of(at)));
    shares.collect::<Vec<_>>().join(", ")
}

/// A share in percent.
pub(crate) fn percent(ppm: u32) -> String {
    Weight::from_ppm(ppm).unwrap_or(Weight::ALL).to_string()
}

/// The name of an arm.
pub(crate) fn arm(plan: &Plan, at: u16) -> String {
    let arm = plan.arms.get(usize::from(at));
    arm.map_or_else(|| format!("arm {at}"), |arm| arm.name.clone())
}

/// The hour, minute and second in UTC.
pub(crate) fn clock(time: Time) -> String {
    let text = time.to_string();
    text.get(11..19).map_or(text.clone(), str::to_owned)
}

/// A moment to the second, in UTC.
pub(crate) fn moment(time: Time) -> String {
    let text = time.to_string();
    text.get(..19).map_or(text.clone(), |text| format!("{text}Z"))
}

/// A number with the digits that matter.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if !(1e-4..1e6).contains(&size) {
        format!("{value:.2e}")
    } else if size >= 100.0 {
        format!("{value:.0}")
    } else if size >= 1.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.4}")
    }
}

/// The e-value of a logarithm.
pub(crate) fn e_value(log_e: f64) -> String {
    number(log_e.min(690.0).exp())
}

fn instances(count: u32) -> String {
    if count == 1 { "1 instance".to_owned() } else { format!("{count} instances") }
}
