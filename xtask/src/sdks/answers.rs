//! What FlagKit itself answers: `flagkit eval` over the same document and contexts.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::command_line::CommandLine;
use crate::failure::Failure;

/// Evaluates with the command line.
pub(super) struct Evaluator<'r> {
    /// The program.
    pub(super) binary: &'r str,
    /// Where its input is written.
    pub(super) folder: &'r Path,
}

impl Evaluator<'_> {
    /// The answers to questions of a flag and a context each, in their order.
    pub(super) fn answers(
        &self,
        document: &Path,
        dialect: &str,
        questions: &[Value],
    ) -> Result<Vec<Value>, Failure> {
        let part = |question: &Value, name| question.get(name).cloned().unwrap_or_default();
        let lines = questions.iter().map(|question| {
            let (flag, context) = (part(question, "flag"), part(question, "context"));
            json!({ "flag": flag, "context": context, "default": absent() }).to_string() + "\n"
        });
        let requests = self.write("requests.jsonl", &lines.collect::<String>())?;
        let eval = CommandLine::new(self.binary, "eval --dialect")
            .and(dialect)
            .and("--flags")
            .and(document.display().to_string())
            .and("--requests")
            .and(requests.display().to_string());
        read(&eval, questions.len())
    }

    /// The answers to cases in the form of a vendor's public suite.
    pub(super) fn cases(&self, root: &Path, cases: &[Value]) -> Result<Vec<Value>, Failure> {
        let lines: String = cases.iter().map(|case| case.to_string() + "\n").collect();
        let cases_file = self.write("cases.jsonl", &lines)?;
        let eval = CommandLine::new(self.binary, "eval --cases")
            .and(cases_file.display().to_string())
            .and("--root")
            .and(root.display().to_string());
        read(&eval, cases.len())
    }

    /// Writes a text beside the others.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<PathBuf, Failure> {
        let path = self.folder.join(name);
        let unwritable =
            |error| Failure::new(format!("cannot write `{}`: {error}", path.display()));
        fs::write(&path, text).map_err(unwritable)?;
        Ok(path)
    }
}

fn read(eval: &CommandLine, expected: usize) -> Result<Vec<Value>, Failure> {
    let output = eval.output()?;
    let answers: Result<Vec<Value>, _> = output.lines().map(serde_json::from_str).collect();
    match answers {
        Ok(answers) if answers.len() == expected => Ok(answers),
        Ok(answers) => {
            let found = answers.len();
            Err(Failure::new(format!("{found} answers to {expected} questions\nreproduce: {eval}")))
        }
        Err(error) => Err(Failure::new(format!("no JSON: {error}\nreproduce: {eval}"))),
    }
}

/// What stands for a value where the flag has none to serve; no flag serves it.
pub(super) fn absent() -> Value {
    json!({ "absent": "absent" })
}
