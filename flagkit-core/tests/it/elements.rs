//! Walks into lists, elements of lists, and flags whose value must fulfil a condition.

use flagkit_core::document::{
    Accepts, AnyElement, Condition, Lookup, Operator, Order, Origin, Prerequisite, Readings,
    Script, Test, Unreadable,
};
use flagkit_core::{Case, Context, ErrorCode, Snapshot, Structure, Value, compile};

use crate::build::{WORLD, document, flag, is_on, on_when, segment};

fn walk(origin: Origin, path: &str) -> Lookup {
    let steps = path.split('.').filter(|step| !step.is_empty());
    Lookup::Walk(origin, steps.map(str::to_owned).collect())
}

fn test(lookup: Lookup, script: Script) -> Condition {
    Condition::Test(Test {
        lookup,
        operator: Operator::Script(script),
        case: Case::Sensitive,
        reads: Readings::STRICT,
        negate: false,
        when_missing: false,
        when_unreadable: Unreadable::DoesNotMeet,
        when_malformed: None,
    })
}

fn context() -> Context {
    let order = |id: i64, sizes: &[i64]| {
        let sizes: Value = sizes.iter().map(|size| Value::from(*size)).collect::<Vec<_>>().into();
        Value::from([("id", Value::from(id)), ("sizes", sizes)].into_iter().collect::<Structure>())
    };
    let orders = vec![order(1, &[3, 4]), Value::Null, order(2, &[])];
    Context::new("u-1").with("orders", Value::from(orders))
}

fn is_in(when: Condition) -> Result<bool, ErrorCode> {
    let snapshot = snapshot_of(when);
    snapshot.is_in_segment("s", &context(), &WORLD, &mut ())
}

fn snapshot_of(when: Condition) -> Snapshot {
    compile(document(Vec::new(), vec![segment("s", when)])).snapshot
}

#[test]
fn walks_count_elements_and_enter_them() {
    for (path, expected) in [
        ("orders.0.id", Some(1)),
        ("orders.2.id", Some(2)),
        ("orders.length", Some(3)),
        ("orders.0.sizes.length", Some(2)),
        ("orders.0.sizes.1", Some(4)),
        ("orders.1.id", None),
        ("orders.3", None),
        ("orders.00", None),
        ("orders.+1", None),
        ("orders.id", None),
    ] {
        for number in 0..5 {
            let is_it = test(walk(Origin::Context, path), Script::Identical(number.into()));
            assert_eq!(is_in(is_it), Ok(expected == Some(number)), "{path} = {number}");
        }
    }
}

fn any(list: Lookup, when: Condition, with_null: bool) -> Condition {
    Condition::AnyElement(AnyElement { list, when: Box::new(when), with_null })
}

#[test]
fn one_element_must_fulfil_everything() {
    let big = |size: i64| {
        let is_big = test(walk(Origin::Element, ""), Script::Ordered(Order::Greater, size.into()));
        any(walk(Origin::Element, "sizes"), is_big, false)
    };
    let has_id = |id: i64| test(walk(Origin::Element, "id"), Script::Identical(id.into()));
    let orders = || walk(Origin::Context, "orders");
    assert_eq!(is_in(any(orders(), big(3), false)), Ok(true));
    assert_eq!(is_in(any(orders(), big(4), false)), Ok(false));
    // After the inner elements the outer one is looked at again.
    let both = |id| Condition::All(vec![big(3), has_id(id)]);
    assert_eq!(is_in(any(orders(), both(1), false)), Ok(true));
    assert_eq!(is_in(any(orders(), both(2), false)), Ok(false));
}

#[test]
fn null_elements_are_looked_at_on_demand() {
    let is_null = || test(walk(Origin::Element, ""), Script::Truthy).negated();
    let orders = || walk(Origin::Context, "orders");
    assert_eq!(is_in(any(orders(), is_null(), false)), Ok(false));
    assert_eq!(is_in(any(orders(), is_null(), true)), Ok(true));
    assert_eq!(is_in(any(walk(Origin::Context, "nothing"), Condition::Always, true)), Ok(false));
}

#[test]
fn an_error_ends_the_search() {
    let fails = Condition::Fails(ErrorCode::General);
    assert_eq!(is_in(any(walk(Origin::Context, "orders"), fails, false)), Err(ErrorCode::General));
}

#[test]
fn a_segment_that_is_not_there_is_an_error() {
    let snapshot = snapshot_of(Condition::Always);
    let found = snapshot.is_in_segment("t", &context(), &WORLD, &mut ());
    assert_eq!(found, Err(ErrorCode::General));
}

#[test]
fn the_value_of_another_flag_can_be_judged_by_a_segment() {
    let judged = |expected: bool| {
        let accepts = Accepts::InSegment("wanted".to_owned());
        let mut prerequisite = Prerequisite::accepting("parent", accepts);
        prerequisite.when_disabled = true;
        let wanted = test(walk(Origin::Element, ""), Script::Identical(expected.into()));
        let child = flag("child", on_when(Condition::Prerequisite(prerequisite)));
        let flags = vec![child, flag("parent", on_when(Condition::Always))];
        let snapshot = compile(document(flags, vec![segment("wanted", wanted)])).snapshot;
        is_on(&snapshot, "child", &context())
    };
    assert_eq!(judged(true), Ok(true));
    assert_eq!(judged(false), Ok(false));
}
