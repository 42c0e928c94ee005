//! The header of the C library: made of the crate, committed, and complete.

use std::fs;

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::{setup, suggest};

/// Where the header is kept.
pub(super) const HEADER: &str = "bindings/c/include/flagkit.h";

/// Writes the header again; with `--check`, only says whether that would change it.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    suggest::only_options(arguments, &["--check"])?;
    setup::ensure(&["cbindgen"])?;
    if !arguments.is_empty() {
        return check();
    }
    let header = made()?;
    let unchanged = fs::read_to_string(HEADER).is_ok_and(|before| before == header);
    fs::write(HEADER, header)
        .map_err(|error| Failure::new(format!("cannot write `{HEADER}`: {error}")))?;
    println!("{HEADER}: {}", if unchanged { "unchanged" } else { "written anew" });
    Ok(())
}

/// The committed header is what the crate makes, and each item in it is described.
pub(super) fn check() -> Outcome {
    let header = made()?;
    let committed = fs::read_to_string(HEADER).unwrap_or_default();
    if committed != header {
        let differs = committed.lines().zip(header.lines()).position(|(old, new)| old != new);
        let line = differs.unwrap_or_else(|| committed.lines().count().min(header.lines().count()));
        return Err(Failure::new(format!(
            "{HEADER}:{}: the crate makes another header; run `cargo xtask header`",
            line + 1
        )));
    }
    match undescribed(&header).as_slice() {
        [] => Ok(()),
        lines => Err(Failure::new(format!("items of {HEADER} without description: {lines:?}"))),
    }
}

/// What the crate makes of itself.
fn made() -> Result<String, Failure> {
    CommandLine::new(
        setup::tool("cbindgen"),
        "--quiet --config flagkit-ffi/cbindgen.toml flagkit-ffi",
    )
    .output()
}

/// The items that have no comment right above them: functions, types, constants and fields.
fn undescribed(header: &str) -> Vec<String> {
    let lines: Vec<&str> = header.lines().collect();
    let (mut missing, mut is_inside) = (Vec::new(), false);
    for (number, line) in lines.iter().enumerate() {
        let before = number.checked_sub(1).and_then(|number| lines.get(number)).unwrap_or(&"");
        let is_first = before.trim().is_empty() || before.trim_end().ends_with("*/");
        let begins = line.starts_with(|first: char| first.is_ascii_lowercase()) && is_first;
        let is_constant = line.starts_with("#define FLAGKIT_") && !line.contains("FLAGKIT_STR");
        let is_field = is_inside && line.starts_with("    ") && line.ends_with(';');
        let is_item = is_constant || is_field || (begins && !line.starts_with("extern \"C\""));
        if is_item && !before.trim_end().ends_with("*/") && *line != "#define FLAGKIT_H" {
            missing.push((*line).to_owned());
        }
        is_inside = (is_inside || line.starts_with("typedef struct")) && !line.starts_with('}');
    }
    missing
}

#[cfg(test)]
mod tests;
