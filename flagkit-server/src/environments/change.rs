//! A change: checked against the document as it is, stored, and published.

use std::sync::Arc;
use std::time::{Duration, Instant};

use flagkit_core::Diagnostic;
use flagkit_dialects::Dialect;
use flagkit_protocol::Version;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::Environments;
use crate::live::held::PartEdit;
use crate::live::{Live, Prepared, Replacement};
use crate::model::{Author, Change, Edit, Kind};
use crate::refusal::{Answer, Refusal};
use crate::store::{Conflict, ErrorKind, StoreError};

/// A change that somebody wants, worked out from the environment as it is.
pub(crate) struct Wanted {
    /// What is to be different.
    pub(crate) edits: Vec<Edit>,
    /// What replaces everything, where that is so; the edits say the same to the database.
    pub(crate) replacement: Option<Replacement>,
    /// The language of the document from now on; none to leave it.
    pub(crate) dialect: Option<Dialect>,
}

/// What a change is called and whose it is.
pub(crate) struct Changing {
    /// What history calls it.
    pub(crate) action: &'static str,
    /// Who, when and why.
    pub(crate) author: Author,
    /// Whether nothing is stored: only what would come of it is told.
    pub(crate) is_dry_run: bool,
}

/// What came of a change.
#[derive(Debug)]
pub(crate) struct Done {
    /// The version now.
    pub(crate) version: Version,
    /// Whether anything is different.
    pub(crate) is_changed: bool,
    /// What is odd about the document.
    pub(crate) diagnostics: Arc<[Diagnostic]>,
}

impl Wanted {
    /// Edits of single parts.
    pub(crate) fn of(edits: Vec<Edit>) -> Self {
        Self { edits, replacement: None, dialect: None }
    }
}

impl Environments {
    /// Changes an environment.
    ///
    /// `wanted` is asked with nobody else changing the environment here; where another server
    /// was faster it is asked again.
    ///
    /// # Errors
    ///
    /// What `wanted` refuses; 422 for a document that makes no sense, 409 where something else is
    /// there than was expected, 503 where the database is away. Nothing is different then, unless
    /// the answer says that nobody knows.
    pub(crate) async fn change(
        &self,
        live: &Arc<Live>,
        changing: Changing,
        wanted: impl Fn(&Live) -> Answer<Wanted>,
    ) -> Answer<Done> {
        let _writing = live.writing.lock().await;
        let begin = Instant::now();
        let mut attempts = 0;
        while begin.elapsed() < PATIENCE {
            let wanted = wanted(live)?;
            let change = Change {
                environment: live.id,
                edits: wanted.edits.clone(),
                dialect: wanted.dialect,
                expected_version: Some(live.version().number),
                action: changing.action.to_owned(),
                author: changing.author.clone(),
            };
            let prepared = match prepare(live.clone(), wanted).await {
                Ok(prepared) => prepared,
                // What is refused may be so only because another server was faster.
                Err(refusal) => match self.catch_up(live).await {
                    Ok(true) => continue,
                    _ => return Err(refusal),
                },
            };
            if changing.is_dry_run {
                return Ok(would_be(live, &prepared));
            }
            match self.store().change(change).await {
                Ok(changed) => {
                    let done = publish(live, prepared, changed.version);
                    tell(live, &changing, &done);
                    return Ok(done);
                }
                Err(error) => {
                    self.after_failure(live, &error).await;
                    if !is_behind(&error) {
                        return Err(error.into());
                    }
                    attempts += 1;
                    if attempts > ATTEMPTS_AT_ONCE {
                        sleep(pause(attempts)).await;
                    }
                }
            }
        }
        let refusal = Refusal::unavailable("other servers change the environment at the same time");
        Err(refusal.hint("nothing was changed; try again"))
    }

    /// Looks what is there, unless the database is away.
    async fn after_failure(&self, live: &Arc<Live>, error: &StoreError) {
        if matches!(error.kind(), ErrorKind::Conflict | ErrorKind::Uncertain)
            && let Err(error) = self.catch_up(live).await
        {
            tracing::warn!(environment = %live.key, %error, "the environment could not be read");
        }
    }

    /// Takes what other servers have changed; says whether there was anything. The environment
    /// must not be changed meanwhile: its lock is held.
    pub(super) async fn catch_up(&self, live: &Arc<Live>) -> Result<bool, StoreError> {
        let from = live.version().number;
        let changes = self.store().changes_since(live.id, from).await?;
        if changes.environment.version == from {
            return Ok(false);
        }
        let is_whole = changes.environment.dialect != Dialect::Native
            || live.read(|content, _| content.dialect != Dialect::Native || !content.is_readable);
        let stored = if is_whole { self.store().document(live.id).await? } else { changes };
        let follower = live.clone();
        let followed = spawn_blocking(move || follower.follow(&stored)).await;
        if followed.is_err() {
            return Err(StoreError::new(ErrorKind::Broken, "the document could not be read"));
        }
        live.tell_of_trouble();
        Ok(true)
    }
}

/// Reads and compiles the document as it would be, away from the threads that answer.
async fn prepare(live: Arc<Live>, wanted: Wanted) -> Answer<Prepared> {
    let prepared = spawn_blocking(move || match wanted.replacement {
        Some(replacement) => live.prepare_replacement(replacement),
        None => live.prepare(part_edits(&wanted.edits)),
    });
    match prepared.await {
        Ok(prepared) => Ok(prepared?),
        Err(_) => Err(Refusal::unavailable("the server stops")),
    }
}

/// What was changed, in the log; what it was is in the history.
fn tell(live: &Live, changing: &Changing, done: &Done) {
    if done.is_changed {
        tracing::info!(
            project = %live.project,
            environment = %live.key,
            version = %done.version,
            action = changing.action,
            actor = changing.author.actor,
            "changed",
        );
    }
}

/// What would come of it.
fn would_be(live: &Live, prepared: &Prepared) -> Done {
    let is_changed = !prepared.edits.is_empty();
    let version = live.version();
    Done { version, is_changed, diagnostics: prepared.content.diagnostics.clone() }
}

fn publish(live: &Live, prepared: Prepared, number: u64) -> Done {
    let is_changed = number != live.version().number;
    let diagnostics = prepared.content.diagnostics.clone();
    if is_changed {
        live.publish(prepared, number);
    }
    Done { version: live.version(), is_changed, diagnostics }
}

/// What the edits are for parts that clients get.
fn part_edits(edits: &[Edit]) -> Vec<PartEdit> {
    let parts = edits.iter().filter_map(|edit| {
        let part = edit.kind.part()?;
        Some(PartEdit { part, key: edit.key.as_str().into(), json: edit.json.clone() })
    });
    parts.collect()
}

/// Whether another server was faster, and nothing else is wrong.
fn is_behind(error: &StoreError) -> bool {
    matches!(error.conflict(), Some(Conflict::Version { .. }))
}

/// The edit of a vendor's document.
pub(crate) fn document_edit(text: Option<Arc<str>>) -> Edit {
    let expected = crate::model::Expected::Any;
    Edit { kind: Kind::Document, key: String::new(), json: text, expected }
}

/// By chance, so that servers that are in each other's way do not stay there.
fn pause(attempts: u32) -> Duration {
    let longest = PAUSE_MAX.min(Duration::from_millis(1 << attempts.min(10)));
    let mut chance = [u8::MAX];
    // Without chance it is the longest pause.
    let _ = getrandom::fill(&mut chance);
    longest.mul_f64(f64::from(chance[0]) / f64::from(u8::MAX))
}

/// How long other servers may be faster again and again.
const PATIENCE: Duration = Duration::from_secs(10);
/// So often it is tried without a pause.
const ATTEMPTS_AT_ONCE: u32 = 3;
const PAUSE_MAX: Duration = Duration::from_millis(100);
