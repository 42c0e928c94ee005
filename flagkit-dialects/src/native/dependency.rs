//! Dependencies: other flags that must be on first.

use flagkit_core::Reason;
use flagkit_core::document::{Accepts, Condition, Prerequisite, Rule, Serve};

use super::shared::Shared;
use super::variant::{self, OFF};
use super::{Known, Outline};
use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::report::Report;

/// One rule for each dependency that switches off where it is not met.
pub(super) fn rules(
    fields: &Fields<'_, '_>,
    shared: &Shared<'_>,
    report: &mut Report,
) -> Vec<Rule> {
    let path = fields.at("dependencies");
    let nodes = fields.list("dependencies", report).iter().enumerate();
    let conditions = nodes
        .filter_map(|(place, node)| met(node, &path.index(place), shared.outline, report))
        .collect::<Vec<_>>();
    conditions.into_iter().map(rule).collect()
}

fn rule(met: Condition) -> Rule {
    Rule {
        id: None,
        label: None,
        when: met.negated(),
        serve: Serve::Variant(OFF),
        reason: Reason::PrerequisiteFailed,
    }
}

/// Holds where the dependency is met.
fn met(
    node: &Node<'_>,
    path: &Path<'_>,
    outline: &Outline<'_>,
    report: &mut Report,
) -> Option<Condition> {
    match node {
        Node::Text(flag) => Some(Condition::Prerequisite(Prerequisite::enabled(flag.to_string()))),
        Node::Map(_) => {
            let fields = Fields::read(node, path, &["flag", "variants"], report)?;
            let variants = fields.texts("variants", report);
            let Some(flag) = fields.text("flag", report) else {
                if fields.node("flag").is_none() {
                    let problem = "a dependency needs `flag`";
                    report.error(path, problem, "write `{ flag: <key>, variants: [<name>] }`");
                }
                return None;
            };
            check_variants(flag, &variants, &fields, (outline, report));
            let names = variants.into_iter().map(str::to_owned).collect::<Vec<_>>();
            let is_any = names.is_empty();
            let accepts = if is_any { Accepts::Anything } else { Accepts::Variants(names) };
            Some(Condition::Prerequisite(Prerequisite::accepting(flag, accepts)))
        }
        other => {
            let problem = format!("expected the key of a flag, found {}", other.summary());
            report.error(path, problem, "write the key of a flag");
            None
        }
    }
}

/// Every variant that is asked for must be one of the other flag's, if that can be read.
fn check_variants(
    flag: &str,
    wanted: &[&str],
    fields: &Fields<'_, '_>,
    (outline, report): (&Outline<'_>, &mut Report),
) {
    let Some(Known { node, times: 1 }) = outline.flags.get(flag) else {
        return;
    };
    let Some(names) = variant::names(node) else {
        return;
    };
    let path = fields.at("variants");
    for (place, wanted) in wanted.iter().enumerate() {
        if !names.contains(wanted) {
            let hint = report.did_you_mean(wanted, names.iter().copied());
            let problem = format!("the flag `{flag}` has no variant `{wanted}`{hint}");
            let mend = "name one of its variants";
            report.error_about(&path.index(place), problem, mend, wanted);
        }
    }
}
