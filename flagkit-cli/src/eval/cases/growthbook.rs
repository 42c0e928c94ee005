//! Cases of GrowthBook.

use std::collections::HashMap;

use flagkit_core::ErrorCode;
use flagkit_dialects::growthbook::{
    self, Features, HashVersion, StickyBuckets, User, bucket_ranges, choose_variation,
    equal_weights, query_string_override,
};
use flagkit_dialects::value_to_json;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::suite::{Suite, text};

/// Kinds: `condition`, `feature`, `experiment`, `sticky-bucket`, `url-redirect`, and the pure
/// functions beneath. Where a case has no document, its context is one.
pub(super) fn run(suite: &Suite, case: &Value) -> Result<Value, String> {
    let asked = Asked {
        context: suite.written("context").unwrap_or_else(|| "{}".to_owned()),
        input: suite.written("input").unwrap_or_else(|| "{}".to_owned()),
        case,
    };
    match text(case, "kind")? {
        "condition" => asked.condition(),
        "feature" => asked.feature(),
        "experiment" => asked.experiment(),
        "sticky-bucket" => asked.sticky_bucket(),
        "url-redirect" => asked.redirects(),
        "hash" => Ok(asked.hash()),
        "in-namespace" => asked.namespace(),
        "bucket-ranges" => Ok(asked.ranges()),
        "choose-variation" => Ok(asked.choice()),
        "equal-weights" => Ok(json!({ "weights": equal_weights(asked.count("numVariations")) })),
        "query-string-override" => Ok(asked.query()),
        "decrypt" => {
            let plain = growthbook::decrypt(asked.text("encrypted"), asked.text("key"));
            Ok(json!({ "plain": plain }))
        }
        kind => Err(format!("cases of the kind `{kind}` are unknown")),
    }
}

/// What a case asks, as it is written and as it is read.
struct Asked<'c> {
    context: String,
    input: String,
    case: &'c Value,
}

impl Asked<'_> {
    fn condition(&self) -> Result<Value, String> {
        let condition = part(&self.input, "condition").unwrap_or_else(|| "null".to_owned());
        let groups = part(&self.input, "savedGroups");
        let matches = Features::matches(&condition, groups.as_deref(), &self.user()?);
        Ok(json!({ "match": matches.map_err(failed)? }))
    }

    fn feature(&self) -> Result<Value, String> {
        let features = self.features()?;
        let mut user = self.user()?;
        let found = features.feature(text(self.case, "flag")?, &mut user).map_err(failed)?;
        Ok(value_to_json(&found.to_value()))
    }

    fn experiment(&self) -> Result<Value, String> {
        let result = self.features()?.experiment(0, &mut self.user()?);
        let result = result.ok_or("the case has no experiment")?.map_err(failed)?;
        Ok(value_to_json(&result.to_value()))
    }

    fn sticky_bucket(&self) -> Result<Value, String> {
        let features = self.features()?;
        let mut sticky = StickyBuckets::default();
        let docs = part(&self.input, "docs");
        let more = part(&self.context, "stickyBucketAssignmentDocs");
        for docs in [docs, more].into_iter().flatten() {
            let docs = StickyBuckets::from_json(&docs).map_err(|error| error.to_string())?;
            docs.documents().iter().for_each(|document| sticky.insert(document.clone()));
        }
        let mut user = self.user()?.with_sticky_buckets(sticky);
        features.keep_own_sticky_buckets(&mut user);
        let found = features.feature(text(self.case, "flag")?, &mut user).map_err(failed)?;
        let result = found.experiment.map(|(_, result)| value_to_json(&result.to_value()));
        let documents = user.sticky_buckets().into_iter().flat_map(StickyBuckets::documents);
        let documents: Map<String, Value> = documents
            .map(|document| (document.key(), value_to_json(&document.to_value())))
            .collect();
        Ok(json!({ "experimentResult": result, "docs": documents }))
    }

    fn redirects(&self) -> Result<Value, String> {
        let redirects = self.features()?.redirects(&mut self.user()?).map_err(failed)?;
        let each = redirects.iter().map(|redirect| {
            json!({
                "inExperiment": redirect.result.in_experiment,
                "urlRedirect": redirect.url,
                "urlWithParams": redirect.url_with_parameters,
            })
        });
        Ok(json!({ "results": each.collect::<Vec<_>>() }))
    }

    fn hash(&self) -> Value {
        let version = self.number("version").and_then(HashVersion::of);
        let recipe = version.map(|version| version.prepare(self.text("seed")));
        json!({ "hash": recipe.and_then(|recipe| recipe.bucket(self.text("value").into())) })
    }

    fn namespace(&self) -> Result<Value, String> {
        let part = |place: usize| self.input("namespace").get(place);
        let name = part(0).and_then(Value::as_str);
        let range = part(1).and_then(Value::as_f64).zip(part(2).and_then(Value::as_f64));
        let (Some(name), Some(range)) = (name, range) else {
            return Err("a namespace has a name and two numbers".to_owned());
        };
        let user = self.text("userId").into();
        Ok(json!({ "inNamespace": growthbook::is_in_namespace(user, name, range) }))
    }

    fn ranges(&self) -> Value {
        let weights = self.input("weights").as_array().map(|weights| numbers(weights.as_slice()));
        let coverage = self.number("coverage").unwrap_or(1.0);
        let count = self.count("numVariations");
        json!({ "ranges": bucket_ranges(count, coverage, weights.as_deref()) })
    }

    fn choice(&self) -> Value {
        let ranges = self.input("ranges").as_array().cloned().unwrap_or_default();
        let end = |range: &Value, place: usize| {
            range.get(place).and_then(Value::as_f64).unwrap_or(f64::NAN)
        };
        let pair = |range: &Value| (end(range, 0), end(range, 1));
        let ranges: Vec<(f64, f64)> = ranges.iter().map(pair).collect();
        let chosen = choose_variation(self.number("n").unwrap_or(f64::NAN), &ranges);
        json!({ "variation": chosen.map_or_else(|| json!(-1), |place| json!(place)) })
    }

    fn query(&self) -> Value {
        let (key, url) = (self.text("key"), self.text("url"));
        json!({ "variation": query_string_override(key, url, self.count("numVariations")) })
    }

    /// The context as a document, with the experiment of the input.
    fn features(&self) -> Result<Features, String> {
        let experiment = part(&self.input, "experiment").unwrap_or_default();
        let more = self.context.trim().strip_prefix('{').unwrap_or_default();
        let comma = if more.trim() == "}" { "" } else { "," };
        let document = format!("{{\"features\":{{}},\"experiments\":[{experiment}]{comma}{more}");
        Features::from_json(&document).map_err(|error| error.to_string())
    }

    fn user(&self) -> Result<User, String> {
        User::from_json(&self.context).map_err(|error| error.to_string())
    }

    fn input(&self, name: &str) -> &Value {
        self.case.get("input").and_then(|input| input.get(name)).unwrap_or(&Value::Null)
    }

    fn text(&self, name: &str) -> &str {
        self.input(name).as_str().unwrap_or_default()
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.input(name).as_f64()
    }

    /// Less than none is none.
    fn count(&self, name: &str) -> usize {
        self.input(name).as_u64().and_then(|count| count.try_into().ok()).unwrap_or_default()
    }
}

fn numbers(values: &[Value]) -> Vec<f64> {
    values.iter().map(|value| value.as_f64().unwrap_or(f64::NAN)).collect()
}

/// A part of an object as it is written.
fn part(object: &str, name: &str) -> Option<String> {
    let parts: HashMap<String, &RawValue> = serde_json::from_str(object).ok()?;
    parts.get(name).map(|part| part.get().to_owned()).filter(|part| part != "null")
}

fn failed(code: ErrorCode) -> String {
    format!("the evaluation fails with {code}")
}
