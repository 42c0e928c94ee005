//! Statistics of arms, under the names of the engine's classes.

use crate::cases::field::{Field, Problem};
use crate::growthbook::Statistic;
use crate::growthbook::statistic::{
    Adjusted, AdjustedRatio, Clusters, Products, Quantile, Ratio, Sample,
};

/// Both arms of a case, baseline first; strata are added up as the engine does.
pub(super) fn arms(case: &Field<'_>) -> Result<(Statistic, Statistic), Problem> {
    let strata = case.at("stats");
    if strata.is_absent() {
        return Ok((statistic(&case.at("stat_a"))?, statistic(&case.at("stat_b"))?));
    }
    let pairs = strata.items()?;
    let mut sums: Option<(Statistic, Statistic)> = None;
    for pair in &pairs {
        let (left, right) = (statistic(&pair.item(0))?, statistic(&pair.item(1))?);
        sums = Some(match sums {
            None => (left, right),
            Some((one, other)) => {
                let refused = || pair.problem("quantiles and different kinds cannot be added up");
                let one = one.merge(&left).ok_or_else(refused)?;
                (one, other.merge(&right).ok_or_else(refused)?)
            }
        });
    }
    sums.ok_or_else(|| strata.problem("is empty; write a list of pairs, baseline first"))
}

fn statistic(value: &Field<'_>) -> Result<Statistic, Problem> {
    let of = |name: &str| value.at(name).number();
    let count = || value.at("n").count();
    let theta = value.at("theta");
    let theta = || if theta.is_absent() { Ok(None) } else { theta.number().map(Some) };
    let kind = value.first(&["type", "class", "kind"]);
    let name = kind.text()?;
    Ok(match name {
        "SampleMeanStatistic" | "ProportionStatistic" => Statistic::Sample(sample(value, name)?),
        "RatioStatistic" => Statistic::Ratio(Ratio {
            count: count()?,
            numerator: part(value, "m_statistic")?,
            denominator: part(value, "d_statistic")?,
            sum_of_products: of("m_d_sum_of_products")?,
        }),
        "RegressionAdjustedStatistic" => Statistic::Adjusted(Adjusted {
            count: count()?,
            post: part(value, "post_statistic")?,
            pre: part(value, "pre_statistic")?,
            sum_of_products: of("post_pre_sum_of_products")?,
            theta: theta()?,
        }),
        "RegressionAdjustedRatioStatistic" => Statistic::AdjustedRatio(AdjustedRatio {
            count: count()?,
            numerator_post: part(value, "m_statistic_post")?,
            denominator_post: part(value, "d_statistic_post")?,
            numerator_pre: part(value, "m_statistic_pre")?,
            denominator_pre: part(value, "d_statistic_pre")?,
            products: products(value)?,
            theta: theta()?,
        }),
        "QuantileStatistic" => Statistic::Quantile(quantile(value, None)?),
        "QuantileClusteredStatistic" => {
            Statistic::Quantile(quantile(value, Some(clusters(value)?))?)
        }
        other => return Err(kind.unknown(other, &KNOWN)),
    })
}

fn part(value: &Field<'_>, name: &str) -> Result<Sample, Problem> {
    let part = value.at(name);
    let kind = part.first(&["type", "class", "kind"]).text().unwrap_or_default();
    sample(&part, kind)
}

/// A proportion has no squares, unless it calls itself a proportion anyway.
fn sample(value: &Field<'_>, kind: &str) -> Result<Sample, Problem> {
    let (count, sum) = (value.at("n").count()?, value.at("sum").number()?);
    let squares = value.at("sum_squares");
    if kind == "ProportionStatistic" || (kind.is_empty() && squares.is_absent()) {
        return Ok(Sample::Proportion { count, sum });
    }
    Ok(Sample::Mean { count, sum, sum_squares: squares.number()? })
}

fn products(value: &Field<'_>) -> Result<Products, Problem> {
    let of = |name: &str| value.at(name).number();
    Ok(Products {
        numerator_post_numerator_pre: of("m_post_m_pre_sum_of_products")?,
        denominator_post_denominator_pre: of("d_post_d_pre_sum_of_products")?,
        numerator_pre_denominator_pre: of("m_pre_d_pre_sum_of_products")?,
        numerator_post_denominator_post: of("m_post_d_post_sum_of_products")?,
        numerator_post_denominator_pre: of("m_post_d_pre_sum_of_products")?,
        numerator_pre_denominator_post: of("m_pre_d_post_sum_of_products")?,
    })
}

fn clusters(value: &Field<'_>) -> Result<Clusters, Problem> {
    let of = |name: &str| value.at(name).number();
    Ok(Clusters {
        count: value.at("n_clusters").count()?,
        main_sum: of("main_sum")?,
        main_sum_squares: of("main_sum_squares")?,
        denominator_sum: of("denominator_sum")?,
        denominator_sum_squares: of("denominator_sum_squares")?,
        sum_of_products: of("main_denominator_sum_product")?,
    })
}

fn quantile(value: &Field<'_>, clusters: Option<Clusters>) -> Result<Quantile, Problem> {
    let of = |name: &str| value.at(name).number();
    Ok(Quantile {
        count: value.at("n").count()?,
        sample_size: value.at("n_star").count()?,
        level: of("nu")?,
        estimate: of("quantile_hat")?,
        lower: of("quantile_lower")?,
        upper: of("quantile_upper")?,
        clusters,
    })
}

const KNOWN: [&str; 6] = [
    "SampleMeanStatistic",
    "ProportionStatistic",
    "RatioStatistic",
    "RegressionAdjustedStatistic",
    "RegressionAdjustedRatioStatistic",
    "QuantileStatistic and QuantileClusteredStatistic",
];
