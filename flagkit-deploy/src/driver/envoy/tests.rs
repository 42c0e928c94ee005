use super::*;

#[test]
fn both_ways_to_show_a_fraction_are_read() {
    assert_eq!(ppm(r#"{"numerator":300000,"denominator":"MILLION"}"#), Some(300_000));
    let text = "goo.gle/debugproto    \nfields {\n  key: \"denominator\"\n  value {\n    string_value: \"MILLION\"\n  \
                }\n}\nfields {\n  key: \"numerator\"\n  value {\n    number_value: 300000\n  }\n}\n";
    assert_eq!(ppm(text), Some(300_000));
    assert_eq!(ppm("10000"), None);
    assert_eq!(ppm(r#"{"numerator":3,"denominator":"HUNDRED"}"#), None);
}
