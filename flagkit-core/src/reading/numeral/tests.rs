use super::Numeral;
use crate::value::Number;

#[test]
fn leading_zeros_count_for_nothing() {
    let number = |text| Numeral::parse(text).map(Numeral::number);
    assert_eq!(number("007"), Some(Number::Integer(7)));
    assert_eq!(number("-000"), Some(Number::Integer(0)));
    assert_eq!(number("-1.50"), Some(Number::Float(-1.5)));
}

#[test]
fn signs_blanks_exponents_and_bare_points_spell_no_number() {
    for text in ["", "-", "+7", " 7", "1e3", "1.", ".5", "--1", "1.2.3", "٤"] {
        assert_eq!(Numeral::parse(text), None, "{text:?}");
    }
}

#[test]
fn whole_numbers_of_any_length_keep_their_sign() {
    let huge = "9".repeat(50);
    assert_eq!(Numeral::parse(&huge).map(Numeral::number), Some(Number::Integer(i128::MAX)));
    let negative = format!("-{huge}");
    assert_eq!(Numeral::parse(&negative).map(Numeral::number), Some(Number::Integer(i128::MIN)));
}
