//! Following a release of this process until it ends.

use flagkit_deploy::Status;
use flagkit_deploy::host::{HostError, Leadership};
use flagkit_deploy::record::Record;
use tokio::sync::broadcast::error::RecvError;

use crate::failure::Failure;
use crate::rollout::engine::Engine;
use crate::rollout::standing::Standing;
use crate::rollout::told::Teller;
use crate::rollout::view::View;
use crate::serve::signals::Signals;

/// How following ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum End {
    /// The release ended, or froze.
    Ended(Status),
    /// Somebody stopped the engine. The release stays as it is.
    Stopped(Option<Box<Standing>>),
}

/// Shows a release until it ends, freezes, or a signal comes.
pub(crate) async fn follow(
    engine: &Engine,
    id: &str,
    (view, signals): (&mut dyn View, &mut Signals),
    stay: bool,
) -> Result<End, Failure> {
    let host = engine.host();
    let (mut batches, mut notices) = (host.watch(), host.notices());
    let mut leadership = host.leadership();
    let mut teller = Teller::default();
    let history = host.history(id).await.map_err(Failure::input)?;
    for told in history.iter().flat_map(|stored| teller.tell(&stored.record)) {
        view.told(&told)?;
    }
    // What is written while the history is read may come once more as a batch.
    let known = history.get(history.len().saturating_sub(KNOWN)..).unwrap_or_default();
    let is_news = |record: &Record| {
        *record.release == *id && !known.iter().any(|stored| stored.record == *record)
    };
    // One that is frozen when the engine starts waits for somebody to say how to go on.
    let mut was_frozen = true;
    loop {
        let standing = standing(engine, id).await?;
        view.stands(&standing)?;
        if standing.is_over() {
            return Ok(End::Ended(standing.status));
        }
        let is_frozen = standing.status == Status::Frozen;
        if is_frozen && !was_frozen && !stay {
            return Ok(End::Ended(Status::Frozen));
        }
        was_frozen = is_frozen && (was_frozen || stay);
        tokio::select! {
            batch = batches.recv() => match batch {
                Ok(batch) => {
                    let news = batch.records.iter().filter(|record| is_news(record));
                    for told in news.flat_map(|record| teller.tell(record)).collect::<Vec<_>>() {
                        view.told(&told)?;
                    }
                }
                Err(RecvError::Lagged(count)) => {
                    view.notice(&format!("{count} changes were too fast to be shown; see history"))?;
                }
                Err(RecvError::Closed) => return Err(ended(&leadership.borrow())),
            },
            Ok(notice) = notices.recv() => view.notice(&notice)?,
            Ok(()) = leadership.changed() => {
                if let Leadership::Stopped(_) = &*leadership.borrow() {
                    return Err(ended(&leadership.borrow()));
                }
            }
            () = tokio::time::sleep(TICK) => {}
            () = signals.next() => return Ok(End::Stopped(Some(Box::new(standing)))),
        }
    }
}

/// How the release stands now.
async fn standing(engine: &Engine, id: &str) -> Result<Standing, Failure> {
    loop {
        match engine.host().status(id).await {
            Ok(view) => return Ok(Standing::of_view(&view)),
            // Another engine leads for now; the journal tells when it asks again.
            Err(HostError::NotLeading | HostError::Busy) => tokio::time::sleep(TICK).await,
            Err(error) => return Err(Failure::input(error)),
        }
    }
}

fn ended(leadership: &Leadership) -> Failure {
    match leadership {
        Leadership::Stopped(why) => Failure::input(format_args!(
            "the engine has stopped: {why}; the release stays as it is"
        )),
        _ => Failure::input("the engine has ended; the release stays as it is"),
    }
}

/// So many of the last records are looked for among the first news.
const KNOWN: usize = 100;
/// How often a view is drawn anew without news.
const TICK: std::time::Duration = std::time::Duration::from_millis(250);
