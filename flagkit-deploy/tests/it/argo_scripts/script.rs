//! The scripts as they are kept: verbs and the text of their arguments in Go.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// One script.
pub(crate) struct Script {
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) calls: Vec<Call>,
}

/// One line of a script.
pub(crate) struct Call {
    pub(crate) verb: String,
    /// The arguments, each as it is written.
    pub(crate) arguments: Vec<String>,
}

impl Call {
    /// An argument as text; empty if there is none.
    pub(crate) fn text(&self, at: usize) -> &str {
        self.arguments.get(at).map_or("", |argument| unquoted(argument))
    }

    pub(crate) fn number(&self, at: usize) -> u32 {
        self.text(at).parse().unwrap()
    }

    /// `2*time.Second`, `time.Second`, `time.Second*3`.
    pub(crate) fn seconds(&self, at: usize) -> u64 {
        let digits: String = self.text(at).chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(1)
    }
}

/// The folder of the cases; none if it is absent.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("FLAGKIT_DELIVERY_CASES").map(PathBuf::from);
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/delivery-cases");
    let path = folder.unwrap_or_else(|| beside.into()).join("argo-rollouts");
    if path.join("e2e_scripts.json").exists() {
        return Some(path);
    }
    println!("skipped: there is no {}", path.display());
    None
}

pub(crate) fn all() -> Option<Vec<Script>> {
    let text = fs::read_to_string(folder()?.join("e2e_scripts.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    Some(all["tests"].as_array().unwrap().iter().map(script).collect())
}

fn script(test: &Value) -> Script {
    let text = |name: &str| test[name].as_str().unwrap().to_owned();
    let call = |call: &Value| Call {
        verb: call[0].as_str().unwrap().to_owned(),
        arguments: arguments(call[1].as_str().unwrap()),
    };
    let variables = test["variables"].as_object().unwrap().iter();
    Script {
        file: text("file"),
        name: text("test"),
        variables: variables
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect(),
        calls: test["calls"].as_array().unwrap().iter().map(call).collect(),
    }
}

/// Cuts at the commas that are in no quotes and no brackets.
fn arguments(raw: &str) -> Vec<String> {
    let (mut all, mut one, mut depth, mut quote) = (Vec::new(), String::new(), 0, None);
    for c in raw.chars() {
        match (quote, c) {
            (None, '"' | '`') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None, '(' | '{' | '[') => depth += 1,
            (None, ')' | '}' | ']') => depth -= 1,
            (None, ',') if depth == 0 => {
                all.push(std::mem::take(&mut one).trim().to_owned());
                continue;
            }
            _ => {}
        }
        one.push(c);
    }
    if !one.trim().is_empty() {
        all.push(one.trim().to_owned());
    }
    all
}

pub(crate) fn unquoted(text: &str) -> &str {
    let inner = |mark: char| text.strip_prefix(mark).and_then(|text| text.strip_suffix(mark));
    inner('"').or_else(|| inner('`')).unwrap_or(text)
}
