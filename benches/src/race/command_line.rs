//! `--only W2,W4 --peer unleash --rounds 15 --ms 10 --quick --json FILE --check` and the like

use std::path::PathBuf;
use std::time::Duration;

use super::{Matchup, print};
use crate::measure::Effort;
use crate::scenario::SCENARIOS;

/// What a run is asked to do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The scenarios, by their short names; all if empty.
    pub only: Vec<String>,
    /// The peers; all if empty.
    pub peers: Vec<String>,
    /// The contenders that are timed, by how their names begin; all if empty.
    pub contenders: Vec<String>,
    /// How long to measure.
    pub effort: Effort,
    /// Where measurements are written, too.
    pub json: Option<PathBuf>,
    /// Whether answers are compared and nothing is timed.
    pub check: bool,
}

impl Options {
    /// Reads the arguments of a command line.
    ///
    /// # Errors
    ///
    /// Unknown options and scenarios, values that are missing or no numbers.
    pub fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            only: Vec::new(),
            peers: Vec::new(),
            contenders: Vec::new(),
            effort: Effort::FULL,
            json: None,
            check: false,
        };
        while let Some(option) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("`{option}` needs a value"));
            match option.as_str() {
                "--only" => options.only = list(&value()?),
                "--peer" => options.peers = list(&value()?),
                "--contender" => options.contenders = list(&value()?),
                "--rounds" => options.effort.rounds = number(&option, &value()?)?,
                "--ms" => {
                    let length = number(&option, &value()?)?;
                    options.effort.length = Duration::from_millis(length as u64);
                }
                "--seconds" => {
                    let limit = number(&option, &value()?)?;
                    options.effort.limit = Duration::from_secs(limit as u64);
                }
                "--quick" => options.effort = Effort::QUICK,
                "--json" => options.json = Some(PathBuf::from(value()?)),
                "--check" => options.check = true,
                _ => return Err(format!("unknown option `{option}`\n{USAGE}")),
            }
        }
        let is_known = |id: &&String| SCENARIOS.iter().any(|scenario| scenario.id == **id);
        match options.only.iter().find(|id| !is_known(id)) {
            Some(unknown) => Err(format!("there is no scenario `{unknown}`\n{USAGE}")),
            None => Ok(options),
        }
    }

    /// Whether a scenario was asked for.
    pub(super) fn is_wanted(&self, id: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == id)
    }

    /// Whether a peer was asked for.
    pub(super) fn is_peer(&self, name: &str) -> bool {
        self.peers.is_empty() || self.peers.iter().any(|peer| peer == name)
    }

    /// Whether a contender is to be timed.
    pub(super) fn is_timed(&self, name: &str) -> bool {
        self.contenders.is_empty() || self.contenders.iter().any(|begin| name.starts_with(begin))
    }

    /// Peers that do not exist are a mistake, not an empty table.
    pub(super) fn refuse_unknown_peers(&self, matchups: &[Matchup]) -> Result<(), String> {
        let is_known = |name: &&String| matchups.iter().any(|matchup| matchup.peer == **name);
        match self.peers.iter().find(|name| !is_known(name)) {
            Some(unknown) => {
                Err(format!("there is no peer `{unknown}`; there are {}", print::names(matchups)))
            }
            None => Ok(()),
        }
    }
}

fn list(value: &str) -> Vec<String> {
    value.split(',').map(str::to_owned).collect()
}

fn number(option: &str, value: &str) -> Result<usize, String> {
    let number = value.parse().ok().filter(|number| *number > 0);
    number.ok_or(format!("`{option}` needs a number above zero, not `{value}`"))
}

const USAGE: &str = "\
--only W2,W4     these scenarios
--peer unleash   these peers
--contender flagkit   time only those whose name begins so, for a profiler
--rounds 31      rounds of each contender
--ms 10          about the length of a round
--seconds 3      the time for all rounds of a contender in one scenario: the slow run in fewer, but in 5
--quick          5 rounds of 2 ms, fewer for the slow
--json FILE      write the measurements to a file, a line of JSON each
--check          compare the answers and time nothing";
