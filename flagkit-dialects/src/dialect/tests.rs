use super::*;

#[test]
fn every_dialect_is_found_by_its_name() {
    for dialect in Dialect::ALL {
        assert_eq!(dialect.to_string().parse(), Ok(dialect));
    }
}

#[test]
fn an_unknown_name_is_answered_with_the_closest_one() {
    let message = "natve".parse::<Dialect>().unwrap_err().to_string();
    let begin = "there is no dialect `natve`; did you mean `native`?; known are native, ";
    assert!(message.starts_with(begin), "{message}");
    assert!(message.ends_with("openfeature"), "{message}");
}
