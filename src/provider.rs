//! Flags for applications that ask through OpenFeature.
//!
//! [`Provider`] is a provider of the crate `open-feature` over a [`Client`]. It is there with the
//! feature `openfeature-provider`.
//!
//! ```
//! use flagkit::provider::Provider;
//! use open_feature::{EvaluationContext, OpenFeature};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let client = flagkit::Client::from_text(
//!     "schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 100}}",
//! )?;
//! OpenFeature::singleton_mut().await.set_provider(Provider::new(client)).await;
//!
//! let flags = OpenFeature::singleton().await.create_client();
//! let context = EvaluationContext::default()
//!     .with_targeting_key("user-42")
//!     .with_custom_field("country", "DE");
//! let is_on = flags.get_bool_value("beta", Some(&context), None).await.unwrap_or(false);
//! assert!(is_on);
//! # Ok::<(), flagkit::Error>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An answer is there at once: the futures never wait. `docs/client.md` says what becomes of
//! contexts, values and errors on their way.

use open_feature::provider::{
    FeatureProvider, ProviderMetadata, ProviderStatus, ResolutionDetails,
};
use open_feature::{EvaluationContext, EvaluationResult, StructValue, async_trait};

use crate::client::Client;

mod answer;
mod context;
mod metadata;
mod served;

pub use context::structure;

use answer::answer;

/// A provider of OpenFeature over a [`Client`].
///
/// Contexts are put into the words of whoever the flags come from. A targeting key is the targeting
/// key; fields are attributes. Times are text in UTC, as `2026-12-01T08:00:00Z`. Structures are
/// read if they are an [`open_feature::Value`], a [`StructValue`], a [`Value`](crate::Value), a
/// [`Structure`](crate::Structure), a `Vec<String>`, or wrapped by [`structure()`]; a flag that
/// asks for any other one answers `INVALID_CONTEXT`.
///
/// Numbers are converted where nothing is lost, otherwise the answer is `TYPE_MISMATCH`. A flag
/// that serves the default of its caller is an error to OpenFeature's clients, which give
/// providers no default: `GENERAL`, with the reason in the message.
#[derive(Clone, Debug)]
pub struct Provider {
    client: Client,
    metadata: ProviderMetadata,
}

impl Provider {
    /// A provider of the flags of this client.
    pub fn new(client: Client) -> Self {
        Self { client, metadata: ProviderMetadata::new(NAME) }
    }

    /// A provider of the flags of the process, which [`init`](crate::init()) brings.
    pub fn global() -> Self {
        Self::new(crate::client().clone())
    }

    /// The client that answers.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

impl From<Client> for Provider {
    fn from(client: Client) -> Self {
        Self::new(client)
    }
}

/// `initialize` does nothing: opening a client has waited for the first flags already, and while
/// it runs all of OpenFeature's clients wait.
#[async_trait]
impl FeatureProvider for Provider {
    /// `Ready`, `STALE` for flags that a server has not confirmed lately because it is not there,
    /// `NotReady` before there are flags, and `Error` if something is wrong meanwhile.
    fn status(&self) -> ProviderStatus {
        let status = self.client.status();
        match (status.is_ready, status.source) {
            (false, _) if status.last_error.is_some() => ProviderStatus::Error,
            (false, _) => ProviderStatus::NotReady,
            (true, crate::Origin::Live | crate::Origin::Cache) if !status.connected => {
                ProviderStatus::STALE
            }
            (true, _) if status.last_error.is_some() => ProviderStatus::STALE,
            (true, _) => ProviderStatus::Ready,
        }
    }

    fn metadata(&self) -> &ProviderMetadata {
        &self.metadata
    }

    async fn resolve_bool_value(
        &self,
        flag_key: &str,
        evaluation_context: &EvaluationContext,
    ) -> EvaluationResult<ResolutionDetails<bool>> {
        answer(&self.client, flag_key, evaluation_context)
    }

    async fn resolve_int_value(
        &self,
        flag_key: &str,
        evaluation_context: &EvaluationContext,
    ) -> EvaluationResult<ResolutionDetails<i64>> {
        answer(&self.client, flag_key, evaluation_context)
    }

    async fn resolve_float_value(
        &self,
        flag_key: &str,
        evaluation_context: &EvaluationContext,
    ) -> EvaluationResult<ResolutionDetails<f64>> {
        answer(&self.client, flag_key, evaluation_context)
    }

    async fn resolve_string_value(
        &self,
        flag_key: &str,
        evaluation_context: &EvaluationContext,
    ) -> EvaluationResult<ResolutionDetails<String>> {
        answer(&self.client, flag_key, evaluation_context)
    }

    async fn resolve_struct_value(
        &self,
        flag_key: &str,
        evaluation_context: &EvaluationContext,
    ) -> EvaluationResult<ResolutionDetails<StructValue>> {
        answer(&self.client, flag_key, evaluation_context)
    }
}

/// The name of the provider, for people and telemetry.
const NAME: &str = "flagkit";
