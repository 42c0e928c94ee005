//! `flagkit convert`: a flag file of another language becomes a native one.
//!
//! The document goes to the standard output, what became of each flag to the standard
//! error output. A document that lacks flags is written only if that was asked for.

use std::io::{self, Write};
use std::process::ExitCode;

use flagkit_dialects::{Conversion, Outcome as Fate};

use crate::arguments::{Convert, Notation, Reading};
use crate::document_file::{DocumentFile, listing};
use crate::failure::{Failure, Outcome};
use crate::terminal::{BAD, GOOD, counted, printable};

/// Converts one file.
pub(crate) fn run(arguments: &Convert) -> Outcome {
    let Convert { from, environment, .. } = arguments;
    let reading = Reading { dialect: *from, environment: environment.clone() };
    let file = DocumentFile::read(&arguments.file, &reading)?;
    let conversion = file.convert()?;
    if !arguments.partial {
        refuse_errors(file)?;
    }
    let missing = report(&conversion)?;
    if missing > 0 && !arguments.partial {
        let missing = counted(missing, "flag");
        return Err(Failure::input(format_args!(
            "{missing} cannot be said exactly in the native format; --partial writes the others"
        )));
    }
    let text = match arguments.output_format {
        Notation::Yaml => conversion.to_yaml(),
        Notation::Json => conversion.to_json_pretty(),
    };
    io::stdout().lock().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// What cannot be read without errors is not worth to be written again.
fn refuse_errors(file: DocumentFile) -> Result<(), Failure> {
    let loaded = file.load()?;
    listing::tell(&loaded)?;
    if loaded.errors() == 0 {
        return Ok(());
    }
    let (name, errors) = (&loaded.file.name, counted(loaded.errors(), "error"));
    Err(Failure::input(format_args!("{name} has {errors}; nothing is converted")))
}

/// Tells what became of each flag; returns how many are missing.
fn report(conversion: &Conversion) -> io::Result<usize> {
    let mut out = io::BufWriter::new(anstream::stderr().lock());
    let mut missing = 0;
    for converted in &conversion.reports {
        let style = match converted.outcome {
            Fate::Exactly => GOOD,
            Fate::Not(_) => BAD,
        };
        missing += usize::from(converted.outcome != Fate::Exactly);
        writeln!(out, "{style}•{style:#} {}", printable(&converted.to_string()))?;
    }
    out.flush()?;
    Ok(missing)
}
