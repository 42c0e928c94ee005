//! Lists of ids, which are kept as the beginnings of their hashes.
//!
//! The SDK downloads them beside the document. Here they may stand in it: under `id_lists`, a
//! list for a name holds the first eight characters of base64(SHA-256) of each id. A name
//! without list is a list that nobody is in, as it is for the SDK before the download.

use flagkit_core::document::{Bucket, Condition, Lookup, TextReading};
use flagkit_core::{Bucketing, Hash, Part, Reduction, Scale, Units};

use crate::node::Node;

use super::operator::never;

/// Who is in the list.
pub(super) fn contains(list: Option<&Node<'_>>, lookup: &Lookup) -> Condition {
    let Some(Node::List(ids)) = list else { return never() };
    let mut starts: Vec<u64> =
        ids.iter().filter_map(Node::as_text).filter_map(start_of_digest).collect();
    starts.sort_unstable();
    starts.dedup();
    #[expect(clippy::cast_precision_loss, reason = "48 bits fit a float")]
    let ranges = starts.into_iter().map(|start| (start as f64, (start + 1) as f64)).collect();
    Condition::from(Bucket {
        subject: lookup.clone(),
        bucketing: Bucketing {
            // Eight characters of base64 are 48 bits.
            hash: Hash::Sha256 { bits: 48 },
            input: vec![Part::Subject],
            reads: TextReading::DoublesAndLists,
            units: Units::Utf8,
            scale: Scale { reduce: Reduction::None, ..Scale::modulo(1) },
        },
        ranges,
        when_missing: false,
    })
}

/// Eight characters of base64 as a number.
fn start_of_digest(text: &str) -> Option<u64> {
    if text.len() != 8 {
        return None;
    }
    text.bytes().try_fold(0, |number, byte| {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        Some(number << 6 | u64::from(digit))
    })
}
