//! The choice among scored actions.

use flagkit_core::{Part, ValueRef};

use super::super::context::SortedAttributes;
use super::super::shards;
use super::BanditQuestion;
use super::model::Policy;

/// The action for a subject; `None` if there is none to choose from.
pub(super) fn choose<'a>(model: &Policy, question: &BanditQuestion<'a>) -> Option<&'a str> {
    let about_subject = SortedAttributes::of(Some(question.attributes));
    let mut scored: Vec<Scored<'a>> = question
        .actions
        .actions
        .iter()
        .map(|(key, about_action)| Scored {
            key,
            score: model.score(key, about_action, &about_subject),
            weight: 0.0,
            shard: shard(&format!("{}-{}-{key}", question.flag, question.subject)),
        })
        .collect();
    weigh(&mut scored, model)?;
    scored.sort_by(|left, right| {
        left.shard.total_cmp(&right.shard).then_with(|| left.key.cmp(right.key))
    });
    let point = shard(&format!("{}-{}", question.flag, question.subject)) / SHARDS;
    let mut reached = 0.0;
    let found = scored.iter().find(|action| {
        reached += action.weight;
        reached > point
    });
    found.or(scored.last()).map(|action| action.key)
}

/// An action with what it promises.
struct Scored<'a> {
    key: &'a str,
    score: f64,
    weight: f64,
    shard: f64,
}

/// Gives each action a weight; the better the others, the less is left for the best.
fn weigh(scored: &mut [Scored<'_>], model: &Policy) -> Option<()> {
    let best = scored.iter().reduce(|best, other| {
        let order = other.score.total_cmp(&best.score).then_with(|| best.key.cmp(other.key));
        if order.is_gt() { other } else { best }
    })?;
    let (best, best_score) = (best.key, best.score);
    #[expect(clippy::cast_precision_loss, reason = "nobody has 2⁵³ actions")]
    let count = scored.len() as f64;
    let floor = model.action_probability_floor / count;
    // Rounding can decide, so the sum is taken in the order of the keys.
    scored.sort_unstable_by_key(|action| action.key);
    let mut others = 0.0;
    for action in scored.iter_mut().filter(|action| action.key != best) {
        let weight = 1.0 / (count + model.gamma * (best_score - action.score));
        action.weight = weight.max(floor);
        others += action.weight;
    }
    for action in scored.iter_mut().filter(|action| action.key == best) {
        action.weight = f64::max(1.0 - others, 0.0);
    }
    Some(())
}

/// The shard of a text, of ten thousand.
fn shard(text: &str) -> f64 {
    let bucketing = shards::joined(vec![Part::Subject], 10_000).prepare();
    bucketing.bucket(ValueRef::String(text)).unwrap_or_default()
}

const SHARDS: f64 = 10_000.0;
