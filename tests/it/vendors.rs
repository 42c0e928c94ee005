//! Flags of other systems through the facade.

use flagkit::{Client, Dialect};

const FEATURES: &str = r#"{ "version": 2, "features": [
    { "name": "new-checkout", "enabled": true, "strategies": [
        { "name": "default", "constraints": [
            { "contextName": "plan", "operator": "IN", "values": ["pro"] }] }] },
    { "name": "old-checkout", "enabled": false, "strategies": [] }] }"#;

#[test]
fn a_document_is_loaded_and_asked_in_the_words_of_its_vendor() {
    let client = Client::from_document(Dialect::Unleash, FEATURES.as_bytes()).unwrap();
    let pro = client.context(r#"{ "userId": "u-42", "properties": { "plan": "pro" } }"#).unwrap();
    let free = client.context(r#"{ "userId": "u-42", "properties": { "plan": "free" } }"#).unwrap();
    assert!(client.is_enabled("new-checkout", &pro));
    assert!(!client.is_enabled("new-checkout", &free));
    assert!(!client.is_enabled("old-checkout", &pro));
    assert!(client.context("[]").is_err());
}

#[test]
fn the_dialect_is_recognised_and_a_converted_document_takes_the_place_of_the_old_one() {
    let client = Client::from_text(FEATURES).unwrap();
    let settings = flagkit_dialects::Settings::default();
    let converted = flagkit_dialects::convert(Dialect::Unleash, FEATURES, &settings).unwrap();
    client.replace(&converted.to_yaml()).unwrap();
    let pro = client.context(r#"{ "userId": "u-42", "properties": { "plan": "pro" } }"#).unwrap();
    assert!(client.is_enabled("new-checkout", &pro));
    assert_eq!(
        flagkit::vendors::unleash::context(&serde_json::json!({ "userId": "u" })).unwrap(),
        { client.context(r#"{ "userId": "u" }"#).unwrap() }
    );
}
