//! The comparison: everybody who reads one document, in turns.
//!
//! Nothing is timed before all answers were compared: with what the scenario demands, and with
//! each other.

use crate::contender::entrant::{Contexts, Entrant, Loaded};
use crate::contender::flagkit::{FlagKit, FlagKitOwned, Words};
use crate::measure::{Rounds, Subject, interleaved, ratio};
use crate::results::{Journal, Measurement};
use crate::scenario::shape::Flag;
use crate::scenario::{Case, SCENARIOS, Scenario, Work};

mod command_line;
mod compare;
mod floors;
mod loading;
mod print;

pub use command_line::Options;

/// Evaluators that read one document, which the first of them is FlagKit.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Matchup {
    /// Whose flags these are, as `--peer` says it: `unleash`.
    pub peer: &'static str,
    /// Which way of writing documents: the name of the peer, and more if there are several.
    pub style: &'static str,
    dialect: &'static str,
    write: fn(&[Flag]) -> Option<String>,
    ours: Vec<Entrant>,
    theirs: Vec<Entrant>,
}

impl Matchup {
    /// FlagKit, with contexts in these words, and nobody else so far.
    ///
    /// `write` writes the document of some flags; `None` if it cannot say one of them.
    pub fn new<W: Words + 'static>(
        peer: &'static str,
        style: &'static str,
        write: fn(&[Flag]) -> Option<String>,
    ) -> Self {
        let ours = vec![Entrant::of::<FlagKit<W>>(), Entrant::of::<FlagKitOwned<W>>()];
        Self { peer, style, dialect: W::DIALECT.name(), write, ours, theirs: Vec::new() }
    }

    /// The same with another contender.
    pub fn against(mut self, entrant: Entrant) -> Self {
        self.theirs.push(entrant);
        self
    }

    /// Those who take part; owned contexts are another way to ask, but not to load.
    fn entrants(&self, work: Work) -> Vec<Entrant> {
        let ours = self.ours.iter().take(if work == Work::Load { 1 } else { usize::MAX });
        ours.chain(&self.theirs).copied().collect()
    }
}

/// Runs the scenarios that the command line asks for, between these.
///
/// # Errors
///
/// Wrong options, an answer that differs, a document that somebody cannot load, or a file that
/// cannot be written. The message says which.
pub fn main(matchups: &[Matchup]) -> Result<(), String> {
    let options = Options::read(std::env::args().skip(1))?;
    options.refuse_unknown_peers(matchups)?;
    let mut out = Output::new(&options)?;
    if !options.check {
        floors::time(&options).iter().try_for_each(|row| out.put(row))?;
    }
    for scenario in SCENARIOS.iter().filter(|scenario| options.is_wanted(scenario.id)) {
        let case = scenario.prepare();
        print::heading(scenario);
        for matchup in matchups.iter().filter(|matchup| options.is_peer(matchup.peer)) {
            run(&case, matchup, &options, &mut out)
                .map_err(|problem| format!("{}, {}: {problem}", scenario.id, matchup.style))?;
        }
    }
    Ok(())
}

/// Where measurements go.
struct Output {
    journal: Option<Journal>,
}

impl Output {
    fn new(options: &Options) -> Result<Self, String> {
        let journal = options.json.as_deref().map(Journal::create).transpose();
        Ok(Self { journal: journal.map_err(|error| format!("`--json`: {error}"))? })
    }

    fn put(&mut self, measurement: &Measurement) -> Result<(), String> {
        print::row(measurement);
        let written = self.journal.as_mut().map(|journal| journal.write(measurement));
        written.transpose().map(|_| ()).map_err(|error| format!("`--json`: {error}"))
    }
}

fn run(case: &Case, matchup: &Matchup, options: &Options, out: &mut Output) -> Result<(), String> {
    let Some(document) = (matchup.write)(&case.flags) else {
        print::absent(matchup.style);
        return Ok(());
    };
    let entrants = matchup.entrants(case.scenario.work);
    let loaded = load(&entrants, &document)?;
    let compared = compare::all(case, &entrants, &loaded)?;
    if options.check {
        print::checked(matchup.style, entrants.len(), compared);
        return Ok(());
    }
    if case.scenario.work == Work::Load {
        drop(loaded);
        return loading::time(case, matchup, &document, options)
            .and_then(|rows| rows.iter().try_for_each(|row| out.put(row)));
    }
    for contexts in [Contexts::Prepared, Contexts::Built] {
        let rows = time(case, matchup, (&entrants, &loaded), (contexts, options));
        rows.iter().try_for_each(|row| out.put(row))?;
    }
    Ok(())
}

fn load(entrants: &[Entrant], document: &str) -> Result<Vec<Box<dyn Loaded>>, String> {
    let load = |entrant: &Entrant| {
        let loaded = entrant.load(document);
        loaded.map_err(|problem| format!("{} cannot load the document: {problem}", entrant.name))
    };
    entrants.iter().map(load).collect()
}

fn time(
    case: &Case,
    matchup: &Matchup,
    (entrants, loaded): (&[Entrant], &[Box<dyn Loaded>]),
    (contexts, options): (Contexts, &Options),
) -> Vec<Measurement> {
    let pairs = entrants.iter().zip(loaded);
    let mut subjects: Vec<Subject<'_>> = pairs
        .filter(|(entrant, _)| options.is_timed(entrant.name))
        .filter_map(|(entrant, loaded)| loaded.subject(entrant.name, case, contexts))
        .collect();
    interleaved(&mut subjects, &options.effort);
    let Some(baseline) = subjects.first() else { return Vec::new() };
    let rows = subjects.iter().enumerate().map(|(place, subject)| Measurement {
        context: match contexts {
            Contexts::Prepared => "prepared".to_owned(),
            Contexts::Built => "built".to_owned(),
        },
        rounds: subject.rounds().count(),
        nanoseconds: subject.rounds().spread(),
        ratio: ratio(subject, baseline),
        allocations: subject.allocations(),
        ..blank(&case.scenario, matchup, subject.name(), place == 0)
    });
    rows.collect()
}

/// A measurement with names and without numbers.
fn blank(
    scenario: &Scenario,
    matchup: &Matchup,
    contender: &str,
    is_baseline: bool,
) -> Measurement {
    Measurement {
        scenario: scenario.id.to_owned(),
        context: "none".to_owned(),
        dialect: matchup.dialect.to_owned(),
        document: matchup.style.to_owned(),
        contender: contender.to_owned(),
        is_baseline,
        rounds: 0,
        nanoseconds: Rounds::default().spread(),
        ratio: Rounds::default().spread(),
        allocations: 0.0,
        memory: None,
    }
}
