//! What is answered, one line for a flag and a user:
//!
//! `on` or `off`, the flag as a boolean (fallback `false`), integer (fallback −1), double (fallback
//! −1.5, as the 16 hexadecimal digits of its bits) and text (fallback `-`), then of everything that
//! was found: `on` or `off`, reason, error or `-`, variant or `-`, rule or `-`, and the value.
//! Tabulators stand between them.

use std::fmt::Write;

use flagkit::{Client, Context, Evaluation, FlagKey, Value};

use crate::Outcome;
use crate::cases::{Attribute, Reader};
use crate::plain::Plain;

/// How values are written.
#[derive(Clone, Copy)]
pub(crate) enum Values {
    /// As compact JSON, for languages that have no values of their own.
    Json,
    /// As [`Plain`], for languages whose values are made of ours.
    Plain,
}

/// The answers to a file of cases.
pub(crate) fn of(file: &[u8], values: Values) -> Outcome<String> {
    let (mut reader, mut answers) = (Reader(file), String::new());
    while let Some(case) = reader.next()? {
        let client = Client::from_text(&case.document)?;
        let view = client.view();
        let keys: Vec<FlagKey> = case.keys.iter().map(|key| FlagKey::new(key.as_str())).collect();
        for user in &case.users {
            let context = user.iter().map(|(name, value)| Ok((name.as_str(), read(value)?)));
            let context: Context = context.collect::<Outcome<Vec<_>>>()?.into_iter().collect();
            for (key, name) in keys.iter().zip(&case.keys) {
                let is_enabled = client.is_enabled(key, &context);
                let boolean = client.boolean(name, &context, false);
                let integer = client.integer(key, &context, -1);
                let double = client.float(name, &context, -1.5).to_bits();
                let text = client.string(key, &context, "-");
                let word = on(is_enabled);
                write!(answers, "{word}\t{boolean}\t{integer}\t{double:016x}\t{text}\t")?;
                found(&view.evaluate(name, &context), values, &mut answers)?;
            }
        }
    }
    Ok(answers)
}

fn found(found: &Evaluation<'_>, values: Values, answers: &mut String) -> Outcome {
    let (word, reason) = (on(found.is_enabled()), found.reason());
    write!(answers, "{word}\t{reason}\t")?;
    match found.error() {
        Some(code) => write!(answers, "{code}\t")?,
        None => answers.push_str("-\t"),
    }
    let (variant, rule) = (found.variant().unwrap_or("-"), found.rule().unwrap_or("-"));
    write!(answers, "{variant}\t{rule}\t")?;
    match (found.value(), values) {
        (None, _) => answers.push_str("none\n"),
        (Some(value), Values::Json) => writeln!(answers, "{value}")?,
        (Some(value), Values::Plain) => writeln!(answers, "{}", Plain(value))?,
    }
    Ok(())
}

fn on(is_enabled: bool) -> &'static str {
    if is_enabled { "on" } else { "off" }
}

fn read(attribute: &Attribute) -> Outcome<Value> {
    Ok(match attribute {
        Attribute::Text(text) => text.as_str().into(),
        Attribute::Integer(number) => (*number).into(),
        Attribute::Double(number) => (*number).into(),
        Attribute::Boolean(is_true) => (*is_true).into(),
        Attribute::Texts(texts) => {
            Value::List(texts.iter().map(|text| Value::from(text.as_str())).collect())
        }
        Attribute::Json(text) => json(&serde_json::from_str(text)?),
    })
}

fn json(value: &serde_json::Value) -> Value {
    use serde_json::Value as Json;

    match value {
        Json::Null => Value::Null,
        Json::Bool(is_true) => (*is_true).into(),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Value::Integer(number),
            (None, Some(number)) => Value::Unsigned(number),
            (None, None) => Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => Value::List(items.iter().map(json).collect()),
        Json::Object(entries) => {
            let entries = entries.iter().map(|(name, value)| (name.as_str(), json(value)));
            Value::Structure(std::sync::Arc::new(entries.collect()))
        }
    }
}
