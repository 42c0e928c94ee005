//! Strategies: who a feature is on for.

use std::borrow::Cow;

use flagkit_core::document::{Bucket, Condition, Lookup, Operator, Test, TextReading};
use flagkit_core::{Bucketing, Case, Hash, Part, Scale, Units, Value};

use crate::fields::Fields;
use crate::node::Node;
use crate::path::Path;
use crate::settings::{BrokenPart, ParentGroup, RandomPercentage};

use super::Lowering;
use super::constraint::{QUOTES, is_field, never, test};
use super::context::{REMOTE_ADDRESS, SESSION_ID, USER_ID};
use super::network::network;
use super::operand::quoted;
use super::{segment, state};

/// A strategy of a feature, read.
pub(super) struct Strategy<'n, 'p> {
    pub(super) name: &'n str,
    pub(super) fields: Fields<'n, 'p>,
    parameters: &'n Node<'n>,
    feature: &'n str,
}

impl<'n> Strategy<'n, '_> {
    /// A parameter; numbers and booleans stand for their text.
    pub(super) fn parameter(&self, name: &str) -> Option<Cow<'n, str>> {
        match self.parameters.entry(name)? {
            Node::Text(text) => Some(Cow::Borrowed(text)),
            Node::Null | Node::List(_) | Node::Map(_) => None,
            scalar => Some(Cow::Owned(scalar.to_value().to_string())),
        }
    }

    /// Whether a percentage decides.
    pub(super) fn is_gradual(&self) -> bool {
        self.name == "flexibleRollout" || self.name.starts_with("gradualRollout")
    }

    /// The group that its variants are hashed with.
    pub(super) fn group(&self) -> Cow<'n, str> {
        self.parameter("groupId").unwrap_or(Cow::Borrowed(self.feature))
    }

    fn at(&self, parameter: &str, then: impl FnOnce(&Path<'_>)) {
        then(&self.fields.at("parameters").key(parameter));
    }
}

impl Lowering<'_> {
    /// Reads a strategy; `custom` counts those of the feature that the engine does not know.
    pub(super) fn strategy<'n, 'p>(
        &mut self,
        feature: &'n str,
        node: &'n Node<'n>,
        path: &'p Path<'p>,
        custom: &mut usize,
    ) -> Option<(Strategy<'n, 'p>, Condition)> {
        let fields = Fields::open(node, path, &mut self.report)?;
        let Some(name) = fields.text("name", &mut self.report) else {
            self.report.error(path, "a strategy needs a `name`", "add it");
            return None;
        };
        let parameters = fields.node("parameters").unwrap_or(&Node::Null);
        let strategy = Strategy { name, fields, parameters, feature };
        let own = self.rule(&strategy, custom)?;
        let constraints = self.constraints(&fields);
        let segments = self.segments_of(&fields);
        let all = [own].into_iter().chain(constraints).chain(segments);
        let mut all: Vec<Condition> =
            all.filter(|condition| !matches!(condition, Condition::Always)).collect();
        let when = match all.len() {
            0 => Condition::Always,
            1 => all.swap_remove(0),
            _ => Condition::All(all),
        };
        Some((strategy, when))
    }

    fn segments_of(&mut self, fields: &Fields<'_, '_>) -> Vec<Condition> {
        let path = fields.at("segments");
        let nodes = fields.list("segments", &mut self.report).iter().enumerate();
        nodes.map(|(index, node)| self.in_segment(node, &path.index(index))).collect()
    }

    fn in_segment(&mut self, node: &Node<'_>, path: &Path<'_>) -> Condition {
        let id = state::id(node);
        match id.filter(|id| self.state.segments.get(id).is_some()) {
            Some(id) if self.broken_segments.contains(&id) => {
                let problem = format!("the segment {id} cannot be read");
                self.report.error(path, problem, "mend the segment");
                never()
            }
            Some(id) => Condition::InSegment(segment::key(id)),
            None => {
                let errors = self.report.errors();
                let problem = format!("there is no segment {}", node.to_value());
                self.report.error(path, problem, "add the segment or remove its id");
                if self.settings.missing_segment == BrokenPart::NeverHolds {
                    self.report.forgive(errors);
                }
                never()
            }
        }
    }

    /// What the strategy itself asks for.
    fn rule(&mut self, strategy: &Strategy<'_, '_>, custom: &mut usize) -> Option<Condition> {
        Some(match strategy.name {
            "default" => Condition::Always,
            "userWithId" => match strategy.parameter("userIds") {
                Some(ids) => self.user_is_one_of(strategy, &ids)?,
                None => never(),
            },
            "gradualRolloutUserId" => self.gradual(strategy, USER_ID)?,
            "gradualRolloutSessionId" => self.gradual(strategy, SESSION_ID)?,
            "gradualRolloutRandom" => match target(strategy, "percentage") {
                Some(percentage) => self.random(percentage),
                None => never(),
            },
            "flexibleRollout" => self.flexible(strategy)?,
            "remoteAddress" => match strategy.parameter("IPs") {
                Some(addresses) => self.address_is_in(strategy, &addresses)?,
                None => never(),
            },
            "applicationHostname" => self.host_is_one_of(strategy)?,
            name => {
                *custom += 1;
                custom_strategy(name, *custom)
            }
        })
    }

    fn user_is_one_of(&mut self, strategy: &Strategy<'_, '_>, ids: &str) -> Option<Condition> {
        let mut users = Vec::new();
        for id in ids.split(',').map(str::trim) {
            self.check_quoted(id, &strategy.fields.at("parameters").key("userIds"))?;
            users.push(id.to_owned());
        }
        let operator = Operator::TextOneOf(users);
        let lookup = self.field(USER_ID);
        Some(Condition::Test(Test { operator, ..test(lookup, Case::Sensitive) }))
    }

    fn address_is_in(&mut self, strategy: &Strategy<'_, '_>, addresses: &str) -> Option<Condition> {
        let mut networks = Vec::new();
        for address in addresses.split(',').map(str::trim) {
            networks.extend(network(&self.quoted(strategy, "IPs", address)?));
        }
        let operator = Operator::InNetwork(networks);
        let lookup = self.field(REMOTE_ADDRESS);
        Some(Condition::Test(Test { operator, ..test(lookup, Case::Sensitive) }))
    }

    /// Settled here: the machine does not change while the document is in force.
    fn host_is_one_of(&mut self, strategy: &Strategy<'_, '_>) -> Option<Condition> {
        let mut is_one = false;
        let names = strategy.parameter("hostNames").unwrap_or_default();
        let own = self.settings.host_name.as_ref().map(|name| name.to_lowercase());
        for name in names.split(',').map(str::trim) {
            let name = self.quoted(strategy, "hostNames", name)?.to_lowercase();
            is_one |= own.as_ref() == Some(&name);
        }
        Some(if is_one { Condition::Always } else { never() })
    }

    fn gradual(&mut self, strategy: &Strategy<'_, '_>, field: &str) -> Option<Condition> {
        let percentage = target(strategy, "percentage");
        let (Some(percentage), Some(group)) = (percentage, strategy.parameter("groupId")) else {
            return Some(never());
        };
        let group = self.quoted(strategy, "groupId", &group)?;
        let percentage = self.percentage(strategy, "percentage", percentage)?;
        Some(inside(percentage, Part::Text(group.into_owned()), self.field(field)))
    }

    fn flexible(&mut self, strategy: &Strategy<'_, '_>) -> Option<Condition> {
        let Some(percentage) = target(strategy, "rollout") else {
            return Some(never());
        };
        let subject = self.stickiness(strategy)?;
        let group = match strategy.parameter("groupId") {
            Some(group) => Part::Text(self.quoted(strategy, "groupId", &group)?.into_owned()),
            None => match self.settings.group_of_parent {
                ParentGroup::AskedName => Part::AskedFlag,
                ParentGroup::ParentName => Part::Text(strategy.feature.to_owned()),
            },
        };
        let percentage = self.percentage(strategy, "rollout", percentage)?;
        Some(inside(percentage, group, subject))
    }

    fn stickiness(&mut self, strategy: &Strategy<'_, '_>) -> Option<Lookup> {
        let name = strategy.parameter("stickiness");
        match name.as_deref() {
            None | Some("default") => Some(Lookup::FirstOf(vec![
                self.field(USER_ID),
                self.field(SESSION_ID),
                Lookup::Random,
            ])),
            Some("random") => Some(Lookup::Random),
            Some(field) => {
                if !is_field(field) {
                    self.quoted(strategy, "stickiness", field)?;
                }
                Some(self.field(field))
            }
        }
    }

    /// Beyond a hundred the engine cannot read its own rule.
    fn percentage(
        &mut self,
        strategy: &Strategy<'_, '_>,
        parameter: &str,
        percentage: u64,
    ) -> Option<u32> {
        let found = u32::try_from(percentage).ok().filter(|percentage| *percentage <= 100);
        if found.is_none() {
            strategy.at(parameter, |path| {
                let problem = format!("`{percentage}` is more than 100 percent");
                self.report.error(path, problem, "write a number from 0 to 100");
            });
        }
        found
    }

    fn random(&self, percentage: u64) -> Condition {
        let (count, beyond) = match self.settings.random_percentage {
            RandomPercentage::BelowOfNinetyNine => (99, percentage),
            RandomPercentage::UpToOneHundred => (100, percentage.saturating_add(1)),
        };
        let beyond = u32::try_from(beyond).unwrap_or(u32::MAX);
        let bucketing = bucketing(0, None, count);
        Condition::from(Bucket {
            subject: Lookup::Random,
            bucketing,
            ranges: vec![(1.0, f64::from(beyond))],
            when_missing: false,
        })
    }

    /// Text as the engine reads it back from its own rule.
    fn quoted<'t>(
        &mut self,
        strategy: &Strategy<'_, '_>,
        parameter: &str,
        text: &'t str,
    ) -> Option<Cow<'t, str>> {
        let read = quoted(text);
        if read.is_none() {
            strategy.at(parameter, |path| {
                let problem = format!("the engine cannot read `{text}`");
                self.report.error_about(path, problem, QUOTES, text);
            });
        }
        read
    }
}

/// Holds for those whose bucket from 1 to 100 is at most the percentage.
fn inside(percentage: u32, group: Part, subject: Lookup) -> Condition {
    Condition::from(Bucket {
        subject,
        bucketing: bucketing(0, Some(group), 100),
        ranges: vec![(1.0, f64::from(percentage) + 1.0)],
        when_missing: false,
    })
}

/// `group:subject`, from 1 to a count.
pub(super) fn bucketing(seed: u32, group: Option<Part>, count: u64) -> Bucketing {
    let around = [Part::Text(":".to_owned()), Part::Subject];
    let input = group.into_iter().chain(around).collect();
    Bucketing {
        hash: Hash::Murmur3 { seed },
        input,
        reads: TextReading::Json,
        units: Units::Utf8,
        scale: Scale::modulo(count).plus(1),
    }
}

/// A whole number without sign; everything else counts as absent.
fn target(strategy: &Strategy<'_, '_>, parameter: &str) -> Option<u64> {
    strategy.parameter(parameter)?.parse().ok()
}

/// Whether the application says that its own strategy holds: by the number that the engine gives
/// it among those of its feature, or by its name.
fn custom_strategy(name: &str, number: usize) -> Condition {
    let said = |key: String| Lookup::Path(vec![CUSTOM_STRATEGIES.to_owned(), key]);
    let lookup =
        Lookup::FirstOf(vec![said(format!("customStrategy{number}")), said(name.to_owned())]);
    let operator = Operator::OneOf(vec![Value::Boolean(true)]);
    Condition::Test(Test { operator, ..test(lookup, Case::Sensitive) })
}

/// The attribute with what an application's own strategies say.
const CUSTOM_STRATEGIES: &str = "customStrategies";
