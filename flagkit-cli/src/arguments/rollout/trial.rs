//! What is tried before anything is released: cases of statistics, and plans on made-up traffic.

use std::path::PathBuf;

use clap::Args;

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
those of Kayenta's test suites, of calls of GrowthBook's engine, of SciPy and mpmath, and of Argo Rollouts'
tables of instances. Other fields are left alone. A file in which nothing is recognised names the shapes
that are.

Exit codes: 0 if all pass, 1 if a case fails or a file cannot be read.";
