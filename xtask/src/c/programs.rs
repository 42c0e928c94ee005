//! The test programs and the examples: strictly compiled, and run under everything that looks.

use std::path::{Path, PathBuf};

use super::folder;
use super::library::{Library, compiler};
use crate::command_line::CommandLine;
use crate::failure::Outcome;
use crate::setup;

/// Programs in C99, and in C++17.
const PROGRAMS: &[&str] = &[
    "tests/basics.c",
    "tests/misuse.c",
    "tests/growth.c",
    "tests/callbacks.c",
    "tests/log.c",
    "tests/threads.c",
    "tests/wrapper.cpp",
    "examples/first.c",
    "examples/requests.c",
    "examples/first.cpp",
];

/// Each program as it is, with the sanitizers for memory and undefined behaviour, and in valgrind.
pub(super) fn check(prefix: &Path) -> Outcome {
    let include = prefix.join("include");
    let lib = prefix.join("lib");
    let run_path = format!("-Wl,-rpath,{}", lib.display());
    let shared = ["-L", &lib.display().to_string(), "-lflagkit", &run_path].map(str::to_owned);
    let archive = lib.join("libflagkit.a").display().to_string();
    let mut sanitized = vec!["-fsanitize=address,undefined", "-fno-sanitize-recover=all", &archive];
    sanitized.extend(SYSTEM);
    let has_valgrind = setup::system_program("valgrind").is_some();
    if !has_valgrind {
        println!("left out: valgrind is not installed");
    }
    for source in PROGRAMS {
        let program = compile(source, &include, ("plain", &shared))?;
        CommandLine::new(&program, "").run()?;
        if has_valgrind {
            CommandLine::new("valgrind", VALGRIND).and(&program).run()?;
        }
        let sanitized: Vec<String> = sanitized.iter().map(|option| (*option).to_owned()).collect();
        CommandLine::new(compile(source, &include, ("sanitized", &sanitized))?, "").run()?;
        if setup::system_program("clang").is_some() {
            clang(source, &include)?;
        }
    }
    Ok(())
}

/// The programs with threads under the sanitizer for those, with a library that is instrumented, too.
///
/// The library is built without HTTP, which would take minutes. The standard library of Rust is not
/// instrumented, so what its locks order is not seen: `tsan.supp` has what that leads to.
pub(super) fn check_threads() -> Outcome {
    let target = "--no-default-features --profile bindings --target x86_64-unknown-linux-gnu \
                  --target-dir target/c/tsan";
    if cfg!(not(target_arch = "x86_64")) {
        println!("left out: the sanitizer for threads is for x86-64 here");
        return Ok(());
    }
    let flags = "-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer";
    let variables = [
        ("RUSTC_BOOTSTRAP", "1"),
        ("RUSTFLAGS", flags),
        // Half the time to compile, and races are races without optimisation, too.
        ("CARGO_PROFILE_BINDINGS_OPT_LEVEL", "0"),
    ];
    let library = Library::build_with(target, &variables)?;
    let archive = library.archive.display().to_string();
    let runtime = ["-fsanitize=thread", "-fno-builtin", "bindings/c/tests/tsan.c", &archive];
    let mut options = runtime.map(str::to_owned).to_vec();
    options.extend(library.native);
    for source in ["tests/threads.c", "tests/callbacks.c"] {
        let program = compile(source, Path::new("bindings/c/include"), ("threads", &options))?;
        let suppressions =
            std::env::current_dir().unwrap_or_default().join("bindings/c/tests/tsan.supp");
        let options = format!("suppressions={} halt_on_error=1", suppressions.display());
        CommandLine::new(program, "").with("TSAN_OPTIONS", options).run()?;
    }
    Ok(())
}

/// Compiles a program below `bindings/c`; its path.
pub(super) fn compile(
    source: &str,
    include: &Path,
    (kind, options): (&str, &[String]),
) -> Result<String, crate::failure::Failure> {
    let stem = source.replace(['/', '.'], "-");
    let target = folder(kind)?.join(stem).display().to_string();
    let is_c = Path::new(source).extension().is_some_and(|extension| extension == "c");
    let (name, standard) = if is_c { ("cc", "-std=c99") } else { ("c++", "-std=c++17") };
    let command = strict(compiler(name, standard), source, include).and("-o").and(&target);
    options.iter().fold(command, CommandLine::and).and("-pthread").run()?;
    Ok(target)
}

/// The other compiler has other warnings.
fn clang(source: &str, include: &Path) -> Outcome {
    let is_c = Path::new(source).extension().is_some_and(|extension| extension == "c");
    let (name, standard) = if is_c { ("clang", "-std=c99") } else { ("clang++", "-std=c++17") };
    strict(CommandLine::new(name, standard), source, include).and("-fsyntax-only").run()
}

fn strict(command: CommandLine, source: &str, include: &Path) -> CommandLine {
    let path = PathBuf::from("bindings/c").join(source);
    let options = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-O1", "-g"];
    let command = options.iter().fold(command, |command, option| command.and(*option));
    let folders = [include, Path::new("bindings/c/tests")];
    let include = folders.map(|folder| format!("-I{}", folder.display()));
    include.iter().fold(command, CommandLine::and).and(path.display().to_string())
}

/// A leak is an error, too; what is still reachable at the end is none.
const VALGRIND: &str =
    "--quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite";
/// What a static library wants here.
const SYSTEM: [&str; 4] = ["-lm", "-ldl", "-lpthread", "-lgcc_s"];
