//! Hearing what other servers change.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client, Connection};

use super::failure::{failure, too_slow};
use super::pool::Pool;
use crate::model::EnvironmentId;
use crate::store::{Notice, Result};

/// Where servers tell each other.
pub(super) const CHANNEL: &str = "flagkit";

/// Listens from now on, to the end of the pool.
pub(super) async fn start(
    pool: Pool,
    notices: broadcast::Sender<Notice>,
) -> Result<JoinHandle<()>> {
    let first = Listening::begin(&pool, &notices).await?;
    Ok(tokio::spawn(listen(first, pool, notices)))
}

async fn listen(first: Listening, pool: Pool, notices: broadcast::Sender<Notice>) {
    let mut listening = first;
    loop {
        listening.until_lost().await;
        let mut pause = PAUSE_MIN;
        listening = loop {
            if pool.is_closed() {
                return;
            }
            sleep(pause).await;
            let again = timeout(ANSWER_TIMEOUT, Listening::begin(&pool, &notices)).await;
            if let Ok(Ok(again)) = again {
                break again;
            }
            pause = (pause * 2).min(PAUSE_MAX);
        };
        // What was said meanwhile was not heard. Nobody may be listening here, either.
        drop(notices.send(Notice::Reconnected));
    }
}

/// A connection that listens.
struct Listening {
    client: Client,
    /// Passes on what it hears, to the end of the connection.
    hearing: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Listening {
    async fn begin(pool: &Pool, notices: &broadcast::Sender<Notice>) -> Result<Self> {
        let (client, connection) = pool.connect().await?;
        let mut hearing: Pin<Box<dyn Future<Output = ()> + Send>> =
            Box::pin(hear(connection, notices.clone()));
        let sql = format!("LISTEN {CHANNEL}");
        tokio::select! {
            done = client.batch_execute(&sql) => done.map_err(failure)?,
            () = &mut hearing => return Err(too_slow()),
        }
        Ok(Self { client, hearing })
    }

    /// Ends when the connection does, or is silent when asked.
    async fn until_lost(self) {
        let Self { client, hearing } = self;
        let asking = async {
            loop {
                sleep(ASK_EVERY).await;
                let answer = timeout(ANSWER_TIMEOUT, client.batch_execute("SELECT 1")).await;
                if !matches!(answer, Ok(Ok(()))) {
                    break;
                }
            }
        };
        tokio::select! {
            () = hearing => (),
            () = asking => (),
        }
    }
}

async fn hear<S, T>(mut connection: Connection<S, T>, notices: broadcast::Sender<Notice>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notification(said) = message
            && let Some(notice) = from_text(said.payload())
        {
            // Nobody may be listening here.
            drop(notices.send(notice));
        }
    }
}

/// A notice as servers say it: `document 3 17`.
pub(super) fn to_text(notice: Notice) -> String {
    match notice {
        Notice::Document { environment, version } => {
            format!("document {} {version}", environment.0)
        }
        Notice::Environments => "environments".to_owned(),
        Notice::Keys => "keys".to_owned(),
        Notice::Reconnected => "reconnected".to_owned(),
    }
}

/// What a server says; a newer one may say more.
fn from_text(text: &str) -> Option<Notice> {
    let words: Vec<&str> = text.split(' ').collect();
    match *words.as_slice() {
        ["document", environment, version] => Some(Notice::Document {
            environment: EnvironmentId(environment.parse().ok()?),
            version: version.parse().ok()?,
        }),
        ["environments"] => Some(Notice::Environments),
        ["keys"] => Some(Notice::Keys),
        _ => None,
    }
}

const PAUSE_MIN: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// How often a connection that says nothing is asked whether it lives.
const ASK_EVERY: Duration = Duration::from_secs(5);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests;
