//! Requests by `curl`, so that each can be shown and made again.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::command_line::CommandLine;
use crate::failure::Failure;

/// Who asks, and where.
#[derive(Clone)]
pub(crate) struct Rest {
    /// Where paths begin.
    pub(crate) url: String,
    /// The header with the key.
    pub(crate) authorization: String,
    /// Where bodies are written.
    pub(crate) folder: PathBuf,
}

impl Rest {
    /// Asks for something; a refusal is a failure.
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> Result<Value, Failure> {
        let mut curl = CommandLine::new("curl", "--silent --show-error --write-out")
            .and("\n%{http_code}")
            .and("--request")
            .and(method)
            .and("--header")
            .and(format!("Authorization: {}", self.authorization));
        if let Some(body) = body {
            let file = self.folder.join("body.json");
            fs::write(&file, body).map_err(|error| {
                Failure::new(format!("cannot write `{}`: {error}", file.display()))
            })?;
            curl = curl
                .and("--header")
                .and("Content-Type: application/json")
                .and("--data-binary")
                .and(format!("@{}", file.display()));
        }
        let curl = curl.and(format!("{}{path}", self.url));
        let output = curl.output()?;
        let (text, status) = output.rsplit_once('\n').unwrap_or(("", ""));
        if !status.starts_with('2') {
            return Err(Failure::new(format!("{status}: {text}\nreproduce: {curl}")));
        }
        if text.trim().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(text)
            .map_err(|_| Failure::new(format!("no JSON: {text}\nreproduce: {curl}")))
    }
}
