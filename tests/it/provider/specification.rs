//! The public cases of OpenFeature's specification, from `../shared/conformance` seen from the
//! workspace or the folder that `FLAGKIT_CONFORMANCE` names; skipped, with a word, where that is
//! absent.

use std::fs;
use std::path::PathBuf;

use flagkit::{Client, Dialect};
use open_feature::{
    Client as Asking, EvaluationContext, EvaluationContextFieldValue as Field, EvaluationDetails,
    EvaluationError, EvaluationErrorCode, FlagMetadataValue, StructValue, Value,
};
use serde_json::Value as Json;

use super::{asking, run};

type Found = Result<EvaluationDetails<Value>, EvaluationError>;

#[test]
fn the_cases_of_the_specification_are_answered_as_it_says() {
    let folder = std::env::var_os("FLAGKIT_CONFORMANCE").map(PathBuf::from);
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/conformance");
    let folder = folder.unwrap_or_else(|| beside.into()).join("openfeature");
    let Ok(cases) = fs::read_to_string(folder.join("cases.jsonl")) else {
        println!("skipped: there are no cases in {}", folder.display());
        return;
    };
    let mut count = 0;
    for case in cases.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()) {
        // The others are about providers that have failed, which this one does not play.
        if case["provider"] != "stable" {
            continue;
        }
        let document = fs::read(folder.join(case["document"].as_str().unwrap())).unwrap();
        let client = Client::from_document(Dialect::OpenFeature, &document).unwrap();
        check(&case, ask(&asking(client), &case));
        count += 1;
    }
    assert!(count > 20, "{count} cases");
}

fn ask(flags: &Asking, case: &Json) -> Found {
    let (flag, context) = (case["flag"].as_str().unwrap(), context(&case["context"]));
    let context = Some(&context);
    match case["value_type"].as_str().unwrap() {
        "Boolean" => {
            run(flags.get_bool_details(flag, context, None)).map(EvaluationDetails::into_value)
        }
        "String" => {
            run(flags.get_string_details(flag, context, None)).map(EvaluationDetails::into_value)
        }
        "Integer" => {
            run(flags.get_int_details(flag, context, None)).map(EvaluationDetails::into_value)
        }
        "Float" => {
            run(flags.get_float_details(flag, context, None)).map(EvaluationDetails::into_value)
        }
        kind => {
            assert_eq!(kind, "Object");
            let found = flags.get_struct_details::<StructValue>(flag, context, None);
            run(found).map(EvaluationDetails::into_value)
        }
    }
}

/// The SDK of Rust tells errors apart from answers, and leaves the default to its caller.
fn check(case: &Json, found: Found) {
    let (expected, id) = (case["expected"].as_object().unwrap(), &case["id"]);
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            assert_eq!(expected["value"], case["default"], "{id}: {error:?}");
            match &error.code {
                EvaluationErrorCode::General(_) => {
                    let reason = expected["reason"].as_str().unwrap();
                    assert!(error.message.unwrap().ends_with(reason), "{id}");
                }
                code => assert_eq!(expected["errorCode"], code.to_string(), "{id}"),
            }
            return;
        }
    };
    for (name, wanted) in expected {
        match name.as_str() {
            "value" => assert_eq!(found.value, value(wanted), "{id}"),
            "variant" => assert_eq!(found.variant.as_deref(), wanted.as_str(), "{id}"),
            "reason" => assert_eq!(found.reason.as_ref().unwrap().to_string(), *wanted, "{id}"),
            "metadata" => check_metadata(&found, wanted, id),
            other => unreachable!("{id}: `{other}` is not looked at"),
        }
    }
}

fn check_metadata(found: &EvaluationDetails<Value>, wanted: &Json, id: &Json) {
    let wanted = wanted.as_object().unwrap();
    let metadata = &found.flag_metadata.values;
    assert_eq!(metadata.len(), wanted.len(), "{id}: {metadata:?}");
    for (name, wanted) in wanted {
        let wanted = match value(wanted) {
            Value::Bool(value) => FlagMetadataValue::Bool(value),
            Value::Int(value) => FlagMetadataValue::Int(value),
            Value::Float(value) => FlagMetadataValue::Float(value),
            Value::String(text) => FlagMetadataValue::String(text),
            other => unreachable!("{id}: {other:?} is no metadata"),
        };
        assert_eq!(metadata.get(name), Some(&wanted), "{id}: {name}");
    }
}

fn context(json: &Json) -> EvaluationContext {
    let mut context = EvaluationContext::default();
    for (name, json) in json.as_object().unwrap() {
        match json {
            // OpenFeature's contexts have no null: what is null is not there.
            Json::Null => {}
            Json::String(text) if name == "targetingKey" => {
                context.targeting_key = Some(text.clone());
            }
            other => context.add_custom_field(name, field(value(other))),
        }
    }
    context
}

fn field(value: Value) -> Field {
    match value {
        Value::Bool(value) => value.into(),
        Value::Int(value) => value.into(),
        Value::Float(value) => value.into(),
        Value::String(text) => text.into(),
        other => Field::new_struct(other),
    }
}

fn value(json: &Json) -> Value {
    match json {
        Json::Bool(value) => (*value).into(),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => integer.into(),
            None => number.as_f64().unwrap().into(),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => Value::Array(items.iter().map(value).collect()),
        Json::Object(fields) => {
            let fields = fields.iter().map(|(name, json)| (name.clone(), value(json)));
            StructValue { fields: fields.collect() }.into()
        }
        Json::Null => unreachable!("OpenFeature has no null"),
    }
}
