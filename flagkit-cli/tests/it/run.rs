//! Running the binary.

#![expect(clippy::unwrap_used, reason = "where the binary cannot be run, tests fail")]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// What a run of the binary left.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) code: Option<i32>,
    /// The standard output.
    pub(crate) out: String,
    /// The standard error output.
    pub(crate) err: String,
}

/// Runs `flagkit` with these arguments and nothing on the standard input.
pub(crate) fn flagkit(arguments: &[&str]) -> Ran {
    flagkit_with_input(arguments, b"")
}

/// Runs `flagkit` with these arguments and this standard input. It must not panic.
pub(crate) fn flagkit_with_input(arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = command(arguments).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A child that ends early closes its end; what it says then is what counts.
    let writer = std::thread::spawn(move || stdin.write_all(&input).ok());
    let ran = ran(child.wait_with_output().unwrap());
    writer.join().unwrap();
    assert!(!ran.err.contains("panicked"), "{arguments:?}: {}", ran.err);
    ran
}

/// The command, with its outputs in pipes.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagkit"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Writes a file for one test and returns its path.
pub(crate) fn file(name: &str, content: impl AsRef<[u8]>) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The flag file of the demo.
pub(crate) fn example() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/flags.yaml").to_owned()
}

/// What a run left.
pub(crate) fn ran(output: Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}
