use super::*;
use crate::status::{FLAGKIT_INVALID_UTF8, FLAGKIT_LIMIT_EXCEEDED};

fn string(arena: &mut Arena, name: &str, value: &str) {
    arena.set(name, Held::Text(value)).unwrap();
}

fn texts(arena: &mut Arena, name: &str, values: &[&str]) {
    arena.set(name, Held::Texts(&|place| values.get(place).copied())).unwrap();
}

fn shown(arena: &Arena) -> String {
    let mut all = Vec::new();
    arena.each(&mut |name, value| all.push(format!("{name}={value}")));
    all.join(" ")
}

#[test]
fn a_name_that_is_there_gets_the_new_value() {
    let mut arena = Arena::default();
    arena.reset(Some("u-1")).unwrap();
    string(&mut arena, "plan", "free");
    texts(&mut arena, "teams", &["a", "b", "c"]);
    string(&mut arena, "plan", "pro");
    assert_eq!(shown(&arena), r#"plan="pro" teams=["a","b","c"]"#);
    texts(&mut arena, "teams", &["d"]);
    string(&mut arena, "teams", "none");
    texts(&mut arena, "teams", &["e", "f"]);
    arena.set("plan", Held::Value(3.into())).unwrap();
    assert_eq!(shown(&arena), r#"plan=3 teams=["e","f"]"#);
}

#[test]
fn a_reset_leaves_nothing() {
    let mut arena = Arena::default();
    arena.reset(Some("u-1")).unwrap();
    texts(&mut arena, "teams", &["a", "b"]);
    arena.reset(None).unwrap();
    assert!(arena.key().is_none() && arena.get("teams").is_none());
    texts(&mut arena, "groups", &["c"]);
    assert_eq!(shown(&arena), r#"groups=["c"]"#);
}

#[test]
fn setting_an_attribute_over_and_over_needs_no_more_memory_than_two_of_it() {
    let mut arena = Arena::default();
    arena.reset(Some("u-1")).unwrap();
    let long = "x".repeat(1 << 20);
    for n in 0..64 {
        string(&mut arena, "note", long.get(n..).unwrap());
        string(&mut arena, "n", &n.to_string());
    }
    assert!(matches!(arena.get("n"), Some(ValueRef::String("63"))));
    assert!(
        matches!(arena.get("note"), Some(ValueRef::String(note)) if note.len() == (1 << 20) - 63)
    );
    assert!(matches!(arena.key(), Some(ValueRef::String("u-1"))));
}

#[test]
fn there_is_an_end_to_attributes_and_to_text() {
    let mut arena = Arena::default();
    arena.reset(None).unwrap();
    let long = "x".repeat(9 << 20);
    string(&mut arena, "a", &long);
    assert_eq!(arena.set("b", Held::Text(&long)), Err(FLAGKIT_LIMIT_EXCEEDED));
    assert!(arena.get("b").is_none() && arena.get("a").is_some());
    let endless = |_| Some("x");
    assert_eq!(arena.set("c", Held::Texts(&endless)), Err(FLAGKIT_LIMIT_EXCEEDED));
    arena.reset(None).unwrap();
    for n in 0..4096 {
        string(&mut arena, &n.to_string(), "");
    }
    assert_eq!(arena.set("one more", Held::Value(true.into())), Err(FLAGKIT_LIMIT_EXCEEDED));
    assert_eq!(arena.set("7", Held::Value(true.into())), Ok(()));
}

#[test]
fn what_cannot_be_read_changes_nothing() {
    // SAFETY: the texts are there for all calls, and the context is given back at the end.
    unsafe {
        let context = flagkit_context_new(flagkit_str::of("u-1"));
        let (name, bad) =
            (flagkit_str::of("a"), flagkit_str { ptr: b"\xff".as_ptr().cast(), len: 1 });
        assert_eq!(flagkit_context_set_string(context, name, name), FLAGKIT_OK);
        assert_eq!(flagkit_context_set_string(context, name, bad), FLAGKIT_INVALID_UTF8);
        assert_eq!(flagkit_context_set_string(context, bad, name), FLAGKIT_INVALID_UTF8);
        assert_eq!(flagkit_context_set_json(context, name, name), FLAGKIT_INVALID_JSON);
        let texts = [name, bad];
        let set = flagkit_context_set_strings(context, name, texts.as_ptr(), 2);
        assert_eq!(set, FLAGKIT_INVALID_UTF8);
        assert_eq!(shown(&(*context).arena), r#"a="a""#);
        flagkit_context_free(context);
    }
}
