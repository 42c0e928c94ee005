//! Running an experiment: who is in it, and with which variation.

use flagkit_core::ErrorCode;

use super::super::buckets::{bucket_ranges, choose_variation, equal_weights};
use super::super::experiment::{Experiment, Status};
use super::super::result::{BanditResult, ExperimentResult};
use super::super::script;
use super::super::sticky::Earlier;
use super::super::url::{self, Matching, Url, UrlTarget, query_string_override};
use super::super::user::{Hashed, Page};
use super::trial::Chosen;
use super::{Evaluation, Parents, Stack};

/// What was decided about a user.
enum Decision {
    Out,
    /// Excluded because of an earlier version.
    Blocked,
    /// In, by somebody's word.
    Forced(Option<usize>),
    /// In, by bucket or by an earlier assignment.
    Assigned {
        variation: usize,
        bucket: f64,
        is_sticky: bool,
    },
}

impl Evaluation<'_, '_> {
    /// Runs an experiment that no rule holds.
    pub(in super::super) fn run_alone(
        &mut self,
        experiment: &Experiment,
    ) -> Result<ExperimentResult, ErrorCode> {
        self.run((experiment, None), None, Stack::EMPTY)
    }

    pub(super) fn run(
        &mut self,
        (experiment, chosen): (&Experiment, Option<&Chosen>),
        feature: Option<&str>,
        stack: Stack<'_>,
    ) -> Result<ExperimentResult, ErrorCode> {
        let hashed = self.hashed(experiment);
        let weights = chosen.and_then(|chosen| chosen.weights.as_deref());
        let weights =
            weights.filter(|_| !experiment.keeps_weights).or(experiment.weights.as_deref());
        let decision = self.decide(experiment, &hashed, weights, stack)?;
        let mut result = result(experiment, &decision, &hashed)?;
        result.feature = feature.map(str::to_owned);
        if let (true, Some(chosen)) = (result.hash_used && result.in_experiment, chosen) {
            let equal = || equal_weights(experiment.variations.len());
            result.bandit = Some(BanditResult {
                leaf: chosen.leaf.clone(),
                weights: weights.map_or_else(equal, <[f64]>::to_vec),
                version: chosen.version.clone(),
            });
        }
        let is_remembered =
            matches!(decision, Decision::Assigned { .. }) && !experiment.sticky.is_disabled;
        if let Some(sticky) = self.user.sticky.as_mut().filter(|_| is_remembered) {
            sticky.assign(&hashed, experiment, result.key.clone());
        }
        Ok(result)
    }

    /// The order matters: what comes first wins.
    fn decide(
        &mut self,
        experiment: &Experiment,
        hashed: &Hashed,
        weights: Option<&[f64]>,
        stack: Stack<'_>,
    ) -> Result<Decision, ErrorCode> {
        let count = experiment.variations.len();
        if count < 2 || self.user.is_disabled || !self.is_targeted(experiment)? {
            return Ok(Decision::Out);
        }
        let by_url = query_string_override(&experiment.key, &self.user.url, count);
        if by_url.is_some() {
            return Ok(Decision::Forced(by_url));
        }
        if let Some(forced) = self.user.forced_variations.get(&experiment.key) {
            return Ok(Decision::Forced(script::place(*forced, count)));
        }
        let Some(value) = &hashed.value else { return Ok(Decision::Out) };
        if experiment.status == Status::Inactive {
            return Ok(Decision::Out);
        }
        let earlier = self.earlier(experiment);
        let is_sticky = matches!(earlier, Earlier::Variation(_));
        if !is_sticky && !self.is_eligible(experiment, hashed, stack)?
            || !self.is_on_page(experiment)?
        {
            return Ok(Decision::Out);
        }
        let recipe = experiment.hash_version.map(|version| version.prepare(experiment.seed()));
        let Some(bucket) = recipe.and_then(|recipe| recipe.bucket(value.borrow())) else {
            return Ok(Decision::Out);
        };
        let variation = match earlier {
            Earlier::Blocked => return Ok(Decision::Blocked),
            Earlier::Variation(variation) => Some(variation),
            Earlier::Unassigned => variation_of(experiment, bucket, weights),
        };
        Ok(match (variation, experiment.force) {
            (None, _) => Decision::Out,
            (Some(_), Some(forced)) => Decision::Forced(script::place(forced, count)),
            _ if self.user.is_in_qa_mode || experiment.status == Status::Stopped => Decision::Out,
            (Some(variation), None) => Decision::Assigned { variation, bucket, is_sticky },
        })
    }

    fn earlier(&self, experiment: &Experiment) -> Earlier {
        match &self.user.sticky {
            Some(sticky) if !experiment.sticky.is_disabled => sticky.earlier(experiment, self.user),
            _ => Earlier::Unassigned,
        }
    }

    /// What only users without an earlier assignment must pass.
    fn is_eligible(
        &mut self,
        experiment: &Experiment,
        hashed: &Hashed,
        stack: Stack<'_>,
    ) -> Result<bool, ErrorCode> {
        let is_inside = match (&experiment.filters, &experiment.namespace) {
            (Some(filters), _) => !self.is_filtered_out(filters),
            (None, Some(namespace)) => {
                hashed.value.as_ref().is_some_and(|value| namespace.holds(value.borrow()))
            }
            (None, None) => true,
        };
        if !is_inside || !self.passes(experiment.condition)? {
            return Ok(false);
        }
        if !matches!(self.parents(&experiment.parents, stack)?, Parents::Met) {
            return Ok(false);
        }
        let is_member =
            |groups: &Vec<String>| groups.iter().any(|group| self.user.groups.contains(group));
        Ok(experiment.groups.as_ref().is_none_or(is_member))
    }

    /// The older way of targeting pages.
    fn is_on_page(&self, experiment: &Experiment) -> Result<bool, ErrorCode> {
        match experiment.url {
            None => Ok(true),
            Some(_) if self.user.url.is_empty() => Ok(false),
            Some(id) => {
                let path = url::path_only(&self.user.url);
                self.holds(id, &Page { url: &self.user.url, path: &path })
            }
        }
    }

    fn is_targeted(&self, experiment: &Experiment) -> Result<bool, ErrorCode> {
        match &experiment.url_patterns {
            None => Ok(true),
            Some(targets) => self.is_url_targeted(&self.user.url, targets),
        }
    }

    /// No excluding target matches, and an including one does, if there is any.
    pub(in super::super) fn is_url_targeted(
        &self,
        url: &str,
        targets: &[UrlTarget],
    ) -> Result<bool, ErrorCode> {
        let page = Url::parse(url, NO_HOST);
        let mut is_included = None;
        for target in targets {
            let matches = match (&page, &target.matching) {
                (Some(page), Matching::Simple(pattern)) => url::is_like(page, pattern),
                (Some(page), Matching::Pattern(id)) => {
                    let (url, path) = (page.href(), page.path_and_more());
                    self.holds(*id, &Page { url: &url, path: &path })?
                }
                _ => false,
            };
            if target.is_excluded && matches {
                return Ok(false);
            }
            if !target.is_excluded {
                is_included = Some(is_included == Some(true) || matches);
            }
        }
        Ok(!targets.is_empty() && is_included != Some(false))
    }
}

fn variation_of(experiment: &Experiment, bucket: f64, weights: Option<&[f64]>) -> Option<usize> {
    let count = experiment.variations.len();
    match &experiment.ranges {
        Some(ranges) => choose_variation(bucket, ranges),
        None => choose_variation(bucket, &bucket_ranges(count, experiment.coverage, weights)),
    }
}

/// The result as SDKs tell it: whoever is out gets the first variation.
fn result(
    experiment: &Experiment,
    decision: &Decision,
    hashed: &Hashed,
) -> Result<ExperimentResult, ErrorCode> {
    let (variation, bucket, is_sticky) = match decision {
        Decision::Out | Decision::Forced(None) => (None, None, false),
        Decision::Blocked => (None, None, true),
        Decision::Forced(variation) => (*variation, None, false),
        // Ranges and earlier assignments may name variations that are not there.
        Decision::Assigned { variation, bucket, is_sticky } => {
            let variation = Some(*variation).filter(|place| *place < experiment.variations.len());
            (variation, Some(*bucket), *is_sticky)
        }
    };
    let place = variation.unwrap_or_default();
    let meta = experiment.meta(place).ok_or(ErrorCode::General)?;
    Ok(ExperimentResult {
        key: meta.key.unwrap_or_else(|| script::text(&script::number(place)).into()),
        feature: None,
        in_experiment: variation.is_some(),
        hash_used: bucket.is_some(),
        variation: place,
        value: experiment.variations.get(place).cloned().unwrap_or_default(),
        hashed: hashed.clone(),
        sticky_bucket_used: is_sticky,
        bucket,
        name: meta.name,
        passthrough: meta.passthrough,
        bandit: None,
    })
}

/// The host of a URL that has none.
const NO_HOST: &str = "_";
