use flagkit_dialects::Dialect;

use super::Words;

#[test]
fn nothing_is_said_in_native_words() {
    assert_eq!(Words::default().get(), Dialect::Native);
}

#[test]
fn every_dialect_is_remembered() {
    let words = Words::default();
    for dialect in Dialect::ALL {
        words.set(dialect);
        assert_eq!(words.get(), dialect);
    }
}
