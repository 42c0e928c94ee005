//! Building the library: cargo makes the static one, the C compiler links the shared one from it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};

/// What cargo has built.
pub(super) struct Library {
    /// `libflagkit_ffi.a`, wherever cargo keeps it.
    pub(super) archive: PathBuf,
    /// What a program has to be linked with besides it: `-lm`, for example.
    pub(super) native: Vec<String>,
}

impl Library {
    /// Builds the static library in a profile.
    pub(super) fn build(profile: &str) -> Result<Self, Failure> {
        Self::build_with(&format!("--profile {profile}"), &[])
    }

    /// The same with other options of cargo, and with variables.
    pub(super) fn build_with(
        options: &str,
        variables: &[(&'static str, &str)],
    ) -> Result<Self, Failure> {
        let build = CommandLine::cargo(&format!(
            "rustc -p flagkit-ffi --lib {options} --crate-type staticlib \
             --message-format json-render-diagnostics -- --print native-static-libs"
        ));
        let build = variables.iter().fold(build, |build, (name, value)| build.with(name, *value));
        eprintln!("$ {build}");
        let (output, notes) = build.output_and_errors()?;
        let archive = output.lines().rev().find_map(archive);
        let native = notes.lines().rev().find_map(|line| line.split_once("native-static-libs: "));
        match (archive, native) {
            (Some(archive), Some((_, native))) => {
                Ok(Self { archive, native: native.split_whitespace().map(str::to_owned).collect() })
            }
            _ => Err(Failure::new(format!("cargo names no library\nreproduce: {build}"))),
        }
    }

    /// Links the shared library. rustc would do it with a version script of its own, which exports
    /// what it likes.
    pub(super) fn link(&self, target: &Path) -> Outcome {
        let archive = self.archive.display();
        let command = compiler("cc", "-shared -o")
            .and(target.display().to_string())
            .and("-Wl,--whole-archive")
            .and(archive.to_string())
            .and("-Wl,--no-whole-archive")
            .and("-Wl,--version-script=bindings/c/flagkit.map")
            .and(format!("-Wl,-soname,{SONAME}"));
        let options = ["--gc-sections", "-Bsymbolic", "--strip-debug", "--as-needed", "-z,defs"];
        let linker = options.iter().map(|option| format!("-Wl,{option}"));
        let command = linker.chain(self.native.iter().cloned()).fold(command, CommandLine::and);
        command.run()
    }
}

/// The archive that a line of cargo's is about.
fn archive(line: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(line).ok()?;
    let is_ours = message.get("target")?.get("name")? == "flagkit_ffi";
    let files = message.get("filenames").filter(|_| is_ours)?.as_array()?;
    let mut paths = files.iter().filter_map(Value::as_str).map(PathBuf::from);
    paths.find(|path| path.extension().is_some_and(|extension| extension == "a"))
}

/// The compiler of the system: what the variables `CC` and `CXX` say, or the usual ones.
pub(super) fn compiler(name: &str, arguments: &str) -> CommandLine {
    let variable = if name == "cc" { "CC" } else { "CXX" };
    let program = std::env::var(variable).unwrap_or_else(|_| name.to_owned());
    CommandLine::new(program, arguments)
}

/// The name that programs remember. The number changes if anything is ever taken away.
pub(super) const SONAME: &str = "libflagkit.so.1";
