//! Evidence and widths that hold at any time, as computed with 35 digits.

use crate::Alpha;
use crate::cases::checks::Checks;
use crate::cases::field::{Field, Problem};
use crate::closed_form::{asymptotic_half_width, beta_binomial, normal_mixture};
use crate::srm::SplitTest;

pub(super) fn check(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let kind = case.at("kind");
    let wanted = case.first(&["log_e", "value"]);
    let number = |name: &str| case.at(name).number();
    let got = match kind.text()? {
        "beta_binomial_log_e" => beta_binomial(
            number("pi")?,
            (number("a")?, number("b")?),
            (case.at("k1").count()?, case.at("k0").count()?),
        ),
        "normal_mixture_log_e" => {
            normal_mixture(case.at("n").count()?, number("mean_over_sd")?, number("rho")?)
        }
        "acs_halfwidth_over_sd_two_sided" => {
            let alpha = case.at("alpha");
            let level = Alpha::new(alpha.number()?);
            let level = level.map_err(|error| alpha.problem(error.to_string()))?;
            asymptotic_half_width(number("n")?, number("rho")?, level)
        }
        "dirichlet_multinomial_log_e" => split(case)?,
        other => {
            let known = [
                "beta_binomial_log_e",
                "normal_mixture_log_e",
                "acs_halfwidth_over_sd_two_sided",
                "dirichlet_multinomial_log_e",
            ];
            return Err(kind.unknown(other, &known));
        }
    };
    checks.near(&wanted, got, 1e-9 * wanted.number()?.abs().max(1.0))
}

/// The evidence against a division of traffic.
fn split(case: &Field<'_>) -> Result<f64, Problem> {
    let concentration = case.at("concentration");
    let test = SplitTest::new(concentration.number()?);
    let mut test = test.map_err(|error| concentration.problem(error.to_string()))?;
    let theta = case.at("theta");
    let added = test.add(&theta.numbers()?, &case.at("n").counts()?);
    added.map_err(|error| theta.problem(error.to_string()))?;
    Ok(test.mismatch().log_e)
}
