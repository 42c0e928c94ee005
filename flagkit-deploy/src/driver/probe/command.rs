//! Programs that are run to see how they end.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

use super::{ms, text_or_json};
use crate::driver::http::BODY_MAX;
use crate::order::{Failure, Finding};

/// Runs it to its end, or for as long as it may take; then it is killed, and what it said counts.
/// Its input is empty, and its errors go where those of the engine go.
pub(super) async fn run(
    words: &[String],
    timeout: Duration,
    key: Option<&str>,
) -> Result<Finding, Failure> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(Failure::permanent("a command without a program"));
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    if let Some(key) = key {
        command.env("FLAGKIT_ORDER", key);
    }
    let start = Instant::now();
    let mut child = command
        .spawn()
        .map_err(|error| Failure::permanent(format!("`{program}` cannot be started: {error}")))?;
    let output = child.stdout.take();
    let ended = tokio::time::timeout(timeout, async {
        let said = read(output).await;
        (said, child.wait().await)
    });
    let mut finding = Finding::default();
    let mut found = |name: &str, value| finding.attributes.insert(name.to_owned(), value);
    if let Ok((said, status)) = ended.await {
        found("output", text_or_json(&said));
        match status.map(|status| status.code()) {
            Ok(Some(code)) => found("exit_code", json!(code)),
            Ok(None) => found("error", json!(format!("`{program}` was ended by a signal"))),
            Err(error) => found("error", json!(error.to_string())),
        };
    } else {
        let ms = timeout.as_millis();
        found("error", json!(format!("`{program}` did not end within {ms} ms")));
    }
    found("latency_ms", ms(start.elapsed()));
    Ok(finding)
}

/// The beginning of what it says; the rest is read and dropped, so that it is not stopped by it.
async fn read(output: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let Some(output) = output else { return Vec::new() };
    let mut said = Vec::new();
    let mut first = output.take(BODY_MAX as u64);
    // What can be read of a broken pipe is what was said.
    let _ = first.read_to_end(&mut said).await;
    let _ = tokio::io::copy(&mut first.into_inner(), &mut tokio::io::sink()).await;
    said
}
