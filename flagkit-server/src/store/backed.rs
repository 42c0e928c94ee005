//! The promise of a store, kept by any database that runs operations.

use async_trait::async_trait;
use tokio::sync::broadcast;

use super::operations::{
    AddUsage, ChangeDocument, ChangesSince, CreateEnvironment, CreateFirstKey, CreateKey,
    CreateProject, DeleteEnvironment, DeleteProject, FindRecord, ListEnvironments, ListExposures,
    ListHistory, ListKeys, ListLastSeen, ListProjects, ListUsage, NoteKeyUses, Ping, ReadDocument,
    RenewEpochs, RevokeKey, RotateKey, Sweep, UpdateEnvironment,
};
use super::session::Database;
use super::{Notice, Result, Store};
use crate::model::{
    ApiKey, AuditId, AuditRecord, Author, Change, Changed, Environment, EnvironmentId,
    EnvironmentSettings, ExposureCount, HistoryQuery, KeyId, LastSeen, NewEnvironment, NewKey,
    Project, Slug, StoredDocument, Usage, UsageCount, UsageQuery,
};

/// A store in a database.
#[derive(Debug)]
pub(super) struct Backed<D>(pub(super) D);

#[async_trait]
impl<D: Database> Store for Backed<D> {
    async fn projects(&self) -> Result<Vec<Project>> {
        self.0.read(ListProjects).await
    }

    async fn create_project(&self, key: Slug, name: String, author: Author) -> Result<Project> {
        self.0.write(CreateProject { key, name, author }).await
    }

    async fn delete_project(&self, key: Slug, author: Author) -> Result<()> {
        self.0.write(DeleteProject { key, author }).await
    }

    async fn environments(&self) -> Result<Vec<Environment>> {
        self.0.read(ListEnvironments).await
    }

    async fn create_environment(&self, new: NewEnvironment, author: Author) -> Result<Environment> {
        self.0.write(CreateEnvironment { new, author }).await
    }

    async fn update_environment(
        &self,
        id: EnvironmentId,
        settings: EnvironmentSettings,
        author: Author,
    ) -> Result<Environment> {
        self.0.write(UpdateEnvironment { id, settings, author }).await
    }

    async fn delete_environment(&self, id: EnvironmentId, author: Author) -> Result<()> {
        self.0.write(DeleteEnvironment { id, author }).await
    }

    async fn renew_epochs(&self, author: Author) -> Result<()> {
        self.0.write(RenewEpochs { author }).await
    }

    async fn document(&self, id: EnvironmentId) -> Result<StoredDocument> {
        self.0.read(ReadDocument(id)).await
    }

    async fn changes_since(
        &self,
        environment: EnvironmentId,
        version: u64,
    ) -> Result<StoredDocument> {
        self.0.read(ChangesSince { environment, version }).await
    }

    async fn change(&self, change: Change) -> Result<Changed> {
        self.0.write(ChangeDocument(change)).await
    }

    async fn history(&self, query: HistoryQuery) -> Result<Vec<AuditRecord>> {
        self.0.read(ListHistory(query)).await
    }

    async fn record(&self, id: AuditId) -> Result<AuditRecord> {
        self.0.read(FindRecord(id)).await
    }

    async fn keys(&self) -> Result<Vec<ApiKey>> {
        self.0.read(ListKeys).await
    }

    async fn create_key(&self, new: NewKey, author: Author) -> Result<ApiKey> {
        self.0.write(CreateKey { new, author }).await
    }

    async fn create_first_key(&self, new: NewKey, author: Author) -> Result<bool> {
        self.0.write(CreateFirstKey { new, author }).await
    }

    async fn rotate_key(
        &self,
        old: KeyId,
        new: NewKey,
        old_expires_at_ms: u64,
        author: Author,
    ) -> Result<ApiKey> {
        self.0.write(RotateKey { old, new, old_expires_at_ms, author }).await
    }

    async fn revoke_key(&self, id: KeyId, author: Author) -> Result<ApiKey> {
        self.0.write(RevokeKey { id, author }).await
    }

    async fn note_key_uses(&self, uses: Vec<(KeyId, u64)>) -> Result<()> {
        self.0.write(NoteKeyUses(uses)).await
    }

    async fn add_usage(&self, usage: Usage) -> Result<bool> {
        self.0.write(AddUsage(usage)).await
    }

    async fn usage(&self, query: UsageQuery) -> Result<Vec<UsageCount>> {
        self.0.read(ListUsage(query)).await
    }

    async fn last_seen(&self, id: EnvironmentId) -> Result<Vec<LastSeen>> {
        self.0.read(ListLastSeen(id)).await
    }

    async fn exposures(
        &self,
        environment: EnvironmentId,
        flag: String,
    ) -> Result<Vec<ExposureCount>> {
        self.0.read(ListExposures { environment, flag }).await
    }

    async fn sweep(&self, now_ms: u64) -> Result<()> {
        self.0.write(Sweep { now_ms }).await
    }

    fn notices(&self) -> broadcast::Receiver<Notice> {
        self.0.notices().subscribe()
    }

    async fn ping(&self) -> Result<()> {
        self.0.read(Ping).await
    }

    async fn close(&self) {
        self.0.close().await;
    }
}
