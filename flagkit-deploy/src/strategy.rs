//! Strategies: ways of writing the steps of a plan.
//!
//! Each strategy is data with defaults, and ends as the same few steps. It is handed a plan that
//! has arms, metrics and checks, and adds steps; what a strategy cannot do with these arms it
//! refuses. The machine knows steps only and no strategy.
//!
//! ```
//! use flagkit_deploy::plan::{Arm, Plan};
//! use flagkit_deploy::strategy::{Canary, Strategy};
//!
//! let mut plan = Plan::of("checkout", vec![Arm::of("stable", "v41"), Arm::of("canary", "v42")]);
//! Strategy::Canary(Canary::default()).write(&mut plan).unwrap();
//! assert_eq!(plan.strategy, "canary");
//! assert_eq!(plan.exposure_max().to_string(), "100%");
//! ```

mod ab_test;
mod blue_green;
mod canary;
mod emergency;
mod evidence;
mod finish;
mod flag_ramp;
mod phases;
mod prepare;
mod recreate;
pub mod replicas;
mod rolling;
mod stage;

pub use ab_test::{AbTest, Ends, Lift};
pub use blue_green::{BlueGreen, Stabilise};
pub use canary::Canary;
pub use emergency::{Emergency, Preset, Priority};
pub use evidence::Evidence;
pub use finish::{Finish, OldSide};
pub use flag_ramp::FlagRamp;
pub use prepare::{Mirroring, Prepare};
pub use recreate::Recreate;
pub use rolling::Rolling;
pub use stage::Stage;

use crate::plan::{Plan, Step};
use crate::refusal::Refusal;

/// A way of releasing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Strategy {
    /// A little traffic, then more, each time by evidence.
    Canary(Canary),
    /// A second set of instances, made ready without traffic, then switched to.
    BlueGreen(BlueGreen),
    /// Instances replaced a few at a time.
    Rolling(Rolling),
    /// Everything old goes, then everything new comes.
    Recreate(Recreate),
    /// Several variants side by side until one of them has proved itself.
    AbTest(AbTest),
    /// The share of a flag grows by the clock, watched.
    FlagRamp(FlagRamp),
    /// What there is for emergencies: fast, and still watched.
    Emergency(Emergency),
    /// Steps as somebody wrote them.
    Steps(Vec<Step>),
}

impl Strategy {
    /// How it is called in plans and metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Canary(_) => "canary",
            Self::BlueGreen(_) => "blue_green",
            Self::Rolling(_) => "rolling",
            Self::Recreate(_) => "recreate",
            Self::AbTest(_) => "ab_test",
            Self::FlagRamp(_) => "flag_ramp",
            Self::Emergency(_) => "emergency",
            Self::Steps(_) => "steps",
        }
    }

    /// Adds its steps to a plan, and what they need.
    ///
    /// # Errors
    ///
    /// Why this strategy cannot be carried out with these arms, with the path in the
    /// configuration. The plan is then worth nothing.
    pub fn write(&self, plan: &mut Plan) -> Result<(), Vec<Refusal>> {
        self.name().clone_into(&mut plan.strategy);
        match self {
            Self::Canary(canary) => canary.write(plan),
            Self::BlueGreen(blue_green) => blue_green.write(plan),
            Self::Rolling(rolling) => rolling.write(plan),
            Self::Recreate(recreate) => recreate.write(plan),
            Self::AbTest(test) => test.write(plan),
            Self::FlagRamp(ramp) => ramp.write(plan),
            Self::Emergency(emergency) => emergency.write(plan),
            Self::Steps(steps) => {
                plan.steps.extend(steps.iter().cloned());
                Ok(())
            }
        }?;
        within_limits(plan)
    }
}

/// Refuses plans that nobody can follow.
fn within_limits(plan: &Plan) -> Result<(), Vec<Refusal>> {
    let steps = plan.steps.len();
    if (1..=STEPS_MAX).contains(&steps) {
        return Ok(());
    }
    let problem = format!("it has {steps} steps; a plan has 1 to {STEPS_MAX}");
    Err(vec![Refusal::new("strategy", problem, "make stages or batches larger")])
}

/// The most steps of a plan.
pub const STEPS_MAX: usize = 1000;

#[cfg(test)]
mod tests;
