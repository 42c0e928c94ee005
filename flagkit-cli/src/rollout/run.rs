//! `flagkit rollout run`: an engine in the foreground, until its release ends.

use std::io::Write;
use std::process::ExitCode;

use flagkit_deploy::Status;
use flagkit_deploy::config::Overrides;
use flagkit_deploy::event::Actor;
use flagkit_deploy::plan::Plan;
use tokio::runtime::Builder;

use crate::arguments::rollout::{Run, Speaker};
use crate::failure::{Failure, Outcome};
use crate::rollout::control;
use crate::rollout::engine::place::Place;
use crate::rollout::engine::{Engine, Setup, folder};
use crate::rollout::file::ReleaseFile;
use crate::rollout::view::{self, View};
use crate::serve::signals::Signals;

mod begun;
mod chosen;
mod follow;
mod past;

use begun::Words;
use chosen::Chosen;
pub(crate) use follow::{End, follow};
use past::Past;

/// Runs the release of a file, or goes on with the one that was interrupted.
pub(crate) fn run(arguments: &Run) -> Outcome {
    let file = ReleaseFile::read(&arguments.planned)??;
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime
        .map_err(|error| Failure::input(format_args!("the engine cannot run here: {error}")))?;
    let mut view = view::of_terminal(arguments.plain);
    let ended = runtime.block_on(release(arguments, &file, &mut *view));
    runtime.shutdown_background();
    view.end()?;
    let (id, end) = ended?;
    let code = say(&id, &end, arguments)?;
    if matches!(end, End::Ended(_)) {
        begun::told(&arguments.state.state, &id, Words::of(arguments, &file));
    }
    Ok(code)
}

/// Everything from the journal to the end of the release.
async fn release(
    arguments: &Run,
    file: &ReleaseFile,
    view: &mut dyn View,
) -> Result<(String, End), Failure> {
    let mut signals = Signals::listen()?;
    let folder = arguments.state.state.as_path();
    if control::connect(folder)?.is_some() {
        return Err(Failure::input(control::already(folder)));
    }
    // Its socket is there, also when its journal is not.
    folder::make(folder)?;
    let place = Place::of(&arguments.state);
    let mut journal = place.open()?;
    let begun = begun::read(folder, Words::of(arguments, file));
    let names: Vec<String> = arguments.id.iter().cloned().chain(begun).collect();
    let past = Past::read(&mut *journal, file.configuration.target(), &names)?;
    // Also with a shared journal: mistakes in the file are told before a wait.
    let mut chosen = Chosen::of(&past, arguments, file)?;
    let environment = arguments.planned.environment.as_deref();
    let environment = environment.unwrap_or(file.configuration.environment());
    let setup = Setup {
        journal,
        is_shared: place.is_shared(),
        folder: folder.to_owned(),
        drivers: file.configuration.drivers().clone(),
        environment: environment.to_owned(),
        listen: arguments.listen,
        own: Vec::new(),
    };
    let engine = Engine::start(setup).await?;
    tokio::select! {
        led = engine.until_leading(|words| drop(view.notice(words))) => led?,
        () = signals.next() => return Ok((chosen.id, End::Stopped(None))),
    }
    if let Place::Database(url) = place {
        chosen = Chosen::after_others((url, &past, &names), arguments, file)?;
    }
    let Chosen { id, plan } = chosen;
    #[cfg(unix)]
    let _control = control::Control::open(folder, engine.host().clone(), &id)?;
    if let Some(address) = engine.listening() {
        view.notice(&format!("metrics and alerts are received at http://{address}"))?;
    }
    match plan {
        Some(plan) => begin(&engine, (arguments, file), (&id, plan), view).await?,
        None if past.unfinished.is_none() && past.ended.as_ref() == Some(&id) => {
            let how = "another --id begins another one, and so do the same words in a while";
            view.notice(&format!(
                "release `{id}` was begun before, and this is how it ended; {how}"
            ))?;
        }
        None => go_on(&engine, &id, arguments, view).await?,
    }
    let end = follow(&engine, &id, (view, &mut signals), arguments.stay).await?;
    engine.stop().await;
    Ok((id, end))
}

/// Begins a release, unless something that it needs is not there. Says before what is unwise in its plan, and
/// notes its name.
async fn begin(
    engine: &Engine,
    (arguments, file): (&Run, &ReleaseFile),
    (id, plan): (&str, Plan),
    view: &mut dyn View,
) -> Result<(), Failure> {
    if let Some(wrong) = file.placed(engine.obstacles(&plan).await, &plan) {
        engine.stop().await;
        return Err(wrong.into());
    }
    for warning in engine.warnings(&plan).await {
        view.notice(&warning)?;
    }
    begun::write(&arguments.state.state, id)?;
    engine.release(id, plan, actor(&arguments.speaker)).await
}

/// Goes on with a release that was planned before.
async fn go_on(
    engine: &Engine,
    id: &str,
    arguments: &Run,
    view: &mut dyn View,
) -> Result<(), Failure> {
    view.notice(&format!("going on with release `{id}` as it was planned"))?;
    engine.go_on(id, actor(&arguments.speaker)).await
}

/// Who says something.
pub(crate) fn actor(speaker: &Speaker) -> Actor {
    let user = || std::env::var("USER").or_else(|_| std::env::var("USERNAME"));
    let name = speaker.name.clone().or_else(|| user().ok());
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| "somebody".to_owned());
    Actor { name, roles: speaker.roles.clone() }
}

/// Says how it ended, and how to go on.
fn say(id: &str, end: &End, arguments: &Run) -> Outcome {
    let mut err = anstream::stderr();
    let again = format!("flagkit rollout run {}", arguments.planned.file.display());
    let (words, code) = match end {
        End::Ended(Status::Done) => (format!("release `{id}` is done"), 0),
        End::Ended(Status::RolledBack) => (format!("release `{id}` was rolled back"), 3),
        End::Ended(Status::Cancelled) => (format!("release `{id}` was cancelled"), 5),
        End::Ended(_) => {
            let how = format!("{again} --stay, and then flagkit rollout retry, resume or abort");
            (format!("release `{id}` is frozen: a person must act; {how}"), 4)
        }
        End::Stopped(standing) => {
            let where_ = standing.as_ref().map_or_else(String::new, |standing| {
                format!(" ({}, {})", standing.status, standing.doing)
            });
            let words = format!("the engine has stopped; release `{id}` stays where it is{where_}");
            (format!("{words} and goes on with: {again}"), 130)
        }
    };
    writeln!(err, "{words}")?;
    Ok(ExitCode::from(code))
}

impl Past {
    /// A name that no release has had: `checkout-v42`, `checkout-v42-2`.
    fn name(&self, plan: &Plan) -> String {
        let version = plan.arms.last().map_or("", |arm| arm.version.as_str());
        let name = if version.is_empty() {
            plan.target.clone()
        } else {
            format!("{}-{version}", plan.target)
        };
        let name: String = name.chars().take(NAME_MAX).collect();
        let with = |at: u32| if at == 1 { name.clone() } else { format!("{name}-{at}") };
        (1..=u32::MAX).map(with).find(|name| !self.names.contains(name)).unwrap_or(name)
    }
}

/// Which arm serves after the releases so far.
pub(crate) type Last = Option<Overrides>;

/// The longest name without its number, in characters.
const NAME_MAX: usize = 40;
