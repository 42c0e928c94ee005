//! How analyses, experiments and plugins end, by what their templates say.

use std::collections::BTreeMap;

use flagkit_deploy::{Span, Time};
use serde_json::Value;

use super::cluster::Run;

/// Templates by name, and the rollout whose plugins and experiments run.
#[derive(Default)]
pub(crate) struct Outcomes {
    pub(crate) templates: BTreeMap<String, Value>,
    pub(crate) steps: Vec<Value>,
}

type End = (u64, &'static str);

impl Outcomes {
    /// When something ends and how; none while nothing ends it.
    pub(crate) fn of<'a>(
        &self,
        runs: impl Iterator<Item = &'a Run>,
        run: &Run,
    ) -> Option<(Time, &'static str)> {
        let at = run.fact.rsplit('_').next().and_then(|at| at.parse::<usize>().ok());
        let step = at.and_then(|at| self.steps.get(at));
        let (seconds, phase) = if run.fact.starts_with("plugin.") {
            plugin(step?)?
        } else if run.fact.starts_with("experiment.") {
            step?.pointer("/experiment/analyses")?;
            (5, "Successful")
        } else {
            // Several templates are one analysis: the first that fails ends it, else the last.
            let together = runs.filter(|it| it.release == run.release && it.fact == run.fact);
            let ends: Vec<Option<End>> = together.map(|run| self.template(&run.command)).collect();
            let bad = ends.iter().flatten().filter(|(_, phase)| *phase != "Successful").min();
            match bad {
                Some(bad) => *bad,
                None => ends.into_iter().collect::<Option<Vec<End>>>()?.into_iter().max()?,
            }
        };
        Some((run.began + Span::from_secs(seconds), phase))
    }

    /// Whether it measures something again and again, and is not one job that never ends.
    pub(crate) fn measures(&self, run: &Run) -> bool {
        let at = run.command.iter().position(|word| word == "--from");
        let template = at.and_then(|at| self.templates.get(run.command.get(at + 1)?));
        template.is_some_and(|it| it["spec"]["metrics"][0]["provider"]["web"].is_object())
    }

    fn template(&self, command: &[String]) -> Option<End> {
        let at = command.iter().position(|word| word == "--from")?;
        let template = self.templates.get(command.get(at + 1)?)?;
        let mut arguments = BTreeMap::new();
        for argument in template["spec"]["args"].as_array().into_iter().flatten() {
            arguments.insert(word(&argument["name"]), word(&argument["value"]));
        }
        let given = command.iter().filter_map(|word| word.split_once('='));
        arguments.extend(given.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let fill = |text: String| {
            arguments
                .iter()
                .fold(text.replace("{{ ", "{{").replace(" }}", "}}"), |text, (name, value)| {
                    text.replace(&format!("{{{{args.{name}}}}}"), value)
                })
        };
        let metrics = template["spec"]["metrics"].as_array()?;
        let ends: Vec<Option<End>> = metrics.iter().map(|it| metric(it, &fill)).collect();
        let bad = ends.iter().flatten().filter(|(_, phase)| *phase != "Successful").min().copied();
        bad.or_else(|| ends.into_iter().collect::<Option<Vec<End>>>()?.into_iter().max())
    }
}

fn metric(metric: &Value, fill: &impl Fn(String) -> String) -> Option<End> {
    let seconds = |text: String| -> u64 {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        let number = digits.parse().unwrap_or(0);
        if text.ends_with('h') { number * 3600 } else { number }
    };
    let field = |name: &str| fill(word(&metric[name]));
    let delay = seconds(field("initialDelay"));
    let count = field("count").parse::<u64>().ok();
    let interval = seconds(field("interval"));
    if let Some(job) = metric.pointer("/provider/job/spec") {
        let container = &job["template"]["spec"]["containers"][0];
        if word(&container["image"]).starts_with("nonexistent") {
            return Some((delay + 1, "Inconclusive"));
        }
        let script = fill(word(&container["args"][0]));
        let length = script
            .strip_prefix("sleep ")
            .map_or(0, |rest| seconds(rest.split(' ').next().unwrap().to_owned()));
        if let Some(deadline) = job["activeDeadlineSeconds"].as_u64().filter(|most| *most < length)
        {
            return Some((delay + deadline, "Failed"));
        }
        let failed = script.contains("exit ") && !script.trim_end().ends_with("exit 0");
        // A job takes a second to begin, and some may fail before the analysis has.
        let most = metric["failureLimit"].as_u64().unwrap_or(0);
        if failed && count.unwrap_or(1) > most {
            return Some((delay + most * interval + (most + 1) * (length + 1), "Failed"));
        }
        return (length < 6000).then_some((delay + length + 1, "Successful"));
    }
    if field("successCondition").contains("999") {
        let most = metric["inconclusiveLimit"].as_u64().unwrap_or(0);
        return Some((delay + most * interval, "Inconclusive"));
    }
    // Without a count it is measured until somebody ends it.
    let count = count.or_else(|| (interval == 0).then_some(1))?;
    Some((delay + (count - 1) * interval, "Successful"))
}

fn plugin(step: &Value) -> Option<End> {
    match step.pointer("/plugin/config/return").and_then(Value::as_str)? {
        "Successful" => Some((0, "Successful")),
        "Failed" => Some((0, "Failed")),
        _ => None,
    }
}

pub(crate) fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
