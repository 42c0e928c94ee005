//! The values of a comparison, read as its operator needs them.

use std::net::IpAddr;

use flagkit_core::document::{Operator, Search};
use flagkit_core::{Number, SemanticVersion, Value};

use super::{Kind, Named};
use crate::node::shortened;
use crate::time;

/// A value that the operator cannot read.
#[derive(Debug)]
pub(crate) struct BadValue {
    /// Which one, from 0.
    pub(crate) place: usize,
    pub(crate) problem: String,
    pub(crate) mend: &'static str,
}

/// The operator with its operands.
pub(super) fn operator(
    operator: &'static Named,
    values: Vec<Value>,
) -> Result<Operator, Vec<BadValue>> {
    let reader = Reader { operator: operator.name, values: &values };
    Ok(match operator.kind {
        Kind::Equals => Operator::OneOf(values),
        Kind::Contains => Operator::Contains(values),
        Kind::StartsWith => Operator::StartsWith(reader.texts()?),
        Kind::EndsWith => Operator::EndsWith(reader.texts()?),
        Kind::Matches => Operator::Matches(reader.texts()?, Search::AtStart),
        Kind::Number(order) => Operator::Number(order, reader.each(number, MEND_NUMBER)?),
        Kind::Version(order) => Operator::Version(order, reader.each(version, MEND_VERSION)?),
        Kind::VersionMatches => Operator::VersionMatches(reader.texts()?),
        Kind::Time(order) => Operator::Time(order, reader.each(time::point, MEND_TIME)?),
        Kind::TimeOfDay => {
            Operator::TimeOfDay(reader.each(|value| time::span(value.as_str()?), MEND_SPAN)?)
        }
        Kind::Weekday => {
            Operator::Weekday(reader.each(|value| time::weekday(value.as_str()?), MEND_DAY)?)
        }
        Kind::InNetwork => Operator::InNetwork(reader.each(network, MEND_NETWORK)?),
        Kind::Exists | Kind::InSegment | Kind::Percentage => Operator::Exists,
    })
}

/// Reads the values of one comparison.
pub(super) struct Reader<'a> {
    pub(super) operator: &'static str,
    pub(super) values: &'a [Value],
}

impl Reader<'_> {
    pub(super) fn texts(&self) -> Result<Vec<String>, Vec<BadValue>> {
        self.each(|value| value.as_str().map(str::to_owned), MEND_TEXT)
    }

    /// Reads every value, or tells of all that cannot be read.
    fn each<T>(
        &self,
        read: impl Fn(&Value) -> Option<T>,
        mend: &'static str,
    ) -> Result<Vec<T>, Vec<BadValue>> {
        let mut read_values = Vec::with_capacity(self.values.len());
        let mut bad = Vec::new();
        for (place, value) in self.values.iter().enumerate() {
            match read(value) {
                Some(value) => read_values.push(value),
                None => bad.push(BadValue { place, problem: self.unreadable(value), mend }),
            }
        }
        if bad.is_empty() { Ok(read_values) } else { Err(bad) }
    }

    fn unreadable(&self, value: &Value) -> String {
        let value = value.to_string();
        format!("`{}` cannot read `{}`", self.operator, shortened(&value))
    }
}

fn number(value: &Value) -> Option<Number> {
    let number = match value {
        Value::Integer(integer) => (*integer).into(),
        Value::Unsigned(integer) => (*integer).into(),
        Value::Float(float) => Number::Float(*float),
        Value::String(text) => Number::parse(text)?,
        _ => return None,
    };
    let is_finite = !matches!(number, Number::Float(float) if !float.is_finite());
    is_finite.then_some(number)
}

fn version(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    SemanticVersion::parse(text).map(|_| text.to_owned())
}

fn network(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let is_prefix = |prefix: &str| {
        let is_plain = prefix.bytes().all(|byte| byte.is_ascii_digit());
        is_plain && prefix.parse::<u32>().is_ok_and(|prefix| prefix <= bits)
    };
    prefix.is_none_or(is_prefix).then(|| text.to_owned())
}

const MEND_TEXT: &str = "write text in quotes";
const MEND_NUMBER: &str = "write a number";
const MEND_VERSION: &str = "write a semantic version in quotes, such as `\"1.4.0\"`";
const MEND_TIME: &str = "write RFC 3339, such as `2026-12-01T00:00:00Z`, or unix seconds";
const MEND_SPAN: &str = "write `\"HH:MM-HH:MM\"` in quotes, such as `\"22:00-06:00\"`";
const MEND_DAY: &str = "write the name of a day, such as `monday`";
const MEND_NETWORK: &str = "write an address or a network, such as `10.0.0.0/8`";
