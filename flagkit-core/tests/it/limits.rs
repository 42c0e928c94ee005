//! Documents that would hurt an evaluator without limits.

use flagkit_core::document::{Condition, Flag, Operator, Search};
use flagkit_core::{Context, ErrorCode, compile};

use crate::build::{document, flag, in_segment, inside, is_on, needs, on_when, segment, test};

/// `flag-0` needs `flag-1` needs … ; the last is on.
fn chain(len: usize) -> Vec<Flag> {
    let name = |number: usize| format!("flag-{number}");
    let mut flags: Vec<Flag> =
        (0..len).map(|n| flag(&name(n), on_when(needs(&name(n + 1))))).collect();
    flags.push(flag(&name(len), on_when(Condition::Always)));
    flags
}

#[test]
fn a_chain_of_fifty_prerequisites_works() {
    let compiled = compile(document(chain(50), vec![]));
    assert!(!compiled.has_errors());
    assert_eq!(is_on(&compiled.snapshot, "flag-0", &Context::anonymous()), Ok(true));
}

#[test]
fn a_chain_of_a_hundred_thousand_is_refused_where_it_is_too_deep() {
    let compiled = compile(document(chain(100_000), vec![]));
    let found = is_on(&compiled.snapshot, "flag-0", &Context::anonymous());
    assert_eq!(found, Err(ErrorCode::ParseError));
    assert_eq!(is_on(&compiled.snapshot, "flag-99990", &Context::anonymous()), Ok(true));
    assert!(compiled.diagnostics[0].to_string().contains("conditions deep"));
}

#[test]
fn diamonds_that_would_take_for_ever_are_refused() {
    // Each level asks the next one twice: 2^60 visits from the top.
    let name = |number: usize| format!("flag-{number}");
    let mut flags: Vec<Flag> = (0..60)
        .map(|n| {
            flag(
                &name(n),
                on_when(Condition::Any(vec![
                    Condition::Not(Box::new(needs(&name(n + 1)))),
                    needs(&name(n + 1)),
                ])),
            )
        })
        .collect();
    flags.push(flag(&name(60), vec![]));
    let compiled = compile(document(flags, vec![]));
    assert_eq!(
        is_on(&compiled.snapshot, "flag-0", &Context::anonymous()),
        Err(ErrorCode::ParseError)
    );
    assert!(compiled.diagnostics.iter().any(|d| d.to_string().contains("could visit more than")));
}

#[test]
fn circles_are_named_in_full_and_hurt_only_those_on_them() {
    let flags = vec![
        flag("a", on_when(needs("b"))),
        flag("b", on_when(needs("c"))),
        flag("c", on_when(needs("a"))),
        flag("beside", on_when(Condition::Not(Box::new(needs("a"))))),
        flag("self", on_when(needs("self"))),
    ];
    let compiled = compile(document(flags, vec![]));
    let nobody = Context::anonymous();
    for key in ["a", "b", "c", "self"] {
        assert_eq!(is_on(&compiled.snapshot, key, &nobody), Err(ErrorCode::ParseError), "{key}");
    }
    assert_eq!(is_on(&compiled.snapshot, "beside", &nobody), Ok(true));
    let texts: Vec<String> = compiled.diagnostics.iter().map(ToString::to_string).collect();
    assert!(
        texts
            .iter()
            .any(|text| text.starts_with("flags.a: a circle of references: `a` → `b` → `c` → `a`")),
        "{texts:#?}"
    );
    assert!(texts.iter().any(|text| text.contains("`self` → `self`")), "{texts:#?}");
    assert_eq!(texts.len(), 4);
}

#[test]
fn a_circle_of_a_hundred_thousand_flags_is_found() {
    let mut flags = chain(100_000);
    flags.pop();
    flags.push(flag("flag-100000", on_when(needs("flag-0"))));
    let compiled = compile(document(flags, vec![]));
    assert_eq!(compiled.diagnostics.len(), 100_001);
    let longest = compiled.diagnostics.iter().map(|d| d.problem.len()).max();
    assert!(longest < Some(2_000), "a message stays readable: {longest:?}");
}

#[test]
fn segments_that_are_broken_break_every_flag_that_uses_them() {
    let segments = vec![
        segment("round", in_segment("and-round")),
        segment("and-round", in_segment("round")),
        segment("above", in_segment("round")),
        segment("dangling", in_segment("nowhere")),
        segment("fine", Condition::Always),
    ];
    let flags = ["round", "above", "dangling", "nowhere", "fine"]
        .map(|key| flag(key, on_when(in_segment(key))));
    let compiled = compile(document(flags.into(), segments));
    let nobody = Context::anonymous();
    for key in ["round", "above", "dangling", "nowhere"] {
        assert_eq!(is_on(&compiled.snapshot, key, &nobody), Err(ErrorCode::ParseError), "{key}");
    }
    assert_eq!(is_on(&compiled.snapshot, "fine", &nobody), Ok(true));
}

#[test]
fn a_million_ids_are_one_probe() {
    let ids: Vec<String> = (0..1_000_000).map(|number| format!("user-{number:07}")).collect();
    let when = test("id", Operator::TextOneOf(ids));
    let compiled = compile(document(
        vec![flag("many", on_when(in_segment("all")))],
        vec![segment("all", when)],
    ));
    let is_in = |id: &str| is_on(&compiled.snapshot, "many", &Context::anonymous().with("id", id));
    assert_eq!((is_in("user-0999999"), is_in("user-1000000")), (Ok(true), Ok(false)));
}

#[test]
fn patterns_that_explode_are_refused_and_their_neighbours_work() {
    let matching = |pattern: &str| {
        on_when(test("text", Operator::Matches(vec![pattern.into()], Search::AtStart)))
    };
    let deep = format!("{}a{}", "(".repeat(5_000), ")".repeat(5_000));
    let flags = vec![
        flag("huge", matching(r"\w{1000}{1000}")),
        flag("deep", matching(&deep)),
        flag("open", matching("(unclosed")),
        flag("fine", matching("ab+c")),
    ];
    let compiled = compile(document(flags, vec![]));
    let context = Context::anonymous().with("text", "abbcd");
    for key in ["huge", "deep", "open"] {
        assert_eq!(is_on(&compiled.snapshot, key, &context), Err(ErrorCode::ParseError), "{key}");
    }
    assert_eq!(is_on(&compiled.snapshot, "fine", &context), Ok(true));
    assert!(compiled.diagnostics.iter().all(|d| d.about.is_some()));
}

#[test]
fn all_patterns_together_have_a_limit() {
    // Each is well below the limit of one; some hundreds of them are more than may be kept.
    let flags = (0..900).map(|n| {
        let pattern = format!(r"{n}\w{{12}}");
        flag(
            &n.to_string(),
            on_when(test("text", Operator::Matches(vec![pattern], Search::AtStart))),
        )
    });
    let compiled = compile(document(flags.collect(), vec![]));
    let texts: Vec<String> = compiled.diagnostics.iter().map(ToString::to_string).collect();
    assert!(texts.iter().any(|text| text.contains("all patterns together")), "{texts:?}");
    assert_eq!(is_on(&compiled.snapshot, "0", &Context::anonymous()), Ok(false));
}

#[test]
fn conditions_that_are_nested_too_deep_are_refused() {
    let nested = (0..200).fold(Condition::Always, |inner, _| Condition::All(vec![inner]));
    let compiled = compile(document(vec![flag("deep", on_when(nested))], vec![]));
    assert_eq!(
        is_on(&compiled.snapshot, "deep", &Context::anonymous()),
        Err(ErrorCode::ParseError)
    );
    assert_eq!(compiled.diagnostics.len(), 1);
}

#[test]
fn a_variant_that_does_not_exist_is_refused() {
    let mut odd = flag("odd", on_when(inside("s", 100.0)));
    odd.variants.pop();
    let compiled = compile(document(vec![odd], vec![]));
    assert_eq!(is_on(&compiled.snapshot, "odd", &Context::anonymous()), Err(ErrorCode::ParseError));
}
