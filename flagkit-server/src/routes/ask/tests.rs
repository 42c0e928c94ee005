use std::io::Write;
use std::time::Duration;

use axum::body::Body;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::{collect, is_among, unpack};

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_tag_is_found_in_a_list_weak_or_strong() {
    let cases = [
        (r#""a""#, r#""a""#, true),
        (r#""a""#, r#"W/"a""#, true),
        (r#"W/"a""#, r#""b", "a""#, true),
        (r#""a""#, "*", true),
        (r#""a""#, r#""ab""#, false),
        (r#""a""#, "empty", false),
        (r#""a""#, "", false),
    ];
    for (tag, tags, wanted) in cases {
        assert_eq!(is_among(tag, tags), wanted, "{tag} in {tags}");
    }
}

#[test]
fn a_packed_body_is_unpacked_up_to_the_limit() {
    for length in [0, 1, 4_096, 100_000] {
        let text = "x".repeat(length);
        assert_eq!(unpack(&packed(text.as_bytes()), 100_000).unwrap(), text.as_bytes());
    }
    let bomb = packed(&vec![0; 10_000_000]);
    assert!(bomb.len() < 50_000);
    assert_eq!(unpack(&bomb, 1_000_000).unwrap_err().status.as_u16(), 413);
}

#[test]
fn a_broken_pack_is_refused() {
    let whole = packed(b"hello hello hello");
    for broken in [&whole[..whole.len() - 1], &whole[..5], b"", b"plain"] {
        assert_eq!(unpack(broken, 1_000).unwrap_err().status.as_u16(), 400, "{broken:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_is_read_up_to_the_limit_and_for_some_time() {
    let time = Duration::from_secs(10);
    assert_eq!(collect(Body::from("four"), 4, time).await.unwrap(), "four");
    let refusal = collect(Body::from("five!"), 4, time).await.unwrap_err();
    assert_eq!(refusal.status.as_u16(), 413);
    let endless = futures_util::stream::pending::<Result<&str, std::io::Error>>();
    let refusal = collect(Body::from_stream(endless), 4, time).await.unwrap_err();
    assert_eq!(refusal.status.as_u16(), 408);
}
