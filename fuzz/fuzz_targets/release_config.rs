//! Any text: a plan, mistakes with their places, or reasons against a plan, never a panic.
#![no_main]

use flagkit_deploy::config::{Overrides, read};
use flagkit_deploy::{WHOLE, plan::Does};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // Half of the texts begin well, so that the rest of the file is reached.
    let begun = format!("schema: flagkit-release/1\ntarget: t\narms: {{ a: v1, b: v2 }}\n{text}");
    for text in [text, &begun] {
        match read(text, "release.yaml") {
            Err(errors) => {
                assert!(!errors.is_empty());
                for error in errors {
                    assert!(!error.problem.is_empty() && !error.mend.is_empty(), "{error:?}");
                }
            }
            Ok(configuration) => {
                let Ok(plan) = configuration.plan(&Overrides::default()) else { continue };
                assert!((1..=1000).contains(&plan.steps.len()));
                for step in &plan.steps {
                    if let Does::Split { split } = &step.does {
                        let sum: u32 = split.weights().iter().map(|weight| weight.ppm()).sum();
                        assert_eq!((sum, split.weights().len()), (WHOLE, plan.arms.len()));
                    }
                }
            }
        }
    }
});
