//! What the library exports, and what it needs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::header::HEADER;
use super::library::{Library, SONAME};
use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};

/// The shared library exports the functions of the header and nothing else, under one version, has its
/// `SONAME` and needs libraries of every Linux only; so does the static one.
pub(super) fn check(library: &Library, prefix: &Path) -> Outcome {
    let shared = prefix.join("lib").join(SONAME).display().to_string();
    let listed = CommandLine::new("nm", "-D --defined-only").and(&shared).output()?;
    let header = fs::read_to_string(HEADER).unwrap_or_default();
    let (exported, described) = (exported(&listed), functions(&header));
    let differing: Vec<&String> = exported.symmetric_difference(&described).collect();
    if !differing.is_empty() || exported.is_empty() {
        let text = "either exported or in the header, not both";
        return Err(Failure::new(format!("{text}: {differing:?}")));
    }
    promised(&exported)?;
    let dynamic = CommandLine::new("readelf", "-d").and(&shared).output()?;
    if !dynamic.contains(&format!("[{SONAME}]")) {
        return Err(Failure::new(format!("`{shared}` has no SONAME {SONAME}")));
    }
    let needed = dynamic.lines().filter(|line| line.contains("(NEEDED)"));
    let strange = needed.filter(|line| !SHARED.iter().any(|name| line.contains(name)));
    let strange: Vec<&str> = strange.collect();
    let unexpected = library.native.iter().filter(|name| !NATIVE.contains(&name.as_str()));
    let unexpected: Vec<&String> = unexpected.collect();
    if strange.is_empty() && unexpected.is_empty() {
        println!("{} functions are exported, each of them in the header", exported.len());
        return Ok(());
    }
    Err(Failure::new(format!("libraries that are not everywhere: {strange:?} {unexpected:?}")))
}

/// What was exported once is exported for ever, and what is new is written down.
fn promised(exported: &BTreeSet<String>) -> Outcome {
    let known = fs::read_to_string(PROMISED).unwrap_or_default();
    let known: BTreeSet<String> = known.lines().map(str::to_owned).collect();
    let gone: Vec<&String> = known.difference(exported).collect();
    if !gone.is_empty() {
        return Err(Failure::new(format!("programs that use {gone:?} do not start any more")));
    }
    let new: Vec<&String> = exported.difference(&known).collect();
    if new.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{new:?} are not in {PROMISED}; add them, and one to FLAGKIT_ABI_VERSION after a release"
    )))
}

/// The names in a list of `nm`, without the version of the library itself.
fn exported(listed: &str) -> BTreeSet<String> {
    let names = listed.lines().filter_map(|line| line.split_whitespace().nth(2));
    let plain = names.filter(|name| *name != "FLAGKIT_1");
    plain.map(|name| name.trim_end_matches("@@FLAGKIT_1").to_owned()).collect()
}

/// The names of the functions that a header declares.
fn functions(header: &str) -> BTreeSet<String> {
    let declared = header.lines().filter(|line| {
        line.starts_with(|first: char| first.is_ascii_lowercase()) && !line.starts_with("typedef")
    });
    let names = declared.filter_map(|line| {
        let (before, _) = line.split_once('(')?;
        let name = before.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?;
        name.starts_with("flagkit_").then(|| name.to_owned())
    });
    names.collect()
}

/// Every function that a program may have been linked against.
const PROMISED: &str = "bindings/c/symbols.txt";
/// What the shared library may need.
const SHARED: &[&str] = &["libgcc_s.so", "libm.so", "libc.so", "ld-linux", "libpthread", "libdl"];
/// What a program that links the static library is told to link as well.
const NATIVE: &[&str] = &["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"];

#[cfg(test)]
mod tests;
