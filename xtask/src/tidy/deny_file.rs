//! The lists in `deny.toml`, so that tidy and cargo-deny follow the same ones.
//!
//! This reads the one form in which the file is written (a list of strings, or of
//! inline tables with a `crate` key) and not TOML in general.

/// The strings in the list `key` of the section `[section]`.
pub(crate) fn strings(text: &str, section: &str, key: &str) -> Vec<String> {
    let header = format!("[{section}]");
    let opening = format!("{key} = [");
    let in_section = text
        .lines()
        .map(|line| line.split_once(" #").map_or(line, |(code, _)| code).trim())
        .filter(|line| !line.starts_with('#'))
        .skip_while(|&line| line != header)
        .skip(1)
        .take_while(|line| !line.starts_with('['));
    let mut found = Vec::new();
    let mut inside = false;
    for line in in_section {
        let content = if inside { line } else { line.strip_prefix(&opening).unwrap_or_default() };
        inside |= line.starts_with(&opening);
        found.extend(first_strings(content));
        if inside && line.ends_with(']') {
            break;
        }
    }
    found
}

/// The string of each element in a line: the value of `crate` in a table, or the element itself.
fn first_strings(line: &str) -> Vec<String> {
    let quoted = |text: &str| text.split('"').nth(1).map(str::to_owned);
    if line.contains('{') {
        return line.split("crate = ").skip(1).filter_map(quoted).collect();
    }
    line.split(',').filter_map(quoted).collect()
}

#[cfg(test)]
mod tests;
