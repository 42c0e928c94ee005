//! Calls of the engine as data: `{test, stat_a, stat_b, config, result}` with its own names.
//!
//! A statistic has the fields of gbstats' class and its name as `type`; results have the fields
//! of its result, in either of the spellings that it had.

use flagkit_stats::growthbook::bayesian::{Goal, Prior, PriorScale};
use flagkit_stats::growthbook::frequentist::Alternative;
use flagkit_stats::growthbook::statistic::{
    Adjusted, AdjustedRatio, Clusters, Products, Quantile, Ratio, Sample,
};
use flagkit_stats::growthbook::{Difference, Impact, Statistic, bayesian, frequentist, sequential};
use serde_json::Value;

use crate::delivery_cases::number;

/// What a test says, under the engine's names.
pub(super) struct Answer {
    /// Each number with its name.
    pub(super) numbers: Vec<(&'static str, Option<f64>)>,
    /// Whether it has an error instead.
    pub(super) failed: bool,
}

/// Makes the call of a case.
pub(super) fn call(case: &Value) -> Answer {
    let (baseline, variation) = (statistic(&case["stat_a"]), statistic(&case["stat_b"]));
    let (name, config) = (case["test"].as_str().unwrap(), &case["config"]);
    if name == "EffectBayesianABTest" {
        return of_bayesian(&bayesian::test(&baseline, &variation, &bayesian_settings(config)));
    }
    let alternative = if name.contains("Greater") {
        Alternative::Greater
    } else if name.contains("Lesser") {
        Alternative::Lesser
    } else {
        Alternative::TwoSided
    };
    let (difference, alpha) = (difference(config), or(&config["alpha"], 0.05));
    let test_value = or(&config["test_value"], 0.0);
    of_frequentist(&if name.starts_with("Sequential") {
        let tuning = or(&config["sequential_tuning_parameter"], 5000.0);
        let rho = config["rho"].as_f64();
        let settings = sequential::Settings { difference, alpha, test_value, tuning, rho };
        sequential::test(&baseline, &variation, alternative, &settings)
    } else {
        let settings = frequentist::Settings { difference, alpha, test_value };
        frequentist::test(&baseline, &variation, alternative, &settings)
    })
}

/// What is expected under one of the engine's names, in either spelling.
pub(super) fn expected(result: &Value, name: &str) -> Option<Value> {
    let field = |name: &str| result.get(name).cloned();
    match name {
        "ci.0" => Some(field("ci")?[0].clone()),
        "ci.1" => Some(field("ci")?[1].clone()),
        "risk.0" => Some(field("risk")?[0].clone()),
        "risk.1" => Some(field("risk")?[1].clone()),
        "mean" | "stddev" => field("uplift")?.get(name).cloned(),
        "p_value" => field("p_value").or_else(|| field("pValue")),
        "chance_to_win" => field("chance_to_win").or_else(|| field("chanceToWin")),
        name => field(name),
    }
}

/// Whether the engine answered with an error.
pub(super) fn is_failure(result: &Value) -> bool {
    let fields = ["error", "error_message", "errorMessage", "pValueErrorMessage"];
    fields.iter().any(|field| result[*field].is_string())
}

fn of_frequentist(outcome: &frequentist::Outcome) -> Answer {
    let numbers = vec![
        ("expected", Some(outcome.expected)),
        ("ci.0", Some(outcome.interval.0)),
        ("ci.1", Some(outcome.interval.1)),
        ("p_value", outcome.p_value),
        ("mean", Some(outcome.uplift.mean)),
        ("stddev", Some(outcome.uplift.deviation)),
    ];
    Answer { numbers, failed: outcome.issue.is_some() || outcome.p_value.is_none() }
}

fn of_bayesian(outcome: &bayesian::Outcome) -> Answer {
    let numbers = [
        ("expected", outcome.expected),
        ("ci.0", outcome.interval.0),
        ("ci.1", outcome.interval.1),
        ("chance_to_win", outcome.chance_to_win),
        ("mean", outcome.uplift.mean),
        ("stddev", outcome.uplift.deviation),
        ("risk.0", outcome.risk.0),
        ("risk.1", outcome.risk.1),
    ];
    let numbers = numbers.map(|(name, number)| (name, Some(number))).to_vec();
    Answer { numbers, failed: outcome.issue.is_some() }
}

fn bayesian_settings(config: &Value) -> bayesian::Settings {
    let prior = &config["prior_effect"];
    let goal = if config["inverse"] == true { Goal::Decrease } else { Goal::Increase };
    let absolute = config["prior_type"] == "absolute";
    bayesian::Settings {
        difference: difference(config),
        alpha: or(&config["alpha"], 0.05),
        goal,
        prior: Prior {
            mean: or(&prior["mean"], 0.0),
            variance: or(&prior["variance"], 1.0),
            proper: prior["proper"] == true,
        },
        prior_scale: if absolute { PriorScale::Absolute } else { PriorScale::Relative },
    }
}

fn difference(config: &Value) -> Difference {
    match config["difference_type"].as_str().unwrap_or("relative") {
        "relative" => Difference::Relative,
        "absolute" => Difference::Absolute,
        "scaled" => Difference::Scaled(Impact {
            total_users: config["total_users"].as_u64().unwrap_or(0),
            traffic: or(&config["traffic_percentage"], 1.0),
            days: or(&config["phase_length_days"], 1.0),
        }),
        other => panic!("there is no difference `{other}`"),
    }
}

fn statistic(value: &Value) -> Statistic {
    let of = |name: &str| number(&value[name]);
    let count = whole(&value["n"]);
    let theta = value["theta"].as_f64();
    match value["type"].as_str().unwrap() {
        "SampleMeanStatistic" | "ProportionStatistic" => Statistic::Sample(sample(value)),
        "RatioStatistic" => Statistic::Ratio(Ratio {
            count,
            numerator: sample(&value["m_statistic"]),
            denominator: sample(&value["d_statistic"]),
            sum_of_products: of("m_d_sum_of_products"),
        }),
        "RegressionAdjustedStatistic" => Statistic::Adjusted(Adjusted {
            count,
            post: sample(&value["post_statistic"]),
            pre: sample(&value["pre_statistic"]),
            sum_of_products: of("post_pre_sum_of_products"),
            theta,
        }),
        "RegressionAdjustedRatioStatistic" => Statistic::AdjustedRatio(AdjustedRatio {
            count,
            numerator_post: sample(&value["m_statistic_post"]),
            denominator_post: sample(&value["d_statistic_post"]),
            numerator_pre: sample(&value["m_statistic_pre"]),
            denominator_pre: sample(&value["d_statistic_pre"]),
            products: products(value),
            theta,
        }),
        "QuantileStatistic" => Statistic::Quantile(quantile(value, None)),
        "QuantileClusteredStatistic" => Statistic::Quantile(quantile(
            value,
            Some(Clusters {
                count: whole(&value["n_clusters"]),
                main_sum: of("main_sum"),
                main_sum_squares: of("main_sum_squares"),
                denominator_sum: of("denominator_sum"),
                denominator_sum_squares: of("denominator_sum_squares"),
                sum_of_products: of("main_denominator_sum_product"),
            }),
        )),
        other => panic!("there is no statistic `{other}`"),
    }
}

fn sample(value: &Value) -> Sample {
    let (count, sum) = (whole(&value["n"]), number(&value["sum"]));
    match value.get("sum_squares") {
        Some(squares) => Sample::Mean { count, sum, sum_squares: number(squares) },
        None => Sample::Proportion { count, sum },
    }
}

fn products(value: &Value) -> Products {
    let of = |name: &str| number(&value[name]);
    Products {
        numerator_post_numerator_pre: of("m_post_m_pre_sum_of_products"),
        denominator_post_denominator_pre: of("d_post_d_pre_sum_of_products"),
        numerator_pre_denominator_pre: of("m_pre_d_pre_sum_of_products"),
        numerator_post_denominator_post: of("m_post_d_post_sum_of_products"),
        numerator_post_denominator_pre: of("m_post_d_pre_sum_of_products"),
        numerator_pre_denominator_post: of("m_pre_d_post_sum_of_products"),
    }
}

fn quantile(value: &Value, clusters: Option<Clusters>) -> Quantile {
    Quantile {
        count: whole(&value["n"]),
        sample_size: whole(&value["n_star"]),
        level: number(&value["nu"]),
        estimate: number(&value["quantile_hat"]),
        lower: number(&value["quantile_lower"]),
        upper: number(&value["quantile_upper"]),
        clusters,
    }
}

fn or(value: &Value, default: f64) -> f64 {
    if value.is_null() { default } else { number(value) }
}

fn whole(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no count"))
}
