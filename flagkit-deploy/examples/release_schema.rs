//! Prints what the code says about release files: `schema` as JSON Schema, `keys` as a page.

use std::process::ExitCode;

use flagkit_deploy::config::{documentation, schema};

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("schema") => println!("{:#}", schema()),
        Some("keys") => print!("{HEAD}{}", documentation()),
        _ => {
            eprintln!("say `schema` or `keys`");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

const HEAD: &str = "# Every key of a release file

Made by `cargo xtask schema` from `flagkit-deploy/src/config/tables`. How the keys belong together is in
[releases.md](releases.md).

Shares are written `5%`, `0.05` or `50000ppm`; a bare `5` is refused. Times have units: `200ms`, `30s`, `5m`,
`2h`, `1d`, or sums such as `1h 30m`. In limits and conditions a time counts in seconds: `p95 > 500ms` is
`p95 > 0.5`. A list of one element needs no brackets.

";
