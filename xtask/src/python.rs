//! `cargo xtask python`: the wheel of Python, built and tested as people get it.
//!
//! What is built is the source distribution, and from it the wheel: so both are complete. The wheel
//! is linked against an old C library, and `auditwheel` confirms that it runs wherever
//! manylinux2014 does. It is installed into an environment that has nothing else, and into another
//! one with what the tests need.
//!
//! Dependencies are compiled where the C library's are, with the same profile, so that they are
//! compiled once.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::packages::{Script, make_folder};
use crate::{setup, suggest, target};

/// Builds and tests; there are no options.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    suggest::only_options(arguments, &[])?;
    setup::ensure(&["python3-venv"])?;
    install();
    run()
}

/// Installs what the wheel is built and tested with. What cannot be had is no failure; the step
/// says what it left out.
pub(crate) fn install() {
    for (name, script) in [("tools", tools()), ("tests", tests())] {
        if script.is_installed() {
            continue;
        }
        println!("Python {name}: installing them into {HOME}");
        if let Err(failure) = script.install() {
            println!("Python {name} are missing, and `python` will be left out: {failure}");
        }
    }
}

/// Everything, as a step of `test`.
pub(crate) fn run() -> Outcome {
    if ![tools(), tests()].iter().all(Script::is_installed) {
        println!(
            "left out: the tools for Python are not installed; `cargo xtask setup` tries again"
        );
        return Ok(());
    }
    let wheel = build()?;
    alone(&wheel)?;
    check_types(&wheel)?;
    CommandLine::cargo("build --quiet --workspace --all-features --bin flagkit").run()?;
    CommandLine::new(
        program("tests", "pytest"),
        "--quiet -p no:cacheprovider bindings/python/tests",
    )
    .with("TEST_PROGRAM", absolute(&target::debug("flagkit")?)?)
    .with("PYTHONDONTWRITEBYTECODE", "1")
    .run()
}

/// An answer in Python beside those of vendors' SDKs, each in processes of its own.
pub(crate) fn bench() -> Outcome {
    setup::ensure(&["python3-venv"])?;
    for script in [tools(), benchmarks()] {
        script.install()?;
    }
    let python = program("benchmarks", "python");
    let wheel = build()?;
    CommandLine::new(
        &python,
        "-m pip install --quiet --disable-pip-version-check --no-index --no-deps",
    )
    .and("--force-reinstall")
    .and(shown(&wheel))
    .run()?;
    CommandLine::new(&python, "bindings/python/benchmarks/compare.py")
        .and(shown(&PathBuf::from(HOME).join("results")))
        .run()
}

/// The source distribution, and the wheel that comes of it.
fn build() -> Result<PathBuf, Failure> {
    let home = PathBuf::from(absolute(HOME)?);
    let (distributions, source) = (home.join("dist"), home.join("source"));
    for folder in [&distributions, &source] {
        // Wheels of other versions would be found, too.
        let _ = fs::remove_dir_all(folder);
        make_folder(folder)?;
    }
    let maturin = program("tools", "maturin");
    CommandLine::new(&maturin, "sdist --manifest-path bindings/python/Cargo.toml --out")
        .and(shown(&distributions))
        .run()?;
    let archive = only_file(&distributions, ".tar.gz")?;
    // -m: what was unpacked is new, also to cargo, whatever the archive says of its age.
    CommandLine::new("tar", "-x -z -m --strip-components=1 -C")
        .and(shown(&source))
        .and("-f")
        .and(shown(&archive))
        .run()?;
    let path = std::env::var("PATH").unwrap_or_default();
    let linker = absolute("bindings/python/tools/linker.sh")?;
    CommandLine::new(&maturin, "build --quiet --profile bindings --compatibility manylinux2014")
        .and("--manifest-path")
        .and(shown(&source.join("bindings/python/Cargo.toml")))
        .and("--out")
        .and(shown(&distributions))
        .and("--")
        .and("-Clinker-flavor=gcc")
        .and(format!("-Clinker={linker}"))
        .with("PATH", format!("{}:{path}", shown(&home.join("tools/venv/bin"))))
        .with("CARGO_TARGET_DIR", target::folder()?)
        .run()?;
    let wheel = only_file(&distributions, ".whl")?;
    audit(&wheel)?;
    Ok(wheel)
}

/// The wheel runs where it says that it does.
fn audit(wheel: &Path) -> Outcome {
    let auditwheel = CommandLine::new(program("tools", "auditwheel"), "show").and(shown(wheel));
    let said = auditwheel.output()?;
    let words: Vec<&str> = said.split_whitespace().collect();
    let sentence = words.join(" ");
    let tag = "consistent with the following platform tag: \"manylinux_2_17_";
    if sentence.contains(tag) && shown(wheel).contains("-cp39-abi3-manylinux2014_") {
        println!("{sentence}");
        return Ok(());
    }
    Err(Failure::new(format!("the wheel is no manylinux2014: {sentence}\nreproduce: {auditwheel}")))
}

/// The wheel needs nothing but Python.
fn alone(wheel: &Path) -> Outcome {
    let home = PathBuf::from(HOME).join("alone");
    CommandLine::new("python3", "-m venv --clear").and(shown(&home)).run()?;
    let python = shown(&home.join("bin/python"));
    let pip = "-m pip install --quiet --disable-pip-version-check --no-index";
    CommandLine::new(&python, pip).and(shown(wheel)).run()?;
    CommandLine::new(&python, "-I bindings/python/examples/first.py").run()
}

/// The stubs say what there is, and a program that is typed strictly agrees with them.
fn check_types(wheel: &Path) -> Outcome {
    let python = program("tests", "python");
    let pip = "-m pip install --quiet --disable-pip-version-check --no-index --no-deps";
    CommandLine::new(&python, pip).and("--force-reinstall").and(shown(wheel)).run()?;
    CommandLine::new(&python, "-m mypy.stubtest flagkit._flagkit").run()?;
    CommandLine::new(&python, "-m mypy --strict --no-incremental bindings/python/tests/typed.py")
        .run()
}

/// What the wheel is built with.
fn tools() -> Script {
    Script::new("bindings/python/tools".into(), PathBuf::from(HOME).join("tools"), "")
}

/// What it is tested with.
fn tests() -> Script {
    Script::new("bindings/python/tests".into(), PathBuf::from(HOME).join("tests"), "")
}

/// Vendors' SDKs, and what times them.
fn benchmarks() -> Script {
    Script::new("bindings/python/benchmarks".into(), PathBuf::from(HOME).join("benchmarks"), "")
}

/// A program of one of these environments.
fn program(environment: &str, name: &str) -> String {
    shown(&PathBuf::from(HOME).join(environment).join("venv/bin").join(name))
}

/// The one file in a folder whose name ends like this.
fn only_file(folder: &Path, end: &str) -> Result<PathBuf, Failure> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found = entries.map(|entry| entry.path()).filter(|path| shown(path).ends_with(end));
    found
        .next()
        .ok_or_else(|| Failure::new(format!("nothing in `{}` ends with `{end}`", folder.display())))
}

fn absolute(path: &str) -> Result<String, Failure> {
    let absolute = std::path::absolute(path);
    let absolute = absolute.map_err(|error| Failure::new(format!("no path `{path}`: {error}")))?;
    Ok(shown(&absolute))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Where everything about Python is put.
const HOME: &str = "target/python";
