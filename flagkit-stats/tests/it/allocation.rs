//! Adding a look allocates nothing, under a counting allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use flagkit_stats::bounded::BoundedMean;
use flagkit_stats::events::{
    BeforeAfter, Dispersion, EventTest, LateLimit, LateTest, LimitTest, Look,
};
use flagkit_stats::kolmogorov::KolmogorovSmirnov;
use flagkit_stats::mean::{MeanSequence, MeanTest};
use flagkit_stats::moments::Moments;
use flagkit_stats::proportion::barnard::barnard;
use flagkit_stats::proportion::fisher::fisher;
use flagkit_stats::proportion::{Proportion, z_test};
use flagkit_stats::quantile::{Histogram, QuantileSequence, Scale, SlowerTest};
use flagkit_stats::ranks::brunner_munzel::brunner_munzel;
use flagkit_stats::ranks::{MannWhitney, hodges_lehmann};
use flagkit_stats::srm::SplitTest;
use flagkit_stats::variance::brown_forsythe;
use flagkit_stats::welch::welch;
use flagkit_stats::{Alpha, Alternative, Arms, Confidence, Sorted};

struct Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call is passed on to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(work: impl FnOnce()) -> u64 {
    let before = COUNT.get();
    work();
    COUNT.get() - before
}

#[test]
fn an_allocation_is_counted() {
    assert_eq!(allocations(|| drop(Box::new(1))), 1);
}

#[test]
fn looks_and_verdicts_allocate_nothing() {
    let alpha = Alpha::new(0.001).unwrap();
    let mut events = EventTest::new(1.1).unwrap();
    let mut late = LateTest::new(1.1).unwrap();
    let mut means = MeanTest::bounded((0.0, 100.0), -0.1).unwrap();
    let mut dispersion = Dispersion::default();
    let mut limit = LimitTest::new(0.01).unwrap();
    let mut late_limit = LateLimit::above(0.01).unwrap();
    let mut after = BeforeAfter::new((1_000, 10), 1.2, alpha).unwrap();
    let mut split = SplitTest::new(100.0).unwrap();
    let mut moments = Arms { control: Moments::default(), treatment: Moments::default() };
    let mut bounded = BoundedMean::new((0.0, 1.0), alpha).unwrap();
    let scale = Scale::new(0.01, 0.1).unwrap();
    let mut histograms = Arms { control: Histogram::new(scale), treatment: Histogram::new(scale) };
    let mut slower = SlowerTest::new(&[50.0, 90.0], 1.0).unwrap();
    let quantile = QuantileSequence::new(0.9, alpha).unwrap();
    let sequence = MeanSequence::new(alpha, 30).unwrap();
    let all = allocations(|| {
        for number in 0..100_u32 {
            let look = Look {
                exposures: Arms { control: 900, treatment: 100 },
                events: Arms { control: 5, treatment: 3 },
            };
            events.add(&look);
            late.add(&look, 1.0, &events);
            dispersion.add(&look);
            means.add(&moments, dispersion.power());
            limit.add(1_000, 20);
            late_limit.add(100, 3, 0.5);
            after.add(1_000, 20);
            split.add(&[0.9, 0.1], &[900, 100]).unwrap();
            split.add(&[0.8, 0.2], &[800, 200]).unwrap();
            moments.control.add(f64::from(number)).unwrap();
            moments.treatment.add(f64::from(number)).unwrap();
            bounded.add(0.5);
            histograms.control.add(f64::from(number));
            histograms.treatment.add(f64::from(number));
            slower.add(&histograms);
        }
        let _ = (events.verdict(alpha), events.ratio(alpha), limit.rate(alpha), after.is_worse());
        let _ = (quantile.ratio(&histograms), sequence.lift(&moments), bounded.interval());
    });
    assert_eq!(all, 0);
}

#[test]
fn classical_tests_allocate_nothing_either() {
    let (mut x, mut y) = ([3.0, 1.0, 4.0, 1.5, 5.0, 9.0], [2.0, 6.0, 5.0, 3.0, 5.5, 8.0, 9.5]);
    let all = allocations(|| {
        let means = [&x[..], &y].map(|values| Moments::of(values).unwrap());
        let means = welch(&means[0], &means[1]).unwrap();
        let (x, y) = (Sorted::sort(&mut x).unwrap(), Sorted::sort(&mut y).unwrap());
        let order = MannWhitney::of(x, y).unwrap();
        let shares =
            [(7, 250), (2, 250)].map(|(hits, trials)| Proportion::new(hits, trials).unwrap());
        let _ = (means.p_value(Alternative::Less), means.interval(Confidence::P95));
        let _ = (order.p_value(Alternative::Less), order.exact_p_value(Alternative::Less));
        let _ = (hodges_lehmann::shift(x, y, Confidence::P95), brunner_munzel(x, y));
        let _ = (KolmogorovSmirnov::of(x, y).unwrap().exact_p_value(), brown_forsythe(x, y));
        let _ = (fisher(shares[0], shares[1], Alternative::Less), barnard(shares[0], shares[1]));
        let _ = (z_test(shares[0], shares[1]), shares[0].clopper_pearson(Confidence::P95));
    });
    assert_eq!(all, 0);
}
