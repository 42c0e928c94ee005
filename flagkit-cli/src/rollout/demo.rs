//! `flagkit rollout demo`: two releases of a small shop, with a real proxy and real metrics.
//!
//! HAProxy divides the customers by hash, Prometheus counts, and the versions of the shop are
//! processes of this machine. The first release has a bug and is rolled back by evidence; the second
//! one mends it and reaches everybody. Everything lives in a temporary folder and on loopback, and ends
//! with the demo.

use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use flagkit_deploy::event::{Actor, Command};
use flagkit_deploy::{Status, config};
use tokio::runtime::Builder;
use tokio::time::timeout;

use crate::arguments::rollout::Demo;
use crate::failure::{Failure, Outcome};
use crate::rollout::engine::{Engine, Setup, folder};
use crate::rollout::run::{End, follow};
use crate::rollout::view;
use crate::serve::signals::Signals;

mod exchange;
mod load;
mod page;
mod processes;
pub(crate) mod service;
mod splitter;
mod stage;

use load::{Load, Seen};
use stage::{Real, Stage};

/// What a release may take; it takes a third of that where the machine has nothing else to do.
const LONGEST: Duration = Duration::from_secs(70);

/// Shows both releases.
pub(crate) fn run(arguments: &Demo) -> Outcome {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let ended = runtime.block_on(show(arguments));
    runtime.shutdown_background();
    ended
}

async fn show(arguments: &Demo) -> Outcome {
    let mut out = anstream::stdout();
    page::title(&mut out)?;
    let begun = Instant::now();
    let real = if arguments.in_process { Real::Never } else { Real::IfInstalled };
    let stage = Stage::set(real).await?;
    page::parts(&mut out, &stage)?;
    let mut demo = Demonstration { stage, rate: arguments.rate, signals: Signals::listen()? };
    let went = demo.both(&mut out).await;
    // Instances outlive an engine, so they are ended whatever happened.
    demo.stage.strike().await?;
    let as_promised = went?;
    page::farewell(&mut out, begun.elapsed(), as_promised)?;
    out.flush()?;
    Ok(if as_promised { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The stage, and who acts on it.
struct Demonstration {
    stage: Stage,
    rate: u32,
    signals: Signals,
}

/// How a release went.
#[derive(Debug)]
struct Went {
    status: Status,
    /// From its start to its end.
    took: Duration,
    /// What customers saw meanwhile, and a second longer.
    seen: Seen,
    /// From the start to the last answer that a customer got from the new version.
    last_new: Option<Duration>,
}

impl Demonstration {
    /// Both releases; whether they went as they should.
    async fn both(&mut self, out: &mut impl Write) -> Result<bool, Failure> {
        let bad = self.release(out, "v2", "v2 fails 5 % of its requests").await?;
        page::outcome(out, "v2", &bad)?;
        let good = self.release(out, "v3", "v3 mends that").await?;
        page::outcome(out, "v3", &good)?;
        Ok(bad.status == Status::RolledBack && good.status == Status::Done)
    }

    /// Releases a version while customers come.
    async fn release(
        &mut self,
        out: &mut impl Write,
        version: &str,
        about: &str,
    ) -> Result<Went, Failure> {
        page::chapter(out, version, about)?;
        let text = self.stage.release_file(version);
        let configuration = config::read(&text, "release.yaml").map_err(first)?;
        let plan = configuration.plan(&config::Overrides::default()).map_err(first)?;
        let setup = Setup {
            journal: folder::journal(&self.stage.folder(version))?,
            is_shared: false,
            folder: self.stage.folder("engine"),
            drivers: configuration.drivers().clone(),
            environment: String::new(),
            listen: None,
            own: Vec::new(),
        };
        let engine = Engine::start(setup).await?;
        engine.until_leading(|_| ()).await?;
        let load = Load::start(self.stage.front(), self.rate, CUSTOMERS, version);
        let started = Instant::now();
        let id = format!("shop-{version}");
        let demo = Actor { name: "demo".into(), roles: Vec::new() };
        engine.release(&id, plan, demo.clone()).await?;
        let mut view = view::of_terminal(true);
        let ended = follow(&engine, &id, (&mut *view, &mut self.signals), false);
        let end = if let Ok(ended) = timeout(LONGEST, ended).await {
            ended?
        } else {
            // Where nobody watches, nobody would answer a release that asks.
            let abort = Command::Abort { why: format!("it took more than {LONGEST:?}") };
            engine.host().command(&id, demo, abort).await.map_err(Failure::input)?;
            follow(&engine, &id, (&mut *view, &mut self.signals), false).await?
        };
        let took = started.elapsed();
        view.end()?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let seen = load.stop();
        engine.stop().await;
        let status = match end {
            End::Ended(status) => status,
            End::Stopped(_) => return Err(Failure::input("the demo was interrupted")),
        };
        let last_new = seen.last_new.map(|last| last.saturating_duration_since(started));
        Ok(Went { status, took, seen, last_new })
    }
}

/// The first of several reasons.
fn first<E: std::fmt::Display>(errors: Vec<E>) -> Failure {
    Failure::input(errors.into_iter().next().map_or_else(String::new, |error| error.to_string()))
}

/// So many different customers.
const CUSTOMERS: u32 = 2000;
