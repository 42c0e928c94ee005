//! `cargo xtask equality`: a million made-up evaluations, the same in every language.
//!
//! Rust makes up documents and users and answers first. C and C++ answer with the library that the step
//! `c` has installed, Python with the wheel that the step `python` has installed; where one of them is
//! missing, its language is left out, which is said. Answers are compared byte by byte.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::packages::make_folder;
use crate::{suggest, target};

/// Compares; `--pairs COUNT` says of how many pairs of a flag and a user.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => run(),
        ["--pairs", pairs] => compare(pairs),
        _ => {
            suggest::only_options(arguments, &["--pairs"])?;
            Err(Failure::new("usage: cargo xtask equality [--pairs COUNT]"))
        }
    }
}

/// The step: each pair is evaluated six times, which makes more than a million.
pub(crate) fn run() -> Outcome {
    compare("200000")
}

fn compare(pairs: &str) -> Outcome {
    let folder = std::path::absolute(HOME);
    let folder = folder.map_err(|error| Failure::new(format!("no path `{HOME}`: {error}")))?;
    make_folder(&folder)?;
    CommandLine::cargo("build --quiet --profile bindings -p flagkit-equality").run()?;
    let rust = PathBuf::from(target::folder()?).join("bindings/flagkit-equality");
    let asked = Asked { rust: shown(&rust), cases: shown(&folder.join("cases")), folder };
    CommandLine::new(&asked.rust, "make").and(&asked.cases).and("--pairs").and(pairs).run()?;
    for language in LANGUAGES {
        match language.program.command(&asked.folder)? {
            Some(program) => asked.of(language, &program)?,
            None => println!("left out: {}, because {}", language.name, language.lack),
        }
    }
    Ok(())
}

/// A language beside Rust.
struct Language {
    name: &'static str,
    /// How Rust is to write values for it.
    values: &'static str,
    program: Program,
    /// Why it cannot.
    lack: &'static str,
}

/// What answers in a language: a program that takes cases and answers.
enum Program {
    /// Compiled against the installed library, by this compiler with these options.
    Compiled { compiler: &'static str, options: &'static str, source: &'static str },
    /// Run where the wheel is installed.
    Python,
}

/// All languages that people can install FlagKit for.
const LANGUAGES: &[Language] = &[
    Language {
        name: "C",
        values: "json",
        program: Program::Compiled {
            compiler: "cc",
            options: "-std=c99 -O1 -Wall -Wextra -pedantic -Werror",
            source: "equality.c",
        },
        lack: "the step `c` has installed no library",
    },
    Language {
        name: "C++",
        values: "json",
        program: Program::Compiled {
            compiler: "c++",
            options: "-std=c++17 -O1 -Wall -Wextra -pedantic -Werror",
            source: "equality.cpp",
        },
        lack: "the step `c` has installed no library",
    },
    Language {
        name: "Python",
        values: "plain",
        program: Program::Python,
        lack: "the step `python` has installed no wheel",
    },
];

impl Program {
    /// The command, made ready in this folder; none if what it needs is not installed.
    fn command(&self, folder: &Path) -> Result<Option<CommandLine>, Failure> {
        match self {
            Self::Compiled { compiler, options, source } => {
                compiled(compiler, options, source, folder)
            }
            Self::Python => {
                let python = CommandLine::new("target/python/tests/venv/bin/python", "");
                let is_there = python.clone().and("-c").and("import flagkit").succeeds();
                Ok(is_there.then(|| python.and("bindings/equality/equality.py")))
            }
        }
    }
}

/// Compiles a program against the installed library.
fn compiled(
    compiler: &str,
    options: &str,
    source: &str,
    folder: &Path,
) -> Result<Option<CommandLine>, Failure> {
    let prefix = Path::new("target/c/prefix");
    if !prefix.join("lib/libflagkit.so").exists() {
        return Ok(None);
    }
    let prefix = prefix.canonicalize().map_err(|error| Failure::new(error.to_string()))?;
    let (program, libraries) = (shown(&folder.join(source)) + ".out", shown(&prefix.join("lib")));
    CommandLine::new(compiler, options)
        .and(format!("-I{}", shown(&prefix.join("include"))))
        .and(format!("bindings/equality/{source}"))
        .and("-o")
        .and(&program)
        .and(format!("-L{libraries}"))
        .and("-lflagkit")
        .and(format!("-Wl,-rpath,{libraries}"))
        .run()?;
    Ok(Some(CommandLine::new(program, "")))
}

/// What is asked, and where the answers are put.
struct Asked {
    /// The program that answers in Rust.
    rust: String,
    cases: String,
    folder: PathBuf,
}

impl Asked {
    /// Compares the answers of a language with those of Rust.
    ///
    /// Some flags have schedules: where the answers differ, both are asked once more, in case that
    /// something began between the first two.
    fn of(&self, language: &Language, program: &CommandLine) -> Outcome {
        let compared = match self.compared(language, program)? {
            Err(_) => self.compared(language, program)?,
            equal => equal,
        };
        let lines = compared.map_err(|difference| {
            Failure::new(format!("Rust and {} answer differently: {difference}", language.name))
        })?;
        println!("{}: {lines} times six answers, all as in Rust", language.name);
        Ok(())
    }

    /// How many lines are equal, or the first that is not.
    fn compared(
        &self,
        language: &Language,
        program: &CommandLine,
    ) -> Result<Result<usize, String>, Failure> {
        let (ours, theirs) = (self.folder.join("rust"), self.folder.join("other"));
        CommandLine::new(&self.rust, "answer")
            .and(&self.cases)
            .and(shown(&ours))
            .and(language.values)
            .run()?;
        program.clone().and(&self.cases).and(shown(&theirs)).run()?;
        let read = |path: &Path| {
            fs::read(path).map_err(|error| Failure::new(format!("`{}`: {error}", path.display())))
        };
        Ok(equal_lines(&read(&ours)?, &read(&theirs)?))
    }
}

fn equal_lines(ours: &[u8], theirs: &[u8]) -> Result<usize, String> {
    let lines = |bytes: &[u8]| bytes.split(|byte| *byte == b'\n').count() - 1;
    if ours == theirs {
        return match lines(ours) {
            0 => Err("nothing was answered".to_owned()),
            count => Ok(count),
        };
    }
    let shared = ours.iter().zip(theirs).take_while(|(our, their)| our == their).count();
    let line = lines(ours.get(..shared).unwrap_or_default());
    let shown = |bytes: &[u8]| {
        let line = bytes.split(|byte| *byte == b'\n').nth(line).unwrap_or_default();
        String::from_utf8_lossy(line).into_owned()
    };
    Err(format!("line {}\n  {}\n  {}", line + 1, shown(ours), shown(theirs)))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Where everything about it is put.
const HOME: &str = "target/equality";

#[cfg(test)]
mod tests;
