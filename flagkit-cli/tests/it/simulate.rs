//! `flagkit rollout simulate`: plans tried on made-up traffic.

use serde_json::Value;

use crate::run::{file, flagkit};

const RELEASE: &str = "schema: flagkit-release/1\ntarget: checkout\narms: { stable: v41, canary: v42 }\n\
    strategy: { canary: { stages: [10%, 50%, 100%], stage: 1m, finish: { observe: 1m } } }\n\
    metrics: { error_rate: {} }\n";

fn release(name: &str) -> String {
    file(name, RELEASE)
}

#[test]
fn the_same_seeds_print_the_same_and_say_how_both_versions_end() {
    let path = release("simulate-same.yaml");
    let simulate = || {
        let words = ["rollout", "simulate", &path, "--seeds", "10", "--worse", "error_rate 10%"];
        let ran = flagkit(&words);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.out
    };
    let out = simulate();
    assert_eq!(out, simulate());
    for words in [
        "reached the end",
        "rolled back",
        "users who saw failures",
        "--seed",
        "error_rate 10% instead of 0.5%",
    ] {
        assert!(out.contains(words), "{words} is missing in {out}");
    }
}

/// What is usual is learned from the time before the release: without that, requests that may come in
/// bursts say too little in two minutes.
#[test]
fn the_time_before_a_release_is_there_to_learn_from() {
    let path = release("simulate-before.yaml");
    let words =
        ["rollout", "simulate", &path, "--seeds", "20", "--worse", "error_rate 2%", "--json"];
    let json: Value = serde_json::from_str(&flagkit(&words).out).unwrap();
    assert!(json["bad"]["ends"]["rolled_back"].as_u64().unwrap() >= 10, "{json:#}");
}

#[test]
fn programs_get_counts_and_ranges_and_a_bad_version_goes_back_nearly_always() {
    let (path, svg) = (release("simulate-json.yaml"), file("simulate.svg", ""));
    let words = [
        "rollout",
        "simulate",
        &path,
        "--seeds",
        "20",
        "--worse",
        "error_rate x20",
        "--json",
        "--svg",
        &svg,
    ];
    let ran = flagkit(&words);
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(json["bad"]["ends"]["rolled_back"].as_u64().unwrap() >= 19, "{json:#}");
    assert!(json["innocent"]["ends"]["done"].as_u64().unwrap() >= 19, "{json:#}");
    let ranges = &json["bad"]["users"];
    assert!(ranges["median"].as_u64() <= ranges["max"].as_u64());
    let drawing = std::fs::read_to_string(&svg).unwrap();
    assert!(drawing.starts_with("<svg xmlns=") && drawing.trim_end().ends_with("</svg>"));
}

#[test]
fn one_seed_is_played_step_by_step() {
    let path = release("simulate-seed.yaml");
    let ran = flagkit(&["rollout", "simulate", &path, "--seed", "3", "--worse", "error_rate 10%"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("seed 3") && ran.out.contains("it reached the end"), "{}", ran.out);
    assert!(ran.out.contains("it rolled back"), "{}", ran.out);
}

#[test]
fn what_makes_no_sense_says_how_to_mend_it() {
    let path = release("simulate-wrong.yaml");
    let cases = [
        (vec!["--worse", "latency 5%"], 2, "name one of its metrics: error_rate"),
        (vec!["--worse", "error_rate"], 2, "write a metric and a value"),
        (vec!["--rps", "0"], 2, "say a number above 0"),
        (vec!["--users", "0"], 2, "at least 1 user"),
        (vec!["--error-rate", "5"], 2, "say 5%"),
        (vec!["--seeds", "0"], 2, "0"),
    ];
    for (more, code, words) in cases {
        let mut arguments = vec!["rollout", "simulate", &path];
        arguments.extend(&more);
        let ran = flagkit(&arguments);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert!(ran.err.contains(words), "{more:?}: {}", ran.err);
    }
    let none = file("simulate-none.yaml", RELEASE.replace("metrics: { error_rate: {} }\n", ""));
    let ran = flagkit(&["rollout", "simulate", &none]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("error_rate: {}"), "{}", ran.err);
    assert_eq!(flagkit(&["rollout", "simulate", "/nowhere.yaml"]).code, Some(1));
}
