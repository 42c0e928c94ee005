//! From an evaluation to what OpenFeature is told: details, or an error.

use flagkit_core::{Attributes, ErrorCode, Reason};
use open_feature::provider::ResolutionDetails;
use open_feature::{
    EvaluationContext, EvaluationError, EvaluationErrorCode, EvaluationReason, EvaluationResult,
};

use super::context::Asking;
use super::metadata;
use super::served::{Answered, Served};
use crate::client::Client;
use crate::details::Details;
use crate::evaluate;

/// What the flag of this key answers.
pub(super) fn answer<T: Answered>(
    client: &Client,
    key: &str,
    context: &EvaluationContext,
) -> EvaluationResult<ResolutionDetails<T>> {
    let asking = Asking::new(context);
    let found = match client.publisher().context_in_words(&asking) {
        Ok(None) => details(client, key, &asking),
        Ok(Some(words)) => details(client, key, &words),
        Err(problem) => {
            let is_missing = !asking.has_key();
            let code =
                if is_missing { ErrorCode::TargetingKeyMissing } else { ErrorCode::InvalidContext };
            return Err(error(code, format!("the context cannot be used: {problem}")));
        }
    };
    if let Some(problem) = asking.problem() {
        return Err(error(ErrorCode::InvalidContext, problem.to_string()));
    }
    resolved(client, key, found)
}

fn details<T: Answered, C: Attributes + ?Sized>(
    client: &Client,
    key: &str,
    context: &C,
) -> Details<Served<T>> {
    let found = client.read(|asked| evaluate::details(asked, key, context, Served(None)));
    found.unless_ready(client.is_ready())
}

fn resolved<T: Answered>(
    client: &Client,
    key: &str,
    found: Details<Served<T>>,
) -> EvaluationResult<ResolutionDetails<T>> {
    if let Some(code) = found.error {
        return Err(error(code, message::<T>(code, key)));
    }
    let metadata = metadata::of(&found, &client.publisher().flag_set());
    let Some(value) = found.value.0 else {
        let message = format!("`{key}` serves the default of its caller: {}", found.reason);
        return Err(error(ErrorCode::General, message));
    };
    Ok(ResolutionDetails {
        value,
        variant: found.variant.map(|variant| variant.to_string()),
        reason: Some(reason(found.reason)),
        flag_metadata: Some(metadata),
    })
}

fn reason(reason: Reason) -> EvaluationReason {
    match reason {
        Reason::Static => EvaluationReason::Static,
        Reason::Default => EvaluationReason::Default,
        Reason::TargetingMatch => EvaluationReason::TargetingMatch,
        Reason::Split => EvaluationReason::Split,
        Reason::Disabled => EvaluationReason::Disabled,
        Reason::Cached => EvaluationReason::Cached,
        Reason::Unknown => EvaluationReason::Unknown,
        Reason::Error => EvaluationReason::Error,
        other => EvaluationReason::Other(other.name().to_owned()),
    }
}

fn error(code: ErrorCode, message: String) -> EvaluationError {
    let code = match code {
        ErrorCode::ProviderNotReady => EvaluationErrorCode::ProviderNotReady,
        ErrorCode::FlagNotFound => EvaluationErrorCode::FlagNotFound,
        ErrorCode::ParseError => EvaluationErrorCode::ParseError,
        ErrorCode::TypeMismatch => EvaluationErrorCode::TypeMismatch,
        ErrorCode::TargetingKeyMissing => EvaluationErrorCode::TargetingKeyMissing,
        ErrorCode::InvalidContext => EvaluationErrorCode::InvalidContext,
        // The crate has no code for a provider that has failed for good.
        other => EvaluationErrorCode::General(other.name().to_owned()),
    };
    EvaluationError { code, message: Some(message) }
}

fn message<T: Answered>(code: ErrorCode, key: &str) -> String {
    match code {
        ErrorCode::ProviderNotReady => "there are no flags yet".to_owned(),
        ErrorCode::FlagNotFound => format!("there is no flag `{key}`"),
        ErrorCode::ParseError => {
            format!("`{key}` is malformed; the status of the client says what is wrong with it")
        }
        ErrorCode::TypeMismatch => format!("`{key}` does not serve {}", T::KIND),
        ErrorCode::TargetingKeyMissing => format!("`{key}` needs a targeting key"),
        ErrorCode::InvalidContext => format!("`{key}` cannot be evaluated for this context"),
        other => format!("`{key}` cannot be evaluated: {other}"),
    }
}
