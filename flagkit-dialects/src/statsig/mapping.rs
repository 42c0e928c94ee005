//! Configs that stand in for another spec, from some time on and for some users.

use flagkit_core::document::Condition;

use crate::node::Node;

use super::operator::is_before;
use super::rule::when_supported;
use super::spec::{Draft, Lowering, Share, Spec, Step, text, within};

/// What is tried before the rules of the spec.
pub(super) fn mappings<'n>(
    lowering: &mut Lowering<'_, 'n>,
    spec: Spec<'n>,
    draft: &mut Draft<'n>,
) -> Vec<Step> {
    let specs = lowering.specs;
    let mappings = specs.overrides.get(spec.name).and_then(Node::as_list).unwrap_or_default();
    let mut steps = Vec::new();
    for mapping in mappings {
        let Some(name) = mapping.entry("new_config_name").and_then(Node::as_text) else { continue };
        // One that is not there stands in for nothing.
        let Some(node) = specs.get(spec.kind, name) else { continue };
        for entry in mapping.entry("rules").and_then(Node::as_list).unwrap_or_default() {
            let Some(rule) = specs.override_rules.get(text(entry, "rule_name")) else { continue };
            let mut when = vec![when_supported(rule, specs)];
            match within(text(spec.node, "salt"), rule) {
                Share::Everybody => {}
                Share::Nobody => continue,
                Share::Some(bucket) => when.push(bucket.into()),
            }
            if let Some(start) = entry.entry("start_time").and_then(Node::as_float) {
                #[expect(clippy::cast_possible_truncation, reason = "milliseconds are whole")]
                when.insert(0, is_before(start as i64).negated());
            }
            let serve = lowering.nested(Spec { kind: spec.kind, name, node }, draft);
            steps.push(Step::instead(name, Condition::All(when), serve));
        }
    }
    steps
}
