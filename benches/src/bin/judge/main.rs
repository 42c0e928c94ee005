//! What the judge of releases promises, measured by simulation and written as a page.
//!
//! `judge PAGE [--quick]`: simulates releases that change nothing and releases that are worse, lets
//! the rules of this project and of others look at them, and writes the page with its pictures in
//! a folder of the same name. The random numbers are the same in every run.

mod bad;
mod chance;
mod cost;
mod exposure;
mod late;
mod limits;
mod page;
mod pictures;
mod quiet;
mod race;
mod rules;
mod split;
mod world;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use flagkit_benches::allocations::Counting;

use page::Page;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [page] => judge(Path::new(page), 1.0),
        [page, quick] if quick == "--quick" => judge(Path::new(page), 0.02),
        _ => Err("usage: judge PAGE [--quick]".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("judge: {error}");
            ExitCode::FAILURE
        }
    }
}

/// With `effort` 1.0 everything as often as the page promises.
fn judge(path: &Path, effort: f64) -> Result<(), Box<dyn Error>> {
    // Timed first, while the processor is not busy with anything of ours.
    let costs = cost::costs()?;
    let page = Page {
        path,
        effort,
        costs,
        difference: cost::largest_difference(100)?,
        bad: bad::rows(effort),
        late: late::rows(effort),
        exposure: exposure::rows(effort),
        splits: split::rows(effort),
        quiet: quiet::rows(effort),
    };
    let folder = path.with_extension("");
    fs::create_dir_all(&folder)?;
    for (name, picture) in pictures::all(&page) {
        fs::write(folder.join(name), picture)?;
    }
    fs::write(path, page.text())?;
    println!("wrote {} and {}", path.display(), folder.display());
    Ok(())
}
