use std::sync::Arc;

use flagkit_core::{Ambient, Fixed, Timestamp, compile};
use flagkit_dialects::{Dialect, Settings, context_from_json, decode};
use flagkit_protocol::{Delta, Document, Part, Snapshot};
use flagkit_testkit::{Choices, generate};
use serde_json::Value;

use super::held::PartEdit;
use super::prepare::Replacement;
use super::{Live, vendor};
use crate::model::{self, EnvironmentId, EnvironmentSettings, Kind, StoredPart};

/// An environment without a database.
pub(super) struct Environment {
    pub(super) live: Arc<Live>,
}

impl Environment {
    /// One with these flags at version 7.
    pub(super) fn with(flags: &[(&str, &str)]) -> Self {
        let part = |(key, json): &(&str, &str)| stored(Kind::Flag, key, json);
        Self::of(Dialect::Native, &flags.iter().map(part).collect::<Vec<_>>())
    }

    fn of(dialect: Dialect, parts: &[StoredPart]) -> Self {
        let environment = model::Environment {
            id: EnvironmentId(1),
            project: "shop".parse().unwrap(),
            key: "production".parse().unwrap(),
            settings: EnvironmentSettings { name: "Production".to_owned(), is_production: true },
            dialect,
            epoch: "e1".to_owned(),
            version: 7,
            created_at_ms: 0,
        };
        Self { live: Arc::new(Live::load(&environment, parts, 1_000)) }
    }

    /// Prepares and publishes edits, which must make sense.
    pub(super) fn change(&self, edits: &[PartEdit]) {
        let prepared = self.live.prepare(edits.to_vec()).unwrap();
        self.live.publish(prepared, self.live.version().number + 1);
    }
}

pub(super) fn flag(key: &str, json: Option<&str>) -> PartEdit {
    PartEdit { part: Part::Flag, key: key.into(), json: json.map(Into::into) }
}

fn stored(kind: Kind, key: &str, json: &str) -> StoredPart {
    StoredPart {
        kind,
        key: key.to_owned(),
        json: Some(json.into()),
        revision: 3,
        updated_at_ms: 0,
        updated_by: "test".to_owned(),
    }
}

fn data_of(event: &[u8]) -> &str {
    let text = std::str::from_utf8(event).unwrap();
    text.lines().find_map(|line| line.strip_prefix("data: ")).unwrap()
}

fn whole(live: &Live) -> String {
    live.read(|content, _| content.held.document())
}

#[test]
fn what_is_stored_is_served_with_the_servers_own_settings() {
    let environment = Environment::with(&[("beta", r#"{"enabled":true}"#)]);
    let body = environment.live.current_whole().body;
    let snapshot: Snapshot<'_> = serde_json::from_slice(&body).unwrap();
    let document = snapshot.document().unwrap();
    assert_eq!(document.settings["schema"].get(), r#""flagkit/1""#);
    assert_eq!(document.settings["environment"].get(), r#""production""#);
    assert_eq!(document.checksum(), snapshot.checksum);
    let beta = environment.live.part(Part::Flag, "beta").unwrap();
    assert_eq!((&*beta.json, beta.revision), (r#"{"enabled":true}"#, 3));
}

#[test]
fn a_refused_change_changes_nothing() {
    let environment = Environment::with(&[("beta", r#"{"enabled":true}"#)]);
    let before = environment.live.current_whole().body;
    let problem = environment.live.prepare(vec![flag("beta", Some("{\"enabled\":1}"))]);
    assert_eq!(problem.unwrap_err().path.as_deref(), Some("flags.beta.enabled"));
    assert_eq!(environment.live.current_whole().body, before);
    assert_eq!(environment.live.version().number, 7);
}

#[test]
fn a_change_is_evaluated_from_then_on_and_counted() {
    let environment =
        Environment::with(&[("beta", r#"{"enabled":true,"rollout_percentage":100}"#)]);
    let is_on = || {
        environment.live.with_snapshot(|snapshot| {
            let world = Fixed::at(Timestamp::EPOCH);
            snapshot.resolve("beta", &(), &world, &mut ()).unwrap().is_enabled()
        })
    };
    assert!(is_on());
    environment.change(&[flag("beta", Some(r#"{"enabled":false}"#))]);
    assert!(!is_on());
    assert_eq!(environment.live.snapshot().revision(), Some(8));
    assert_eq!(environment.live.part(Part::Flag, "beta").unwrap().revision, 8);
}

#[test]
fn a_new_setting_makes_everything_new() {
    let environment = Environment::with(&[("beta", "{}")]);
    let setting =
        PartEdit { part: Part::Setting, key: "hash".into(), json: Some(r#""xxh3""#.into()) };
    environment.change(&[setting]);
    let (events, number) = environment.live.events_since(Some(7));
    assert_eq!((events.len(), number), (1, 8));
    assert!(events[0].starts_with(b"event: snapshot\n"));
}

/// Streams that come one after the other share the bytes of one snapshot, and a few deltas.
#[test]
fn a_snapshot_is_not_made_for_every_version() {
    let long = format!(r#"{{"description":"{}"}}"#, "x".repeat(10_000));
    let environment = Environment::with(&[("alpha", &long), ("beta", "{}")]);
    let (first, _) = environment.live.events_since(None);
    environment.change(&[flag("beta", Some(r#"{"enabled":true}"#))]);
    let (later, number) = environment.live.events_since(None);
    assert_eq!((later.len(), number), (2, 8));
    assert_eq!(later[0].as_ptr(), first[0].as_ptr());
    assert!(later[1].starts_with(b"event: delta\n"));
    let shown: Snapshot<'_> = serde_json::from_str(data_of(&later[0])).unwrap();
    assert_eq!(shown.version.number, 7);
    let current = environment.live.current_whole().body;
    let current: Snapshot<'_> = serde_json::from_slice(&current).unwrap();
    assert_eq!(current.version.number, 8);
}

/// What a client reads of a delta alone is what the whole document says.
#[test]
fn parts_that_are_read_alone_mean_what_they_mean_in_the_document() {
    let mut accepted = 0;
    for seed in 0..400 {
        let mut choices = Choices::from_seed(seed);
        let (old, new) = (generate::document(&mut choices), generate::document(&mut choices));
        let environment = Environment::with(&[]);
        if !replace(&environment.live, &old) || !replace(&environment.live, &new) {
            continue;
        }
        accepted += 1;
        let (events, _) = environment.live.events_since(Some(8));
        let text = whole(&environment.live);
        let all = decode(Dialect::Native, &text, &Settings::default()).unwrap().document;
        for event in &events {
            if event.starts_with(b"event: snapshot\n") {
                continue;
            }
            let delta: Delta<'_> = serde_json::from_str(data_of(event)).unwrap();
            let alone = decode(Dialect::Native, delta.document.get(), &Settings::default());
            let alone = alone.unwrap().document;
            for flag in &alone.flags {
                assert_eq!(all.flags.iter().find(|other| other.key == flag.key), Some(flag));
            }
            for segment in &alone.segments {
                let same = all.segments.iter().find(|other| other.key == segment.key);
                assert_eq!(same, Some(segment));
            }
        }
        answers_are_those_of_a_full_compile(&environment.live, &text, &mut choices);
    }
    assert!(accepted > 100, "{accepted}");
}

/// Replaces a document; says whether it was accepted.
fn replace(live: &Live, document: &Value) -> bool {
    let text = document.to_string();
    let Ok(parts) = Document::parse(&text) else { return false };
    let held = vendor::held(&parts, live.version().number + 1);
    match live.prepare_replacement(Replacement::Native(held)) {
        Ok(prepared) => {
            live.publish(prepared, live.version().number + 1);
            true
        }
        Err(problem) => {
            assert_eq!(problem.code, "invalid_document");
            false
        }
    }
}

fn answers_are_those_of_a_full_compile(live: &Live, text: &str, choices: &mut Choices) {
    let document = decode(Dialect::Native, text, &Settings::default()).unwrap().document;
    let compiled = compile(document).snapshot;
    let json: Value = serde_json::from_str(text).unwrap();
    let world: &dyn Ambient =
        &Fixed::at(Timestamp::from_unix_milliseconds(generate::NOW * 1000).unwrap());
    for request in generate::requests(choices, &json, 20) {
        let context = context_from_json(&request.context);
        let wanted = compiled.resolve(&request.flag, &context, world, &mut ());
        let found = live.snapshot();
        assert_eq!(found.resolve(&request.flag, &context, world, &mut ()), wanted);
    }
}

const UNLEASH: &str = r#"{"version":2,"features":[
    {"name":"on","enabled":true,"strategies":[{"name":"default"}]},
    {"name":"odd","enabled":true,"strategies":[{"name":"flexibleRollout","parameters":{"rollout":"900"}}]}
]}"#;

#[test]
fn a_vendors_document_is_kept_and_goes_to_clients_in_the_exact_form() {
    let parts = [stored(Kind::Document, "", UNLEASH)];
    let environment = Environment::of(Dialect::Unleash, &parts);
    environment.live.read(|content, _| {
        assert_eq!(content.document.as_ref().map(|document| &*document.text), Some(UNLEASH));
        assert_eq!(content.contexts, Dialect::Unleash);
        let left_out: Vec<_> = content.diagnostics.iter().map(|found| &*found.path).collect();
        assert!(left_out.contains(&"flags.odd"), "{left_out:?}");
        assert!(content.held.of(Part::Flag)["on"].json.starts_with(r#"{"exact":"#));
        assert!(!content.held.of(Part::Flag).contains_key("odd"));
    });
    let problem = environment.live.prepare(vec![flag("on", Some("{}"))]).unwrap_err();
    assert_eq!(problem.code, "vendor_document");
}

#[test]
fn a_vendors_new_document_is_a_delta_of_what_is_different() {
    let environment = Environment::of(Dialect::Unleash, &[stored(Kind::Document, "", UNLEASH)]);
    let text = UNLEASH.replace(r#""on","enabled":true"#, r#""on","enabled":false"#);
    let replacement = Replacement::Vendor(Dialect::Unleash, text.as_str().into());
    let prepared = environment.live.prepare_replacement(replacement).unwrap();
    environment.live.publish(prepared, 8);
    let (events, _) = environment.live.events_since(Some(7));
    let delta: Delta<'_> = serde_json::from_str(data_of(&events[0])).unwrap();
    assert_eq!(delta.document().unwrap().flags.keys().collect::<Vec<_>>(), ["on"]);
    assert!(
        environment
            .live
            .prepare_replacement(Replacement::Vendor(Dialect::Unleash, "[]".into()))
            .is_err()
    );
}

/// A document that an older version stored and this one cannot read.
#[test]
fn what_cannot_be_read_is_told_and_can_be_replaced_but_not_changed() {
    let parts = [stored(Kind::Setting, "hash", r#""crc""#), stored(Kind::Flag, "beta", "{}")];
    let environment = Environment::of(Dialect::Native, &parts);
    environment.live.read(|content, _| {
        assert!(!content.is_readable);
        assert!(content.diagnostics[0].problem.contains("crc"), "{:?}", content.diagnostics);
    });
    let problem = environment.live.prepare(vec![flag("beta", Some("{}"))]).unwrap_err();
    assert_eq!(problem.code, "unreadable");
    let document = serde_json::json!({ "schema": "flagkit/1", "flags": { "beta": {} } });
    assert!(replace(&environment.live, &document));
    environment.change(&[flag("beta", Some(r#"{"enabled":true}"#))]);
}
