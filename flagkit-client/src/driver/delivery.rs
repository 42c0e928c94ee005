//! Delivery: what was counted goes to the server.

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::{Notify, mpsc};
use tokio::task::AbortHandle;
use tokio::time::timeout_at;

use super::{Driver, Input, random};
use crate::config::Config;
use crate::fork::lock;
use crate::publisher::Publisher;
use crate::source::Source;
use crate::sync::Head;
use crate::usage::report::{Moment, Post, PostId, Reporter, Sent};

/// Reports, and whoever waits for them.
pub(super) struct Delivery {
    reporter: Reporter,
    flush: Arc<Flush>,
    /// The flush that is under way.
    flushing: Option<u64>,
    post: Option<AbortHandle>,
    /// Whether the last attempt came to nothing, which is told once.
    has_trouble: bool,
}

/// What applications ask of a thread that delivers.
#[derive(Debug, Default)]
pub(super) struct Flush {
    rounds: Mutex<Rounds>,
    news: Condvar,
    wanted: Notify,
}

/// Flushes in their order.
#[derive(Debug, Default)]
struct Rounds {
    wanted: u64,
    done: u64,
    /// Nobody delivers here, or any more.
    is_over: bool,
}

impl Flush {
    /// Wants a flush and waits for its end, at most so long.
    pub(super) fn wait(&self, limit: Duration) {
        let mut rounds = lock(&self.rounds);
        rounds.wanted += 1;
        let mine = rounds.wanted;
        self.wanted.notify_one();
        let waits = |rounds: &mut Rounds| rounds.done < mine && !rounds.is_over;
        // Whether it was enough time is seen from what is left.
        drop(self.news.wait_timeout_while(rounds, limit, waits));
    }

    fn wanted(&self) -> u64 {
        lock(&self.rounds).wanted
    }

    fn done(&self, round: u64) {
        lock(&self.rounds).done = round;
        self.news.notify_all();
    }

    /// Nobody delivers here, or any more: nobody has to wait.
    pub(super) fn end(&self) {
        lock(&self.rounds).is_over = true;
        self.news.notify_all();
    }
}

impl Delivery {
    /// If evaluations are counted and there is somebody who wants to know.
    pub(super) fn begin(
        publisher: &Publisher,
        (source, config): (&Source, &Config),
        flush: Arc<Flush>,
    ) -> Option<Self> {
        if publisher.usage().is_none() || !source.takes_usage() {
            flush.end();
            return None;
        }
        let reporter = Reporter::new(application(config), random(), Duration::ZERO);
        Some(Self { reporter, flush, flushing: None, post: None, has_trouble: false })
    }

    /// Passes on that somebody wants a flush.
    pub(super) fn listen(&self, sender: mpsc::Sender<Input>) {
        let flush = self.flush.clone();
        tokio::spawn(async move {
            loop {
                flush.wanted.notified().await;
                if sender.send(Input::Flush).await.is_err() {
                    return;
                }
            }
        });
    }

    /// When there is something to do.
    pub(super) fn next(&self) -> Duration {
        self.reporter.poll_timeout()
    }
}

impl Drop for Delivery {
    /// Nobody waits in vain, also where the thread panics.
    fn drop(&mut self) {
        self.flush.end();
    }
}

impl Driver {
    /// Sends what is due.
    pub(super) fn deliver(&mut self, sender: &mpsc::Sender<Input>) {
        let moment = self.moment();
        let Some(delivery) = &mut self.delivery else { return };
        let publisher = &self.publisher;
        let Some(usage) = publisher.usage() else { return };
        let post = delivery.reporter.poll_post(usage, || publisher.version(), moment);
        if let Some(round) = delivery.flushing
            && delivery.reporter.is_flushed()
        {
            delivery.flushing = None;
            delivery.flush.done(round);
        }
        if let Some(post) = post {
            self.send_post(post, sender);
        }
    }

    fn send_post(&mut self, post: Post, sender: &mpsc::Sender<Input>) {
        let source = self.source.to_machine();
        let (transport, sender) = (self.transport.clone(), sender.clone());
        let task = tokio::spawn(async move {
            let answer = match source.as_ref().map(|source| source.usage()) {
                Ok(Some((url, headers))) => transport.post((&url, headers), &post).await,
                Ok(None) => Err((Sent::No, "nobody takes reports there".to_owned())),
                Err(error) => Err((Sent::No, error.to_string())),
            };
            // The driver is gone, or will be: then nobody has to know.
            let _ = sender.send(Input::Posted(post.id, answer)).await;
        });
        if let Some(delivery) = &mut self.delivery
            && let Some(old) = delivery.post.replace(task.abort_handle())
        {
            // The reporter has given it up.
            old.abort();
        }
    }

    pub(super) fn posted(&mut self, id: PostId, answer: Result<Head, (Sent, String)>) {
        let moment = self.moment();
        let (Some(delivery), Some(usage)) = (&mut self.delivery, self.publisher.usage()) else {
            return;
        };
        let problem = match answer {
            Ok(head) => {
                delivery.reporter.handle_response(usage, id, &head, moment);
                (!(200..300).contains(&head.status())).then(|| format!("status {}", head.status()))
            }
            Err((sent, problem)) => {
                delivery.reporter.handle_error(usage, id, sent, moment.now);
                Some(problem)
            }
        };
        let is_news = problem.is_some() && !delivery.has_trouble;
        delivery.has_trouble = problem.is_some();
        if is_news && let Some(problem) = problem {
            let origin = self.source.origin();
            self.voice.warn(&format!("{origin} does not take reports of usage: {problem}"));
        }
    }

    pub(super) fn flush_usage(&mut self) {
        if let Some(delivery) = &mut self.delivery {
            delivery.flushing = Some(delivery.flush.wanted());
            delivery.reporter.flush();
        }
    }

    pub(super) fn delivery_timeout(&mut self) {
        let now = self.now();
        if let (Some(delivery), Some(usage)) = (&mut self.delivery, self.publisher.usage()) {
            delivery.reporter.handle_timeout(usage, now);
        }
    }

    /// Sends what there is before the thread ends, as far as that goes in a moment.
    pub(super) async fn deliver_rest(
        &mut self,
        sender: &mpsc::Sender<Input>,
        inbox: &mut mpsc::Receiver<Input>,
    ) {
        for (_, exchange) in self.exchanges.drain() {
            exchange.abort();
        }
        let end = Instant::now() + LAST_MOMENT;
        self.flush_usage();
        self.deliver(sender);
        while self.delivery.as_ref().is_some_and(|delivery| !delivery.reporter.is_flushed()) {
            match timeout_at(end.into(), inbox.recv()).await {
                Ok(Some(Input::Posted(id, answer))) => self.posted(id, answer),
                // What else was under way does not matter any more.
                Ok(Some(_)) => continue,
                Ok(None) | Err(_) => break,
            }
            self.deliver(sender);
        }
    }

    fn moment(&self) -> Moment {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let unix_ms = u64::try_from(unix.as_millis()).unwrap_or(u64::MAX);
        Moment { now: self.now(), unix_ms }
    }
}

/// What the application calls itself, or the name of its program.
fn application(config: &Config) -> Option<String> {
    let program =
        || Some(std::env::current_exe().ok()?.file_stem()?.to_string_lossy().into_owned());
    let name = config.application.clone().or_else(program)?;
    Some(name.chars().take(NAME_MAX).collect())
}

/// Less than whoever ends the thread waits for it.
const LAST_MOMENT: Duration = Duration::from_millis(1_800);
const NAME_MAX: usize = 64;
