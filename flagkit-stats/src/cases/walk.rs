//! Finds the cases of a file.

use super::checks::Checks;
use super::field::{Field, Problem};
use super::{Report, Shape};

/// Runs everything below a place that is a case.
pub(super) fn walk(place: &Field<'_>, shapes: &[Shape], report: &mut Report) {
    if place.is_list() {
        list(place, shapes, report);
    } else if let Some(shape) = shape_of(place, shapes) {
        check(place, Some(shape), report);
    } else {
        for (_, field) in place.entries().unwrap_or_default() {
            if field.is_list() || field.is_object() {
                walk(&field, shapes, report);
            }
        }
    }
}

/// A list in which something is a case has only cases; another list of objects is left out.
fn list(place: &Field<'_>, shapes: &[Shape], report: &mut Report) {
    let items = place.items().unwrap_or_default();
    let found: Vec<_> = items.iter().map(|item| shape_of(item, shapes)).collect();
    if found.iter().all(Option::is_none) {
        let before = report.cases;
        for item in items.iter().filter(|item| item.is_list() || item.is_object()) {
            walk(item, shapes, report);
        }
        if before == report.cases && items.iter().any(Field::is_object) {
            report.left_out.push(format!("{} holds no case", place.path()));
        }
        return;
    }
    for (item, shape) in items.iter().zip(found) {
        check(item, shape, report);
    }
}

fn shape_of<'a>(place: &Field<'_>, shapes: &'a [Shape]) -> Option<&'a Shape> {
    shapes.iter().find(|shape| place.is_object() && (shape.matches)(place))
}

fn check(place: &Field<'_>, shape: Option<&Shape>, report: &mut Report) {
    let named = place.at("name");
    let name = named.text().ok().map(str::to_owned);
    let mut checks = Checks { case: report.cases, name, ..Checks::default() };
    match shape {
        None => checks.unreadable(unrecognised(place)),
        Some(shape) => {
            *report.shapes.entry(shape.name).or_default() += 1;
            match (shape.check)(place, &mut checks) {
                Err(problem) => checks.unreadable(problem),
                Ok(()) if checks.compared == 0 && checks.skipped.is_none() => {
                    checks.unreadable(place.problem(
                        "wants nothing that is known; add an expected value, or leave the case out",
                    ));
                }
                Ok(()) => {}
            }
        }
    }
    report.cases += 1;
    report.compared += checks.compared;
    report.failures.append(&mut checks.failures);
    report.skipped += usize::from(checks.skipped.is_some());
    report.left_out.extend(checks.skipped);
    for note in checks.notes {
        if !report.notes.contains(&note) {
            report.notes.push(note);
        }
    }
}

fn unrecognised(place: &Field<'_>) -> Problem {
    let fields = fields(place);
    place.problem(format!(
        "is of no shape that is known (it has {fields}); mend its fields, or leave it out"
    ))
}

/// That a file has no case, with all that could be one.
pub(super) fn nothing(root: &Field<'_>, shapes: &[Shape]) -> Problem {
    let known = shapes.iter().map(|shape| format!("\n  {}: {}", shape.name, shape.fields));
    let known: String = known.collect();
    let fields = fields(root);
    root.problem(format!(
        "nothing here is a case of a shape that is known (it has {fields}); a case is an object, alone \
         or in a list at any depth, with the fields of one of these:{known}"
    ))
}

/// The names of the fields of an object, for people.
fn fields(place: &Field<'_>) -> String {
    let Ok(entries) = place.entries() else {
        let kind = if place.is_list() { "a list" } else { "no fields" };
        return kind.to_owned();
    };
    let names = entries.iter().take(FIELDS_MAX).map(|(name, _)| format!("`{name}`"));
    let names: Vec<String> = names.collect();
    if names.is_empty() { "no fields".to_owned() } else { names.join(", ") }
}

/// So many fields are named in a message.
const FIELDS_MAX: usize = 12;
