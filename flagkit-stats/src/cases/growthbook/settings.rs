//! Configurations of tests, with the names and defaults of the engine.

use crate::cases::field::{Field, Problem};
use crate::growthbook::bayesian::{self, Goal, Prior, PriorScale};
use crate::growthbook::{Difference, Impact, frequentist, sequential};

pub(super) fn frequentist(config: &Field<'_>) -> Result<frequentist::Settings, Problem> {
    Ok(frequentist::Settings {
        difference: difference(config)?,
        alpha: config.at("alpha").or(0.05)?,
        test_value: config.at("test_value").or(0.0)?,
    })
}

pub(super) fn sequential(config: &Field<'_>) -> Result<sequential::Settings, Problem> {
    let rho = config.at("rho");
    Ok(sequential::Settings {
        difference: difference(config)?,
        alpha: config.at("alpha").or(0.05)?,
        test_value: config.at("test_value").or(0.0)?,
        tuning: config.at("sequential_tuning_parameter").or(5000.0)?,
        rho: if rho.is_absent() { None } else { Some(rho.number()?) },
    })
}

pub(super) fn bayesian(config: &Field<'_>) -> Result<bayesian::Settings, Problem> {
    let prior = config.at("prior_effect");
    let scale = config.at("prior_type");
    Ok(bayesian::Settings {
        difference: difference(config)?,
        alpha: config.at("alpha").or(0.05)?,
        goal: if config.at("inverse").flag()? { Goal::Decrease } else { Goal::Increase },
        prior: Prior {
            mean: prior.at("mean").or(0.0)?,
            variance: prior.at("variance").or(1.0)?,
            proper: prior.at("proper").flag()?,
        },
        prior_scale: match word(&scale)? {
            "relative" => PriorScale::Relative,
            "absolute" => PriorScale::Absolute,
            other => return Err(scale.unknown(other, &["relative", "absolute"])),
        },
    })
}

fn difference(config: &Field<'_>) -> Result<Difference, Problem> {
    let stratify = config.first(&["post_stratify", "post_stratification_enabled"]);
    if stratify.flag()? {
        return Err(stratify.problem("post-stratification is not computed; leave this case out"));
    }
    let kind = config.at("difference_type");
    Ok(match word(&kind)? {
        "relative" => Difference::Relative,
        "absolute" => Difference::Absolute,
        "scaled" => {
            let users = config.at("total_users");
            Difference::Scaled(Impact {
                total_users: if users.is_absent() { 0 } else { users.count()? },
                traffic: config.at("traffic_percentage").or(1.0)?,
                days: config.at("phase_length_days").or(1.0)?,
            })
        }
        other => return Err(kind.unknown(other, &["relative", "absolute", "scaled"])),
    })
}

/// A word, or the one that the engine takes by default.
fn word<'a>(field: &Field<'a>) -> Result<&'a str, Problem> {
    if field.is_absent() { Ok("relative") } else { field.text() }
}
