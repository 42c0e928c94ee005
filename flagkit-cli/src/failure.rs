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
}

impl Failure {
    /// The input is wrong: exit code 1.
    #[cold]
    pub(crate) fn input(message: impl Display) -> Self {
        Self { message: message.to_string(), code: INPUT }
    }

    /// The command was not used correctly: exit code 2.
    #[cold]
    pub(crate) fn usage(message: impl Display) -> Self {
        Self { message: message.to_string(), code: USAGE }
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
            return Self { message: String::new(), code: 0 };
        }
        Self::input(format_args!("cannot write the output: {error}"))
    }
}

const INPUT: u8 = 1;
const USAGE: u8 = 2;
