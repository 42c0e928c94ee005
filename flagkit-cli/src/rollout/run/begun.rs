//! The name of the release that this engine has begun, in a file beside the journal.
//!
//! An engine that is killed between the end of its release and its own end is started again by whoever
//! looks after it. The name is still there then, and the release is not begun a second time: the engine says how
//! it ended. An engine that has said so may still be killed before it ends. So the file then says when it was, and
//! for a moment whoever is started with the same words says it once more.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write};
use std::path::Path;

use flagkit_deploy::{Span, Time};

use crate::arguments::rollout::Run;
use crate::failure::Failure;
use crate::rollout::engine::now;
use crate::rollout::file::ReleaseFile;

/// What an engine was started with, as a number: the release file and what was said beside it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Words(u64);

impl Words {
    pub(super) fn of(arguments: &Run, file: &ReleaseFile) -> Self {
        let planned = &arguments.planned;
        let mut hasher = DefaultHasher::new();
        (file.text(), &planned.set, &planned.active, &planned.environment).hash(&mut hasher);
        arguments.id.hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// The name, if an engine has begun a release here and perhaps not said how it ended.
pub(super) fn read(folder: &Path, words: Words) -> Option<String> {
    let text = fs::read_to_string(folder.join(FILE)).ok()?;
    let (name, told) = parts(&text);
    let is_open = told.is_none_or(|told| told.is_fresh(words));
    (is_open && !name.is_empty()).then(|| name.to_owned())
}

/// Writes the name down, before the release begins.
pub(super) fn write(folder: &Path, id: &str) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        put(folder, id, File::sync_all)?;
        File::open(folder)?.sync_all()
    };
    write().map_err(|error| {
        let name = folder.join(FILE);
        Failure::input(format_args!("`{}` cannot be written: {error}", name.display()))
    })
}

/// Notes that it was said how the release ended. If that fails, or is lost with the machine, the next engine
/// says it once more.
pub(super) fn told(folder: &Path, id: &str, words: Words) {
    let before = fs::read_to_string(folder.join(FILE)).unwrap_or_default();
    let (name, told) = parts(&before);
    // Said once more, it does not count as said later.
    if name != id || told.is_none_or(|told| !told.is_fresh(words)) {
        let text = format!("{id}\ntold {} {}", now().unix_ms(), words.0);
        let _ = put(folder, &text, |_| Ok(()));
    }
}

/// When it was said how a release ended, and by whom.
struct Told {
    at: Time,
    by: Words,
}

impl Told {
    fn is_fresh(&self, words: Words) -> bool {
        self.by == words && now().unix_ms().abs_diff(self.at.unix_ms()) < AGAIN.ms()
    }
}

/// The name in the file, and when it was told.
fn parts(text: &str) -> (&str, Option<Told>) {
    let Some((name, rest)) = text.split_once('\n') else { return (text, None) };
    let mut words = rest.strip_prefix("told ").unwrap_or_default().split(' ');
    let mut number = || words.next()?.parse().ok();
    let at = number().unwrap_or(0);
    let by = number().unwrap_or(0);
    (name, Some(Told { at: Time::from_unix_ms(at), by: Words(by) }))
}

/// Replaces the file.
fn put(folder: &Path, text: &str, sync: fn(&File) -> io::Result<()>) -> io::Result<()> {
    let (new, file) = (folder.join(NEW), folder.join(FILE));
    let mut begun = File::create(&new)?;
    begun.write_all(text.as_bytes())?;
    sync(&begun)?;
    fs::rename(&new, &file)
}

const FILE: &str = "begun";
const NEW: &str = "begun.new";
/// For so long after it was said how a release ended, the same words do not begin another one.
const AGAIN: Span = Span::from_secs(10);
