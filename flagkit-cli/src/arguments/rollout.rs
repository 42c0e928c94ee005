//! `flagkit rollout`: releases, and the share of one flag of a server.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::percentage;
use super::remote::{Target, Why};

mod trial;

pub(crate) use trial::{Cases, Simulate};

/// `flagkit rollout`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = HELP)]
pub(crate) struct Rollout {
    /// What to do with a release
    #[command(subcommand)]
    pub(crate) release: Option<Release>,
    /// The key of a flag of a server
    #[arg(value_name = "FLAG", required = true)]
    pub(crate) flag: Option<String>,
    /// For how many it is on: 25, 25%, 0.25%
    #[arg(value_name = "PERCENTAGE", value_parser = percentage, required = true)]
    pub(crate) percentage: Option<f64>,
    #[command(flatten)]
    pub(crate) why: Why,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// What can be done with a release.
#[derive(Debug, Subcommand)]
pub(crate) enum Release {
    /// Check a release file, and show what the release would do
    Plan(Plan),
    /// Carry a release out, or go on with one that was interrupted
    Run(Run),
    /// Show how a release stands
    Status(Status),
    /// Follow a release live
    Watch(Watch),
    /// Stop a release where it is; what protects goes on
    Pause(Say),
    /// Go on after a pause, a step that waits for somebody, or a freeze
    Resume(Say),
    /// Leave the step that a release waits in
    Skip(Say),
    /// Go straight to the end, without judging in between
    Promote(Say),
    /// Roll back, or end what has not begun
    Abort(Say),
    /// Try again what a frozen or paused release gave up
    Retry(Say),
    /// Agree to the step that asks for it, or refuse
    Approve(Approve),
    /// Tell a release facts that its conditions ask for
    Tell(Tell),
    /// Show what happened, and why
    History(History),
    /// Compute everything in a journal again, and compare
    Replay(Replay),
    /// Write a release as an HTML page with drawings
    Report(Report),
    /// Turn a configuration of an older shape into release files
    Import(Import),
    /// Play a plan many times on made-up traffic, and show how it ends
    Simulate(Simulate),
    /// Run cases of statistics that others wrote down, and compare
    Cases(Cases),
    /// Print the JSON Schema of release files, for editors
    Schema {
        /// Print every key as tables in Markdown instead
        #[arg(long)]
        keys: bool,
    },
    /// Show a release with a bug that is rolled back, and one without that reaches everybody
    Demo(Demo),
    /// One instance of the shop of the demo
    #[command(hide = true)]
    DemoService(DemoService),
}

/// The release file and what it does not say.
#[derive(Args, Clone, Debug)]
pub(crate) struct Planned {
    /// The release file; `-` is the standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// What an arm runs, such as canary=v42
    #[arg(long, value_name = "ARM=VERSION", value_parser = arm_version)]
    pub(crate) set: Vec<(String, String)>,
    /// The arm that serves now; without, the one on which the last release of the target ended
    #[arg(long, value_name = "ARM")]
    pub(crate) active: Option<String>,
    /// Where it is released, instead of what the file says
    #[arg(long, short = 'e', value_name = "NAME")]
    pub(crate) environment: Option<String>,
}

/// `flagkit rollout plan`.
#[derive(Args, Debug)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) planned: Planned,
    /// Print the plan as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Where the engine keeps its journal.
#[derive(Args, Clone, Debug)]
pub(crate) struct State {
    /// The folder of the engine: its journal and its control socket
    #[arg(long, env = "FLAGKIT_STATE", value_name = "DIR", default_value = ".flagkit")]
    pub(crate) state: PathBuf,
    /// The URL of a PostgreSQL database that several engines share, instead of a journal in the
    /// folder; ?schema=NAME says which journal of the database
    // Neither help nor a refusal may show it: it has a password.
    #[arg(long, env = "FLAGKIT_JOURNAL", value_name = "URL", hide_env_values = true)]
    pub(crate) journal: Option<JournalUrl>,
}

/// The URL of a database, with its password.
#[derive(Clone)]
pub(crate) struct JournalUrl(String);

impl JournalUrl {
    /// As it was given.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for JournalUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

/// Without all of it.
impl fmt::Debug for JournalUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JournalUrl")
    }
}

/// Who says something.
#[derive(Args, Clone, Debug)]
pub(crate) struct Speaker {
    /// Who you are; the user of this machine without
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// A role that you have
    #[arg(long = "role", value_name = "ROLE")]
    pub(crate) roles: Vec<String>,
}

/// `flagkit rollout run`.
#[derive(Args, Debug)]
#[command(after_help = RUN_HELP)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) planned: Planned,
    #[command(flatten)]
    pub(crate) state: State,
    #[command(flatten)]
    pub(crate) speaker: Speaker,
    /// The name of the release; target and version without
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    /// Receive metrics (POST /v1/metrics) and alerts (POST /v1/alerts) here
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// Stay when the release freezes, so that somebody can say how to go on
    #[arg(long)]
    pub(crate) stay: bool,
    /// Print one line for each change, also on a terminal
    #[arg(long)]
    pub(crate) plain: bool,
}

/// Which release.
#[derive(Args, Clone, Debug)]
pub(crate) struct Which {
    /// The release; the one that runs, or else the newest, without
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) state: State,
}

/// `flagkit rollout status`.
#[derive(Args, Debug)]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) which: Which,
    /// All releases of the journal, one in each line
    #[arg(long, conflicts_with = "id")]
    pub(crate) all: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// `flagkit rollout watch`.
#[derive(Args, Debug)]
pub(crate) struct Watch {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Print one line for each change, also on a terminal
    #[arg(long)]
    pub(crate) plain: bool,
}

/// `flagkit rollout pause`, and its like.
#[derive(Args, Debug)]
pub(crate) struct Say {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Why, for the journal
    #[arg(long, short = 'm', value_name = "TEXT", default_value = "")]
    pub(crate) why: String,
    #[command(flatten)]
    pub(crate) speaker: Speaker,
}

/// `flagkit rollout approve`.
#[derive(Args, Debug)]
pub(crate) struct Approve {
    #[command(flatten)]
    pub(crate) say: Say,
    /// Do not agree: the release rolls back
    #[arg(long)]
    pub(crate) refuse: bool,
}

/// `flagkit rollout tell`.
#[derive(Args, Debug)]
pub(crate) struct Tell {
    /// Names and JSON values, such as tests.passed=true
    #[arg(value_name = "NAME=VALUE", required = true, value_parser = fact)]
    pub(crate) facts: Vec<(String, serde_json::Value)>,
    /// The release; the one that runs without
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) state: State,
}

/// `flagkit rollout history`.
#[derive(Args, Debug)]
pub(crate) struct History {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Print every record of the journal as JSON, one in each line
    #[arg(long)]
    pub(crate) json: bool,
}

/// `flagkit rollout replay`.
#[derive(Args, Debug)]
pub(crate) struct Replay {
    /// The release; all of the journal without
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) state: State,
}

/// `flagkit rollout report`.
#[derive(Args, Debug)]
pub(crate) struct Report {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Where to write it; to the standard output without
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// `flagkit rollout import`.
#[derive(Args, Debug)]
pub(crate) struct Import {
    /// The configuration; `-` is the standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Its shape, where the name of the file does not tell: canary-config,
    /// deployment-success-criteria, ab-tests, multi-region-config or rollout
    #[arg(long, value_name = "SHAPE")]
    pub(crate) from: Option<String>,
    /// What is released
    #[arg(long, value_name = "NAME", default_value = "service")]
    pub(crate) target: String,
    /// A folder for the release files; to the standard output without
    #[arg(long, short = 'o', value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
}

fn fact(text: &str) -> Result<(String, serde_json::Value), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => {
            let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
            Ok((name.to_owned(), value))
        }
        _ => Err("write NAME=VALUE, such as tests.passed=true".to_owned()),
    }
}

fn arm_version(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((arm, version)) if !arm.is_empty() && !version.is_empty() => {
            Ok((arm.to_owned(), version.to_owned()))
        }
        _ => Err("write ARM=VERSION, such as canary=v42".to_owned()),
    }
}

const HELP: &str = "\
With FLAG and PERCENTAGE: for how many a flag of a server is on. A flag that is called like one of
the commands is written behind two dashes: flagkit rollout -- plan 25%";

const RUN_HELP: &str = "\
The folder holds the journal. If a release of the same target was interrupted, it goes on as it was
planned, and the file says only which drivers there are. Ctrl-C stops the engine and leaves the
release where it is.

With --journal several engines share a journal, and one of them leads. The others stand by, and one of
them goes on with the release when the leader is gone.

Exit codes: 0 done, 3 rolled back, 4 frozen, 5 cancelled, 130 stopped by Ctrl-C; 1 and 2 as always.";

/// `flagkit rollout demo`.
#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// Requests of customers a second
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u32).range(50..=2000))]
    pub(crate) rate: u32,
    /// Do without HAProxy and Prometheus, also where they are installed
    #[arg(long)]
    pub(crate) in_process: bool,
}

/// `flagkit rollout demo-service`.
#[derive(Args, Debug)]
pub(crate) struct DemoService {
    /// Where it listens
    #[arg(long)]
    pub(crate) listen: SocketAddr,
    /// What it calls itself
    #[arg(long)]
    pub(crate) version: String,
    /// How many of a million requests fail, whatever its version
    #[arg(long)]
    pub(crate) failing: Option<u64>,
}
