use std::io::Read;

use http::header::ACCEPT_ENCODING;
use http::{HeaderMap, HeaderValue};

use super::{accepts_gzip, pack};

#[test]
fn gzip_is_sent_to_those_who_take_it() {
    let cases = [
        ("gzip", true),
        ("deflate, gzip;q=0.5", true),
        ("*", true),
        ("gzip;q=0", false),
        ("br, identity", false),
        ("", false),
    ];
    for (accepted, wanted) in cases {
        let value = HeaderValue::from_str(accepted).unwrap();
        let headers: HeaderMap = [(ACCEPT_ENCODING, value)].into_iter().collect();
        assert_eq!(accepts_gzip(&headers), wanted, "{accepted}");
    }
}

#[test]
fn what_is_packed_can_be_unpacked() {
    let text = "flags ".repeat(1_000);
    let mut unpacked = String::new();
    let packed = pack(text.as_bytes());
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, text);
}
