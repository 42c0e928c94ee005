//! `cargo xtask oracle`: random documents and contexts, answered by a vendor's own SDK and
//! by us.
//!
//! `xtask/oracles/<vendor>` holds a script that makes up documents and contexts, asks the
//! SDK without any network, and writes cases in the form of the public suites. The SDK
//! comes from `PyPI` (`requirements.txt`) or npm (`package.json`) and lands in
//! `target/oracle/<vendor>`, as everything else does that a run leaves behind.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command_line::CommandLine;
use crate::conformance;
use crate::failure::{Failure, Outcome};
use crate::suggest;

/// Compares with one vendor's SDK: `oracle <vendor> [--seed N] [--count N]`.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    let asked = Asked::read(arguments)?;
    let begin = asked.seed;
    for seed in begin..begin + asked.rounds {
        compare(&asked, seed)?;
    }
    Ok(())
}

/// What the command line asks for.
struct Asked {
    vendor: String,
    seed: u64,
    count: u64,
    rounds: u64,
}

impl Asked {
    fn read(arguments: &[String]) -> Result<Self, Failure> {
        let known = known()?;
        let Some((vendor, rest)) = arguments.split_first() else {
            let list = known.join(", ");
            return Err(Failure::new(format!(
                "whom to ask? `cargo xtask oracle <vendor> [--seed N] [--count N] [--rounds N]`; \
                 known are {list}"
            )));
        };
        if !known.contains(vendor) {
            let hint = suggest::did_you_mean(vendor, known.iter().map(String::as_str));
            return Err(Failure::new(format!("there is no oracle `{vendor}`{hint}")));
        }
        let mut asked = Self { vendor: vendor.clone(), seed: 1, count: 3000, rounds: 1 };
        for pair in rest.chunks(2) {
            let [option, number] = pair else {
                return Err(Failure::new(format!("`{}` needs a number", pair.concat())));
            };
            let number = number
                .parse()
                .map_err(|_| Failure::new(format!("`{option}` needs a number, not `{number}`")))?;
            match option.as_str() {
                "--seed" => asked.seed = number,
                "--count" => asked.count = number,
                "--rounds" => asked.rounds = number,
                _ => return Err(Failure::new(format!("there is no option `{option}`"))),
            }
        }
        Ok(asked)
    }
}

/// The vendors that can be asked.
fn known() -> Result<Vec<String>, Failure> {
    let entries = fs::read_dir(SCRIPTS)
        .map_err(|error| Failure::new(format!("cannot read `{SCRIPTS}`: {error}")))?;
    let name = |entry: fs::DirEntry| entry.file_name().into_string().ok();
    let mut names: Vec<String> = entries.flatten().filter_map(name).collect();
    names.sort();
    Ok(names)
}

fn compare(asked: &Asked, seed: u64) -> Outcome {
    let Asked { vendor, count, .. } = asked;
    let script = Path::new(SCRIPTS).join(vendor);
    let home = PathBuf::from("target/oracle").join(vendor);
    let run = home.join("run");
    let interpreter = install(&script, &home)?;
    make_folder(&run)?;
    interpreter
        .and("--seed")
        .and(seed.to_string())
        .and("--count")
        .and(count.to_string())
        .and("--out")
        .and(run.display().to_string())
        .run()?;
    let tally = conformance::answered(vendor, &run.join("cases.jsonl"), &run)?;
    let (right, all) = tally.sums();
    println!("{vendor}, seed {seed}: {right} of {all} answers are the same");
    conformance::verdict(&[tally])
}

/// Installs the vendor's SDK where it is missing; returns the command that runs the script.
fn install(script: &Path, home: &Path) -> Result<CommandLine, Failure> {
    make_folder(home)?;
    if script.join("package.json").is_file() {
        return install_from_npm(script, home);
    }
    let requirements = script.join("requirements.txt").display().to_string();
    let python = home.join("venv/bin/python").display().to_string();
    if !CommandLine::new(&python, "-m pip --version").succeeds() {
        let venv = home.join("venv").display().to_string();
        let make = CommandLine::new("python3", "-m venv").and(venv);
        if make.run().is_err() {
            CommandLine::new("apt-get", "install --yes python3-venv python3-pip").run()?;
            make.run()?;
        }
    }
    CommandLine::new(&python, "-m pip install --quiet --disable-pip-version-check -r")
        .and(requirements)
        .run()?;
    Ok(CommandLine::new(&python, "").and(script.join("oracle.py").display().to_string()))
}

/// Node finds packages beside the script, so the script is copied to where they are installed.
fn install_from_npm(script: &Path, home: &Path) -> Result<CommandLine, Failure> {
    let entries = fs::read_dir(script)
        .map_err(|error| Failure::new(format!("cannot read `{}`: {error}", script.display())))?;
    for file in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()) {
        let target = home.join(file.file_name().unwrap_or_default());
        fs::copy(&file, &target).map_err(|error| {
            Failure::new(format!("cannot write `{}`: {error}", target.display()))
        })?;
    }
    let folder = home.display().to_string();
    CommandLine::new("npm", "install --silent --no-audit --no-fund --prefix").and(folder).run()?;
    Ok(CommandLine::new("node", "").and(home.join("oracle.mjs").display().to_string()))
}

fn make_folder(folder: &Path) -> Outcome {
    fs::create_dir_all(folder)
        .map_err(|error| Failure::new(format!("cannot make `{}`: {error}", folder.display())))
}

/// The scripts, a folder for each vendor.
const SCRIPTS: &str = "xtask/oracles";
