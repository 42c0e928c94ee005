//! Commands that talk to a server.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use flagkit_dialects::Dialect;

use super::{Notation, dialects};

/// What can be done with the flags of a server.
#[derive(Debug, Subcommand)]
pub(crate) enum Remote {
    /// List the flags of a server
    List(List),
    /// Show a flag of a server
    Get(Get),
    /// Create or change a flag of a server
    Set(Set),
    /// Switch a flag of a server on
    On(Switch),
    /// Switch a flag of a server off
    Off(Switch),
    /// Delete a flag of a server
    Delete(Switch),
    /// Show who changed what on a server, when and why
    History(History),
    /// Bring back what a flag of a server was before
    Revert(Revert),
    /// Copy a flag from one environment of a server to another
    Promote(Promote),
    /// List, create, rotate and revoke the keys of a server
    Keys(Keys),
    /// List and create the environments of a server
    Environments(Environments),
    /// Follow the changes of a server live
    Tail(Tail),
    /// Print all flags of an environment as a flag file
    Export(Export),
    /// Make a flag file the flags of an environment
    Import(Import),
}

/// Where the server is, and which environment of it is meant.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Server")]
pub(crate) struct Target {
    /// Where the server is, such as <http://127.0.0.1:4290>
    #[arg(long, env = "FLAGKIT_URL", value_name = "URL")]
    pub(crate) url: Option<String>,
    /// An admin key, or a read-only one to look
    #[arg(long, env = "FLAGKIT_KEY", value_name = "KEY", hide_env_values = true)]
    pub(crate) key: Option<Secret>,
    /// A file with the key
    #[arg(long, env = "FLAGKIT_KEY_FILE", value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// A file with certificates to trust, in PEM
    #[arg(long, env = "FLAGKIT_CA_FILE", value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// The project
    #[arg(long, env = "FLAGKIT_PROJECT", value_name = "NAME", default_value = "default")]
    pub(crate) project: String,
    /// The environment
    #[arg(
        long,
        short = 'e',
        env = "FLAGKIT_ENVIRONMENT",
        value_name = "NAME",
        default_value = "production"
    )]
    pub(crate) environment: String,
    /// How long to wait for an answer
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) timeout: Duration,
    /// Print JSON, for programs
    #[arg(long)]
    pub(crate) json: bool,
}

/// Why something is changed, and on which condition.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Why {
    /// Why, for the history
    #[arg(long, short = 'm', value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Only if the flag is still at this revision
    #[arg(long, value_name = "NUMBER")]
    pub(crate) revision: Option<u64>,
    /// Check everything, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// `flagkit list`.
#[derive(Args, Debug)]
pub(crate) struct List {
    /// Only flags whose key or description contains this
    #[arg(value_name = "TEXT")]
    pub(crate) text: Option<String>,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// `flagkit get`.
#[derive(Args, Debug)]
pub(crate) struct Get {
    /// The key of the flag
    #[arg(value_name = "FLAG")]
    pub(crate) flag: String,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// `flagkit on`, `flagkit off`, `flagkit delete`.
#[derive(Args, Debug)]
pub(crate) struct Switch {
    /// The key of the flag
    #[arg(value_name = "FLAG")]
    pub(crate) flag: String,
    #[command(flatten)]
    pub(crate) why: Why,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// `flagkit set`.
#[derive(Args, Debug)]
#[command(after_help = SET_HELP)]
pub(crate) struct Set {
    /// The key of the flag
    #[arg(value_name = "FLAG")]
    pub(crate) flag: String,
    /// What it is to be: name=value pairs, a JSON object, or @FILE with one
    #[arg(value_name = "DEFINITION", required = true)]
    pub(crate) definition: Vec<String>,
    /// Create it; without this, pairs change only flags that are there
    #[arg(long, conflicts_with = "revision")]
    pub(crate) create: bool,
    #[command(flatten)]
    pub(crate) why: Why,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// `flagkit history`.
#[derive(Args, Debug)]
pub(crate) struct History {
    /// The key of the flag; all of the environment without one
    #[arg(value_name = "FLAG")]
    pub(crate) flag: Option<String>,
    /// How many changes at most, the newest first
    #[arg(long, short = 'n', value_name = "NUMBER", default_value_t = 20)]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// `flagkit revert`.
#[derive(Args, Debug)]
pub(crate) struct Revert {
    /// The key of the flag, whose last change is taken back
    #[arg(value_name = "FLAG")]
    pub(crate) flag: String,
    /// Take back everything that came after this version of the environment
    #[arg(long, value_name = "VERSION", conflicts_with = "change")]
    pub(crate) to: Option<u64>,
    /// Take back this change: its number, as `flagkit history` tells it
    #[arg(long, value_name = "NUMBER")]
    pub(crate) change: Option<u64>,
    /// Even if later changes are lost
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) why: Why,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// `flagkit promote`.
#[derive(Args, Debug)]
pub(crate) struct Promote {
    /// The key of the flag, as it is in --environment
    #[arg(value_name = "FLAG")]
    pub(crate) flag: String,
    /// The environment where it is to be the same
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) to: String,
    #[command(flatten)]
    pub(crate) why: Why,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// `flagkit keys`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Keys {
    #[command(subcommand)]
    pub(crate) command: Option<KeysCommand>,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List all keys, but not what they are
    List(Target),
    /// Create a key and print it, once
    Create(NewKey),
    /// Create a key that follows another one, and print it, once
    Rotate(Rotate),
    /// Have a key refused from now on
    Revoke(OneKey),
}

/// `flagkit keys create`.
#[derive(Args, Debug)]
pub(crate) struct NewKey {
    /// What to call it; history says it under this name
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// What it is good for
    #[arg(long, value_enum, default_value_t)]
    pub(crate) scope: KeyScope,
    /// Good in all environments; only for admin and read-only keys
    #[arg(long)]
    pub(crate) everywhere: bool,
    /// For how long it is good: 12h, 30d; for ever without this
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub(crate) expires: Option<Duration>,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// What a key is good for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum KeyScope {
    /// Backends: all flags of the environment
    #[default]
    Server,
    /// Browsers and apps: evaluations of their own context only
    Client,
    /// Changing everything
    Admin,
    /// Looking at everything
    Readonly,
}

impl KeyScope {
    /// As the server calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
            Self::Admin => "admin",
            Self::Readonly => "readonly",
        }
    }
}

/// `flagkit keys rotate`.
#[derive(Args, Debug)]
pub(crate) struct Rotate {
    /// The number or the name of the old key
    #[arg(value_name = "KEY")]
    pub(crate) old: String,
    /// For how long the old key is still good
    #[arg(long, value_name = "TIME", default_value = "1d", value_parser = span)]
    pub(crate) overlap: Duration,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// `flagkit keys revoke`.
#[derive(Args, Debug)]
pub(crate) struct OneKey {
    /// The number or the name of the key
    #[arg(value_name = "KEY")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// `flagkit environments`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Environments {
    #[command(subcommand)]
    pub(crate) command: Option<EnvironmentsCommand>,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// What can be done with environments.
#[derive(Debug, Subcommand)]
pub(crate) enum EnvironmentsCommand {
    /// List the environments of all projects
    List(Target),
    /// Create an environment, and its project if there is none
    Create(NewEnvironment),
}

/// `flagkit environments create`.
#[derive(Args, Debug)]
pub(crate) struct NewEnvironment {
    /// What to call it
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Real users are served from it
    #[arg(long)]
    pub(crate) production: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// `flagkit export`.
#[derive(Args, Debug)]
pub(crate) struct Export {
    /// The file to write; the output without this
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The language: native, or that of the document that was imported
    #[arg(long, value_parser = dialects(), value_name = "DIALECT")]
    pub(crate) dialect: Option<Dialect>,
    /// How native documents are written
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output_format: Notation,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// `flagkit import`.
#[derive(Args, Debug)]
pub(crate) struct Import {
    /// The flag file; `-` is the standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The language of the file; recognised if not given
    #[arg(long, value_parser = dialects(), value_name = "DIALECT")]
    pub(crate) dialect: Option<Dialect>,
    #[command(flatten)]
    pub(crate) way: ImportWay,
    /// Why, for the history
    #[arg(long, short = 'm', value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Check everything, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// What becomes of what is there, and of what cannot be said.
#[derive(Args, Debug)]
pub(crate) struct ImportWay {
    /// Keep the document of another system as it is, and serve it as it is
    #[arg(long, conflicts_with_all = ["merge", "partial"])]
    pub(crate) keep: bool,
    /// Keep flags that are not in the file
    #[arg(long)]
    pub(crate) merge: bool,
    /// Leave out the flags that cannot be said exactly
    #[arg(long)]
    pub(crate) partial: bool,
}

/// `flagkit tail`.
#[derive(Args, Debug)]
pub(crate) struct Tail {
    /// Only these flags
    #[arg(value_name = "FLAG")]
    pub(crate) flags: Vec<String>,
    /// End after so many changes
    #[arg(long, short = 'n', value_name = "NUMBER")]
    pub(crate) limit: Option<u64>,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// A key on its way from the command line to a header. `Debug` hides it.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    /// The key itself.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.trim().to_owned()))
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.trim().trim_end_matches('s').parse::<f64>().ok();
    number
        .filter(|number| (0.001..=3_600.0).contains(number))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "this is no number of seconds from 0.001 to 3600".to_owned())
}

/// `45s`, `90m`, `12h`, `30d`.
fn span(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let seconds: Option<u64> = match unit {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3_600),
        "d" => Some(86_400),
        _ => None,
    };
    let number: Option<u64> = digits.parse().ok();
    let span = number.zip(seconds).and_then(|(number, unit)| number.checked_mul(unit));
    span.map(Duration::from_secs)
        .ok_or_else(|| "this is no time; a time is `45s`, `90m`, `12h` or `30d`".to_owned())
}

const SET_HELP: &str = r#"Examples:
  flagkit set hero.color default=blue description="Color of the hero"
  flagkit set new-checkout variants.control.weight=1 variants.treatment.weight=3
  flagkit set new-checkout salt=null                        (takes the field away)
  flagkit set new-checkout @new-checkout.json               (exactly what the file says)
  flagkit set --create beta '{"enabled": true, "rollout_percentage": 25}'

A value is read as JSON where it is JSON (37, true, ["a"], "37"), else as text."#;

#[cfg(test)]
mod tests;
