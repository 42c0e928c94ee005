//! `cargo xtask setup`: the tools that the tests need and a Rust toolchain lacks.
//!
//! Everything lands in `target/tools`; nothing outside the repository changes. A tool
//! that is there in a fitting version is left alone, so a second run costs nothing.

use std::env::consts::EXE_SUFFIX;

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::suggest;

/// The folder of the installed tools.
const TOOLS: &str = "target/tools";

/// Installs what is missing and says what it does.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    suggest::only_options(arguments, &[])?;
    run()
}

/// Installs every tool of the table that is missing.
pub(crate) fn run() -> Outcome {
    NEEDS.iter().try_for_each(Need::ensure)
}

/// The path of a tool that [`run`] installed from crates.io.
pub(crate) fn tool(binary: &str) -> String {
    format!("{TOOLS}/bin/{binary}{EXE_SUFFIX}")
}

/// One thing the tests need.
struct Need {
    /// The name of the package where it comes from.
    package: &'static str,
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

/// Where a tool comes from; packages of other systems join when the first test needs them.
enum Origin {
    /// A binary crate of the same name, from crates.io.
    Crate,
}

/// Everything that `setup` installs.
const NEEDS: &[Need] = &[Need {
    package: "cargo-fuzz",
    version: Version { prefix: "0.13.", install: "0.13.2" },
    reason: "fuzz smoke",
    origin: Origin::Crate,
}];

impl Need {
    /// Installs it unless it is there, and checks that it is there afterwards.
    fn ensure(&self) -> Outcome {
        if let Some(version) = self.present() {
            println!("{} {version}: already there", self.package);
            return Ok(());
        }
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

    /// The version that is there, if it is a good one.
    fn present(&self) -> Option<String> {
        let ask = match self.origin {
            Origin::Crate => CommandLine::new(tool(self.package), "--version"),
        };
        if !ask.succeeds() {
            return None;
        }
        good_version(&ask.output().ok()?, self.version.prefix)
    }

    /// The command that installs it.
    fn install(&self) -> CommandLine {
        match self.origin {
            Origin::Crate => CommandLine::cargo(&format!(
                "install {} --version {} --locked --force --root {TOOLS}",
                self.package, self.version.install
            )),
        }
    }
}

/// The version at the end of a line like `cargo-fuzz 0.13.2`, if it begins with the prefix.
fn good_version(said: &str, prefix: &str) -> Option<String> {
    let version = said.split_whitespace().last()?;
    version.starts_with(prefix).then(|| version.to_owned())
}

#[cfg(test)]
mod tests;
