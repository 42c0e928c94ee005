//! What one call of each scenario costs, counted: instructions and heap allocations.
//!
//! ```text
//! instructions check             compare with benches/instructions.txt
//! instructions accept            write benches/instructions.txt
//! instructions count SCENARIO    its heap allocations per call; what callgrind looks at
//! ```
//!
//! Clocks differ from run to run, counts hardly do: whoever makes a call a little more
//! expensive learns it from the check, on any machine. `cargo xtask bench --check` runs it.

mod callgrind;
mod record;
mod verdict;

use std::error::Error;
use std::process::{Command, ExitCode};
use std::{env, fs};

use flagkit_benches::allocations::{self, Counting};
use flagkit_benches::native::{self, NativeScenario};

use callgrind::Callgrind;
use record::{Count, Record};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Where the counts stand that were accepted, seen from the root of the repository.
const RECORD: &str = "benches/instructions.txt";

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["check"] => check(),
        ["accept"] => accept(),
        ["count", name] => count(name),
        _ => Err("usage: instructions check | accept | count SCENARIO".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("instructions: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Counts, and compares with what is on record.
fn check() -> Outcome<()> {
    let text = fs::read_to_string(RECORD).map_err(|error| format!("`{RECORD}`: {error}"))?;
    let recorded: Record = text.parse().map_err(|error| format!("`{RECORD}`: {error}"))?;
    let counted = counted(Callgrind::find().as_ref())?;
    let verdict = verdict::compare(&recorded, &counted);
    print!("{verdict}");
    if verdict.is_refused() { Err("the counts are not those on record".into()) } else { Ok(()) }
}

/// Counts, and puts that on record.
fn accept() -> Outcome<()> {
    let callgrind = Callgrind::find();
    let callgrind =
        callgrind.ok_or("counts are recorded with valgrind on x86-64; it is not here")?;
    let counted = counted(Some(&callgrind))?;
    fs::write(RECORD, counted.to_string())?;
    print!("{counted}");
    Ok(())
}

/// Counts one scenario in this process; its allocations go to standard output.
fn count(name: &str) -> Outcome<()> {
    let scenario = native::ALL.iter().find(|scenario| scenario.name == name);
    let scenario = scenario.ok_or_else(|| format!("there is no scenario `{name}`"))?;
    println!("{}", allocations_of(scenario));
    Ok(())
}

/// All scenarios, each in a process of its own: none changes the heap or the hashes of another.
fn counted(callgrind: Option<&Callgrind>) -> Outcome<Record> {
    let mut counts = Vec::new();
    for scenario in native::ALL {
        eprintln!("counting {}: {}", scenario.name, scenario.about);
        let instructions = callgrind.map(|tool| tool.instructions_of(scenario)).transpose()?;
        let output = Command::new(env::current_exe()?).args(["count", scenario.name]).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        let allocations = String::from_utf8(output.stdout)?.trim().parse()?;
        counts.push(Count { scenario: scenario.name.to_owned(), instructions, allocations });
    }
    Ok(Record { compiler: compiler()?, counts })
}

/// Heap allocations per call.
fn allocations_of(scenario: &NativeScenario) -> f64 {
    let mut calls = scenario.prepare();
    // What happens only once per thread or cell happens here.
    calls(scenario.round);
    let before = allocations::calls();
    counted_calls(&mut *calls, scenario.round);
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let [allocations, calls] = [(allocations::calls() - before) as f64, scenario.round as f64];
    allocations / calls
}

/// The calls that callgrind counts: it looks for this function by its name.
#[inline(never)]
fn counted_calls(calls: &mut dyn FnMut(u64), count: u64) {
    calls(count);
}

/// The version of the compiler that is called here.
fn compiler() -> Outcome<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
