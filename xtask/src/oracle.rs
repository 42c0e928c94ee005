//! `cargo xtask oracle`: random documents and contexts, answered by a vendor's own SDK and
//! by us.
//!
//! `xtask/oracles/<vendor>` holds a script that makes up documents and contexts, asks the
//! SDK without any network, and writes cases in the form of the public suites. The SDK
//! comes from `PyPI` (`requirements.txt`) or npm (`package.json`) and lands in
//! `target/oracle/<vendor>`, as everything else does that a run leaves behind.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::packages::{self, Script};
use crate::{conformance, sdks, suggest};

/// Compares with one vendor's SDK: `oracle <vendor> [--seed N] [--count N]`.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    let asked = Asked::read(arguments)?;
    let begin = asked.seed;
    for seed in begin..begin + asked.rounds {
        compare(&asked, seed)?;
    }
    Ok(())
}

/// What the command line asks for.
struct Asked {
    vendor: String,
    seed: u64,
    count: u64,
    rounds: u64,
}

impl Asked {
    fn read(arguments: &[String]) -> Result<Self, Failure> {
        let known = packages::folder_names(Path::new(SCRIPTS))?;
        let Some((vendor, rest)) = arguments.split_first() else {
            let list = known.join(", ");
            return Err(Failure::new(format!(
                "whom to ask? `cargo xtask oracle <vendor> [--seed N] [--count N] [--rounds N]`; \
                 known are {list}"
            )));
        };
        if !known.contains(vendor) {
            let hint = suggest::did_you_mean(vendor, known.iter().map(String::as_str));
            return Err(Failure::new(format!("there is no oracle `{vendor}`{hint}")));
        }
        let mut asked = Self { vendor: vendor.clone(), seed: 1, count: 3000, rounds: 1 };
        for pair in rest.chunks(2) {
            let [option, number] = pair else {
                return Err(Failure::new(format!("`{}` needs a number", pair.concat())));
            };
            let number = number
                .parse()
                .map_err(|_| Failure::new(format!("`{option}` needs a number, not `{number}`")))?;
            match option.as_str() {
                "--seed" => asked.seed = number,
                "--count" => asked.count = number,
                "--rounds" => asked.rounds = number,
                _ => return Err(Failure::new(format!("there is no option `{option}`"))),
            }
        }
        Ok(asked)
    }
}

/// Has the script ask the SDK, and compares its answers with ours.
fn compare(asked: &Asked, seed: u64) -> Outcome {
    let Asked { vendor, count, .. } = asked;
    let script = Path::new(SCRIPTS).join(vendor);
    let home = PathBuf::from("target/oracle").join(vendor);
    let run = home.join("run");
    let interpreter = Script::new(script, home, "oracle").install()?;
    packages::make_folder(&run)?;
    interpreter
        .and("--seed")
        .and(seed.to_string())
        .and("--count")
        .and(count.to_string())
        .and("--out")
        .and(run.display().to_string())
        .run()?;
    sdks::build()?;
    let tally = conformance::answered(vendor, &run.join("cases.jsonl"), &run)?;
    let (right, all) = tally.sums();
    println!("{vendor}, seed {seed}: {right} of {all} answers are the same");
    conformance::verdict(&[tally])
}

/// The scripts, a folder for each vendor.
const SCRIPTS: &str = "xtask/oracles";
