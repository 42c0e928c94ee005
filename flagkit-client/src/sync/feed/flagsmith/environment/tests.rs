use serde_json::value::RawValue;

use super::super::super::raw::{self, Object};
use super::context;
use crate::sync::ProblemKind;

fn translated(environment: &str, identities: &[&str]) -> Result<String, ProblemKind> {
    let environment: Object<'_> = serde_json::from_str(environment).expect("an object");
    let identities: Vec<Box<RawValue>> =
        identities.iter().map(|json| serde_json::from_str(json).expect("JSON")).collect();
    context(&environment, &identities).map_err(|problem| problem.kind)
}

/// An environment with these states and segments.
fn environment(states: &str, segments: &str) -> String {
    format!(
        r#"{{"id":1,"api_key":"k","name":"Prod","feature_states":[{states}],"project":{{"segments":[{segments}]}}}}"#
    )
}

const STATE: &str = r#"{"django_id":null,"featurestate_uuid":"u-1","enabled":true,"feature_state_value":1.0,"feature":{"id":7,"name":"fée","type":"STANDARD"}}"#;

// What is expected here is what `map_environment_document_to_context` of Flagsmith's Python SDK 6.3
// makes of the same documents, but for the keys of segments of identities and the infinite priority
// of their overrides. 400 random documents were compared in the same way.
#[test]
fn states_become_features() {
    let feature = r#""key":"u-1","name":"fée","enabled":true,"value":1.0,"metadata":{"id":7}"#;
    let with = |member: &str| STATE.replace(r#""enabled""#, &format!("{member},\"enabled\""));
    let variants = |value: &str| with(&format!(r#""multivariate_feature_state_values":[{value}]"#));
    let value = r#""percentage_allocation":30.0,"multivariate_feature_option":{"value":"a","key":null},"mv_fs_value_uuid":"00000000-0000-0000-0000-00000000000f""#;
    let cases = [
        (STATE.to_owned(), feature.to_owned()),
        (STATE.replace("null", "12"), feature.replace("u-1", "12")),
        (STATE.replace("null", "0"), feature.to_owned()),
        (with(r#""feature_segment":null"#), feature.to_owned()),
        (with(r#""feature_segment":{"priority":3}"#), format!(r#"{feature},"priority":3"#)),
        (variants(""), feature.to_owned()),
        (
            variants(&format!(r#"{{"id":5,{value}}}"#)),
            format!(r#"{feature},"variants":[{{"value":"a","weight":30.0,"priority":5}}]"#),
        ),
        (
            variants(&format!("{{{}}}", value.replace("null", r#""control""#))),
            format!(
                r#"{feature},"variants":[{{"value":"a","weight":30.0,"priority":15.0,"key":"control"}}]"#
            ),
        ),
    ];
    for (state, feature) in cases {
        let expected = format!(
            r#"{{"environment":{{"key":"k","name":"Prod"}},"features":{{"fée":{{{feature}}}}},"segments":{{}}}}"#
        );
        assert_eq!(translated(&environment(&state, ""), &[]), Ok(expected), "{state}");
    }
}

#[test]
fn segments_keep_their_rules_and_their_states_override() {
    let rule = r#"{"type":"ANY","conditions":[{"operator":"IN","property_":"plan","value":"a"},{"operator":"IS_SET","property_":null,"value":""}],"rules":[{"type":"ALL"}]}"#;
    let segment = format!(r#"{{"id":9,"name":"s","rules":[{rule}],"feature_states":[{STATE}]}}"#);
    let found = translated(&environment("", &segment), &[]).expect("translated");
    let expected = r#""segments":{"9":{"key":"9","name":"s","rules":[{"type":"ANY","conditions":[{"property":"plan","operator":"IN","value":"a"},{"property":"","operator":"IS_SET","value":""}],"rules":[{"type":"ALL","conditions":[],"rules":[]}]}],"overrides":[{"key":"u-1","name":"fée","enabled":true,"value":1.0,"metadata":{"id":7}}],"metadata":{"id":9,"source":"api"}}}"#;
    assert!(found.contains(expected), "{found}");
}

#[test]
fn identities_with_the_same_overrides_are_one_segment() {
    let other = STATE.replace("fée", "abc");
    let identity = |identifier: &str, states: &[&str]| {
        format!(r#"{{"identifier":"{identifier}","identity_features":[{}]}}"#, states.join(","))
    };
    let identities = [
        identity("u1", &[STATE, &other]),
        identity("u2", &[]),
        identity("u3", &[STATE]),
        identity("u4", &[&other, STATE]),
    ];
    let identities: Vec<&str> = identities.iter().map(|identity| &**identity).collect();
    let found = translated(&environment("", ""), &identities).expect("translated");
    let json: serde_json::Value = serde_json::from_str(&found).expect("JSON");
    let segments = json["segments"].as_object().expect("an object");
    let facts = |key: &str| {
        let segment = &segments[key];
        let names = segment["overrides"].as_array().expect("a list");
        let names: Vec<&str> = names.iter().filter_map(|over| over["name"].as_str()).collect();
        (segment["rules"][0]["conditions"][0]["value"].to_string(), names.join(" "))
    };
    assert_eq!(segments.len(), 2);
    assert_eq!(facts("identity_overrides:0"), (r#"["u1","u4"]"#.to_owned(), "abc fée".to_owned()));
    assert_eq!(facts("identity_overrides:1"), (r#"["u3"]"#.to_owned(), "fée".to_owned()));
}

#[test]
fn what_lacks_something_is_no_environment() {
    let whole = environment(STATE, r#"{"id":9,"name":"s","rules":[]}"#);
    for part in
        ["api_key", "project", "segments", "rules", "featurestate_uuid", "feature_state_value"]
    {
        let found = translated(&whole.replace(part, "other"), &[]);
        assert_eq!(found, Err(ProblemKind::Malformed), "{part}");
    }
    let value = r#"{"percentage_allocation":1,"multivariate_feature_option":{"value":1},"mv_fs_value_uuid":"soon"}"#;
    let member = format!(r#""multivariate_feature_state_values":[{value}],"enabled""#);
    let whole = whole.replace(r#""enabled""#, &member);
    assert_eq!(translated(&whole, &[]), Err(ProblemKind::Malformed));
    assert_eq!(translated(&environment("7", ""), &[]), Err(ProblemKind::Malformed));
    let members = raw::members([(&"a".to_owned(), "1"), (&"b\"".to_owned(), "2")]);
    assert_eq!(members, r#""a":1,"b\"":2"#);
}

#[test]
fn rules_that_lie_too_deep_are_refused() {
    let nested = |depth: usize| {
        let (before, after) = (r#"{"type":"ALL","rules":["#.repeat(depth), "]}".repeat(depth));
        let segment = format!(r#"{{"id":9,"name":"s","rules":[{before}{after}]}}"#);
        translated(&environment("", &segment), &[]).map(|_| ())
    };
    assert_eq!(nested(63), Ok(()));
    for depth in [64, 100_000] {
        assert_eq!(nested(depth), Err(ProblemKind::Malformed));
    }
}
