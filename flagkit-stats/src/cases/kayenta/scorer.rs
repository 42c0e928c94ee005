//! `ScorerSuite.scala`: scores of groups and of everything.

use std::collections::BTreeMap;

use crate::cases::checks::Checks;
use crate::cases::field::{Field, Problem};
use crate::kayenta::Label;
use crate::kayenta::score::{Score, Scored, score};

pub(super) fn check(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let mut weights = BTreeMap::new();
    let named = case.at("groupWeights");
    if !named.is_absent() {
        for (name, weight) in named.entries()? {
            weights.insert(name.to_owned(), weight.number()?);
        }
    }
    let results = case.at("results").items()?;
    let groups: Vec<Vec<String>> = results.iter().map(groups).collect::<Result<_, _>>()?;
    let mut scored = Vec::new();
    for (result, groups) in results.iter().zip(&groups) {
        let label = result.at("classification");
        let known = || label.unknown(label.text().unwrap_or_default(), &LABELS);
        let label = Label::from_name(label.text()?).ok_or_else(known)?;
        scored.push(Scored { label, groups, critical: result.at("critical").flag()?, reason: "" });
    }
    compare(&case.at("expect"), &score(&scored, &weights), checks)
}

fn compare(expect: &Field<'_>, answer: &Score, checks: &mut Checks) -> Result<(), Problem> {
    let mut scores: Vec<f64> = answer.groups.iter().map(|group| group.score).collect();
    checks.near(&expect.at("summaryScore"), answer.summary, CENT)?;
    let first = scores.first().copied().unwrap_or(f64::NAN);
    checks.near(&expect.at("firstGroupScore"), first, CENT)?;
    checks.all_near(&expect.at("groupScores"), &scores, CENT)?;
    scores.sort_by(f64::total_cmp);
    checks.all_near(&expect.at("groupScoresSorted"), &scores, CENT)
}

fn groups(result: &Field<'_>) -> Result<Vec<String>, Problem> {
    let names = result.at("groups");
    // Kayenta takes a single name, too.
    if let Ok(name) = names.text() {
        return Ok(vec![name.to_owned()]);
    }
    names.items()?.iter().map(|name| name.text().map(str::to_owned)).collect()
}

const LABELS: [&str; 6] = ["Pass", "High", "Low", "Nodata", "NodataFailMetric", "Error"];

/// Scores are rounded to two digits; this is what doubles lose.
const CENT: f64 = 1e-9;
