//! What is tried before anything is released: cases of statistics, and plans on made-up traffic.

use std::path::PathBuf;

use clap::Args;
use flagkit_deploy::quantity::{Quantity, Ratio, SpanText};
use flagkit_deploy::simulation::trial::{Change, Worse};

use super::Planned;

/// `flagkit rollout cases`.
#[derive(Args, Debug)]
#[command(after_help = CASES_HELP)]
pub(crate) struct Cases {
    /// Files of cases as JSON; `-` is the standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const CASES_HELP: &str = "\
A case is an object with inputs and with what another program answered. It is recognised by its fields:
windows of a metric with the verdict of the judge of releases, and those of Kayenta's test suites, of calls
of GrowthBook's engine, of SciPy and mpmath, and of Argo Rollouts' tables of instances. Other fields are left
alone. A file in which nothing is recognised names the shapes that are; docs/cases.md has all of them.

Exit codes: 0 if all pass, 1 if a case fails or a file cannot be read.";

/// `flagkit rollout simulate`.
#[derive(Args, Debug)]
#[command(after_help = SIMULATE_HELP)]
pub(crate) struct Simulate {
    #[command(flatten)]
    pub(crate) planned: Planned,
    /// How many times each version is released
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) seeds: u32,
    /// Play one release again, step by step
    #[arg(long, value_name = "S", conflicts_with_all = ["svg", "json"])]
    pub(crate) seed: Option<u64>,
    /// What is worse on the bad version: `error_rate 5%`, `p95 400ms`, `p95 x1.5`, `cpu +20%`; without, errors
    /// treble or everything takes half as long again
    #[arg(long, value_name = "METRIC VALUE", value_parser = worse)]
    pub(crate) worse: Vec<Worse>,
    /// Requests in a second, of all versions together
    #[arg(long, value_name = "N", default_value_t = 100.0)]
    pub(crate) rps: f64,
    /// Users who make them
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) users: u64,
    /// Requests that fail on the version that serves now
    #[arg(long, value_name = "SHARE", default_value = "0.5%", value_parser = share)]
    pub(crate) error_rate: f64,
    /// What half of the requests take at most there
    #[arg(long, value_name = "TIME", default_value = "80ms", value_parser = seconds)]
    pub(crate) latency: f64,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Write a drawing of how the releases end over time
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
}

fn worse(text: &str) -> Result<Worse, String> {
    let wrong =
        || "write a metric and a value, such as \"error_rate 5%\" or \"p95 x1.5\"".to_owned();
    let (metric, value) = text.trim().split_once([' ', '=']).ok_or_else(wrong)?;
    let value = value.trim();
    let change = if let Some(factor) = value.strip_prefix(['x', '×']) {
        Change::Times(factor.trim().parse().map_err(|_| wrong())?)
    } else if let Some(more) = value.strip_prefix('+') {
        Change::Times(1.0 + share(more)?)
    } else {
        Change::To(
            share(value)
                .or_else(|_| seconds(value))
                .or_else(|_| value.parse().map_err(|_| wrong()))?,
        )
    };
    Ok(Worse { metric: metric.to_owned(), change })
}

fn share(text: &str) -> Result<f64, String> {
    // A bare number is one, and anything else is text with a unit.
    let read = serde_json::from_str(text.trim()).unwrap_or_else(|_| text.trim().into());
    Ratio::read(&read).map(|Ratio(share)| share).map_err(|error| error.to_string())
}

fn seconds(text: &str) -> Result<f64, String> {
    SpanText::read(&text.into())
        .map(|SpanText(span)| span.seconds())
        .map_err(|error| error.to_string())
}

const SIMULATE_HELP: &str = "\
The plan is carried out by the machine of real releases with its own judge, on made-up requests that fail
and take time independently of each other. People agree after a minute, gates hold, checks pass. The same
file, traffic and seed give the same release.

Exit codes: 0 whatever comes of it, 1 if the release cannot run, 2 if the traffic makes no sense.";
