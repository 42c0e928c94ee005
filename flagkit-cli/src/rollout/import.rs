//! `flagkit rollout import`: configurations in older shapes become release files, with a report.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use flagkit_deploy::config::TEXT_BYTES_MAX;
use flagkit_deploy::import::{ImportedFile, Shape, import};

use crate::arguments::rollout::Import;
use crate::document_file;
use crate::failure::{Failure, Outcome};
use crate::terminal::{FAINT, counted, printable};

/// Writes release files, and the report on the standard error output.
pub(crate) fn run(arguments: &Import) -> Outcome {
    let name = document_file::name(&arguments.file);
    let cannot =
        |error: std::io::Error| Failure::input(format_args!("{name}: cannot be read: {error}"));
    let mut text = String::new();
    let opened = document_file::open(&arguments.file).map_err(cannot)?;
    opened.take(TEXT_BYTES_MAX as u64 + 1).read_to_string(&mut text).map_err(cannot)?;
    let imported = import(shape(arguments)?, &text, &arguments.target).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::input(format_args!("{name} cannot be imported:\n  {}", lines.join("\n  ")))
    })?;
    for file in &imported.files {
        match &arguments.output {
            Some(folder) => write(folder, file)?,
            None => print(file, imported.files.len())?,
        }
    }
    let mut err = anstream::stderr();
    let notes = counted(imported.notes.len(), "value");
    writeln!(err, "{notes} read; what became of them:")?;
    for note in &imported.notes {
        writeln!(err, "  {FAINT}{}{FAINT:#}", printable(&note.to_string()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The shape that is named, or that the name of the file tells.
fn shape(arguments: &Import) -> Result<Shape, Failure> {
    let stem = || arguments.file.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
    let name = arguments.from.clone().or_else(stem).unwrap_or_default();
    Shape::by_name(&name).ok_or_else(|| {
        Failure::usage(format_args!(
            "`{name}` is no shape; say --from canary-config, deployment-success-criteria, ab-tests, \
             multi-region-config or rollout"
        ))
    })
}

/// Writes a new file. One that is there is not overwritten: somebody may have worked on it.
fn write(folder: &Path, file: &ImportedFile) -> Result<(), Failure> {
    let path = folder.join(format!("{}.yaml", file.name));
    let cannot = |error: std::io::Error| {
        Failure::input(format_args!("`{}` cannot be written: {error}", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(cannot)?;
    let mut new = OpenOptions::new().write(true).create_new(true).open(&path).map_err(cannot)?;
    new.write_all(file.text.as_bytes()).map_err(cannot)?;
    writeln!(anstream::stdout(), "wrote {}", path.display())?;
    Ok(())
}

/// Prints a file; several are documents of one stream of YAML, each with its name.
fn print(file: &ImportedFile, count: usize) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    if count > 1 {
        writeln!(out, "--- # {}.yaml", file.name)?;
    }
    out.write_all(file.text.as_bytes())?;
    Ok(())
}
