//! `flagkit tail`: each change of an environment as soon as the server has it.
//!
//! A connection that is lost, or says nothing for three heartbeats, is made anew from where it
//! was; what happened in between is told then.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use flagkit_client::sync::sse::{Event, Item, Parser};
use flagkit_protocol::{
    Delta, EVENT_DELTA, EVENT_GOODBYE, EVENT_HEARTBEAT, EVENT_SNAPSHOT, Heartbeat, Snapshot,
};

use crate::arguments::remote::Tail;
use crate::failure::{Failure, Outcome};
use crate::remote::connection::Stream;
use crate::remote::history::{List, Query, Record};
use crate::remote::session::Session;
use crate::terminal::printable;

mod held;
mod telling;

use held::{Held, Mismatch};

/// Follows the stream until it is interrupted, or has told as many changes as were asked for.
pub(crate) fn run(arguments: &Tail) -> Outcome {
    let session = Session::open(&arguments.target)?;
    let held = Held::default();
    let mut follower = Follower {
        session: &session,
        arguments,
        held,
        told: 0,
        is_following: false,
        knows_authors: true,
    };
    // A server that cannot be reached at first is an error; later it is a reason to wait.
    let mut stream = follower.open()?;
    let mut wait = WAIT_MIN;
    loop {
        let version = follower.held.version.clone();
        let end = follower.follow(stream)?;
        if end == End::Enough {
            return Ok(ExitCode::SUCCESS);
        }
        if follower.held.version != version {
            wait = WAIT_MIN;
        }
        aside(format_args!("{}; connecting again", end.words()))?;
        stream = loop {
            session.connection.pause(wait);
            wait = (wait * 2).min(WAIT_MAX);
            match follower.open() {
                Ok(stream) => break stream,
                Err(failure) => aside(failure.first_line())?,
            }
        };
    }
}

struct Follower<'a> {
    session: &'a Session,
    arguments: &'a Tail,
    held: Held,
    told: u64,
    /// Whether the state is known with which changes are compared.
    is_following: bool,
    /// Whether the server tells this key who changed what.
    knows_authors: bool,
}

/// Why a connection is not followed any more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    Lost,
    Goodbye,
    Mismatch,
    Enough,
}

impl End {
    fn words(self) -> &'static str {
        match self {
            Self::Lost => "the connection was lost",
            Self::Goodbye => "the server is being restarted",
            Self::Mismatch => "a change was lost on the way",
            Self::Enough => "this was the last one",
        }
    }
}

impl<'a> Follower<'a> {
    /// Connects from where it was.
    fn open(&self) -> Result<Stream<'a>, Failure> {
        let last = self.held.version.as_ref().map(ToString::to_string);
        let request = self.session.stream().header("last-event-id", last)?;
        self.session.connection.open(request.accept("text/event-stream"))
    }

    /// Tells what comes, until nothing does any more.
    fn follow(&mut self, mut stream: Stream<'_>) -> Result<End, Failure> {
        let mut parser = Parser::new(EVENT_BYTES_MAX);
        let mut silence = SILENCE;
        while let Some(bytes) = stream.next(silence) {
            let mut piece = bytes.as_slice();
            loop {
                match parser.next(&mut piece) {
                    Ok(Some(Item::Event(event))) => {
                        if let Some(end) = self.take(&event, &mut silence)? {
                            return Ok(end);
                        }
                    }
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(_) => return Ok(End::Mismatch),
                }
            }
        }
        Ok(End::Lost)
    }

    fn take(&mut self, event: &Event, silence: &mut Duration) -> Result<Option<End>, Failure> {
        let data = event.data.as_str();
        let before = self.held.version.as_ref().map(|version| version.number);
        let changes = match event.kind.as_str() {
            EVENT_SNAPSHOT => match serde_json::from_str::<Snapshot<'_>>(data) {
                Ok(snapshot) => self.held.replace(&snapshot),
                Err(_) => Err(Mismatch),
            },
            EVENT_DELTA => match serde_json::from_str::<Delta<'_>>(data) {
                Ok(delta) => self.held.apply(&delta),
                Err(_) => Err(Mismatch),
            },
            EVENT_HEARTBEAT => {
                if let Ok(heartbeat) = serde_json::from_str::<Heartbeat>(data) {
                    *silence = Duration::from_millis(heartbeat.every_ms.saturating_mul(3));
                }
                return Ok(None);
            }
            EVENT_GOODBYE => return Ok(Some(End::Goodbye)),
            _ => return Ok(None),
        };
        let Ok(changes) = changes else {
            return Ok(Some(End::Mismatch));
        };
        if let Some(version) = self.held.version.as_ref().filter(|_| !self.is_following) {
            self.is_following = true;
            let (environment, url) = (&self.session.environment, self.session.connection.url());
            aside(format_args!("following {environment} of {url} from {version}; Ctrl-C ends"))?;
        }
        let changes: Vec<_> =
            changes.into_iter().filter(|change| self.is_asked_for(change)).collect();
        let records = if changes.is_empty() { Vec::new() } else { self.records_since(before) };
        let mut out = anstream::stdout().lock();
        for change in &changes {
            let record = records.iter().find(|record| change.is_in(record));
            telling::tell(&mut out, (change, record), &self.held, self.session.is_json)?;
            self.told += 1;
            if self.arguments.limit.is_some_and(|limit| self.told >= limit) {
                out.flush()?;
                return Ok(Some(End::Enough));
            }
        }
        out.flush()?;
        Ok(None)
    }

    /// What history says of changes after a version, the newest first. Server keys may not see it.
    fn records_since(&mut self, version: Option<u64>) -> Vec<Record> {
        if !self.knows_authors {
            return Vec::new();
        }
        let query = Query { flag: None, before: None, limit: RECORDS_MAX };
        let Ok(list) = List::ask(self.session, &query) else {
            self.knows_authors = false;
            return Vec::new();
        };
        let is_later = |record: &Record| {
            record.version.is_some_and(|number| version.is_none_or(|version| number > version))
        };
        list.items.into_iter().filter(is_later).collect()
    }

    fn is_asked_for(&self, change: &held::Changed) -> bool {
        let flags = &self.arguments.flags;
        flags.is_empty() || (change.kind == held::Kind::Flag && flags.contains(&change.key))
    }
}

/// What is no change goes where it does not disturb those who read changes.
fn aside(words: impl Display) -> io::Result<()> {
    writeln!(anstream::stderr().lock(), "{}", printable(&words.to_string()))
}

/// Until the server announces its heartbeat: three of 15 seconds.
const SILENCE: Duration = Duration::from_secs(45);
/// Changes that are told with who made them, when many come at once.
const RECORDS_MAX: u32 = 200;
const WAIT_MIN: Duration = Duration::from_millis(500);
const WAIT_MAX: Duration = Duration::from_secs(30);
/// A whole document is one event.
const EVENT_BYTES_MAX: usize = 128 << 20;
