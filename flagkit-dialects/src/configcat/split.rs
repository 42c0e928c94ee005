//! Percentage options: shares of users that get different values.

use flagkit_core::document::{Range, Serve, Split, TextReading};
use flagkit_core::{Bucketing, ErrorCode, Hash, Part, Scale, Units};

use super::Lowering;
use super::condition::attribute;
use super::config::{percentage, variation_id};
use crate::node::Node;
use crate::path::Path;

impl<'n> Lowering<'_, 'n> {
    /// Users without the attribute go on with the next rule; an empty text is an attribute here.
    pub(super) fn split(&mut self, options: &'n [Node<'n>], path: &Path<'_>) -> Serve {
        let name = self.setting.percentage_attribute().unwrap_or(IDENTIFIER);
        Serve::from(Split {
            subject: attribute(name).with_dates(),
            bucketing: bucketing(self.setting.key),
            ranges: self.ranges(options, path),
            when_missing: Box::new(Serve::NextRule),
            unassigned: Box::new(Serve::Error(ErrorCode::ParseError)),
        })
    }

    /// The first option whose percentage, added to those before, is beyond the bucket.
    fn ranges(&mut self, options: &'n [Node<'n>], path: &Path<'_>) -> Vec<Range> {
        let (mut ranges, mut from, mut sum) = (Vec::with_capacity(options.len()), 0.0, 0.0);
        for (place, node) in options.iter().enumerate() {
            let Some(percentage) = percentage(node) else {
                let problem = "the percentage is no number";
                self.report.error(&path.index(place), problem, "write `p` as a number");
                return ranges;
            };
            sum += percentage;
            let to = f64::max(from, sum);
            let value = self.setting.served(node);
            if let Some(variant) = self.variant(value, variation_id(node), &path.index(place)) {
                ranges.push(Range { from, to, variant });
            }
            from = to;
        }
        if from < 100.0 {
            let problem = format!("the percentages add up to {from}");
            self.report.error(path, problem, "let them add up to 100");
        }
        ranges
    }
}

/// SHA-1 of the setting's key and the attribute, the first seven hexadecimal digits modulo 100.
pub(super) fn bucketing(key: &str) -> Bucketing {
    Bucketing {
        hash: Hash::Sha1 { bits: 28 },
        input: vec![Part::Text(key.to_owned()), Part::Subject],
        reads: TextReading::ScriptNumbers,
        units: Units::Utf8,
        scale: Scale::modulo(100),
    }
}

/// The attribute that is bucketed where a setting names none.
pub(super) const IDENTIFIER: &str = "Identifier";
