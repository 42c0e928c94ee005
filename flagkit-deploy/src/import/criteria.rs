//! `deployment-success-criteria`: three windows of criteria, critical and warning.

use serde_json::{Value as Json, json};

use super::canary::put;
use super::leaves::{Leaf, Leaves};
use super::threshold::{Watch, meant, span};
use super::{Fate, file};

/// One release: a canary that these criteria watch.
pub(super) fn files(leaves: &mut Leaves, target: &str) -> Vec<(String, Json)> {
    let mut watch = Watch::default();
    for leaf in leaves.take_all(|leaf| leaf.is_below(&["critical"])) {
        watch.trigger(leaves, &leaf, "roll_back");
    }
    for leaf in leaves.take_all(|leaf| leaf.is_below(&["warning", "warnings"])) {
        watch.trigger(leaves, &leaf, "tell");
    }
    let mut gates = Vec::new();
    for leaf in leaves.take_all(must_pass) {
        let fact = format!("{}.passed", leaf.key());
        leaves.note(
            &leaf,
            Fate::Changed,
            format!("gate `{fact} == true`: your pipeline tells that fact"),
        );
        gates.push(format!("{fact} == true"));
    }
    let (mut finish, prepare) = windows(leaves);
    for leaf in leaves.take_all(|leaf| meant(&leaf.key()).is_some()) {
        watch.criterion(leaves, &leaf);
    }
    if !watch.success.is_empty() {
        put(&mut finish, "success", json!(watch.success));
    }
    let mut canary = json!({ "finish": finish });
    if let Some(time) = prepare {
        put(&mut canary, "prepare", json!({ "mirror": { "share": "1%", "for": time } }));
    }
    let arms = json!({ "in order": ["stable", "canary"] });
    let mut release = file(target, &arms, &json!({ "canary": canary }));
    if !gates.is_empty() {
        put(&mut release, "gates", json!(gates));
    }
    watch.into_file(&mut release);
    vec![(target.to_owned(), release)]
}

/// The windows before, after and long after: what finishes the release, and how long a copy of the
/// traffic goes to the new side before.
fn windows(leaves: &mut Leaves) -> (Json, Option<String>) {
    let mut finish = json!({});
    let mut prepare = None;
    for leaf in leaves.take_all(is_window) {
        let Some(time) = span(&leaf) else { continue };
        let is = |word: &str| leaf.keys.iter().any(|key| key.to_lowercase().starts_with(word));
        let (fate, why) = if is("post") {
            put(&mut finish, "observe", json!(time));
            (Fate::Taken, "`strategy.canary.finish.observe`".to_owned())
        } else if is("extended") {
            put(&mut finish, "keep", json!(time));
            (
                Fate::Changed,
                "the old side stays for this long afterwards, while triggers watch".to_owned(),
            )
        } else if is("pre") {
            prepare = Some(time);
            (
                Fate::Changed,
                "a copy of 1% of the traffic goes to the new side for this long before".to_owned(),
            )
        } else {
            (Fate::Left, "the stages say how long that lasts".to_owned())
        };
        leaves.note(&leaf, fate, why);
    }
    (finish, prepare)
}

/// `security_scan: pass`.
fn must_pass(leaf: &Leaf) -> bool {
    matches!(leaf.text().to_lowercase().as_str(), "pass" | "passed" | "required")
        && leaf.key().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_window(leaf: &Leaf) -> bool {
    let words = ["pre", "during", "post", "extended"];
    let key =
        leaf.keys.iter().any(|key| words.iter().any(|word| key.to_lowercase().starts_with(word)));
    key && meant(&leaf.key()).is_none()
        && leaf.text().starts_with(|first: char| first.is_ascii_digit())
}
