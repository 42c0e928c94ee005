//! Several patterns in one list.

use super::{Patterns, Unusable};
use crate::document::Search;
use crate::text::Case;

/// Patterns that need an engine and patterns that need none.
const POOL: [&str; 8] = [
    "^beta",
    "example",
    r"^[a-z]+@example\.com$",
    r"\.(edu|gov)$",
    "iphone1[0-9]",
    r"^\d{3}-\d{4}$",
    "ß|é",
    "(?i)ADMIN",
];

const TEXTS: [&str; 10] = [
    "",
    "beta tester",
    "max@example.com",
    "somebody@school.edu",
    "my iphone12",
    "iphone9",
    "123-4567",
    "0123-4567",
    "Straße",
    "the admin",
];

#[test]
fn together_they_find_what_each_of_them_finds() {
    for case in [Case::Sensitive, Case::Insensitive] {
        for chosen in 0_u32..1 << POOL.len() {
            let is_chosen = |place: &usize| chosen >> place & 1 == 1;
            let sources: Vec<String> =
                (0..POOL.len()).filter(is_chosen).map(|place| POOL[place].to_owned()).collect();
            let mut patterns = Patterns::default();
            let together = patterns.compile(&sources, case).ok().unwrap();
            for text in TEXTS {
                for search in [Search::Anywhere, Search::AtStart] {
                    let alone = sources.iter().any(|source| {
                        let one =
                            patterns.compile(std::slice::from_ref(source), case).ok().unwrap();
                        one.iter().any(|pattern| pattern.matches(text, search))
                    });
                    let found = together.iter().any(|pattern| pattern.matches(text, search));
                    assert_eq!(found, alone, "{sources:?} in {text:?}, {search:?}");
                }
            }
        }
    }
}

#[test]
fn lists_become_one_engine_that_is_made_once() {
    let sources: Vec<String> = POOL.map(str::to_owned).into();
    let mut patterns = Patterns::default();
    let first = patterns.compile(&sources, Case::Sensitive).ok().unwrap();
    let second = patterns.compile(&sources, Case::Sensitive).ok().unwrap();
    let engines: Vec<_> = first.iter().filter(|pattern| pattern.sources.len() > 1).collect();
    assert_eq!(engines.len(), 1);
    assert!(first.iter().zip(&second).all(|(one, other)| std::sync::Arc::ptr_eq(one, other)));
}

#[test]
fn the_one_that_is_no_pattern_is_named() {
    let sources = ["a[0-9]", "b(", "c[0-9]"].map(str::to_owned);
    let wrong = Patterns::default().compile(&sources, Case::Sensitive).err();
    assert!(matches!(wrong, Some(("b(", Unusable::Malformed(_)))));
}

#[test]
fn patterns_that_are_too_large_together_are_used_one_by_one() {
    let sources: Vec<String> = (0..8).map(|last| format!(r"\w{{2,20}}{last}")).collect();
    let mut patterns = Patterns::default();
    let found = patterns.compile(&sources, Case::Sensitive).ok().unwrap();
    assert_eq!(found.len(), sources.len());
    assert!(found.iter().any(|pattern| pattern.matches("ab7", Search::Anywhere)));
}
