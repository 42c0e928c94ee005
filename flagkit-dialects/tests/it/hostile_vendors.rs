//! Documents of vendors that are cut off, full of the wrong types, too deep or too large.
//!
//! Whatever comes in, decoding, compiling and evaluating end without a panic, in a document or
//! in a word about what is wrong; and a flag that fails is never silent about it.

use std::collections::BTreeSet;

use flagkit_core::{Context, Fixed, Timestamp, compile};
use flagkit_dialects::{Dialect, Settings, context_from_text, decode};
use serde_json::{Value, json};

use crate::allocation::effort;

mod documents;

use documents::{SAMPLES, Sample};

/// Reads, compiles and asks every flag; answers how many flags there are, or what was wrong.
///
/// Every error must have a message, and every flag that fails for everybody a diagnostic.
fn survive(dialect: Dialect, text: &str, context: &Context) -> Result<usize, String> {
    let decoded = match decode(dialect, text, &Settings::default()) {
        Ok(decoded) => decoded,
        Err(error) => {
            assert!(!error.message().is_empty(), "{dialect}: {text}");
            return Err(error.to_string());
        }
    };
    let compiled = compile(decoded.document);
    let is_told = !decoded.diagnostics.is_empty() || !compiled.diagnostics.is_empty();
    let world = Fixed::at(Timestamp::EPOCH);
    for flag in compiled.snapshot.flags() {
        let _ = compiled.snapshot.resolve_flag(flag, context, &world, &mut ());
        assert!(flag.fault().is_none() || is_told, "{dialect}: `{}` of {text}", flag.key());
    }
    Ok(compiled.snapshot.len())
}

fn context(sample: &Sample) -> Context {
    context_from_text(sample.dialect, sample.context).unwrap()
}

fn parsed(sample: &Sample) -> Value {
    serde_json::from_str(sample.text).unwrap()
}

/// The places of all values of a document, as JSON pointers.
fn places(value: &Value, place: &str, found: &mut Vec<String>) {
    found.push(place.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{place}/{index}"), found);
            }
        }
        Value::Object(entries) => {
            for (name, item) in entries {
                let name = name.replace('~', "~0").replace('/', "~1");
                places(item, &format!("{place}/{name}"), found);
            }
        }
        _ => {}
    }
}

/// Calls `check` with every sample, its context, its document and every place in that.
fn at_every_place(mut check: impl FnMut(&Sample, &Context, &Value, &str)) {
    for sample in SAMPLES {
        let (context, document) = (context(sample), parsed(sample));
        let mut found = Vec::new();
        places(&document, "", &mut found);
        for place in found {
            check(sample, &context, &document, &place);
        }
    }
}

fn with(document: &Value, place: &str, value: Value) -> Value {
    let mut changed = document.clone();
    *changed.pointer_mut(place).unwrap() = value;
    changed
}

#[test]
fn every_vendor_that_can_be_read_has_a_sample_without_mistakes() {
    let names = |dialects: &[Dialect]| dialects.iter().map(|d| d.name()).collect::<BTreeSet<_>>();
    let ours = [Dialect::Native, Dialect::RolloutRules, Dialect::FeatureFlags];
    let is_read = |dialect: &Dialect| {
        let refused = decode(*dialect, "{}", &Settings::default()).err();
        !refused.is_some_and(|error| error.message().ends_with("cannot be read yet"))
    };
    let read: Vec<Dialect> =
        Dialect::ALL.into_iter().filter(|d| !ours.contains(d) && is_read(d)).collect();
    let sampled: Vec<Dialect> = SAMPLES.iter().map(|sample| sample.dialect).collect();
    assert_eq!(names(&read), names(&sampled));
    for sample in SAMPLES {
        let decoded = decode(sample.dialect, sample.text, &Settings::default()).unwrap();
        assert!(decoded.diagnostics.is_empty(), "{}: {:?}", sample.dialect, decoded.diagnostics);
        let compiled = compile(decoded.document);
        assert!(compiled.diagnostics.is_empty(), "{}: {:?}", sample.dialect, compiled.diagnostics);
        let world = Fixed::at(Timestamp::EPOCH);
        for flag in compiled.snapshot.flags() {
            let found = compiled.snapshot.resolve_flag(flag, &context(sample), &world, &mut ());
            assert!(found.is_ok(), "{}: `{}`", sample.dialect, flag.key());
        }
    }
}

#[test]
fn a_document_that_is_cut_off_is_an_error() {
    for sample in SAMPLES {
        let context = context(sample);
        let text = sample.text.trim_end();
        for (end, _) in text.char_indices() {
            let cut = survive(sample.dialect, &text[..end], &context);
            assert!(cut.is_err(), "{}: {}", sample.dialect, &text[..end]);
        }
        assert!(survive(sample.dialect, text, &context).is_ok_and(|flags| flags > 0));
    }
}

#[test]
fn any_value_may_be_of_any_type() {
    let others = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("\u{0}é🤗"),
        json!([]),
        json!([null]),
        json!({}),
        json!({ "": null }),
    ];
    at_every_place(|sample, context, document, place| {
        for other in &others {
            let changed = with(document, place, other.clone()).to_string();
            let _ = survive(sample.dialect, &changed, context);
        }
    });
}

#[test]
fn any_part_may_be_missing_or_there_twice() {
    at_every_place(|sample, context, document, place| {
        let Some((above, name)) = place.rsplit_once('/') else { return };
        let mut without = document.clone();
        let mut twice = document.clone();
        let copy = document.pointer(place).unwrap().clone();
        match (without.pointer_mut(above).unwrap(), twice.pointer_mut(above).unwrap()) {
            (Value::Object(entries), Value::Object(more)) => {
                entries.remove(&name.replace("~1", "/").replace("~0", "~"));
                more.insert(format!("{name} again"), copy);
            }
            (Value::Array(items), Value::Array(more)) => {
                items.remove(name.parse().unwrap());
                more.push(copy);
            }
            _ => unreachable!("only these have parts"),
        }
        let _ = survive(sample.dialect, &without.to_string(), context);
        let _ = survive(sample.dialect, &twice.to_string(), context);
    });
}

/// The value inside this many lists, objects, or objects of the name that it stood under.
fn wrapped(value: &Value, name: &str, depth: usize) -> [Value; 3] {
    let inside =
        |wrap: &dyn Fn(Value) -> Value| (0..depth).fold(value.clone(), |inner, _| wrap(inner));
    [
        inside(&|inner| json!([inner])),
        inside(&|inner| json!({ "x": inner })),
        inside(&|inner| json!({ name: inner })),
    ]
}

#[test]
fn nesting_of_any_depth_is_read_or_refused() {
    at_every_place(|sample, context, document, place| {
        let name = place.rsplit('/').next().unwrap_or_default();
        let value = document.pointer(place).unwrap();
        for depth in [1, 30, 100] {
            for deep in wrapped(value, name, depth) {
                let survived =
                    survive(sample.dialect, &with(document, place, deep).to_string(), context);
                assert!(depth < 100 || survived.is_err(), "{}: {place}", sample.dialect);
            }
        }
    });
    for sample in SAMPLES {
        for opening in ["[", "{\"flags\":", "{\"a\":["] {
            let deep = opening.repeat(100_000);
            assert!(survive(sample.dialect, &deep, &context(sample)).is_err());
        }
    }
}

/// The document with the first part of what is at this place, many times over.
fn grown(document: &Value, place: &str, count: usize) -> Option<String> {
    let mut grown = document.clone();
    match grown.pointer_mut(place)? {
        Value::Array(items) => {
            let first = items.first()?.clone();
            items.extend((0..count).map(|number| numbered(&first, number)));
        }
        Value::Object(entries) => {
            let (name, first) = entries.iter().next()?;
            let (name, first) = (name.clone(), first.clone());
            let copies =
                (0..count).map(|number| (format!("{name}-{number}"), numbered(&first, number)));
            entries.extend(copies.collect::<Vec<_>>());
        }
        _ => return None,
    }
    Some(grown.to_string())
}

/// A copy that has a name of its own, where it has one at all.
fn numbered(value: &Value, number: usize) -> Value {
    let mut copy = value.clone();
    match &mut copy {
        Value::String(text) => *text = format!("{text}-{number}"),
        Value::Object(entries) => {
            for name in ["key", "name", "n", "id"] {
                if let Some(Value::String(text)) = entries.get_mut(name) {
                    *text = format!("{text}-{number}");
                }
            }
        }
        _ => {}
    }
    copy
}

/// Work is counted in requests for memory and in bytes: time would depend on the machine. What
/// doubles a document must not do much more than double either.
#[test]
fn work_grows_with_a_document_and_not_faster() {
    at_every_place(|sample, context, document, place| {
        let work = |count: usize| {
            let text = grown(document, place, count)?;
            Some(effort(|| {
                let _ = survive(sample.dialect, &text, context);
            }))
        };
        // Powers of two, so that what grows by doubling does so between all of them.
        let Some(small) = work(128) else { return };
        let (Some(middle), Some(large)) = (work(256), work(512)) else { return };
        for ((small, middle), large) in small.into_iter().zip(middle).zip(large) {
            let (first, second) = (middle.saturating_sub(small), large.saturating_sub(middle));
            let is_linear = second <= first * 3 + 5_000;
            assert!(is_linear, "{}: {place}: {small}, {middle}, {large}", sample.dialect);
        }
    });
}

/// Whatever is quadratic without asking for memory would be felt here: 10¹⁰ steps.
#[test]
fn a_hundred_thousand_flags_are_read() {
    for Sample { dialect, many: [begin, flag, end], .. } in SAMPLES {
        let each = (0..100_000).map(|number| flag.replace('#', &number.to_string()));
        let text = format!("{begin}{}{end}", each.collect::<Vec<_>>().join(","));
        let context = Context::new("u-42");
        assert_eq!(survive(*dialect, &text, &context), Ok(100_000), "{dialect}");
    }
}
