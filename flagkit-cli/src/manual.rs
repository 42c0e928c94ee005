//! `flagkit completions` and `flagkit man`: what other programs know about this one.
//!
//! Both are made in memory first: the generators panic where their output fails.

use std::io::{self, Write};
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

/// Prints the manual page of the program or of one command.
pub(crate) fn page(command: Option<&str>) -> Outcome {
    let mut page = Vec::new();
    Man::new(definition(command)?).render(&mut page)?;
    io::stdout().lock().write_all(&page)?;
    Ok(ExitCode::SUCCESS)
}

fn definition(command: Option<&str>) -> Result<clap::Command, Failure> {
    let mut program = Arguments::command();
    // Only a built definition knows the full names of its commands.
    program.build();
    let Some(name) = command else {
        return Ok(program);
    };
    let found = program.get_subcommands().find(|command| command.get_name() == name);
    found.cloned().ok_or_else(|| {
        Failure::usage(format_args!("there is no command `{name}`; see `flagkit --help`"))
    })
}
