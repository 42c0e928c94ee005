//! The library in a folder, as programs find it.

use std::fs;
use std::path::{Path, PathBuf};

use super::header::HEADER;
use super::library::{Library, SONAME};
use crate::failure::{Failure, Outcome};
use crate::packages;

/// Installs it; everything that is there afterwards.
pub(super) fn install(library: &Library, prefix: &Path) -> Result<Vec<PathBuf>, Failure> {
    let folders = ["lib/pkgconfig", "lib/cmake/flagkit", "include"];
    folders.iter().try_for_each(|folder| packages::make_folder(&prefix.join(folder)))?;
    let lib = prefix.join("lib");
    let full = format!("{SONAME}.{VERSION}");
    library.link(&lib.join(&full))?;
    link(&full, &lib.join(SONAME))?;
    link(SONAME, &lib.join("libflagkit.so"))?;
    copy(&library.archive, &lib.join("libflagkit.a"))?;

    let include = prefix.join("include");
    copy(Path::new(HEADER), &include.join("flagkit.h"))?;
    copy(Path::new("bindings/c/include/flagkit.hpp"), &include.join("flagkit.hpp"))?;
    let native = library.native.join(" ");
    let filled = [
        ("flagkit.pc", "lib/pkgconfig"),
        ("flagkitConfig.cmake", "lib/cmake/flagkit"),
        ("flagkitConfigVersion.cmake", "lib/cmake/flagkit"),
    ];
    for (name, folder) in filled {
        fill(name, &prefix.join(folder).join(name), &native)?;
    }
    let mut installed = vec![lib.join(full), lib.join(SONAME), lib.join("libflagkit.so")];
    installed.extend([lib.join("libflagkit.a"), include.join("flagkit.h")]);
    installed.push(include.join("flagkit.hpp"));
    installed.extend(filled.iter().map(|(name, folder)| prefix.join(folder).join(name)));
    Ok(installed)
}

/// Writes a file whose places for the version and for libraries are filled.
fn fill(name: &str, target: &Path, native: &str) -> Outcome {
    let source = format!("bindings/c/packaging/{name}.in");
    let text = fs::read_to_string(&source)
        .map_err(|error| Failure::new(format!("cannot read `{source}`: {error}")))?;
    let major = VERSION.split('.').next().unwrap_or_default();
    let values =
        [("@VERSION@", VERSION), ("@MAJOR@", major), ("@SONAME@", SONAME), ("@NATIVE@", native)];
    let text = values.iter().fold(text, |text, (place, value)| text.replace(place, value));
    fs::write(target, text).map_err(|error| unwritable(target, &error))
}

fn copy(source: &Path, target: &Path) -> Outcome {
    fs::copy(source, target).map(|_| ()).map_err(|error| unwritable(target, &error))
}

/// A symbolic link, in the place of an old one.
#[cfg(unix)]
fn link(to: &str, place: &Path) -> Outcome {
    // It is fine if there is none.
    let _ = fs::remove_file(place);
    std::os::unix::fs::symlink(to, place).map_err(|error| unwritable(place, &error))
}

#[cfg(not(unix))]
fn link(_: &str, place: &Path) -> Outcome {
    Err(Failure::new(format!("cannot make the link `{}` here", place.display())))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot write `{}`: {error}", path.display()))
}

/// All crates have one version, also this one.
const VERSION: &str = env!("CARGO_PKG_VERSION");
