//! Values as YAML, keys in the order in which people read them.

use serde_json::Value as Json;

/// The text of a file.
pub(super) fn text(file: &Json) -> String {
    let mut text = String::new();
    write(file, 0, &mut text);
    text
}

fn write(value: &Json, depth: usize, text: &mut String) {
    let Json::Object(map) = value else { return };
    let mut keys: Vec<&String> = map.keys().collect();
    let place = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
    keys.sort_by_key(|key| place(key));
    for key in keys {
        let Some(value) = map.get(key) else { continue };
        let blanks = "  ".repeat(depth);
        if key == "in order" {
            // The order of arms counts: the first one serves now.
            for arm in value.as_array().into_iter().flatten() {
                let mut rest = arm.clone();
                let name = rest.as_object_mut().and_then(|map| map.remove("name"));
                let (name, rest) = name.map_or((arm, "{}".to_owned()), |_| {
                    (arm.get("name").unwrap_or(arm), flow(&rest))
                });
                *text += &[&blanks, &name.to_string(), ": ", &rest, "\n"].concat();
            }
            continue;
        }
        *text += &[&blanks, &word(key), ":"].concat();
        match value {
            Json::Object(inner) if !inner.is_empty() => {
                text.push('\n');
                write(value, depth + 1, text);
            }
            Json::Array(items) if items.iter().any(|item| item.to_string().len() > LINE) => {
                text.push('\n');
                for item in items {
                    *text += &[&blanks, "  - ", &flow(item), "\n"].concat();
                }
            }
            other => *text += &[" ", &flow(other), "\n"].concat(),
        }
    }
}

/// A value in one line.
fn flow(value: &Json) -> String {
    match value {
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Json::Object(map) => {
            let entries = map.iter().map(|(key, value)| format!("{}: {}", word(key), flow(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        Json::String(text) => word(text),
        other => other.to_string(),
    }
}

/// Text without quotes where nobody can misread it.
fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_/%.- <>=".contains(c);
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"];
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic())
        || (text.ends_with(['%', 's', 'm', 'h', 'd'])
            && text.starts_with(|c: char| c.is_ascii_digit()));
    let is_word = words.contains(&text.to_lowercase().as_str());
    if begins && !is_word && !text.ends_with(' ') && text.chars().all(is_plain) {
        return text.to_owned();
    }
    // A JSON string is a YAML string.
    Json::from(text).to_string()
}

const LINE: usize = 30;
const ORDER: [&str; 14] = [
    "schema",
    "target",
    "description",
    "environment",
    "prometheus",
    "arms",
    "strategy",
    "gates",
    "windows",
    "metrics",
    "triggers",
    "judging",
    "checks",
    "calendars",
];
