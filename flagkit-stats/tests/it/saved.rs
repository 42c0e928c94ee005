//! What was accumulated survives a restart as data.

use flagkit_stats::bounded::BoundedMean;
use flagkit_stats::events::{
    BeforeAfter, Dispersion, EventTest, LateLimit, LateTest, LimitTest, Look,
};
use flagkit_stats::quantile::{Histogram, Scale, SlowerTest};
use flagkit_stats::srm::SplitTest;
use flagkit_stats::{Alpha, Arms};
use serde::Serialize;
use serde::de::DeserializeOwned;

fn survives<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), *value);
}

#[test]
fn every_test_goes_on_where_it_was() {
    let alpha = Alpha::new(0.001).unwrap();
    let mut events = EventTest::new(1.3).unwrap();
    let look = Look {
        exposures: Arms { control: 907, treatment: 101 },
        events: Arms { control: 5, treatment: 3 },
    };
    events.add(&look);
    survives(&events);
    let mut late = LateTest::new(1.3).unwrap();
    survives(&late);
    late.add(&look, 1.0, &events);
    survives(&late);
    let mut dispersion = Dispersion::new(None);
    survives(&dispersion);
    dispersion.add(&look);
    survives(&dispersion);
    let mut limit = LimitTest::new(0.01).unwrap();
    limit.add(1_000, 17);
    survives(&limit);
    for mut late in [LateLimit::above(0.01).unwrap(), LateLimit::below(0.01).unwrap()] {
        late.add(1_000, 17, 0.5);
        survives(&late);
    }
    let mut after = BeforeAfter::new((1_000, 10), 1.2, alpha).unwrap();
    after.add(1_000, 17);
    survives(&after);
    let mut split = SplitTest::new(100.0).unwrap();
    split.add(&[0.9, 0.1], &[907, 101]).unwrap();
    survives(&split);
    let mut mean = BoundedMean::new((0.0, 1.0), alpha).unwrap();
    mean.add(0.3);
    survives(&mean);
    let mut histogram = Histogram::new(Scale::new(0.01, 0.1).unwrap());
    histogram.add(17.0);
    survives(&histogram);
    let mut slower = SlowerTest::new(&[10.0], 1.0).unwrap();
    slower.add(&Arms { control: histogram.clone(), treatment: histogram });
    survives(&slower);
}

#[test]
fn a_margin_that_makes_no_sense_is_refused() {
    let text = serde_json::to_string(&EventTest::new(1.5).unwrap()).unwrap();
    let error = serde_json::from_str::<EventTest>(&text.replacen("1.5", "0.5", 1)).unwrap_err();
    assert!(error.to_string().contains("margin is `0.5`; it has to be between 1 and 10"));
}
