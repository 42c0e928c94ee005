//! `flagkit completions` and `flagkit man`: what other programs know about this one.
//!
//! Both are made in memory first: the generators panic where their output fails.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::arguments::Arguments;
use crate::failure::{Failure, Outcome};

/// Prints the completion script of a shell.
pub(crate) fn completions(shell: Shell) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "flagkit", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the manual page of the program or of one command, which may be below another one: `rollout plan`.
pub(crate) fn page(command: &[String]) -> Outcome {
    let page = rendered(definition(command)?)?;
    io::stdout().lock().write_all(&page)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the pages of the program and of all commands into a folder: `flagkit-rollout-plan.1`.
pub(crate) fn pages_into(folder: &Path) -> Outcome {
    fs::create_dir_all(folder)?;
    for command in all(&definition(&[])?) {
        let name = format!("{}.1", file_name(&command));
        fs::write(folder.join(name), rendered(command)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn rendered(command: clap::Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(page)
}

/// A command and all below it, without those that only print help.
fn all(command: &clap::Command) -> Vec<clap::Command> {
    let mut found = vec![command.clone()];
    for below in commands(command) {
        found.extend(all(below));
    }
    found
}

/// The commands directly below one.
fn commands(command: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    command.get_subcommands().filter(|command| command.get_name() != "help")
}

/// The full name with dashes, as `man` wants it.
fn file_name(command: &clap::Command) -> String {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    name.replace(' ', "-")
}

fn definition(names: &[String]) -> Result<clap::Command, Failure> {
    let mut program = Arguments::command();
    // Only a built definition knows the full names of its commands.
    program.build();
    let mut found = &program;
    for name in names {
        found = commands(found).find(|command| command.get_name() == name).ok_or_else(|| {
            let name = names.join(" ");
            Failure::usage(format_args!("there is no command `{name}`; see `flagkit --help`"))
        })?;
    }
    Ok(found.clone())
}

#[cfg(test)]
mod tests;
