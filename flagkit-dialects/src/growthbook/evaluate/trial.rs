//! The experiment of a rule, with the weights of its bandit.

use flagkit_core::{ErrorCode, Structure, Value};

use super::super::buckets::equal_weights;
use super::super::feature::{Bandit, Trial};
use super::super::result::{ExperimentResult, weights_value};
use super::{Evaluation, Stack};

/// What a bandit chose for a user.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    pub(super) leaf: Value,
    /// `None` leaves those of the experiment.
    pub(super) weights: Option<Vec<f64>>,
    pub(super) version: Option<Value>,
}

impl<'f> Evaluation<'f, '_> {
    /// Runs the experiment of a rule, and says what trackers are told of it.
    pub(super) fn trial(
        &mut self,
        key: &str,
        trial: &'f Trial,
        stack: Stack<'_>,
    ) -> Result<(Value, ExperimentResult), ErrorCode> {
        let chosen = trial.bandit.as_ref().map(|bandit| self.choose(bandit));
        let result = self.run((&trial.experiment, chosen.as_ref()), Some(key), stack)?;
        let is_hashed_in = result.hash_used && result.in_experiment;
        Ok((told(trial, chosen, is_hashed_in), result))
    }

    /// The first leaf whose condition holds; none once a condition fails with an error.
    fn choose(&self, bandit: &Bandit) -> Chosen {
        let version = bandit.version.clone();
        for leaf in &bandit.leaves {
            match self.passes(leaf.condition) {
                Ok(false) => {}
                Ok(true) => {
                    let (leaf, weights) = (leaf.id.clone(), Some(leaf.weights.clone()));
                    return Chosen { leaf, weights, version };
                }
                Err(_) => break,
            }
        }
        Chosen { leaf: Value::from(NO_LEAF), weights: None, version }
    }
}

/// The experiment as it is told, with the bandit's weights and, for those who were hashed into
/// it, the bandit.
fn told(trial: &Trial, chosen: Option<Chosen>, is_hashed_in: bool) -> Value {
    let mut told: Structure =
        trial.told.iter().map(|(name, value)| (&**name, value.clone())).collect();
    if let Some(chosen) = chosen {
        let own = trial.told.iter().find(|(name, _)| name == "weights").map(|(_, own)| own.clone());
        let count = trial.experiment.variations.len();
        let weights = chosen.weights.map(|weights| weights_value(&weights));
        let more = weights.clone().map(|weights| ("weights", weights));
        let shown = weights.or(own).unwrap_or_else(|| weights_value(&equal_weights(count)));
        let bandit = [
            ("leafId", Some(chosen.leaf)),
            ("variationWeights", Some(shown)),
            ("banditVersion", chosen.version),
        ];
        let bandit = bandit.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let bandit = ("contextualBandit", Value::from(bandit.collect::<Structure>()));
        let more = more.into_iter().chain(is_hashed_in.then_some(bandit));
        told = told.iter().map(|(name, value)| (name, value.clone())).chain(more).collect();
    }
    Value::from(told)
}

/// The leaf of users for whom no context is.
const NO_LEAF: i64 = -1;
