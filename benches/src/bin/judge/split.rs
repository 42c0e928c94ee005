//! Splits that are what they should be: how many are called a mismatch?

use flagkit_stats::Alpha;
use flagkit_stats::special::chi_squared;
use flagkit_stats::srm::SplitTest;

use crate::chance::Chance;
use crate::limits::Share;
use crate::quiet::releases;
use crate::race::on_all_cores;
use crate::world::number;

/// One rhythm of looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// The χ² test at p < 0.001, at each look.
    pub(crate) chi_squared: Share,
    /// The e-process at α = 0.1 %.
    pub(crate) evidence: Share,
}

/// All rhythms, over 336,000 units each, half and half.
pub(crate) fn rows(effort: f64) -> Vec<Row> {
    let rhythms = [
        ("28 looks (daily, four weeks)", 28, 12_000.0, 100_000.0),
        ("336 looks (hourly, two weeks)", 336, 1_000.0, 50_000.0),
        ("33,600 looks (every ten units)", 33_600, 10.0, 8_000.0),
    ];
    let row = |(name, looks, units, most): (&'static str, u32, f64, f64)| {
        let all = releases(most * effort);
        let found = on_all_cores(all, |first, every| {
            let runs = (first..all).step_by(every);
            runs.map(|run| alarms(Chance::of_run(u64::from(looks), u64::from(run)), looks, units))
                .collect()
        });
        eprintln!("{name}: {all} experiments");
        let share = |of: fn(&(bool, bool)) -> bool| {
            let some = found.iter().filter(|alarms| of(alarms)).count();
            Share { some: u32::try_from(some).unwrap_or(u32::MAX), all }
        };
        Row { name, chi_squared: share(|alarms| alarms.0), evidence: share(|alarms| alarms.1) }
    };
    rhythms.map(row).to_vec()
}

/// Whether each of the tests gives an alarm at some look.
fn alarms(mut chance: Chance, looks: u32, units: f64) -> (bool, bool) {
    let (Ok(mut test), Ok(alpha)) = (SplitTest::new(1_000.0), Alpha::new(0.001)) else {
        return (true, true);
    };
    let critical = chi_squared::isf(0.001, 1.0);
    let (mut one, mut two) = (0, 0);
    let mut is_chi_squared = false;
    for _ in 0..looks {
        let more = [chance.poisson(units / 2.0), chance.poisson(units / 2.0)];
        one += more[0];
        two += more[1];
        let difference = number(one) - number(two);
        is_chi_squared |= difference * difference / number(one + two).max(1.0) > critical;
        if test.add(&[0.5, 0.5], &more).is_err() {
            return (true, true);
        }
    }
    (is_chi_squared, test.mismatch().proves(alpha))
}
