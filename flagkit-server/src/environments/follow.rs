//! Following the database: what other servers change is served here, too.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::time::sleep;

use super::Environments;
use crate::auth::Keys;
use crate::model::EnvironmentId;
use crate::store::{Notice, Result};

/// Takes notices until the store is closed.
///
/// What fails because the database is away is tried again until it works: a notice that was
/// taken does not come again.
pub(crate) async fn follow(environments: Arc<Environments>, keys: Arc<Keys>) {
    let mut notices = environments.store().notices();
    loop {
        let task = match notices.recv().await {
            Ok(Notice::Document { environment, version }) => {
                Task::Environment { environment, version }
            }
            Ok(Notice::Environments) => Task::Directory,
            Ok(Notice::Keys) => Task::Keys,
            Ok(Notice::Reconnected) | Err(RecvError::Lagged(_)) => Task::Everything,
            Err(RecvError::Closed) => return,
        };
        task.do_at_last(&environments, &keys).await;
    }
}

/// What has to be read anew.
#[derive(Clone, Copy, Debug)]
enum Task {
    Environment { environment: EnvironmentId, version: u64 },
    Directory,
    Keys,
    Everything,
}

impl Task {
    async fn do_at_last(self, environments: &Environments, keys: &Keys) {
        let mut wait = Duration::from_millis(100);
        while let Err(error) = self.try_once(environments, keys).await {
            tracing::warn!(task = ?self, %error, "the database could not be followed");
            sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(5));
        }
    }

    async fn try_once(self, environments: &Environments, keys: &Keys) -> Result<()> {
        match self {
            Self::Environment { environment, version } => {
                environments.catch_up_to(environment, version).await
            }
            Self::Directory => environments.refresh().await,
            Self::Keys => keys.refresh(environments.store()).await,
            Self::Everything => {
                keys.refresh(environments.store()).await?;
                environments.refresh().await?;
                for live in environments.all() {
                    environments.catch_up_to(live.id, u64::MAX).await?;
                }
                Ok(())
            }
        }
    }
}

impl Environments {
    /// Takes what changed in an environment, unless it has this version already.
    async fn catch_up_to(&self, id: EnvironmentId, version: u64) -> Result<()> {
        let Some(live) = self.by_id(id) else {
            return self.refresh().await;
        };
        if live.version().number >= version {
            return Ok(());
        }
        let _writing = live.writing.lock().await;
        match self.catch_up(&live).await {
            Err(error) if error.kind() == crate::store::ErrorKind::NotFound => Ok(()),
            other => other.map(drop),
        }
    }
}
