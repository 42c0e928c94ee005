//! The command line: what can be said, and the help that explains it.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use flagkit_core::Timestamp;
use flagkit_dialects::Dialect;

pub(crate) mod remote;
pub(crate) mod rollout;
pub(crate) mod serve;

use remote::Remote;
use rollout::Rollout;
use serve::Serve;

/// Feature flags: evaluate, explain, validate, convert and serve them.
///
/// Flag files are JSON or YAML. Begin with `flagkit demo`, or with `flagkit serve --dev`.
#[derive(Debug, Parser)]
#[command(name = "flagkit", version, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what FlagKit does: 20 flags, 100,000 users, a live rollout, a server
    Demo(Demo),
    /// Answer evaluation requests, one JSON object a line
    Eval(Eval),
    /// Explain one evaluation step by step
    Explain(Explain),
    /// Check flag files and say what is wrong where
    Validate(Validate),
    /// Turn a flag file of another language into a native one
    Convert(Convert),
    /// Show who of a list of ids a flag is on for
    Bucket(Bucket),
    /// Release by evidence, or set for how many a flag of a server is on
    Rollout(Box<Rollout>),
    /// Start a flag server
    Serve(Serve),
    #[command(flatten)]
    Remote(Box<Remote>),
    /// Print the JSON Schema of the native format
    Schema,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, as `man` reads it
    Man {
        /// The page of this command instead; words for one below another: `rollout plan`
        command: Vec<String>,
        /// Write the pages of all commands into this folder: `flagkit-rollout-plan.1`
        #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
        into: Option<PathBuf>,
    },
}

/// How a flag file is read.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Reading {
    /// The language of the file; recognised if not given
    #[arg(long, value_parser = dialects(), value_name = "DIALECT")]
    pub(crate) dialect: Option<Dialect>,
    /// The environment, for flags that depend on it; the document may name one itself
    #[arg(long, short = 'e', value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<String>,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// `flagkit demo`.
#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// How many users to generate
    #[arg(long, default_value_t = 100_000, value_parser = users())]
    pub(crate) users: usize,
}

/// `flagkit eval`.
#[derive(Args, Debug)]
#[command(after_help = EVAL_HELP)]
pub(crate) struct Eval {
    /// The flag file; `-` is the standard input
    #[arg(long, short = 'f', value_name = "FILE", required_unless_present = "cases")]
    pub(crate) flags: Option<PathBuf>,
    /// The requests, one a line; `-` is the standard input
    #[arg(long, short = 'r', value_name = "FILE", default_value = "-")]
    pub(crate) requests: PathBuf,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Evaluate as if this were the time
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Timestamp>,
    /// Answer the cases of a conformance suite instead, one a line
    #[arg(long, value_name = "FILE", conflicts_with_all = ["flags", "requests"])]
    pub(crate) cases: Option<PathBuf>,
    /// The folder in which the cases' documents are; by default that of the cases
    #[arg(long, value_name = "DIR", requires = "cases")]
    pub(crate) root: Option<PathBuf>,
}

/// `flagkit explain`.
#[derive(Args, Debug)]
#[command(after_help = CONTEXT_HELP)]
pub(crate) struct Explain {
    /// The flag file; `-` is the standard input
    #[arg(long, short = 'f', value_name = "FILE")]
    pub(crate) flags: PathBuf,
    /// The key of the flag
    #[arg(long, short = 'k', value_name = "KEY")]
    pub(crate) flag: String,
    /// Who asks: a JSON object, @FILE with one, or name=value pairs
    #[arg(long, short = 'c', value_name = "CONTEXT", num_args = 1..)]
    pub(crate) context: Vec<String>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Evaluate as if this were the time
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Timestamp>,
    /// How to print the explanation
    #[arg(long, short = 'o', value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// `flagkit validate`.
#[derive(Args, Debug)]
pub(crate) struct Validate {
    /// The flag files; `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Fail on warnings, too
    #[arg(long)]
    pub(crate) strict: bool,
    /// How to print what was found
    #[arg(long, short = 'o', value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// `flagkit convert`.
#[derive(Args, Debug)]
pub(crate) struct Convert {
    /// The flag file; `-` is the standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The language it is in; recognised if not given
    #[arg(long, value_parser = dialects(), value_name = "DIALECT")]
    pub(crate) from: Option<Dialect>,
    /// The language to turn it into
    #[arg(long, value_parser = ["native"], default_value = "native", value_name = "DIALECT")]
    pub(crate) to: String,
    /// The environment to assume
    #[arg(long, short = 'e', value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<String>,
    /// How to write the document
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output_format: Notation,
    /// Write the flags that can be converted even if others cannot
    #[arg(long)]
    pub(crate) partial: bool,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum Notation {
    /// YAML
    #[default]
    Yaml,
    /// JSON
    Json,
}

/// `flagkit bucket`.
#[derive(Args, Debug)]
pub(crate) struct Bucket {
    /// The flag file
    #[arg(long, short = 'f', value_name = "FILE")]
    pub(crate) flags: PathBuf,
    /// The key of the flag
    #[arg(long, short = 'k', value_name = "KEY")]
    pub(crate) flag: String,
    /// The ids, one a line; `-` is the standard input
    #[arg(long, short = 'i', value_name = "FILE", default_value = "-")]
    pub(crate) ids: PathBuf,
    /// The attribute that the ids are
    #[arg(long, short = 'a', value_name = "NAME", default_value = "user_id")]
    pub(crate) attribute: String,
    /// As if the flag's rollout were at this percentage
    #[arg(long, short = 'p', value_name = "PERCENTAGE", value_parser = percentage)]
    pub(crate) percentage: Option<f64>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Evaluate as if this were the time
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Timestamp>,
    /// How to print the ids
    #[arg(long, short = 'o', value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// A dialect, by its name.
fn dialects() -> impl TypedValueParser<Value = Dialect> {
    PossibleValuesParser::new(Dialect::ALL.map(Dialect::name))
        .try_map(|name| name.parse::<Dialect>())
}

/// How many users a demo may generate: they live in memory, all at once.
fn users() -> impl TypedValueParser<Value = usize> {
    clap::value_parser!(u32)
        .range(1_000..=2_000_000)
        .map(|users| usize::try_from(users).unwrap_or(usize::MAX))
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text)
        .ok_or_else(|| "this is no RFC 3339 time such as `2026-12-01T09:30:00Z`".to_owned())
}

fn percentage(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').trim().parse::<f64>().ok();
    number
        .filter(|number| (0.0..=100.0).contains(number))
        .ok_or_else(|| "this is no percentage from 0 to 100".to_owned())
}

const EVAL_HELP: &str = r#"A request is {"flag": "new-checkout", "context": {"user_id": "u-7", "country": "DE"}}; it may also
have an "id" that the answer repeats, a "default" and a "type" (boolean, string, integer, float,
number, object, json). Answers come in the order of the requests:

  {"id":…,"flag":…,"enabled":…,"value":…,"variant":…,"reason":…,"rule":…,"error":null}"#;

const CONTEXT_HELP: &str = r#"Examples:
  flagkit explain -f flags.yaml -k new-checkout -c user_id=u-7 country=DE age=37
  flagkit explain -f flags.yaml -k new-checkout -c '{"user_id": "u-7", "device": {"os": "ios"}}'
  flagkit explain -f flags.yaml -k new-checkout -c @context.json plan=pro

A value of name=value is read as JSON where it is JSON (37, true, ["a"], "37"), else as text."#;

#[cfg(test)]
mod tests;
