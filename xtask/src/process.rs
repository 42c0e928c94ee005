//! A process that is talked to in lines, and waited for only so long.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};

/// A running process; it does not outlive the run that started it.
pub(crate) struct Process {
    command: CommandLine,
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Process {
    /// Starts it.
    pub(crate) fn start(command: CommandLine) -> Result<Self, Failure> {
        let mut child = command.start()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (sender, lines) = mpsc::channel();
        // The thread ends with the output, or when nobody listens any more.
        thread::spawn(move || {
            let lines = output.into_iter().flat_map(|output| BufReader::new(output).lines());
            lines.map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Ok(Self { command, child, input, lines })
    }

    /// Says a line to it.
    pub(crate) fn say(&mut self, line: &str) -> Outcome {
        let said = self.input.as_mut().map(|input| writeln!(input, "{line}"));
        match said {
            Some(Ok(())) => Ok(()),
            Some(Err(error)) => Err(self.failure(&format!("does not listen: {error}"))),
            None => Err(self.failure("is closed")),
        }
    }

    /// The next line that it says.
    pub(crate) fn hear(&self, within: Duration) -> Result<String, Failure> {
        self.lines.recv_timeout(within).map_err(|error| match error {
            RecvTimeoutError::Timeout => self.failure(&format!("says nothing for {within:?}")),
            RecvTimeoutError::Disconnected => self.failure("ended too early"),
        })
    }

    /// Says that nothing more will come.
    pub(crate) fn close_input(&mut self) {
        self.input = None;
    }

    /// Waits until it has ended, which must be a success.
    pub(crate) fn end(mut self, within: Duration) -> Outcome {
        self.close_input();
        let end = Instant::now() + within;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(self.failure(&format!("ended with {status}"))),
                Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(10)),
                Ok(None) => return Err(self.failure(&format!("does not end within {within:?}"))),
                Err(error) => return Err(self.failure(&error.to_string())),
            }
        }
    }

    /// Something that the process does, with how to see it again.
    pub(crate) fn failure(&self, what: &str) -> Failure {
        Failure::new(format!("the process {what}\nreproduce: {}", self.command))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already, or it cannot be ended: nothing to do about either.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
