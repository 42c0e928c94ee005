//! Answers in the vendor's shape: a value, and why it is that.
//!
//! The common document answers what a flag serves. What the vendor tells beside it (which
//! allocations were passed over and for what reason, which rule held) comes from watching that
//! same evaluation, and from the names in the document.

use std::collections::HashMap;

use flagkit_core::document::Digest;
use flagkit_core::{Ambient, Attributes, Resolution, Snapshot, compile};
use serde_json::{Value, json};

use crate::decode;
use crate::error::DecodeError;
use crate::json::value_to_json;
use crate::node::{Tree, without_mark};
use crate::settings::Settings;

use super::bandit::Bandits;
use super::variation::Kind;
use super::writing::Writing;

mod told;
mod watch;
mod words;

use told::Told;
use watch::Watch;
pub use words::Words;

/// Flags of a document, ready to answer in the vendor's words.
#[derive(Debug)]
pub struct Flags {
    snapshot: Snapshot,
    told: HashMap<String, Told>,
    writing: Writing,
    environment: Option<String>,
    pub(super) bandits: Bandits,
}

/// What is asked of a flag.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "callers write it as a literal")]
pub struct Question<'a> {
    /// The flag's plain key.
    pub flag: &'a str,
    /// The type that the caller expects.
    pub kind: Kind,
    /// The subject, for descriptions.
    pub subject: &'a str,
}

/// What came of a question.
pub(super) struct Outcome {
    /// `None` stands for the caller's default.
    pub(super) value: Option<Value>,
    pub(super) details: Value,
}

impl Flags {
    /// Reads a document. Flags that cannot be read answer with an error of their own.
    ///
    /// ```
    /// use flagkit_core::{Fixed, Timestamp};
    /// use flagkit_dialects::eppo::{Flags, Kind, Question, Words, context};
    /// use serde_json::json;
    ///
    /// let text = json!({ "flags": { "dark": {
    ///     "key": "dark", "enabled": true, "variationType": "BOOLEAN", "totalShards": 10000,
    ///     "variations": { "on": { "key": "on", "value": true } },
    ///     "allocations": [{ "key": "all", "splits": [{ "variationKey": "on", "shards": [] }] }],
    /// } } });
    /// let flags = Flags::read(&text.to_string())?;
    /// let alice = context(&json!({ "subjectKey": "alice" })).unwrap();
    /// let question = Question { flag: "dark", kind: Kind::Boolean, subject: "alice" };
    /// let world = Fixed::at(Timestamp::EPOCH);
    /// let answer = flags.answer(question, &alice, &world, Words::Published);
    /// assert_eq!(answer["value"], true);
    /// assert_eq!(answer["evaluationDetails"]["flagEvaluationCode"], "MATCH");
    /// # Ok::<(), flagkit_dialects::DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Text that is no document, or that has bandits which cannot be read.
    pub fn read(text: &str) -> Result<Self, DecodeError> {
        let text = without_mark(text);
        let mut tree = Tree::default();
        let root = decode::read(text, &mut tree)?;
        let wrong = |wrong| decode::no_document(text, wrong);
        let lowered = super::lower(&root, &Settings::default()).map_err(wrong)?;
        let writing = Writing::of(&root).map_err(wrong)?;
        let flags = super::flags(&root).map_err(wrong)?;
        let told = flags
            .iter()
            .filter_map(|(key, node)| Some(((*key).to_owned(), Told::read(node, writing)?)));
        Ok(Self {
            told: told.collect(),
            snapshot: compile(lowered.document).snapshot,
            writing,
            environment: super::environment(&root),
            bandits: Bandits::read(&root).map_err(wrong)?,
        })
    }

    /// The flags, compiled.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// `value`, which is absent where the caller's default is to be used, and
    /// `evaluationDetails`.
    pub fn answer(
        &self,
        question: Question<'_>,
        context: &impl Attributes,
        ambient: &dyn Ambient,
        words: Words,
    ) -> Value {
        let outcome = self.outcome(question, context, ambient, words);
        let mut answer = json!({ "evaluationDetails": outcome.details });
        if let (Some(value), Some(answer)) = (outcome.value, answer.as_object_mut()) {
            answer.insert("value".to_owned(), value);
        }
        answer
    }

    pub(super) fn outcome(
        &self,
        question: Question<'_>,
        context: &impl Attributes,
        ambient: &dyn Ambient,
        words: Words,
    ) -> Outcome {
        let details = Details { environment: self.environment.as_deref(), question, words };
        let Some(flag) = self.snapshot.flag(question.flag) else {
            return details.unrecognized();
        };
        let told = self.told.get(&self.key(question.flag)).filter(|_| flag.fault().is_none());
        let Some(told) = told else { return details.unreadable() };
        // The families disagree on which of the two comes first.
        let is_of_kind = told.kind == question.kind;
        if !told.is_enabled && (is_of_kind || words == Words::Server) {
            return details.unrecognized();
        }
        if !is_of_kind {
            return details.mismatch(told);
        }
        let mut watch = Watch::default();
        match self.snapshot.resolve_flag(flag, context, ambient, &mut watch) {
            Ok(found) => details.found(told, &watch, &found),
            Err(_) => details.unservable(told, &watch),
        }
    }

    /// The key under which the document has a flag.
    fn key(&self, flag: &str) -> String {
        match self.writing {
            Writing::Plain => flag.to_owned(),
            Writing::Obfuscated => Digest::of(flag).to_string(),
        }
    }
}

/// What all details about one question share.
struct Details<'a> {
    environment: Option<&'a str>,
    question: Question<'a>,
    words: Words,
}

impl Details<'_> {
    fn unrecognized(&self) -> Outcome {
        let description = format!("Unrecognized or disabled flag: {}", self.question.flag);
        self.nothing("FLAG_UNRECOGNIZED_OR_DISABLED", &description, json!([]))
    }

    fn unreadable(&self) -> Outcome {
        self.nothing(words::UNEXPECTED, words::UNEXPECTED_DESCRIPTION, json!([]))
    }

    fn mismatch(&self, told: &Told) -> Outcome {
        let description = self.words.mismatch(told.kind, self.question.kind, self.question.flag);
        let all = (0..told.allocations.len()).filter_map(|place| told.brief(place, "UNEVALUATED"));
        self.nothing("TYPE_MISMATCH", &description, all.collect())
    }

    fn nothing(&self, code: &str, description: &str, unevaluated: Value) -> Outcome {
        let mut details = self.empty(code, description);
        words::set(&mut details, "unevaluatedAllocations", unevaluated);
        Outcome { value: None, details }
    }

    fn found(&self, told: &Told, watch: &Watch, found: &Resolution<'_>) -> Outcome {
        let place = found.rule_position();
        let (Some(place), Some(value)) = (place, found.value()) else {
            let mut details = self.empty("DEFAULT_ALLOCATION_NULL", words::NOTHING_MATCHED);
            told.passed_over(watch, watch.rules().len(), &mut details);
            return Outcome { value: None, details };
        };
        let (value, variation) = (value_to_json(value), found.variant().unwrap_or_default());
        let asked = (self.question.subject, self.words);
        let description = told.description(watch, place, asked, variation);
        let mut details = self.empty("MATCH", &description);
        words::set(&mut details, "variationKey", variation.into());
        words::set(&mut details, "variationValue", value.clone());
        told.matched(watch, place, &mut details);
        Outcome { value: Some(value), details }
    }

    /// The last allocation that was looked at serves a variation that cannot be served.
    fn unservable(&self, told: &Told, watch: &Watch) -> Outcome {
        let place = watch.rules().len().saturating_sub(1);
        let key = told.variation(watch, place);
        let written = key.and_then(|key| told.variations.get(key));
        let (code, description) = self.words.unservable(told.kind, key, written);
        let mut details = self.empty(code, &description);
        words::set(&mut details, "variationKey", key.into());
        if self.words == Words::Published {
            words::set(&mut details, "variationValue", written.cloned().unwrap_or_default());
        }
        told.matched(watch, place, &mut details);
        Outcome { value: None, details }
    }

    fn empty(&self, code: &str, description: &str) -> Value {
        json!({
            "environmentName": self.environment,
            "flagEvaluationCode": code,
            "flagEvaluationDescription": description,
            "banditKey": null,
            "banditAction": null,
            "variationKey": null,
            "variationValue": null,
            "matchedRule": null,
            "matchedAllocation": null,
            "unmatchedAllocations": [],
            "unevaluatedAllocations": [],
        })
    }
}
