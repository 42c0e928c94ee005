//! What is asked of an SDK, what it must answer, and how that came out.

use std::fmt;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::judge;
use super::modes::Session;
use crate::failure::{Failure, Outcome};

/// What an SDK is asked after a change.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// How the SDK notices the change; none where there was none.
    pub(super) news: Option<News>,
    /// What it is asked then.
    pub(super) asked: Vec<Asked>,
}

/// A question that had another answer before a change.
#[derive(Clone, Debug)]
pub(super) struct News {
    /// The question.
    pub(super) question: Value,
    /// The value that was answered before.
    pub(super) before: Value,
}

/// A question and what must be in the answer.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// The question.
    pub(super) question: Value,
    /// What must be in the answer.
    pub(super) expected: Value,
}

/// How the answers of one SDK came out.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// How the mode is called.
    pub(super) mode: String,
    /// The SDK with its version.
    pub(super) sdk: String,
    /// How many changes it saw.
    pub(super) changes: usize,
    /// How many answers were as expected.
    pub(super) right: usize,
    /// The others, in words.
    pub(super) wrong: Vec<String>,
}

impl Tally {
    /// Of a session that has not been asked yet.
    pub(super) fn new(session: &Session) -> Self {
        let sdk = session.conversation.sdk.clone();
        Self { mode: session.mode.name(), sdk, ..Self::default() }
    }

    /// Asks everything on a sheet.
    pub(super) fn ask(&mut self, session: &mut Session, sheet: &Sheet) -> Outcome {
        let name = session.mode.name();
        self.follow(session, sheet).map_err(|failure| Failure::new(format!("{name}: {failure}")))
    }

    fn follow(&mut self, session: &mut Session, sheet: &Sheet) -> Outcome {
        let conversation = &mut session.conversation;
        if let Some(News { question, before }) = &sheet.news {
            let answer = conversation.ask_until_new(question, before)?;
            if answer.get("value") == Some(before) {
                return Err(Failure::new(format!(
                    "does not see a change: still {answer} to {question}"
                )));
            }
            self.changes += 1;
        } else {
            thread::sleep(UNSEEN);
        }
        for Asked { question, expected } in &sheet.asked {
            let answer = conversation.ask(question)?;
            if judge::agrees(session.mode.language(), expected, &answer) {
                self.right += 1;
            } else {
                let stage = self.changes;
                self.wrong.push(format!(
                    "after {stage} changes: {question}\n    wants {expected}\n    gets  {answer}"
                ));
            }
        }
        Ok(())
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mode, sdk, changes, right, wrong } = self;
        let all = right + wrong.len();
        write!(f, "{mode:<28} {sdk:<40} {changes:>3} changes {right:>5} of {all}")?;
        wrong.iter().take(SHOWN).try_for_each(|wrong| write!(f, "\n  {wrong}"))
    }
}

/// Until every SDK has asked again, where no answer tells whether it has.
const UNSEEN: Duration = Duration::from_secs(3);
/// How many wrong answers are shown.
const SHOWN: usize = 5;
