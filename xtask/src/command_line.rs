//! A command that can be shown to a person exactly as it is run.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::process::{Child, Command, Stdio};

use crate::failure::{Failure, Outcome};

/// A program with its arguments and the variables set for it.
#[derive(Clone, Debug)]
pub(crate) struct CommandLine {
    program: String,
    arguments: Vec<String>,
    variables: Vec<(&'static str, String)>,
}

impl CommandLine {
    /// The program with arguments that contain no spaces, as one would type them.
    pub(crate) fn new(program: impl Into<String>, arguments: &str) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.split_whitespace().map(str::to_owned).collect(),
            variables: Vec::new(),
        }
    }

    /// Cargo itself: the one that started xtask.
    pub(crate) fn cargo(arguments: &str) -> Self {
        Self::new("cargo", arguments)
    }

    /// With one more argument, whatever is in it.
    pub(crate) fn and(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Sets a variable for the program.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// Runs it in sight of the user; anything but success is a failure that names the command.
    pub(crate) fn run(&self) -> Outcome {
        eprintln!("$ {self}");
        self.judge(self.command().status())
    }

    /// Runs it and returns what it wrote to standard output; the rest stays in sight.
    pub(crate) fn output(&self) -> Result<String, Failure> {
        let output = self.command().stderr(Stdio::inherit()).output();
        let (status, bytes) = match output {
            Ok(output) => (Ok(output.status), output.stdout),
            Err(error) => (Err(error), Vec::new()),
        };
        self.judge(status)?;
        String::from_utf8(bytes)
            .map_err(|_| Failure::new(format!("the output is not UTF-8\nreproduce: {self}")))
    }

    /// The same with what it writes to standard error, which is shown as well.
    pub(crate) fn output_and_errors(&self) -> Result<(String, String), Failure> {
        let output = self.command().output();
        let (status, bytes, errors) = match output {
            Ok(output) => (Ok(output.status), output.stdout, output.stderr),
            Err(error) => (Err(error), Vec::new(), Vec::new()),
        };
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let errors = text(errors);
        eprint!("{errors}");
        self.judge(status)?;
        Ok((text(bytes), errors))
    }

    /// Whether it can be started and succeeds, without showing anything.
    pub(crate) fn succeeds(&self) -> bool {
        self.command().output().is_ok_and(|output| output.status.success())
    }

    /// What it writes to standard output, however it ends; nothing if it cannot be started.
    pub(crate) fn said(&self) -> String {
        let output = self.command().output().map(|output| output.stdout);
        String::from_utf8_lossy(&output.unwrap_or_default()).into_owned()
    }

    /// Starts it and does not wait: its input and output are pipes, the rest stays in sight.
    pub(crate) fn start(&self) -> Result<Child, Failure> {
        let child = self.command().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        child.map_err(|error| self.unstartable(&error))
    }

    /// The process to start.
    fn command(&self) -> Command {
        let program = match self.program.as_str() {
            "cargo" => env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
            other => OsString::from(other),
        };
        let mut command = Command::new(program);
        command
            .args(&self.arguments)
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }

    /// Turns the end of the process into an outcome.
    fn judge(&self, status: std::io::Result<std::process::ExitStatus>) -> Outcome {
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Failure::new(format!("failed with {status}\nreproduce: {self}"))),
            Err(error) => Err(self.unstartable(&error)),
        }
    }

    fn unstartable(&self, error: &std::io::Error) -> Failure {
        let program = &self.program;
        Failure::new(format!("cannot start `{program}`: {error}\nreproduce: {self}"))
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.variables {
            write!(formatter, "{name}={} ", quoted(value))?;
        }
        formatter.write_str(&quoted(&self.program))?;
        self.arguments.iter().try_for_each(|argument| write!(formatter, " {}", quoted(argument)))
    }
}

/// The word as a shell reads it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests;
