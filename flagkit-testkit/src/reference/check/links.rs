//! What flags and segments refer to: it must be there, be sound, and not lead back.

use serde_json::Value;

use super::{
    super::{
        document, read,
        text::{self, Expression},
    },
    Check, ensure,
};

/// Every dependency exists and has the variants asked for, and none leads back to the flag.
pub(crate) fn dependencies(document: &Value, name: &str, flag: &Value) -> Check {
    for dependency in read::dependencies(flag).ok_or("dependencies: unreadable")? {
        let parents = document::entries(document, &dependency.flag);
        ensure(!parents.is_empty(), || format!("flag `{}` does not exist", dependency.flag))?;
        let [parent] = parents.as_slice() else {
            // Called so twice: that is the parents' trouble, and which variants count is unknown.
            continue;
        };
        let Some(variants) = read::variants(parent) else {
            continue;
        };
        for wanted in &dependency.variants {
            let is_known = variants.iter().any(|variant| variant.name == *wanted);
            ensure(is_known, || format!("`{}` has no variant `{wanted}`", dependency.flag))?;
        }
    }
    let is_on_circle = ancestors(document, name).iter().any(|ancestor| ancestor == name);
    ensure(!is_on_circle, || format!("`{name}` depends on itself"))
}

/// All flags that can be reached from one along dependencies.
fn ancestors(document: &Value, name: &str) -> Vec<String> {
    let mut reached: Vec<String> = Vec::new();
    let mut open = vec![name.to_owned()];
    while let Some(next) = open.pop() {
        // Flags that share a name say nothing: which of them would be meant?
        if let [flag] = document::entries(document, &next).as_slice() {
            for dependency in read::dependencies(flag).unwrap_or_default() {
                if !reached.contains(&dependency.flag) {
                    reached.push(dependency.flag.clone());
                    open.push(dependency.flag);
                }
            }
        }
    }
    reached
}

/// Every segment the rules of the flag name is sound, all the way down.
pub(crate) fn segments_of(document: &Value, flag: &Value) -> Check {
    let rules = flag["targeting_rules"].as_array().map_or(&[][..], Vec::as_slice);
    rules.iter().try_for_each(|rule| named_segments(document, rule, &[]))
}

/// `trail` holds the segments that led here.
fn named_segments(document: &Value, owner: &Value, trail: &[&str]) -> Check {
    for name in read::conditions(owner).iter().flat_map(names_in_condition) {
        ensure(!trail.contains(&name.as_str()), || {
            format!("segment `{name}` leads back to itself")
        })?;
        let segment = document::segment(document, &name);
        let segment = segment.ok_or_else(|| format!("segment `{name}` does not exist"))?;
        super::segment(segment, &name)?;
        named_segments(document, segment, &[trail, &[name.as_str()]].concat())?;
    }
    Ok(())
}

fn names_in_condition(condition: &Value) -> Vec<String> {
    match read::condition_text(condition) {
        Some(line) => {
            text::parse(line).map(|parsed| names_in_expression(&parsed)).unwrap_or_default()
        }
        None => names_in_values(condition),
    }
}

fn names_in_expression(expression: &Expression) -> Vec<String> {
    match expression {
        Expression::All(inner) | Expression::Any(inner) => {
            inner.iter().flat_map(names_in_expression).collect()
        }
        Expression::Not(inner) => names_in_expression(inner),
        Expression::Condition(condition) => names_in_values(condition),
    }
}

fn names_in_values(condition: &Value) -> Vec<String> {
    if condition["operator"] != "in_segment" && condition["operator"] != "not_in_segment" {
        return Vec::new();
    }
    let values = read::values(condition).unwrap_or_default();
    values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
