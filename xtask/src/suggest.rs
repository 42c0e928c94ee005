//! "Did you mean": the known name nearest to a misspelt one.

use crate::failure::{Failure, Outcome};

/// The end of a sentence that offers the nearest name, or nothing if none is near.
pub(crate) fn did_you_mean<'n>(typed: &str, names: impl Iterator<Item = &'n str>) -> String {
    names
        .map(|name| (distance(typed, name), name))
        .filter(|&(distance, name)| distance <= (name.len() / 3).max(1))
        .min()
        .map(|(_, name)| format!(", did you mean `{name}`?"))
        .unwrap_or_default()
}

/// Refuses every argument that is none of `options`.
pub(crate) fn only_options(arguments: &[String], options: &[&str]) -> Outcome {
    match arguments.iter().find(|argument| !options.contains(&argument.as_str())) {
        None => Ok(()),
        Some(argument) => Err(Failure::new(format!(
            "there is no option `{argument}`{}",
            did_you_mean(argument, options.iter().copied())
        ))),
    }
}

/// How many letters must be added, removed, changed or swapped with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut above_previous: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    let mut left_before = None;
    for (row, left_char) in left.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, &right_char) in right.iter().enumerate() {
            let cell = |line: &[usize], column: usize| line.get(column).copied().unwrap_or(0);
            let change = cell(&above, column) + usize::from(left_char != right_char);
            let add_or_remove = cell(&above, column + 1).min(cell(&current, column)) + 1;
            let mut best = change.min(add_or_remove);
            let right_before = column.checked_sub(1).and_then(|before| right.get(before)).copied();
            if left_before == Some(right_char) && right_before == Some(left_char) {
                best = best.min(cell(&above_previous, column - 1) + 1);
            }
            current.push(best);
        }
        above_previous = std::mem::replace(&mut above, current);
        left_before = Some(left_char);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests;
