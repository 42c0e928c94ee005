//! Lists as sets.

use crate::document::{ListReading, SetRelation};
use crate::snapshot::key_set::KeySet;
use crate::value::ValueRef;

/// Whether a value, as a set, stands so to the operand; `None` if it is no set.
///
/// Lists and objects cannot be elements: a list that holds one is no set.
pub(super) fn holds(
    relation: SetRelation,
    operand: &KeySet,
    value: ValueRef<'_>,
    reading: ListReading,
) -> Option<bool> {
    let is_readable = match value {
        ValueRef::List(list) => {
            !list.iter().any(|item| matches!(item, ValueRef::List(_) | ValueRef::Structure(_)))
        }
        ValueRef::String(_) | ValueRef::Structure(_) => reading == ListReading::Members,
        _ => false,
    };
    is_readable.then(|| match relation {
        SetRelation::ContainsAny => any(value, |element| is_in(element, operand)),
        SetRelation::ContainsAll => contains_all(value, operand),
        SetRelation::Equals => contains_all(value, operand) && is_part(value, operand),
        SetRelation::PartOf => any(value, |_| true) && is_part(value, operand),
    })
}

fn contains_all(value: ValueRef<'_>, operand: &KeySet) -> bool {
    operand.all(|wanted| any(value, |element| element == Some(wanted)))
}

fn is_part(value: ValueRef<'_>, operand: &KeySet) -> bool {
    !any(value, |element| !is_in(element, operand))
}

fn is_in(element: Option<&str>, operand: &KeySet) -> bool {
    element.is_some_and(|text| operand.contains(text))
}

/// Whether there is such an element; those that are no text are `None`.
fn any(value: ValueRef<'_>, mut is_wanted: impl FnMut(Option<&str>) -> bool) -> bool {
    match value {
        ValueRef::List(list) => list.iter().any(|item| match item {
            ValueRef::String(text) => is_wanted(Some(text)),
            _ => is_wanted(None),
        }),
        ValueRef::String(text) => {
            text.chars().any(|character| is_wanted(Some(character.encode_utf8(&mut [0; 4]))))
        }
        ValueRef::Structure(attributes) => {
            let mut found = false;
            attributes.each_attribute(&mut |name, _| found = found || is_wanted(Some(name)));
            found
        }
        _ => false,
    }
}
