//! Programs of somebody else, which find the library by pkg-config and by `CMake`.

use std::path::Path;

use super::folder;
use super::library::compiler;
use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};
use crate::setup;

/// The first example, built with what is installed and nothing else.
pub(super) fn check(prefix: &Path) -> Outcome {
    if setup::system_program("pkg-config").is_some() {
        by_pkg_config(prefix)?;
    } else {
        println!("left out: pkg-config is not installed");
    }
    if setup::system_program("cmake").is_some() {
        by_cmake(prefix)
    } else {
        println!("left out: CMake is not installed");
        Ok(())
    }
}

fn by_pkg_config(prefix: &Path) -> Outcome {
    let lib = prefix.join("lib").display().to_string();
    let asked = |options: &str| {
        let ask = CommandLine::new("pkg-config", options).and("flagkit");
        let ask = ask.with("PKG_CONFIG_PATH", format!("{lib}/pkgconfig"));
        ask.output()
    };
    let version = asked("--modversion")?;
    if version.trim() != env!("CARGO_PKG_VERSION") {
        return Err(Failure::new(format!("flagkit.pc is of version {version}")));
    }
    let folder = folder("pkg-config")?;
    for (name, options) in [("shared", "--cflags --libs"), ("static", "--cflags --libs --static")] {
        let target = folder.join(name).display().to_string();
        let mut options = asked(options)?.trim().to_owned();
        if name == "static" {
            options = options.replace("-lflagkit", "-l:libflagkit.a");
        }
        let build = compiler("cc", "-std=c99 bindings/c/examples/first.c -o").and(&target);
        options.split_whitespace().fold(build, CommandLine::and).run()?;
        CommandLine::new(target, "").with("LD_LIBRARY_PATH", &lib).run()?;
    }
    Ok(())
}

fn by_cmake(prefix: &Path) -> Outcome {
    let build = folder("cmake")?.display().to_string();
    CommandLine::new("cmake", "-S bindings/c/tests/consumer -B")
        .and(&build)
        .and(format!("-DCMAKE_PREFIX_PATH={}", prefix.display()))
        .run()?;
    CommandLine::new("cmake", "--build").and(&build).run()?;
    for name in ["shared", "static", "wrapped"] {
        CommandLine::new(format!("{build}/{name}"), "").run()?;
    }
    Ok(())
}
