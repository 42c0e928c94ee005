//! What is said to the script around an SDK and what it answers: a line of JSON each.

use std::time::Duration;

use serde_json::{Value, json};

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::process::Process;

/// A running script.
pub(super) struct Conversation {
    /// The SDK with its version.
    pub(super) sdk: String,
    process: Process,
}

impl Conversation {
    /// Starts a script and waits until its SDK has flags.
    pub(super) fn begin(command: CommandLine) -> Result<Self, Failure> {
        let mut begun = Self { sdk: String::new(), process: Process::start(command)? };
        let ready = begun.hear(START)?;
        ready.get("ready").and_then(Value::as_str).unwrap_or("?").clone_into(&mut begun.sdk);
        Ok(begun)
    }

    /// What the SDK answers now.
    pub(super) fn ask(&mut self, question: &Value) -> Result<Value, Failure> {
        self.process.say(&json!({ "ask": question }).to_string())?;
        self.hear(ANSWER)
    }

    /// What the SDK answers once that is something else than before.
    pub(super) fn ask_until_new(
        &mut self,
        question: &Value,
        before: &Value,
    ) -> Result<Value, Failure> {
        let seconds = CHANGE.as_secs();
        let until = json!({ "until": question, "was": before, "seconds": seconds });
        self.process.say(&until.to_string())?;
        self.hear(CHANGE + ANSWER)
    }

    /// Has the SDK closed; the process must end by itself.
    pub(super) fn close(mut self) -> Outcome {
        self.process.close_input();
        self.hear(END)?;
        self.process.end(END)
    }

    fn hear(&self, within: Duration) -> Result<Value, Failure> {
        let line = self.process.hear(within)?;
        serde_json::from_str(&line)
            .map_err(|_| self.process.failure(&format!("says `{line}`, which is no JSON")))
    }
}

/// Until an SDK has flags.
const START: Duration = Duration::from_secs(60);
/// Until it answers.
const ANSWER: Duration = Duration::from_secs(20);
/// Until it sees a change.
const CHANGE: Duration = Duration::from_secs(20);
/// Until it is closed, and until its process has ended.
const END: Duration = Duration::from_secs(20);
