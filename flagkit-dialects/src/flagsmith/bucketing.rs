//! How Flagsmith hashes: the percentage of ids that are joined by a comma.

use flagkit_core::document::TextReading;
use flagkit_core::{Bucketing, Division, Hash, Part, Reduction, Scale, Units};

/// The percentage of an id together with a subject, from 0 to just below 100.
///
/// `prefix` stands between the comma and the subject.
pub(super) fn percentage(id: &str, prefix: &str, reads: TextReading) -> Bucketing {
    Bucketing {
        hash: Hash::Md5 { bits: 128 },
        input: vec![
            Part::Text(format!("{id},{prefix}")),
            Part::Subject,
            Part::Separator(",".to_owned()),
        ],
        reads,
        units: Units::Utf8,
        scale: Scale {
            absolute_32: false,
            reduce: Reduction::Modulo(9999),
            offset: 0,
            divide: Some(Division::Double(9998.0)),
            multiply: 100.0,
            // The percentage has to stay below 100.
            repeat_at: Some(100.0),
        },
    }
}
