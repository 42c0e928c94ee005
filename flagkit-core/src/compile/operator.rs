//! Operators with their operands, read once.

use std::net::IpAddr;
use std::sync::Arc;

use semver::VersionReq;

use crate::document::{ByKind, Operator, Readings, TextOperand, VersionReading};
use crate::lenient_version::LenientVersion;
use crate::semantic_version::{OwnedVersion, SemanticVersion};
use crate::snapshot::condition::{Check, Network, Operands, Pattern, Texts};
use crate::snapshot::key_set::KeySet;
use crate::text::Case;
use crate::value::Value;

use super::condition::Compiler;
use super::diagnostic::Diagnostic;
use super::patterns::Unusable;

impl Compiler {
    pub(super) fn check(
        &mut self,
        operator: Operator,
        case: Case,
        reads: Readings,
    ) -> Result<Check, Box<Diagnostic>> {
        Ok(match operator {
            Operator::Exists => Check::Exists,
            Operator::OneOf(values) => Check::OneOf(self.operands(values, case)?),
            Operator::TextOneOf(texts) => Check::TextOneOf(self.key_set(&texts, case)?),
            Operator::DigestOneOf(mut digests) => {
                digests.sort_unstable();
                Check::DigestOneOf(digests.into())
            }
            Operator::Contains(values) => Check::Contains(self.operands(values, case)?),
            Operator::TextContains(texts) => Check::TextContains(boxed(texts)),
            Operator::Set(relation, texts) => Check::Set(relation, self.key_set(&texts, case)?),
            Operator::TextOrder(order, texts) => Check::TextOrder(order, boxed(texts)),
            Operator::StartsWith(texts) => Check::StartsWith(boxed(texts)),
            Operator::EndsWith(texts) => Check::EndsWith(boxed(texts)),
            Operator::Matches(sources, search) => {
                Check::Matches(self.patterns(&sources, case)?, search)
            }
            Operator::Number(order, numbers) => Check::Number(order, numbers.into()),
            Operator::Modulo { divisor, remainder } => Check::Modulo { divisor, remainder },
            Operator::SameKind(order, operand) => {
                self.check_version(&operand)?;
                Check::SameKind(order, operand)
            }
            Operator::MatchesForeign(pattern) => Check::MatchesForeign(pattern),
            Operator::NumberNear { targets, tolerance } => {
                Check::NumberNear { targets: targets.into(), tolerance }
            }
            Operator::Version(order, texts) => {
                Check::Version(order, self.semantic_versions(texts, reads.version)?)
            }
            Operator::LenientVersion(order, texts) => {
                let is_version = |text: &str| LenientVersion::parse(text).is_some();
                Check::LenientVersion(order, self.versions(texts, is_version)?)
            }
            Operator::Dotted(order, text) => Check::Dotted(order, text.into()),
            Operator::VersionMatches(texts) => {
                let requirements = texts.iter().map(|text| self.requirement(text));
                Check::VersionMatches(requirements.collect::<Result<_, _>>()?)
            }
            Operator::Time(order, times) => Check::Time(order, times.into()),
            Operator::TimeOfDay(spans) => Check::TimeOfDay(spans.into()),
            Operator::Weekday(days) => Check::Weekday(days.into()),
            Operator::InNetwork(texts) => {
                let networks = texts.iter().map(|text| self.network(text));
                Check::InNetwork(networks.collect::<Result<_, _>>()?)
            }
            Operator::Script(script) => Check::Script(script),
            Operator::ElementOneOf(texts) => Check::ElementOneOf(self.key_set(&texts, case)?),
            #[cfg(feature = "sha")]
            Operator::Salted(digests) => Check::Salted(digests.into()),
        })
    }

    fn operands(&self, values: Vec<Value>, case: Case) -> Result<Operands, Box<Diagnostic>> {
        let (texts, others): (Vec<_>, Vec<_>) =
            values.into_iter().partition(|value| value.as_str().is_some());
        let texts: Vec<&str> = texts.iter().filter_map(Value::as_str).collect();
        let texts = if texts.len() <= FEW {
            Texts::Few(texts.into_iter().map(Box::from).collect())
        } else {
            Texts::Many(self.key_set(&texts, case)?)
        };
        Ok(Operands { texts, others: others.into() })
    }

    fn key_set(&self, texts: &[impl AsRef<str>], case: Case) -> Result<KeySet, Box<Diagnostic>> {
        KeySet::new(texts.iter().map(AsRef::as_ref), case)
            .ok_or_else(|| self.problem("a list holds more than 4 GiB of text", "", "shorten it"))
    }

    fn patterns(
        &mut self,
        sources: &[String],
        case: Case,
    ) -> Result<Box<[Arc<Pattern>]>, Box<Diagnostic>> {
        self.patterns.compile(sources, case).map_err(|(source, unusable)| {
            let why = match unusable {
                Unusable::Malformed(why) => why,
                Unusable::TooLarge(why) => {
                    self.meet_limit();
                    why
                }
            };
            let problem = format!("the pattern `{}` cannot be used: {why}", shortened(source));
            self.problem(problem, source, "")
        })
    }

    fn semantic_versions(
        &self,
        texts: Vec<String>,
        reading: VersionReading,
    ) -> Result<Box<[OwnedVersion]>, Box<Diagnostic>> {
        let texts = self.versions(texts, |text| reading.parse(text).is_some())?;
        let owned = |text| reading.parse(text).map(|version| OwnedVersion::new(text, &version));
        Ok(texts.iter().filter_map(|text| owned(text)).collect())
    }

    fn versions(
        &self,
        texts: Vec<String>,
        is_version: impl Fn(&str) -> bool,
    ) -> Result<Box<[Box<str>]>, Box<Diagnostic>> {
        match texts.iter().find(|text| !is_version(text)) {
            Some(text) => {
                let problem = format!("`{}` is no semantic version", shortened(text));
                Err(self.problem(problem, text, "write three numbers, such as `1.4.0`"))
            }
            None => Ok(boxed(texts)),
        }
    }

    fn check_version(&self, operand: &ByKind) -> Result<(), Box<Diagnostic>> {
        if let Some(TextOperand::Version(text)) = &operand.text {
            let is_version = |text: &str| SemanticVersion::parse(text).is_some();
            self.versions(vec![text.clone()], is_version)?;
        }
        Ok(())
    }

    fn requirement(&self, text: &str) -> Result<VersionReq, Box<Diagnostic>> {
        VersionReq::parse(text).map_err(|error| {
            let problem = format!("`{}` is no version requirement: {error}", shortened(text));
            self.problem(problem, text, "write such as `^1.4` or `>=2, <3`")
        })
    }

    fn network(&self, text: &str) -> Result<Network, Box<Diagnostic>> {
        network(text).ok_or_else(|| {
            let problem = format!("`{}` is no network", shortened(text));
            self.problem(problem, text, "write such as `10.0.0.0/8` or `2001:db8::/32`")
        })
    }

    fn problem(&self, problem: impl Into<String>, about: &str, mend: &str) -> Box<Diagnostic> {
        Box::new(Diagnostic::error(self.path(), problem).about(about).with_mend(mend))
    }
}

/// An address, or an address and how many leading bits count; further bits may be set.
fn network(text: &str) -> Option<Network> {
    let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
    let address: IpAddr = address.parse().ok()?;
    let (bits, is_v6) = match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)) << 96, false),
        IpAddr::V6(address) => (u128::from(address), true),
    };
    let width = if is_v6 { 128 } else { 32 };
    let prefix = match prefix {
        None => width,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
        Some(_) => return None,
    };
    let mask = u128::MAX.checked_shl(128 - prefix.min(128)).unwrap_or(0);
    (prefix <= width).then_some(Network { address: bits & mask, mask, is_v6 })
}

fn boxed(texts: Vec<String>) -> Box<[Box<str>]> {
    texts.into_iter().map(String::into_boxed_str).collect()
}

/// User input in a message, cut where it becomes unreadable.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.into(),
    }
}

/// Up to this many texts are compared one by one: 4 ns for ten, a set probe takes 8.
const FEW: usize = 8;
const SHOWN: usize = 60;
