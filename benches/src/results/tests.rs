use super::{Journal, Measurement, Memory, read};
use crate::measure::Spread;

#[test]
fn what_was_written_is_read_again() {
    let spread = Spread { median: 2.0, min: 1.5, max: 3.25 };
    let measurement = |memory| Measurement {
        scenario: "W7".to_owned(),
        context: "none".to_owned(),
        dialect: "unleash".to_owned(),
        document: "unleash, plain strategies".to_owned(),
        contender: "flagkit".to_owned(),
        is_baseline: true,
        rounds: 31,
        nanoseconds: spread,
        ratio: spread,
        allocations: 0.5,
        memory,
    };
    let written = [measurement(None), measurement(Some(Memory { document: 7, live: 5, peak: 6 }))];
    let path = std::env::temp_dir().join(format!("flagkit-results-{}", std::process::id()));
    let mut journal = Journal::create(&path).unwrap();
    for measurement in &written {
        journal.write(measurement).unwrap();
    }
    let found = read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(found, written);
}
