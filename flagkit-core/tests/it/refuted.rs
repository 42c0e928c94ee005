//! Conditions that can be proved, refuted, or neither.

use flagkit_core::document::{Condition, Operator, Refutable};
use flagkit_core::{Context, compile};

use crate::build::{document, flag, is_on, on_when, test};

/// Proved by `yes`, refuted by `no`; whoever has no such attribute cannot be judged.
fn claim(attribute: &str) -> Refutable {
    let is = |text: &str| test(attribute, Operator::TextOneOf(vec![text.to_owned()]));
    Refutable { proof: is("yes"), refutation: is("no") }
}

#[test]
fn the_first_claim_without_proof_decides() {
    let claims = Condition::Refuted(vec![claim("a"), claim("b"), claim("c")]);
    let compiled = compile(document(vec![flag("f", on_when(claims))], Vec::new()));
    assert!(!compiled.has_errors());
    let cases = [
        (["yes", "yes", "yes"], false),
        (["yes", "yes", "no"], true),
        (["no", "", ""], true),
        (["yes", "no", ""], true),
        (["", "no", "no"], false),
        (["yes", "", "no"], false),
    ];
    for (answers, expected) in cases {
        let names = ["a", "b", "c"].into_iter().zip(answers);
        let context = names.fold(Context::anonymous(), |context, (name, answer)| {
            if answer.is_empty() { context } else { context.with(name, answer) }
        });
        assert_eq!(is_on(&compiled.snapshot, "f", &context), Ok(expected), "{answers:?}");
    }
}

#[test]
fn without_claims_nothing_is_refuted() {
    let none = on_when(Condition::Refuted(Vec::new()));
    let compiled = compile(document(vec![flag("f", none)], Vec::new()));
    assert_eq!(is_on(&compiled.snapshot, "f", &()), Ok(false));
}
