//! Why a command ended early, and the exit code that says so.

use std::fmt::Display;
use std::io;
use std::io::Write;
use std::process::ExitCode;

use crate::terminal::{self, ERROR};

/// What every command returns.
pub(crate) type Outcome = Result<ExitCode, Failure>;

/// Why a command could not do what it was asked for.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    code: u8,
    /// What kind of refusal a server called it.
    refusal: Option<String>,
}

impl Failure {
    /// The input is wrong: exit code 1.
    #[cold]
    pub(crate) fn input(message: impl Display) -> Self {
        Self { message: message.to_string(), code: INPUT, refusal: None }
    }

    /// The command was not used correctly: exit code 2.
    #[cold]
    pub(crate) fn usage(message: impl Display) -> Self {
        Self { message: message.to_string(), code: USAGE, refusal: None }
    }

    /// A server refused, and called it so: exit code 1.
    #[cold]
    pub(crate) fn refused(message: impl Display, refusal: String) -> Self {
        Self { refusal: Some(refusal), ..Self::input(message) }
    }

    /// The same, with the fault in how the command was used.
    #[cold]
    pub(crate) fn into_usage(self) -> Self {
        Self { code: USAGE, ..self }
    }

    /// With a way to mend it, if it is this kind of refusal.
    #[cold]
    pub(crate) fn hint_if(mut self, refusal: &str, hint: &str) -> Self {
        if self.refusal.as_deref() == Some(refusal) {
            self.message = format!("{}\n  {hint}", self.message);
        }
        self
    }

    /// What went wrong, without how to mend it.
    pub(crate) fn first_line(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }

    /// Says why on the standard error output; a reader that went away needs no words.
    pub(crate) fn report(&self) -> ExitCode {
        if !self.message.is_empty() {
            let text = terminal::printable(&self.message);
            // There is nobody left to tell if this fails.
            let _ = writeln!(anstream::stderr(), "{ERROR}error:{ERROR:#} {text}");
        }
        ExitCode::from(self.code)
    }
}

/// Writing the output failed. Every other failure of the world is named where it happens.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { message: String::new(), code: 0, refusal: None };
        }
        Self::input(format_args!("cannot write the output: {error}"))
    }
}

const INPUT: u8 = 1;
const USAGE: u8 = 2;
