//! Writes the page about performance, and its pictures, from what was measured.
//!
//! `report FOLDER PAGE [--quick]`: reads `*.jsonl`, `*.txt` and the commands that made them, as
//! `cargo xtask bench` leaves them in the folder, and writes the page with its pictures in a folder of the same name.

mod chart;
mod page;
mod reasons;
mod table;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use flagkit_benches::results::{self, Measurement};
use flagkit_benches::scenario::SCENARIOS;

use page::Page;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [folder, page] => write(Path::new(folder), Path::new(page), ""),
        [folder, page, quick] if quick == "--quick" => {
            write(Path::new(folder), Path::new(page), page::ROUGH)
        }
        _ => Err("usage: report FOLDER PAGE [--quick]".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("report: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path, path: &Path, warning: &str) -> Outcome<()> {
    let measured = measured(folder)?;
    let pictures = path.with_extension("");
    fs::create_dir_all(&pictures)?;
    for scenario in SCENARIOS {
        if let Some(picture) = chart::of_scenario(scenario, &measured) {
            fs::write(pictures.join(chart::file_name(scenario.id)), picture)?;
        }
    }
    if let Some(picture) = chart::overview(&measured) {
        fs::write(pictures.join(chart::file_name("overview")), picture)?;
    }
    let page = Page { measured: &measured, folder, path, warning };
    fs::write(path, page.text()?)?;
    println!("wrote {} and {}", path.display(), pictures.display());
    Ok(())
}

/// All measurements of all runs; those of one binary stand together. What several binaries measure,
/// FlagKit alone, is that of the first.
fn measured(folder: &Path) -> Outcome<Vec<Measurement>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder)? {
        files.push(entry?.path());
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let mut measured = Vec::new();
    for file in files {
        let read = results::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        for row in read {
            if !measured.iter().any(|other| is_of_the_same(other, &row)) {
                measured.push(row);
            }
        }
    }
    Ok(measured)
}

fn is_of_the_same(one: &Measurement, other: &Measurement) -> bool {
    let place = |row: &Measurement| {
        [&row.scenario, &row.context, &row.document, &row.contender].map(String::clone)
    };
    place(one) == place(other)
}
