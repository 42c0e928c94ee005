//! Cases of Eppo.
//!
//! A case may name the obfuscated twin of its document. The twin must answer the same, except
//! for the rule that matched, which it tells as it is written.

use flagkit_core::{Attributes, ErrorCode};
use flagkit_dialects::eppo::{
    Actions, BanditQuestion, Flags, Kind, Models, Question, Words, context,
};
use serde_json::{Value, json};

use crate::world::World;

use super::suite::{Suite, text};

pub(super) fn run(suite: &Suite, case: &Value) -> Result<Value, String> {
    match text(case, "kind")? {
        "flag" => flag(suite, case),
        "bandit" => bandit(suite, case),
        "flag-legacy-rac" => legacy(suite, case),
        other => Err(format!("the kind `{other}` is unknown")),
    }
}

/// What every kind of case asks about.
struct Asked<'c, C> {
    flag: &'c str,
    subject: &'c str,
    context: C,
    world: World,
}

fn asked(case: &Value) -> Result<Asked<'_, impl Attributes>, String> {
    let told = case.get("context").ok_or("the case has no context")?;
    let context = context(told).map_err(|error| error.to_string())?;
    let world = World::new(None);
    Ok(Asked { flag: text(case, "flag")?, subject: text(told, "subjectKey")?, context, world })
}

fn flag(suite: &Suite, case: &Value) -> Result<Value, String> {
    let asked = asked(case)?;
    let kind = text(case, "value_type")?;
    let kind: Kind = kind.parse().map_err(|()| format!("there is no type `{kind}`"))?;
    let question = Question { flag: asked.flag, kind, subject: asked.subject };
    let answer = |document: &str| {
        let flags = suite.made_of(document, read)?;
        let mut answer = flags.answer(question, &asked.context, &asked.world, words(case));
        or_default(&mut answer, "value", case);
        Ok::<Value, String>(answer)
    };
    let plain = answer(text(case, "document")?)?;
    if let Some(twin) = case.get("document_obfuscated").and_then(Value::as_str) {
        let hidden = answer(twin)?;
        if !is_same_but_for_the_rule(&plain, &hidden) {
            return Err(format!("the obfuscated document answers {hidden}"));
        }
    }
    Ok(plain)
}

/// Answers recorded from a server SDK are in its words; the vendor's own data is in the others.
fn words(case: &Value) -> Words {
    let recorded = case.get("recorded_from").and_then(Value::as_str).unwrap_or_default();
    if recorded.starts_with("eppo-server-sdk") { Words::Server } else { Words::Published }
}

fn bandit(suite: &Suite, case: &Value) -> Result<Value, String> {
    let asked = asked(case)?;
    let flags = suite.made_of(text(case, "document")?, read)?;
    let models = suite.made_of(text(case, "bandit_models")?, |models| {
        Models::read(models).map_err(|error| error.to_string())
    })?;
    let told = |name: &str| case.get("context").and_then(|context| context.get(name));
    let question = BanditQuestion {
        flag: asked.flag,
        subject: asked.subject,
        attributes: told("attributes").unwrap_or(&Value::Null),
        actions: &Actions::from_json(told("actions").unwrap_or(&Value::Null)),
    };
    let mut answer = flags.choose(question, &models, &asked.context, &asked.world);
    or_default(&mut answer, "variation", case);
    Ok(answer)
}

/// The older configuration knows no default and no details; JSON comes as text.
fn legacy(suite: &Suite, case: &Value) -> Result<Value, String> {
    let asked = asked(case)?;
    let flags = suite.made_of(text(case, "document")?, read)?;
    let snapshot = flags.snapshot();
    let found = match snapshot.resolve(asked.flag, &asked.context, &asked.world, &mut ()) {
        Ok(found) => found.value().cloned(),
        Err(ErrorCode::FlagNotFound) => None,
        Err(code) => return Err(format!("the flag fails with {code}")),
    };
    let kind = text(case, "value_type")?;
    let value = found.and_then(|value| match (kind, &value) {
        ("json", flagkit_core::Value::Structure(_) | flagkit_core::Value::List(_)) => {
            Some(value.to_string().into())
        }
        ("string", flagkit_core::Value::String(_))
        | ("boolean", flagkit_core::Value::Boolean(_))
        | ("numeric", flagkit_core::Value::Integer(_) | flagkit_core::Value::Float(_)) => {
            Some(flagkit_dialects::value_to_json(&value))
        }
        _ => None,
    });
    Ok(json!({ "value": value }))
}

fn read(text: &str) -> Result<Flags, String> {
    Flags::read(text).map_err(|error| error.to_string())
}

fn or_default(answer: &mut Value, name: &str, case: &Value) {
    if let Some(answer) = answer.as_object_mut() {
        let default = || case.get("default").cloned().unwrap_or_default();
        answer.entry(name).or_insert_with(default);
    }
}

fn is_same_but_for_the_rule(plain: &Value, hidden: &Value) -> bool {
    let without_rule = |answer: &Value| {
        let mut answer = answer.clone();
        if let Some(rule) = answer.pointer_mut("/evaluationDetails/matchedRule") {
            *rule = rule.is_null().into();
        }
        answer
    };
    without_rule(plain) == without_rule(hidden)
}
