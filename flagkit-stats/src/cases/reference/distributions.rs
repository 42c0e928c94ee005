//! Distribution functions, far into their tails.

use crate::cases::checks::Checks;
use crate::cases::field::{Field, Problem};
use crate::special::{beta, chi_squared, normal, student_t};

pub(super) fn check(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let arguments = case.at("args").numbers()?;
    let wanted = case.at("value");
    let got = evaluate(&case.at("fn"), &arguments)?;
    let number = wanted.number()?;
    // Below the smallest normal number there are fewer digits to be right.
    let is_subnormal = number != 0.0 && number.abs() < f64::MIN_POSITIVE;
    let part = case.at("rel_tol").or(if is_subnormal { 1e-7 } else { 1e-12 })?;
    if number == 0.0 {
        return checks.near(&wanted, got, part);
    }
    checks.close(&wanted, got, part)
}

/// What the function of that name says.
fn evaluate(name: &Field<'_>, arguments: &[f64]) -> Result<f64, Problem> {
    let [x, a, b] = [0, 1, 2].map(|index| arguments.get(index).copied().unwrap_or(f64::NAN));
    let text = name.text()?;
    let (family, function) = text.split_once('.').unwrap_or((text, ""));
    let value = match (family, function) {
        // SciPy's location and scale, if they are given.
        ("norm", function) => {
            let (mean, deviation) =
                (arguments.get(1).unwrap_or(&0.0), arguments.get(2).unwrap_or(&1.0));
            let z = (x - mean) / deviation;
            match function {
                "cdf" => Some(normal::cdf(z)),
                "sf" => Some(normal::sf(z)),
                "pdf" => Some(normal::pdf(z) / deviation),
                "ppf" => Some(mean + deviation * normal::ppf(x)),
                "isf" => Some(mean + deviation * normal::isf(x)),
                _ => None,
            }
        }
        ("t", function) => {
            of([student_t::cdf, student_t::sf, student_t::ppf, student_t::isf], function)
                .map(|function| function(x, a))
        }
        ("chi2", function) => {
            let all = [chi_squared::cdf, chi_squared::sf, chi_squared::ppf, chi_squared::isf];
            of(all, function).map(|function| function(x, a))
        }
        ("beta", function) => of([beta::cdf, beta::sf, beta::ppf, beta::isf], function)
            .map(|function| function(x, a, b)),
        ("f", function) => {
            of([f_cdf, f_sf, f_ppf, f_isf], function).map(|function| function(x, a, b))
        }
        ("binom", "cdf") => Some(binomial_sf(x + 1.0, a, 1.0 - b, a - x.floor())),
        ("binom", "sf") => Some(binomial_sf(a - x.floor(), a, b, x.floor() + 1.0)),
        _ => None,
    };
    value.ok_or_else(|| name.unknown(text, &KNOWN))
}

fn of<F: Copy>(functions: [F; 4], name: &str) -> Option<F> {
    let place = ["cdf", "sf", "ppf", "isf"].iter().position(|known| *known == name)?;
    functions.get(place).copied()
}

/// Snedecor's F with `a` and `b` degrees of freedom, as a share of a beta distribution.
fn f_cdf(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 { 0.0 } else { beta::cdf(a * x / (a * x + b), a / 2.0, b / 2.0) }
}

fn f_sf(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 { 1.0 } else { beta::cdf(b / (a * x + b), b / 2.0, a / 2.0) }
}

fn f_ppf(p: f64, a: f64, b: f64) -> f64 {
    let share = beta::ppf(p, a / 2.0, b / 2.0);
    b * share / (a * (1.0 - share))
}

fn f_isf(q: f64, a: f64, b: f64) -> f64 {
    let share = beta::ppf(q, b / 2.0, a / 2.0);
    b * (1.0 - share) / (a * share)
}

/// The share of a beta distribution that a tail of a binomial one is, with its trivial ends.
fn binomial_sf(second: f64, trials: f64, share: f64, first: f64) -> f64 {
    if first <= 0.0 {
        1.0
    } else if first > trials {
        0.0
    } else {
        beta::cdf(share, first, second.floor())
    }
}

const KNOWN: [&str; 7] = [
    "norm.{cdf, sf, pdf, ppf, isf}",
    "t.{cdf, sf, ppf, isf}",
    "chi2.{cdf, sf, ppf, isf}",
    "beta.{cdf, sf, ppf, isf}",
    "f.{cdf, sf, ppf, isf}",
    "binom.cdf",
    "binom.sf",
];
