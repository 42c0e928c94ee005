//! Where questions about releases are answered: by the engine that runs, or by the journal alone.

use flagkit_deploy::journal::Journal;
use flagkit_deploy::journal::postgres::Postgres;
use flagkit_deploy::record::Entry;
use flagkit_deploy::release::State;
use flagkit_deploy::{Release, Time};

use crate::arguments::rollout;
use crate::failure::Failure;
use crate::rollout::control::{Connection, Numbered, Verified, connect};
use crate::rollout::engine::folder;
use crate::rollout::engine::place::{Place, database};
use crate::rollout::standing::Standing;
use crate::suggest::closest;

/// Who answers.
pub(crate) enum Source {
    /// A running engine.
    Engine(Connection),
    /// Nobody runs; the journal tells what was.
    Journal(Box<dyn Journal>),
    /// A journal that engines share, wherever they run.
    Shared(Box<Postgres>),
}

impl Source {
    /// Opens the place of an engine.
    pub(crate) fn open(state: &rollout::State) -> Result<Self, Failure> {
        let folder = match Place::of(state) {
            Place::Folder(folder) => folder,
            Place::Database(url) => return Ok(Self::Shared(Box::new(database(url)?))),
        };
        if let Some(connection) = connect(folder)? {
            return Ok(Self::Engine(connection));
        }
        let journal = match folder::past_journal(folder) {
            // An engine has begun meanwhile, and has the journal now.
            Err(error) => return connect(folder)?.map(Self::Engine).ok_or(error),
            Ok(journal) => journal,
        };
        let journal = journal.ok_or_else(|| {
            Failure::input(format_args!(
                "there is no journal in `{}`; name the folder of an engine with --state, or begin with: \
                 flagkit rollout run FILE",
                folder.display()
            ))
        })?;
        Ok(Self::Journal(journal))
    }

    /// Whether an engine runs, or leads.
    pub(crate) fn is_running(&mut self) -> Result<bool, Failure> {
        match self {
            Self::Engine(_) => Ok(true),
            Self::Journal(_) => Ok(false),
            Self::Shared(journal) => journal.is_led().map_err(Failure::input),
        }
    }

    /// The engine, or the journal.
    fn asked(&mut self) -> Asked<'_> {
        match self {
            Self::Engine(engine) => Asked::Engine(engine),
            Self::Journal(journal) => Asked::Journal(&mut **journal),
            Self::Shared(journal) => Asked::Journal(&mut **journal),
        }
    }

    /// The names of all releases, and whether they are over.
    pub(crate) fn releases(&mut self) -> Result<Vec<(String, bool)>, Failure> {
        match self.asked() {
            Asked::Engine(engine) => engine.releases(),
            Asked::Journal(journal) => {
                let releases = journal.releases().map_err(Failure::input)?;
                Ok(releases.into_iter().map(|(id, is_over)| (id.to_string(), is_over)).collect())
            }
        }
    }

    /// How a release stands; without a name, the one that an engine runs, or the newest.
    pub(crate) fn standing(&mut self, release: Option<&str>) -> Result<Standing, Failure> {
        let release = self.known(release)?;
        match self.asked() {
            Asked::Engine(engine) => engine.standing(release.as_deref()),
            Asked::Journal(journal) => past(journal, release.as_deref().unwrap_or_default()),
        }
    }

    /// The records of a release.
    pub(crate) fn history(&mut self, release: Option<&str>) -> Result<Vec<Numbered>, Failure> {
        let release = self.known(release)?;
        match self.asked() {
            Asked::Engine(engine) => engine.history(release.as_deref()),
            Asked::Journal(journal) => {
                let records = journal.records(release.as_deref()).map_err(Failure::input)?;
                let numbered = records
                    .into_iter()
                    .map(|stored| Numbered { number: stored.number, record: stored.record });
                Ok(numbered.collect())
            }
        }
    }

    /// Computes every hash of the journal again.
    pub(crate) fn verify(&mut self) -> Result<Verified, Failure> {
        match self.asked() {
            Asked::Engine(engine) => engine.verify(),
            Asked::Journal(journal) => {
                let head = journal.verify().map_err(Failure::input)?;
                Ok(Verified { records: head.next, head: head.to_string() })
            }
        }
    }

    /// The state of a release as the journal keeps it; an engine that runs has a newer one.
    pub(crate) fn kept(&mut self, release: &str) -> Result<Option<Vec<u8>>, Failure> {
        match self.asked() {
            Asked::Engine(_) => Ok(None),
            Asked::Journal(journal) => {
                let kept = journal.kept(release).map_err(Failure::input)?;
                Ok(kept.map(|kept| kept.state))
            }
        }
    }

    /// A name that there is. None leaves the choice to the engine.
    fn known(&mut self, release: Option<&str>) -> Result<Option<String>, Failure> {
        match (release, self.asked()) {
            (None, Asked::Engine(_)) => Ok(None),
            (None, Asked::Journal(journal)) => newest(journal).map(Some),
            (Some(name), _) => {
                let releases = self.releases()?;
                let names = || releases.iter().map(|(id, _)| id.as_str());
                if names().any(|id| id == name) {
                    return Ok(Some(name.to_owned()));
                }
                let hint = closest(name, names());
                let hint = hint.map(|hint| format!("; did you mean `{hint}`?"));
                let hint = hint.unwrap_or_default();
                Err(Failure::input(format_args!("there is no release `{name}`{hint}")))
            }
        }
    }
}

/// Who answers one question.
enum Asked<'a> {
    Engine(&'a mut Connection),
    Journal(&'a mut dyn Journal),
}

/// The release that is not over, or else the one that changed last.
fn newest(journal: &mut dyn Journal) -> Result<String, Failure> {
    let mut found: Option<((bool, Time), String)> = None;
    for (id, is_over) in journal.releases().map_err(Failure::input)? {
        let kept = journal.kept(&id).map_err(Failure::input)?;
        let state = kept.and_then(|kept| serde_json::from_slice::<Brief>(&kept.state).ok());
        let rank = (!is_over, state.map(|state| state.now).unwrap_or_default());
        if found.as_ref().is_none_or(|(best, _)| rank > *best) {
            found = Some((rank, id.to_string()));
        }
    }
    let none = || Failure::input("the journal has no releases yet");
    found.map(|(_, id)| id).ok_or_else(none)
}

/// As much of a state as tells how new it is.
#[derive(serde::Deserialize)]
struct Brief {
    now: Time,
}

/// How a release stands, from the journal alone.
fn past(journal: &mut dyn Journal, id: &str) -> Result<Standing, Failure> {
    let unreadable = |why: &dyn std::fmt::Display| {
        Failure::input(format_args!("release `{id}` cannot be read by this version: {why}"))
    };
    let kept = journal.kept(id).map_err(Failure::input)?;
    let kept = kept.ok_or_else(|| unreadable(&"its state is not there"))?;
    let state: State = serde_json::from_slice(&kept.state).map_err(|error| unreadable(&error))?;
    let first = journal.records(Some(id)).map_err(Failure::input)?.into_iter().next();
    let Some(Entry::Planned { now, author, plan }) = first.map(|stored| stored.record.entry) else {
        return Err(unreadable(&"its first record is not its plan"));
    };
    let release = Release::new(id.into(), *plan, author, now).map_err(|refusals| {
        let words: Vec<String> = refusals.iter().map(ToString::to_string).collect();
        unreadable(&words.join("; "))
    })?;
    Ok(Standing::of_release(&release.0, &state))
}
