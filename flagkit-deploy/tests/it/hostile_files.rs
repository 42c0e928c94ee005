//! Broken files: mistakes with places, never a panic, and every plan that comes out can be checked.

use flagkit_deploy::Time;
use flagkit_deploy::config::{Overrides, read};
use flagkit_deploy::event::Actor;
use flagkit_deploy::import::{Shape, import};
use flagkit_deploy::plan::Does;
use flagkit_deploy::release::Release;
use flagkit_deploy::{WHOLE, config};
use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};

const FILES: [&str; 5] = [
    include_str!("../../../examples/releases/ab-test.yaml"),
    include_str!("../../../examples/releases/blue-green.yaml"),
    include_str!("../../../examples/releases/canary.yaml"),
    include_str!("../../../examples/releases/flag-ramp.yaml"),
    include_str!("../../../examples/releases/rolling.yaml"),
];

/// Words that mean something to a reader, somewhere.
const WORDS: [&str; 24] = [
    "5%",
    "-1",
    "1e400",
    "99999999999999999999",
    "[]",
    "{}",
    "null",
    "~",
    "*a",
    "&a ",
    "<<: ",
    ": ",
    "- ",
    "\"",
    "'",
    "\u{0}",
    "\u{feff}",
    "\t",
    "0.0000001%",
    "100000000w",
    "steps",
    "é",
    "{{arm}}",
    "!!str ",
];

/// An example in which some places are replaced: (where in thousandths, how many bytes, by which word).
fn broken() -> impl Strategy<Value = String> {
    let cuts =
        prop::collection::vec((0..1000_usize, 0..12_usize, prop::sample::select(&WORDS)), 1..6);
    (prop::sample::select(&FILES), cuts).prop_map(|(file, cuts)| {
        let mut text: Vec<char> = file.chars().collect();
        for (place, length, word) in cuts {
            let start = place * text.len() / 1000;
            let end = (start + length).min(text.len());
            text.splice(start..end, word.chars());
        }
        text.into_iter().collect()
    })
}

proptest! {
    #[test]
    fn broken_files_are_mistakes_with_words_and_never_a_panic(text in broken()) {
        match read(&text, "release.yaml") {
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                for error in errors {
                    prop_assert!(!error.problem.is_empty() && !error.mend.is_empty(), "{:?}", error);
                    let lines = text.split('\n').count();
                    prop_assert!(error.position.is_none_or(|place| (1..=lines).contains(&place.line)));
                }
            }
            Ok(configuration) => {
                if let Ok(plan) = configuration.plan(&Overrides::default()) {
                    for step in &plan.steps {
                        if let Does::Split { split } = &step.does {
                            let sum: u32 = split.weights().iter().map(|weight| weight.ppm()).sum();
                            prop_assert_eq!(sum, WHOLE);
                        }
                    }
                    let _ = config::prometheus_rules(&plan);
                    let _ = Release::new("r".into(), plan, Actor::default(), Time::default());
                }
            }
        }
    }

    #[test]
    fn broken_files_of_older_shapes_are_mistakes_and_never_a_panic(
        text in broken(), which in 0..4_usize,
    ) {
        let names = ["canary-config", "deployment-success-criteria", "ab-tests", "multi-region-config"];
        let shape = Shape::by_name(names[which]).unwrap();
        if let Err(errors) = import(shape, &text, "x") {
            prop_assert!(errors.iter().all(|error| !error.problem.is_empty()));
        }
    }
}
