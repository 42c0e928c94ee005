//! Rules, conditions and tests in words, for explanations.

use std::fmt::{self, Display};

use crate::document::{Accepts, ByKind, Lookup, Order, Origin, Script, SetRelation, TextOperand};
use crate::snapshot::condition::{Bucket, Check, Operands, Ramp, Test, Texts};
use crate::snapshot::key_set::KeySet;
use crate::trace::Scope;

impl Display for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(key) => write!(f, "flag `{key}`"),
            Self::Rule { position, id, reason, .. } => {
                write!(f, "rule {}", position + 1)?;
                match id {
                    Some(id) => write!(f, " `{id}` ({reason})"),
                    None => write!(f, " ({reason})"),
                }
            }
            Self::Branch(position) => write!(f, "branch {}", position + 1),
            Self::Segment(key) => write!(f, "in segment `{key}`"),
            Self::Prerequisite(Accepts::Anything) => f.write_str("this flag is on"),
            Self::Prerequisite(Accepts::Variants(keys) | Accepts::VariantsOfSwitchedOn(keys)) => {
                write!(f, "this flag serves one of {}", Joined(keys))
            }
            Self::Prerequisite(Accepts::VariantsOrUnnamed(keys)) => {
                write!(f, "this flag serves one of {} or no variant", Joined(keys))
            }
            Self::Prerequisite(Accepts::Values(values)) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                write!(f, "this flag serves one of [{}]", values.join(", "))
            }
            Self::Prerequisite(Accepts::InSegment(key)) => {
                write!(f, "this flag serves a value that is in segment `{key}`")
            }
            Self::AnyElement(list) => write!(f, "an element of {}", Described(*list)),
            Self::Refuted => f.write_str("the first of these that does not hold is refuted"),
            Self::Bucket => f.write_str("inside a percentage"),
            Self::Expression => f.write_str("an expression is true"),
            Self::All => f.write_str("all of"),
            Self::Any => f.write_str("any of"),
            Self::Not => f.write_str("not"),
        }
    }
}

/// A part of a snapshot, in words.
pub(crate) struct Described<'a, T>(pub(crate) &'a T);

impl Display for Described<'_, Bucket> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, inside", self.0.bucketing)?;
        for (position, (from, to)) in self.0.ranges.iter().enumerate() {
            let separator = if position == 0 { "" } else { "," };
            write!(f, "{separator} {from} ≤ bucket < {to}")?;
        }
        Ok(())
    }
}

impl Display for Described<'_, Ramp> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ramp { bucketing, start, end, first, last, .. } = self.0;
        write!(f, "{bucketing}, inside bucket < {first} from {start}, {last} from {end}")
    }
}

impl Display for Described<'_, Test> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = if self.0.negate { "not " } else { "" };
        write!(f, "{} {not}{}", Described(&self.0.lookup), Described(&self.0.check))
    }
}

impl Display for Described<'_, Lookup> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Lookup::TargetingKey => f.write_str("targeting key"),
            Lookup::Name(name) | Lookup::NameOr(name, _) | Lookup::Dotted(name) => {
                f.write_str(name)
            }
            Lookup::NameDigest(digest) => write!(f, "the attribute with the digest {digest}"),
            Lookup::Path(steps) | Lookup::Walk(Origin::Context, steps) => {
                f.write_str(&steps.join("."))
            }
            Lookup::Walk(Origin::Element, steps) if steps.is_empty() => f.write_str("it"),
            Lookup::Walk(Origin::Element, steps) => write!(f, "its {}", steps.join(".")),
            Lookup::Now => f.write_str("now"),
            Lookup::Random => f.write_str("a random number"),
            Lookup::Constant(value) => write!(f, "{value}"),
            Lookup::NotEmpty(lookup) => write!(f, "{}", Described(&**lookup)),
            Lookup::FirstOf(lookups) => match lookups.first() {
                Some(first) => write!(f, "{}", Described(first)),
                None => f.write_str("nothing"),
            },
        }
    }
}

impl Display for Described<'_, Check> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Check::Exists => f.write_str("exists"),
            Check::OneOf(operands) => write!(f, "is one of {}", Described(operands)),
            Check::TextOneOf(set) => write!(f, "is one of {}", Described(set)),
            Check::DigestOneOf(digests) => write!(f, "has one of {} digests", digests.len()),
            Check::Contains(operands) => write!(f, "contains one of {}", Described(operands)),
            Check::TextContains(texts) => write!(f, "contains one of {}", Joined(texts)),
            Check::Set(relation, set) => write!(f, "{} {}", relation.words(), Described(set)),
            Check::TextOrder(order, texts) => write!(f, "{order} one of {}", Joined(texts)),
            Check::StartsWith(texts) => write!(f, "starts with one of {}", Joined(texts)),
            Check::EndsWith(texts) => write!(f, "ends with one of {}", Joined(texts)),
            Check::Matches(patterns, _) => {
                let sources = patterns.iter().flat_map(|pattern| &pattern.sources);
                let sources: Vec<&str> = sources.map(|source| &**source).collect();
                write!(f, "matches one of {}", Joined(&sources))
            }
            Check::Number(order, numbers) => {
                let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                write!(f, "{order} {}", numbers.join(" or "))
            }
            Check::Modulo { divisor, remainder } => {
                write!(f, "modulo {divisor} leaves {remainder}")
            }
            Check::SameKind(order, operand) => write!(f, "{order} {}", Described(&**operand)),
            Check::MatchesForeign(pattern) => write!(f, "matches {:?}", pattern.source()),
            Check::NumberNear { targets, .. } => {
                let targets: Vec<String> = targets.iter().map(ToString::to_string).collect();
                write!(f, "= {}", targets.join(" or "))
            }
            Check::Version(order, all) => write!(f, "version {order} one of {}", Joined(all)),
            Check::LenientVersion(order, all) => {
                write!(f, "version {order} one of {}", Joined(all))
            }
            Check::Dotted(order, text) => write!(f, "{order} {text}, number by number"),
            Check::VersionMatches(requirements) => {
                let texts: Vec<String> = requirements.iter().map(ToString::to_string).collect();
                write!(f, "version fulfils one of {}", Joined(&texts))
            }
            Check::Time(order, times) => {
                let times: Vec<String> = times.iter().map(ToString::to_string).collect();
                write!(f, "time {order} {}", times.join(" or "))
            }
            Check::TimeOfDay(spans) => {
                let spans =
                    spans.iter().map(|span| format!("{}s–{}s of the day", span.from, span.to));
                write!(f, "is at {}", spans.collect::<Vec<_>>().join(" or "))
            }
            Check::Weekday(days) => {
                let names = days.iter().filter_map(|day| DAYS.get(usize::from(*day)).copied());
                write!(f, "is on {}", names.collect::<Vec<_>>().join(" or "))
            }
            Check::InNetwork(networks) => write!(f, "is in one of {} networks", networks.len()),
            Check::Script(script) => write!(f, "{}", Described(script)),
            Check::ElementOneOf(set) => write!(f, "has an element among {}", Described(set)),
            #[cfg(feature = "sha")]
            Check::Salted(digests) => write!(f, "{digests}"),
            Check::Malformed => f.write_str("can never be met: its operands cannot be read"),
        }
    }
}

impl Display for Described<'_, ByKind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0.text, self.0.float, self.0.boolean) {
            (Some(TextOperand::Text(text)), ..) => write!(f, "{text:?}"),
            (Some(TextOperand::Version(text)), ..) => write!(f, "the version {text:?}"),
            (None, Some(number), _) => write!(f, "{number}"),
            (None, None, Some(boolean)) => write!(f, "{boolean}"),
            (None, None, None) => f.write_str("nothing"),
        }
    }
}

impl Display for Described<'_, Script> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Script::Truthy => f.write_str("is truthy"),
            Script::IsA(kind) => write!(f, "is of kind {}", format!("{kind:?}").to_lowercase()),
            Script::Identical(value) => write!(f, "=== {value}"),
            Script::LowercaseText(text) => write!(f, "is {text:?} in lower case"),
            Script::LowercaseOneOf(values) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                write!(f, "is one of [{}] in lower case", values.join(", "))
            }
            Script::SameJson(value) => write!(f, "is written as {value}"),
            Script::Ordered(order, value) => write!(f, "{order} {value}"),
            Script::PaddedVersion(order, version) => write!(f, "version {order} {version:?}"),
        }
    }
}

impl SetRelation {
    fn words(self) -> &'static str {
        match self {
            Self::ContainsAll => "contains all of",
            Self::ContainsAny => "contains at least one of",
            Self::Equals => "is the set of",
            Self::PartOf => "contains nothing but",
        }
    }
}

impl Display for Described<'_, Operands> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.texts {
            Texts::Few(texts) if self.0.others.is_empty() => write!(f, "{}", Joined(texts)),
            Texts::Few(texts) => {
                let texts = texts.iter().map(|text| format!("{text:?}"));
                let others = self.0.others.iter().map(ToString::to_string);
                write!(f, "[{}]", texts.chain(others).collect::<Vec<_>>().join(", "))
            }
            Texts::Many(set) => write!(f, "{}", Described(set)),
        }
    }
}

impl Display for Described<'_, KeySet> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, len) = (self.0.first(), self.0.len());
        if first.len() >= len {
            return write!(f, "{}", Joined(first));
        }
        let first: Vec<String> = first.iter().map(|text| format!("{text:?}")).collect();
        write!(f, "[{}, … {len} in all]", first.join(", "))
    }
}

impl Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "=",
            Self::Less => "<",
            Self::LessOrEqual => "≤",
            Self::Greater => ">",
            Self::GreaterOrEqual => "≥",
        })
    }
}

/// Texts in quotes, in brackets.
struct Joined<'a, T>(&'a [T]);

impl<T: AsRef<str>> Display for Joined<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = self.0.iter().map(|text| format!("{:?}", text.as_ref()));
        write!(f, "[{}]", texts.collect::<Vec<_>>().join(", "))
    }
}

const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
