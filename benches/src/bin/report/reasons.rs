//! Why somebody is ahead of FlagKit, where it is known.
//!
//! They stand in `reasons.txt`, a line each: scenario, how the evaluator's name begins, reason.

/// The reason on record for this evaluator in this scenario.
pub(crate) fn of(scenario: &str, contender: &str) -> &'static str {
    let known = REASONS.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut parts = line.splitn(3, '|').map(str::trim);
        let is_it = parts.next()? == scenario && contender.starts_with(parts.next()?);
        parts.next().filter(|_| is_it)
    });
    known.unwrap_or("not explained yet")
}

const REASONS: &str = include_str!("reasons.txt");

#[cfg(test)]
mod tests;
