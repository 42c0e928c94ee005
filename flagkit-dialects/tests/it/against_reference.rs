//! Decoding, compiling and resolving answer as the reference evaluator does, which was
//! written from the format's text alone and shares no code with them.

use flagkit_core::{ErrorCode, Fixed, Snapshot, Timestamp, compile};
use flagkit_dialects::{Dialect, Settings, context_from_json, decode, value_to_json};
use flagkit_testkit::generate::{self, Request};
use flagkit_testkit::{
    Answer, Choices, World, evaluate_feature_flags, evaluate_rollout_rules, reference,
};
use serde_json::Value;

/// The snapshot of a document, or `None` if it is no document at all.
fn snapshot(dialect: Dialect, document: &Value, environment: Option<&str>) -> Option<Snapshot> {
    let settings = Settings { environment: environment.map(Into::into), ..Settings::default() };
    let decoded = decode(dialect, &document.to_string(), &settings).ok()?;
    Some(compile(decoded.document).snapshot)
}

fn answer(snapshot: &Snapshot, request: &Request) -> Answer {
    let world = Fixed::at(Timestamp::from_unix_seconds(request.now).unwrap());
    let context = context_from_json(&request.context);
    match snapshot.resolve(&request.flag, &context, &world, &mut ()) {
        Ok(found) => Answer {
            enabled: found.is_enabled(),
            value: found.value().map_or_else(|| request.default.clone(), value_to_json),
            variant: found.variant().map(Into::into),
            reason: found.reason().name(),
            rule: found.rule().map(Into::into),
            error: None,
        },
        Err(code) => Answer {
            enabled: false,
            value: request.default.clone(),
            variant: None,
            reason: "ERROR",
            rule: None,
            error: Some(code.name()),
        },
    }
}

type Reference = fn(&Value, &str, &Value, &Value, &World<'_>) -> Answer;

/// Compares every answer; on a difference, tells everything that is needed to see why.
fn check(dialect: Dialect, reference: Reference, document: &Value, requests: &[Request]) {
    for request in requests {
        let world = request.world();
        let expected =
            reference(document, &request.flag, &request.context, &request.default, &world);
        let Some(snapshot) = snapshot(dialect, document, request.environment.as_deref()) else {
            assert_eq!(expected.error, Some(ErrorCode::ProviderNotReady.name()), "{document:#}");
            return;
        };
        let found = answer(&snapshot, request);
        assert_eq!(
            found,
            expected,
            "\nrequest: {request:?}\nwhy: {:?}\ndocument: {document:#}",
            reference::flag_problem(document, &request.flag),
        );
    }
}

/// The same questions every time; the fuzz target `resolve_vs_reference` asks new ones.
fn seeds() -> impl Iterator<Item = Choices> {
    (0..SEEDS).map(Choices::from_seed)
}

const SEEDS: u64 = 1_200;

#[test]
fn good_documents_are_answered_alike() {
    for mut choices in seeds() {
        let document = generate::document(&mut choices);
        let requests = generate::requests(&mut choices, &document, 20);
        check(Dialect::Native, flagkit_testkit::evaluate, &document, &requests);
    }
}

#[test]
fn hostile_documents_are_answered_alike() {
    for mut choices in seeds() {
        let document = generate::hostile_document(&mut choices);
        let requests = generate::requests(&mut choices, &document, 10);
        check(Dialect::Native, flagkit_testkit::evaluate, &document, &requests);
    }
}

#[test]
fn rollout_rules_are_answered_alike() {
    for mut choices in seeds() {
        let document = generate::rollout_rules_document(&mut choices);
        let requests = generate::rollout_rules_requests(&mut choices, 20);
        check(Dialect::RolloutRules, evaluate_rollout_rules, &document, &requests);
    }
}

#[test]
fn feature_flags_are_answered_alike() {
    for mut choices in seeds() {
        let document = generate::feature_flags_document(&mut choices);
        let requests = generate::feature_flags_requests(&mut choices, 20);
        check(Dialect::FeatureFlags, evaluate_feature_flags, &document, &requests);
    }
}
