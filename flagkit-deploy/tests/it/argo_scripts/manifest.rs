//! Manifests: those of the cases, and short ones of our own where the cases have none.

use std::fs;

use flagkit_dialects::{Written, written};
use serde_json::{Map, Value, json};

use super::script::folder;

/// All documents of a text.
pub(crate) fn documents(text: &str) -> Vec<Value> {
    let documents = text.split("\n---").map(|text| text.trim_start_matches("---"));
    let filled = documents.filter(|text| {
        text.lines().any(|line| !line.trim().is_empty() && !line.trim().starts_with('#'))
    });
    filled.map(|text| value(&written(text, 100_000).unwrap())).collect()
}

fn value(written: &Written) -> Value {
    match written {
        Written::Null => Value::Null,
        Written::Boolean(it) => json!(it),
        Written::Integer(it) => json!(it),
        Written::Float(it) => json!(it),
        Written::Text(it) => json!(it),
        Written::List(items) => items.iter().map(value).collect(),
        Written::Map(entries) => {
            Value::Object(entries.iter().map(|(key, it)| (key.clone(), value(it))).collect())
        }
    }
}

/// The text of `functional/x.yaml`.
pub(crate) fn file(name: &str) -> String {
    let path = folder().unwrap().join("e2e-manifests").join(name);
    fs::read_to_string(path).unwrap_or_else(|_| stand_in(name))
}

/// A merge patch (RFC 7396) that knows containers by their names.
pub(crate) fn merge(into: &mut Value, patch: &Value) {
    if let (Value::Array(all), Value::Array(patches)) = (&mut *into, patch)
        && patches
            .iter()
            .all(|patch| patch["name"].is_string() && !patch["templateName"].is_string())
    {
        for patch in patches {
            match all.iter_mut().find(|one| one["name"] == patch["name"]) {
                Some(one) => merge(one, patch),
                None => all.push(patch.clone()),
            }
        }
        return;
    }
    let Value::Object(patch) = patch else {
        *into = patch.clone();
        return;
    };
    if !into.is_object() {
        *into = Value::Object(Map::new());
    }
    let map = into.as_object_mut().unwrap();
    for (key, value) in patch {
        if value.is_null() {
            map.remove(key);
        } else {
            merge(map.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// What a script needs of a manifest that the cases do not have: instances and steps.
fn stand_in(name: &str) -> String {
    let (replicas, canary) =
        STAND_INS.iter().find(|(start, ..)| name.starts_with(start)).map_or_else(
            || panic!("there is no manifest {name}"),
            |(_, replicas, canary)| (replicas, canary),
        );
    let canary =
        canary.replace("EXPERIMENT", "experiment: { templates: [{ name: one, weight: 20 }] }");
    format!(
        "kind: Rollout\nmetadata: {{ name: stand-in }}\nspec:\n  replicas: {replicas}\n  \
         strategy: {canary}\n  template: {{ metadata: {{ labels: {{ app: stand-in }} }} }}\n"
    )
}

/// The beginning of a name, instances, and the strategy; the first that fits counts.
const STAND_INS: [(&str, u32, &str); 20] = [
    (
        "alb/rollout-alb-experiment-no",
        1,
        "{ canary: { trafficRouting: { alb: {} }, steps: [{ EXPERIMENT }] } }",
    ),
    (
        "alb/rollout-alb-multi-ingress-experiment-no",
        1,
        "{ canary: { trafficRouting: { alb: {} }, steps: [{ EXPERIMENT }] } }",
    ),
    (
        "alb/",
        1,
        "{ canary: { trafficRouting: { alb: {} }, steps: [{ setWeight: 10 }, { EXPERIMENT }] } }",
    ),
    (
        "apisix/rollout-apisix-canary-set-header",
        1,
        "{ canary: { trafficRouting: { apisix: {} }, steps: [{ setCanaryScale: { replicas: 1 }, setHeaderRoute: { name: h, match: [{ headerName: trace, headerValue: { exact: debug } }] }, pause: { duration: 15 } }, { pause: { duration: 15 } }, { setWeight: 5 }, { pause: { duration: 15 } }, { setWeight: 50 }, { pause: { duration: 15 } }] } }",
    ),
    (
        "apisix/",
        1,
        "{ canary: { trafficRouting: { apisix: {} }, steps: [{ setWeight: 5 }, { pause: { duration: 15 } }, { setWeight: 50 }, { pause: { duration: 15 } }] } }",
    ),
    (
        "appmesh/",
        1,
        "{ canary: { trafficRouting: { appMesh: {} }, steps: [{ setWeight: 10 }, { pause: {} }] } }",
    ),
    (
        "header-routing/alb",
        1,
        "{ canary: { trafficRouting: { alb: {} }, steps: [{ setWeight: 20 }, { pause: {} }, { setHeaderRoute: { name: header-route, match: [{ headerName: agent, headerValue: { exact: chrome } }] } }, { pause: {} }, { setHeaderRoute: { name: header-route } }, { pause: {} }] } }",
    ),
    (
        "header-routing/istio",
        5,
        "{ canary: { trafficRouting: { istio: {} }, steps: [{ setWeight: 20 }, { setHeaderRoute: { name: set-header-1, match: [{ headerName: agent, headerValue: { exact: firefox } }] } }, { pause: {} }, { setHeaderRoute: { name: set-header-1, match: [{ headerName: agent, headerValue: { exact: chrome } }] } }, { pause: {} }, { setWeight: 40 }, { setHeaderRoute: { name: set-header-1 } }, { pause: {} }] } }",
    ),
    (
        "istio/istio-host-split-update-in-middle",
        2,
        "{ canary: { trafficRouting: { istio: {} }, steps: [{ setWeight: 0 }, { setCanaryScale: { replicas: 1 } }, { pause: {} }] } }",
    ),
    (
        "istio/istio-rollout-abort-delete-all",
        5,
        "{ canary: { trafficRouting: { istio: {} }, steps: [{ setCanaryScale: { replicas: 2 } }, { setWeight: 20 }, { pause: {} }, { setCanaryScale: { replicas: 4 } }, { setWeight: 40 }, { pause: {} }] } }",
    ),
    (
        "istio/istio-host-split-experiment",
        1,
        "{ canary: { trafficRouting: { istio: {} }, steps: [{ setWeight: 10 }, { EXPERIMENT }] } }",
    ),
    (
        "istio/istio-subset-split-experiment",
        1,
        "{ canary: { trafficRouting: { istio: {} }, steps: [{ setWeight: 10 }, { EXPERIMENT }] } }",
    ),
    (
        "istio/istio-host-split-ping-pong",
        1,
        "{ canary: { pingPong: {}, trafficRouting: { istio: {} }, steps: [{ setWeight: 25 }, { pause: {} }] } }",
    ),
    (
        "istio/",
        1,
        "{ canary: { trafficRouting: { istio: {} }, steps: [{ setWeight: 10 }, { pause: {} }] } }",
    ),
    (
        "mirror-route/",
        5,
        "{ canary: { trafficRouting: { istio: {} }, steps: [{ setWeight: 20 }, { setMirrorRoute: { name: one, percentage: 100, match: [{ path: { prefix: / } }] } }, { setMirrorRoute: { name: two, percentage: 80, match: [{ method: { exact: GET } }] } }, { pause: {} }, { setMirrorRoute: { name: one, percentage: 100, match: [{ path: { prefix: /rewrite } }] } }, { pause: {} }, { setWeight: 40 }, { setMirrorRoute: { name: one } }, { pause: {} }] } }",
    ),
    (
        "step-plugin/disabled",
        1,
        "{ canary: { steps: [{ plugin: { name: one, config: { return: Successful } } }, { plugin: { name: two, config: { return: Successful } } }] } }",
    ),
    (
        "step-plugin/",
        1,
        "{ canary: { steps: [{ plugin: { name: one, config: { return: Successful } } }, { plugin: { name: two, config: { return: $$phase$$ } } }] } }",
    ),
    (
        "smi_ingress/",
        1,
        "{ canary: { trafficRouting: { smi: {} }, steps: [{ setWeight: 5 }, { pause: { duration: 15 } }, { setWeight: 50 }, { pause: { duration: 15 } }] } }",
    ),
    ("expectedfailures/", 1, "{ unknown: {} }"),
    (
        "smi/",
        1,
        "{ canary: { trafficRouting: { smi: {} }, steps: [{ setWeight: 5 }, { EXPERIMENT }] } }",
    ),
];

/// The templates of analyses that every script may use.
pub(crate) fn templates() -> Vec<Value> {
    let folder = folder().unwrap().join("e2e-manifests/functional");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let is_template = |path: &std::path::PathBuf| {
        path.file_name().unwrap().to_string_lossy().starts_with("analysistemplate")
    };
    files.retain(is_template);
    files.iter().flat_map(|path| documents(&fs::read_to_string(path).unwrap())).collect()
}
