use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Event, Item, Parser, TooLarge};

fn event(kind: &str, data: &str, id: &str) -> Item {
    Item::Event(Event { kind: kind.into(), data: data.into(), id: id.into() })
}

/// Everything in a stream that comes in pieces.
fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Item> {
    let mut parser = Parser::new(1 << 20);
    let mut items = Vec::new();
    for mut piece in pieces {
        while let Some(item) = parser.next(&mut piece).expect("small") {
            items.push(item);
        }
    }
    items
}

#[test]
fn streams_read_as_the_standard_has_it() {
    let cases: &[(&str, &[Item])] = &[
        // The examples of the standard.
        ("data: YHOO\ndata: +2\ndata: 10\n\n", &[event("message", "YHOO\n+2\n10", "")]),
        (
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            &[
                Item::Comment,
                event("message", "first event", "1"),
                event("message", "second event", ""),
                event("message", " third event", ""),
            ],
        ),
        ("data\n\ndata\ndata\n\ndata:\n", &[event("message", "", ""), event("message", "\n", "")]),
        (
            "data:test\n\ndata: test\n\n",
            &[event("message", "test", ""), event("message", "test", "")],
        ),
        // Any end of a line.
        (
            "data:1\r\rdata:2\r\n\r\ndata:3\n\n",
            &[event("message", "1", ""), event("message", "2", ""), event("message", "3", "")],
        ),
        ("data:1\r\n\rdata:2\n\r\n", &[event("message", "1", ""), event("message", "2", "")]),
        // A byte order mark, once and only at the start.
        ("\u{feff}data:1\n\n", &[event("message", "1", "")]),
        ("\u{feff}\u{feff}data:1\n\n", &[]),
        ("\n\u{feff}data:1\n\n", &[]),
        // The last type counts, and none is kept for the next event.
        (
            "event:a\nevent:b\ndata:1\n\ndata:2\n\n",
            &[event("b", "1", ""), event("message", "2", "")],
        ),
        ("event:a\n\ndata:1\n\n", &[event("message", "1", "")]),
        // An id stays until there is another; with NUL it is none.
        (
            "id:7\n\ndata:1\n\nid:8\0\ndata:2\n\n",
            &[event("message", "1", "7"), event("message", "2", "7")],
        ),
        (
            "retry:10\nretry: 250\nretry:1x\nretry:\nretry:-1\n",
            &[Item::Retry(Duration::from_millis(10)), Item::Retry(Duration::from_millis(250))],
        ),
        ("Data:1\ndatax:2\n data:3\n\n", &[]),
        // What is not ended is no event.
        ("data:1\n", &[]),
        ("data:1", &[]),
        ("data: a:b: c\n\n", &[event("message", "a:b: c", "")]),
    ];
    for (stream, expected) in cases {
        assert_eq!(read([stream.as_bytes()]), *expected, "{stream:?}");
        let bytes: Vec<&[u8]> = stream.as_bytes().chunks(1).collect();
        assert_eq!(read(bytes), *expected, "{stream:?} byte by byte");
    }
}

#[test]
fn bytes_that_are_no_text_do_not_stop_the_stream() {
    let items = read([&b"data:a\xFFb\n\nevent:\xC3\ndata:1\n\n"[..]]);
    assert_eq!(items, [event("message", "a\u{fffd}b", ""), event("\u{fffd}", "1", "")]);
}

#[test]
fn a_number_beyond_all_numbers_is_long() {
    let items = read([&b"retry:99999999999999999999999999\n"[..]]);
    assert_eq!(items, [Item::Retry(Duration::from_millis(u64::MAX))]);
}

#[test]
fn an_event_beyond_the_limit_is_refused_wherever_it_grows() {
    let streams = [
        "data:0123456789abcdef\n\n",
        "data:01234\ndata:56789\ndata:abcdef\n\n",
        ":0123456789abcdefghi\n",
        "event:0123456789abcdef\n\n",
    ];
    for stream in streams {
        for size in [1, 7, stream.len()] {
            let mut parser = Parser::new(16);
            let read = stream.as_bytes().chunks(size).find_map(|mut piece| {
                while let Ok(Some(_)) = parser.next(&mut piece) {}
                parser.next(&mut piece).err()
            });
            assert_eq!(read, Some(TooLarge), "{stream:?} in pieces of {size}");
        }
    }
    // Many small ones are no large one.
    let mut parser = Parser::new(16);
    for _ in 0..100 {
        let mut piece = &b"data:12345\n\n"[..];
        assert_eq!(parser.next(&mut piece), Ok(Some(event("message", "12345", ""))));
    }
}

#[test]
fn an_event_of_megabytes_arrives_whole() {
    let data = "x".repeat(10 << 20);
    let stream = format!("data: {data}\n\n");
    let mut parser = Parser::new(64 << 20);
    let found = stream
        .as_bytes()
        .chunks(16 * 1024)
        .find_map(|mut piece| parser.next(&mut piece).expect("below"));
    assert_eq!(found, Some(event("message", &data, "")));
}

/// Streams of what matters to a parser.
fn any_stream() -> impl Strategy<Value = Vec<u8>> {
    let words: [&[u8]; 17] = [
        b"data",
        b"event",
        b"id",
        b"retry",
        b":",
        b": ",
        b"\r",
        b"\n",
        b"\r\n",
        b"\n\n",
        b"12",
        b"x",
        b"\0",
        b"\xEF\xBB\xBF",
        b"\xC3",
        b"\xBC",
        b" ",
    ];
    vec(proptest::sample::select(words.to_vec()), 0..60).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn any_split_of_a_stream_reads_the_same(stream in any_stream(), cuts in vec(any::<prop::sample::Index>(), 0..8)) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|ends| &stream[ends[0]..ends[1]]);
        prop_assert_eq!(read(pieces), read([&stream[..]]));
    }

    #[test]
    fn whatever_is_written_is_read(data in "[^\r\0]{0,40}", kind in "[a-z]{1,8}", id in "[0-9]{1,5}") {
        let lines = data.replace('\n', "\ndata: ");
        let stream = format!("event: {kind}\nid: {id}\ndata: {lines}\n\n");
        prop_assert_eq!(read([stream.as_bytes()]), [event(&kind, &data, &id)]);
    }
}
