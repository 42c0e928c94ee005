use super::*;

fn problem(headers: &[(&str, &str)]) -> Option<String> {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    parts(&headers.collect()).err()
}

#[test]
fn headers_and_cookies_are_told_apart() {
    assert_eq!(Part::read("X-Canary"), Some(Part::Header("x-canary".to_owned())));
    assert_eq!(Part::read("cookie:Beta"), Some(Part::Cookie("Beta".to_owned())));
    assert_eq!(Part::read("cookie:Beta").unwrap().name(), "cookie:Beta");
    for name in ["", "cookie:", "a b", "a:b", "Cookie:beta", "ä", "a\n", &"a".repeat(101)] {
        assert_eq!(Part::read(name), None, "{name}");
    }
}

#[test]
fn what_could_be_read_as_something_else_is_refused() {
    assert_eq!(problem(&[("x-canary", "true"), ("cookie:beta", "1"), ("x-name", "a b;ä")]), None);
    for (name, value) in [
        ("x-canary", ""),
        ("x-canary", " true"),
        ("x-canary", "a\r\nx-admin: 1"),
        ("x-canary", "\0"),
        ("cookie:beta", "1; admin=1"),
        ("cookie:beta", "a b"),
    ] {
        let problem = problem(&[(name, value)]).unwrap();
        assert!(problem.contains("is no value of"), "{problem}");
    }
    assert!(problem(&[("x-canary", &"a".repeat(256))]).is_none());
    assert!(problem(&[("x-canary", &"a".repeat(257))]).is_some());
    let twice = problem(&[("X-Canary", "a"), ("x-canary", "b")]).unwrap();
    assert_eq!(twice, "the header `x-canary` is there twice");
    let names: Vec<String> = (0..9).map(|number| format!("x-{number}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    assert_eq!(problem(&many).unwrap(), "9 headers are more than 8");
}
