use std::time::Duration;

use super::{Expects, Head, Request, RequestId, origin};

#[test]
fn the_origin_of_an_address_has_no_key() {
    let cases = [
        ("https://f.test/path?key=1", "https://f.test"),
        ("http://f.test:8080?key", "http://f.test:8080"),
        ("https://me:geheim@f.test/x@y", "f.test"),
        ("f.test/x", "f.test"),
        ("://", "://"),
        ("", ""),
    ];
    for (url, expected) in cases {
        assert_eq!(origin(url), expected, "{url}");
    }
}

#[test]
fn what_is_shown_of_a_request_holds_no_key() {
    let request = Request {
        id: RequestId(1),
        url: "https://f.test/geheim?key=geheim".into(),
        headers: vec![("authorization".into(), "geheim".into())],
        expects: Expects::Body,
        head_timeout: Duration::from_secs(1),
    };
    let shown = format!("{request:?}");
    assert!(shown.contains("https://f.test") && shown.contains("authorization"), "{shown}");
    assert!(!shown.contains("geheim"), "{shown}");
}

#[test]
fn a_head_keeps_what_is_needed_and_no_more() {
    let head = Head::new(200)
        .header("Content-Type", "Text/Event-Stream; charset=utf-8")
        .header("ETAG", " \"1\" ")
        .header("Link", &"x".repeat(5000))
        .header("Set-Cookie", "secret");
    assert_eq!(head.media_type().as_deref(), Some("text/event-stream"));
    assert_eq!((head.etag(), head.link(), head.date()), (Some("\"1\""), None, None));
    assert!(!format!("{head:?}").contains("secret"));
}
