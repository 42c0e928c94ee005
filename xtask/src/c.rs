//! `cargo xtask header`, `cargo xtask install` and the step `c`: everything about the C library.
//!
//! The step builds the library as CI does, installs it into a folder of its own below `target/c`, and
//! from then on uses nothing but what is installed there, as somebody else's program would.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::{packages, setup, suggest};

mod consumers;
mod header;
mod install;
mod library;
mod live;
mod programs;
mod symbols;

pub(crate) use header::main as header;

use library::Library;

/// `cargo xtask install --prefix DIR [--profile P]`.
pub(crate) fn install(arguments: &[String]) -> Outcome {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (prefix, profile) = match words.as_slice() {
        ["--prefix", prefix] => (prefix, "release"),
        ["--prefix", prefix, "--profile", profile] | ["--profile", profile, "--prefix", prefix] => {
            (prefix, *profile)
        }
        _ => {
            suggest::only_options(arguments, &["--prefix", "--profile"])?;
            return Err(Failure::new("usage: cargo xtask install --prefix DIR [--profile P]"));
        }
    };
    let installed = install::install(&Library::build(profile)?, Path::new(prefix))?;
    for path in installed {
        println!("{}", path.display());
    }
    Ok(())
}

/// The header is the one that the crate makes, the library exports what the header says, and programs
/// in C and C++ do what they should, under everything that looks for mistakes of memory and threads.
pub(crate) fn run() -> Outcome {
    if cfg!(not(target_os = "linux")) {
        println!("left out: the C library is built on Linux only");
        return Ok(());
    }
    setup::ensure(&["cbindgen", "valgrind", "cmake"])?;
    header::check()?;
    let library = Library::build("bindings")?;
    let prefix = folder("prefix")?;
    install::install(&library, &prefix)?;
    symbols::check(&library, &prefix)?;
    programs::check(&prefix)?;
    programs::check_threads()?;
    consumers::check(&prefix)?;
    live::check(&prefix)
}

/// An absolute folder below `target/c`.
fn folder(name: &str) -> Result<PathBuf, Failure> {
    let folder = PathBuf::from("target/c").join(name);
    packages::make_folder(&folder)?;
    folder.canonicalize().map_err(|error| Failure::new(format!("{}: {error}", folder.display())))
}
