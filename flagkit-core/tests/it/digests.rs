//! Documents that hide names and texts behind digests.

use flagkit_core::document::{Changes, Digest, FlagKeys, Lookup, Operator, Readings, Test};
use flagkit_core::document::{Condition, TextReading, Unreadable};
use flagkit_core::{Case, Context, ContextRef, Document, ErrorCode, Snapshot, compile, recompile};

use crate::allocation::allocations;
use crate::build::{document, flag, is_on, on_when, resolve};

/// The country is one of these, all of it in digests.
fn hidden(countries: &[&str]) -> Condition {
    Condition::Test(Test {
        lookup: Lookup::NameDigest(Digest::of("country")),
        operator: Operator::DigestOneOf(countries.iter().map(|text| Digest::of(text)).collect()),
        case: Case::Sensitive,
        reads: Readings { text: TextReading::Doubles, ..Readings::STRICT },
        negate: false,
        when_missing: false,
        when_unreadable: Unreadable::DoesNotMeet,
        when_malformed: None,
    })
}

fn snapshot() -> Snapshot {
    let flags = vec![flag(&Digest::of("beta").to_string(), on_when(hidden(&["DE", "FR", "1"])))];
    let document = Document { flag_keys: FlagKeys::Digests, ..document(flags, Vec::new()) };
    compile(document).snapshot
}

#[test]
fn names_and_texts_are_found_by_their_digests() {
    let snapshot = snapshot();
    let is_on = |context: Context| is_on(&snapshot, "beta", &context);
    assert_eq!(is_on(Context::anonymous().with("country", "DE")), Ok(true));
    assert_eq!(is_on(Context::anonymous().with("plan", "DE").with("country", 1.0)), Ok(true));
    assert_eq!(is_on(Context::anonymous().with("country", "US")), Ok(false));
    assert_eq!(is_on(Context::anonymous().with("plan", "DE")), Ok(false));
}

#[test]
fn a_name_of_any_length_is_found() {
    let name = "n".repeat(300);
    let lookup = Lookup::NameDigest(Digest::of(&name));
    let Condition::Test(test) = hidden(&["DE"]) else { unreachable!() };
    let when = Condition::Test(Test { lookup, ..test });
    let compiled = compile(document(vec![flag("f", on_when(when))], Vec::new()));
    let context = Context::anonymous().with("short", "DE").with(name, "DE");
    assert_eq!(is_on(&compiled.snapshot, "f", &context), Ok(true));
}

#[test]
fn flags_are_asked_for_by_their_plain_keys() {
    let snapshot = snapshot();
    assert!(snapshot.flag("beta").is_some());
    assert!(snapshot.flag_index("beta").and_then(|index| snapshot.flag_at(index)).is_some());
    let digest = Digest::of("beta").to_string();
    assert_eq!(is_on(&snapshot, &digest, &Context::anonymous()), Err(ErrorCode::FlagNotFound));
    let removed = Changes { removed_flags: vec![digest], ..Changes::default() };
    assert!(recompile(&snapshot, removed).snapshot.flag("beta").is_none());
    let added = flag(&Digest::of("new").to_string(), Vec::new());
    let changes = Changes { flags: vec![added], ..Changes::default() };
    assert!(recompile(&snapshot, changes).snapshot.flag("new").is_some());
}

#[test]
fn digests_allocate_nothing() {
    let snapshot = snapshot();
    let attributes = [("plan", "pro".into()), ("country", "DE".into())];
    let context = ContextRef::new("u-1", &attributes);
    let resolve_it = || {
        let found = resolve(&snapshot, "beta", &context);
        assert!(found.is_ok_and(|found| found.is_enabled()));
    };
    assert_eq!(allocations(resolve_it), 0);
}
