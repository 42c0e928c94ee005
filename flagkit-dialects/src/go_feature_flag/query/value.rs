//! The values of queries.

/// A value as it is written; its kind says how attributes are compared with it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal<'t> {
    Boolean(bool),
    Null,
    Version(&'t str),
    /// What is between the quotes, escapes and all.
    Text(&'t str),
    Float(f64),
    /// `None` beyond 64 bits.
    Integer(Option<i64>),
    Texts(Vec<&'t str>),
    Floats(Vec<f64>),
    Integers(Vec<i64>),
}

/// The value that the text begins with, and what is behind it.
pub(super) fn literal(text: &str) -> Option<(Literal<'_>, &str)> {
    if text.starts_with('"') {
        let (text, rest) = quoted(text)?;
        return Some((Literal::Text(text), rest));
    }
    if let Some(items) = text.strip_prefix('[') {
        return list(items);
    }
    let word_end = text.find(|c: char| !is_word_character(c)).unwrap_or(text.len());
    let (word, rest) = text.split_at(word_end);
    match word {
        "true" | "false" => return Some((Literal::Boolean(word == "true"), rest)),
        "null" => return Some((Literal::Null, rest)),
        _ => {}
    }
    if let Some((version, rest)) = version(text) {
        return Some((Literal::Version(version), rest));
    }
    if let Some((float, rest)) = float(text) {
        return Some((Literal::Float(float), rest));
    }
    let (digits, rest) = integer(text, true)?;
    Some((Literal::Integer(digits.parse().ok()), rest))
}

/// The elements behind a bracket: all text, all floats or all integers without sign.
fn list(text: &str) -> Option<(Literal<'_>, &str)> {
    if let Some((items, rest)) = items(text, quoted) {
        return Some((Literal::Texts(items), rest));
    }
    if let Some((items, rest)) = items(text, float) {
        return Some((Literal::Floats(items), rest));
    }
    let (items, rest) = items(text, |text| {
        let (digits, rest) = integer(text, false)?;
        Some((digits.parse::<i64>().ok()?, rest))
    })?;
    Some((Literal::Integers(items), rest))
}

fn items<'t, T>(
    mut text: &'t str,
    read: impl Fn(&'t str) -> Option<(T, &'t str)>,
) -> Option<(Vec<T>, &'t str)> {
    let mut items = Vec::new();
    loop {
        let (item, rest) = read(text)?;
        items.push(item);
        match rest.strip_prefix(',') {
            Some(rest) => text = rest.trim_start_matches(' '),
            None => return Some((items, rest.strip_prefix(']')?)),
        }
    }
}

/// What is between quotes; escapes are checked and kept.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut characters = inner.char_indices();
    while let Some((place, character)) = characters.next() {
        match character {
            '"' => return Some((inner.get(..place)?, inner.get(place + 1..)?)),
            '\\' => match characters.next()?.1 {
                '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => {}
                'u' => {
                    for _ in 0..4 {
                        characters.next().filter(|(_, digit)| digit.is_ascii_hexdigit())?;
                    }
                }
                _ => return None,
            },
            _ => {}
        }
    }
    None
}

/// Digits without zeros in front, with a minus perhaps.
fn integer(text: &str, may_be_negative: bool) -> Option<(&str, &str)> {
    let digits = if may_be_negative { text.strip_prefix('-').unwrap_or(text) } else { text };
    let len = match digits.strip_prefix('0') {
        Some(_) => 1,
        None => digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len()),
    };
    (len > 0).then(|| text.split_at(text.len() - digits.len() + len))
}

/// An integer, a point, digits, and an exponent perhaps.
fn float(text: &str) -> Option<(f64, &str)> {
    let (_, rest) = integer(text, true)?;
    let rest = digits(rest.strip_prefix('.')?)?;
    let rest = exponent(rest).unwrap_or(rest);
    let number = text.get(..text.len() - rest.len())?.parse().ok()?;
    Some((number, rest))
}

fn exponent(text: &str) -> Option<&str> {
    let text = text.strip_prefix(['e', 'E'])?;
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    integer(text, false).map(|(_, rest)| rest)
}

fn digits(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < text.len()).then_some(rest)
}

/// A semantic version as SemVer 2.0 writes it.
fn version(text: &str) -> Option<(&str, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
    let mut end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    // The longest beginning that is one.
    loop {
        let (version, rest) = text.split_at(end);
        if flagkit_core::SemanticVersion::parse(version).is_some() {
            return Some((version, rest));
        }
        end = end.checked_sub(1).filter(|end| *end >= SHORTEST)?;
    }
}

fn is_word_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-_:".contains(character)
}

/// `0.0.0`
const SHORTEST: usize = 5;
