//! Any bytes: the same events however they are cut, and never more than the limit allows.
#![no_main]

use flagkit_client::sync::sse::{Item, Parser};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u16, &[u8])| {
    let (size, bytes_max, bytes) = input;
    let whole = read([bytes], bytes_max);
    assert_eq!(read(bytes.chunks(usize::from(size).max(1)), bytes_max), whole);
    for item in &whole {
        if let Some(Item::Event(event)) = item {
            // A byte that is no text becomes a character of three.
            let text = event.data.len() + event.kind.len();
            assert!(text <= 3 * usize::from(bytes_max) + "message".len());
        }
    }
});

/// Everything in a stream; none at its end if an event was too large.
fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>, bytes_max: u16) -> Vec<Option<Item>> {
    let mut parser = Parser::new(bytes_max.into());
    let mut items = Vec::new();
    for mut piece in pieces {
        loop {
            match parser.next(&mut piece) {
                Ok(Some(item)) => items.push(Some(item)),
                Ok(None) => break,
                Err(_) => {
                    items.push(None);
                    return items;
                }
            }
        }
    }
    items
}
