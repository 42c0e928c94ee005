//! Blue-green: a preview, perhaps somebody who agrees, the switch.

use flagkit_dialects::Written;

use super::tree::{count, find, span, text};
use super::{Fate, Leaves, Rollout};
use serde_json::json;

const AT: &str = "spec.strategy.blueGreen";

pub(super) fn write(rollout: &mut Rollout<'_>, leaves: &mut Leaves) {
    let tree = rollout.tree;
    let Some(how) = find(tree, AT) else { return };
    rollout.sides = ["active", "preview"];
    rollout.route = text(how, "activeService").or_else(|| Some(rollout.name.clone()));
    take(leaves, "activeService", Fate::Taken, "`route`, whose traffic is switched");
    take(leaves, "previewService", Fate::Left, "nobody but checks reaches the new side before");
    let (all, preview) = (rollout.all, count(how, "previewReplicaCount"));
    take(leaves, "previewReplicaCount", Fate::Taken, "the first `scale` of the preview");
    rollout.scale("preview", 1, preview.unwrap_or(all));
    analysis(rollout, leaves, how, "prePromotionAnalysis", "analysis.pre_promotion");
    promotion(rollout, leaves, how);
    rollout.scale("all of the preview", 1, all);
    rollout.split("switch", 100);
    analysis(rollout, leaves, how, "postPromotionAnalysis", "analysis.post_promotion");
    let keep = span(how, "scaleDownDelaySeconds").unwrap_or_else(|| "30s".to_owned());
    take(leaves, "scaleDownDelaySeconds", Fate::Taken, "the pause before the old side goes");
    rollout.remove_old(&keep);
    if let Some(keep) = span(how, "abortScaleDownDelaySeconds") {
        rollout.keep = keep;
        take(leaves, "abortScaleDownDelaySeconds", Fate::Taken, "`rollback.keep`");
    }
}

/// An analysis before or after the switch.
fn analysis(rollout: &mut Rollout<'_>, leaves: &mut Leaves, how: &Written, key: &str, fact: &str) {
    let Some(analysis) = find(how, key) else { return };
    let hooks = rollout.outside.analysis(fact, analysis);
    rollout.until(&format!("wait for {fact}"), fact, &hooks);
    take(leaves, key, Fate::Changed, &format!("a hook that starts it, and the fact `{fact}`"));
}

/// Who or what lets the switch happen.
fn promotion(rollout: &mut Rollout<'_>, leaves: &mut Leaves, how: &Written) {
    if let Some(length) = span(how, "autoPromotionSeconds") {
        rollout.step("pause before the switch", "pause", json!(length));
        take(leaves, "autoPromotionSeconds", Fate::Taken, "a pause before the switch");
    } else if find(how, "autoPromotionEnabled") == Some(&Written::Boolean(false)) {
        rollout.step("pause before the switch", "hold", json!(true));
    }
    take(leaves, "autoPromotionEnabled", Fate::Taken, "`hold` before the switch, or nothing");
}

fn take(leaves: &mut Leaves, key: &str, fate: Fate, words: &str) {
    leaves.take_below(&format!("{AT}.{key}"), fate, words);
}
