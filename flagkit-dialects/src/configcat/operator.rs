//! Operators: what a comparator and its comparison value ask of an attribute.

use flagkit_core::Number;
use flagkit_core::document::{
    Digested, NumberReading, Operator, Order, Readings, SaltedDigests, TextReading, VersionReading,
};

use super::comparator::{Comparator, Kind};
use super::condition::Owner;
use super::config::UserCondition;

/// An operator and what else there is to say about the comparison.
#[derive(Clone)]
pub(super) struct Compared {
    pub(super) operator: Operator,
    pub(super) is_negated: bool,
    /// Dates can be compared, not only text and numbers.
    pub(super) takes_dates: bool,
    /// Behind what the operator knows the list is malformed.
    pub(super) is_cut_short: bool,
}

/// Why there is no operator, and how to mend it.
pub(super) struct Problem {
    pub(super) text: &'static str,
    pub(super) mend: &'static str,
}

/// How attributes are read.
pub(super) const READS: Readings = Readings {
    text: TextReading::ScriptNumbers,
    number: NumberReading::DecimalComma,
    version: VersionReading::Trimmed,
    ..Readings::STRICT
};

pub(super) fn operator(
    comparator: Comparator,
    user: &UserCondition<'_>,
    owner: &Owner<'_, '_>,
) -> Result<Compared, Problem> {
    let compared = |operator| Compared {
        operator,
        is_negated: comparator.is_negated,
        takes_dates: true,
        is_cut_short: false,
    };
    let strict = |operator| Compared { takes_dates: false, ..compared(operator) };
    if comparator.is_hashed {
        return hashed(comparator, user, owner);
    }
    Ok(match comparator.kind {
        Kind::OneOf => compared(Operator::TextOneOf(owned(list(user)?))),
        Kind::Equals => compared(Operator::TextOneOf(owned(&[text(user)?]))),
        Kind::Contains => compared(Operator::TextContains(owned(list(user)?))),
        Kind::StartsWith => compared(Operator::StartsWith(owned(list(user)?))),
        Kind::EndsWith => compared(Operator::EndsWith(owned(list(user)?))),
        Kind::Number(order) => strict(Operator::Number(order, vec![number(user)?])),
        Kind::Date(order) => compared(Operator::Number(order, vec![number(user)?])),
        Kind::ArrayContains => strict(Operator::ElementOneOf(owned(list(user)?))),
        Kind::Version(order) => {
            strict(Operator::Version(order, versions(&[text(user)?]).unwrap_or_default()))
        }
        Kind::VersionOneOf => match versions(list(user)?) {
            Some(versions) => strict(Operator::Version(Order::Equal, versions)),
            // One that cannot be read makes the comparison untrue in both directions.
            None => Compared {
                is_negated: false,
                ..strict(Operator::Version(Order::Equal, Vec::new()))
            },
        },
    })
}

/// The same where the comparison values are digests.
fn hashed(
    comparator: Comparator,
    user: &UserCondition<'_>,
    owner: &Owner<'_, '_>,
) -> Result<Compared, Problem> {
    let salt = owner.origin.salt.ok_or(NO_SALT)?;
    let salt = format!("{salt}{}", owner.context_salt);
    let (mut takes_dates, mut is_cut_short) = (true, false);
    let digests = match comparator.kind {
        Kind::Equals => Digested::Whole(owned(&[text(user)?])),
        Kind::StartsWith | Kind::EndsWith => {
            let affixes: Vec<_> = list(user)?.iter().map_while(|item| affix(item)).collect();
            is_cut_short = affixes.len() < list(user)?.len();
            let at_start = comparator.kind == Kind::StartsWith;
            if at_start { Digested::Start(affixes) } else { Digested::End(affixes) }
        }
        Kind::ArrayContains => {
            takes_dates = false;
            Digested::Element(owned(list(user)?))
        }
        _ => Digested::Whole(owned(list(user)?)),
    };
    let operator = Operator::Salted(SaltedDigests { salt, digests });
    let is_negated = comparator.is_negated;
    Ok(Compared { operator, is_negated, takes_dates, is_cut_short })
}

/// How many bytes, and their digest: `12_5f…`.
fn affix(item: &str) -> Option<(usize, String)> {
    let (length, digest) = item.split_once('_')?;
    let length = length.trim().parse().ok()?;
    (!digest.is_empty()).then(|| (length, digest.to_owned()))
}

/// The versions, blank ones left out; `None` if one cannot be read.
fn versions(texts: &[&str]) -> Option<Vec<String>> {
    let texts = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
    texts.map(|text| VersionReading::Trimmed.parse(text).map(|_| text.to_owned())).collect()
}

fn list<'u>(user: &'u UserCondition<'_>) -> Result<&'u [&'u str], Problem> {
    user.list.as_deref().ok_or(NO_LIST)
}

fn text<'n>(user: &UserCondition<'n>) -> Result<&'n str, Problem> {
    user.text.ok_or(NO_TEXT)
}

fn number(user: &UserCondition<'_>) -> Result<Number, Problem> {
    user.number.map(Number::Float).ok_or(NO_NUMBER)
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

const NO_LIST: Problem =
    Problem { text: "the comparator needs a list of text", mend: "write it as `l`" };
const NO_TEXT: Problem = Problem { text: "the comparator needs text", mend: "write it as `s`" };
const NO_NUMBER: Problem =
    Problem { text: "the comparator needs a number", mend: "write it as `d`" };
const NO_SALT: Problem =
    Problem { text: "hashed comparison values need the salt of the config", mend: "write `p.s`" };
