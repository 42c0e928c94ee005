//! Small numbers for keys of flags: given once per process, found without any lock.
//!
//! Two append-only structures, both of cells that are set once. Keys hang in chains below the hash of
//! their text; numbers lead through pages. Whoever loses a race uses what the winner has put there,
//! and nobody waits: so a child process that was forked in the middle of anything just goes on.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU32, Ordering};

use flagkit::{FlagKey, Key};
use once_cell::race::{OnceBox, OnceNonZeroUsize};

use crate::boundary::boundary;
use crate::status::{self, FLAGKIT_LIMIT_EXCEEDED, FLAGKIT_UNKNOWN_FLAG_ID, flagkit_status};
use crate::strings::flagkit_str;

/// A number that stands for the key of a flag in this process; 0 stands for none.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type flagkit_flag_id = u32;

/// No flag.
pub const FLAGKIT_NO_FLAG: flagkit_flag_id = 0;

/// The id of the flag with this key, for evaluations that need not look for the key again.
///
/// Ids belong to the process and not to a client. The same key has the same id for as long as the
/// process lives, whether or not there is such a flag, and no id is ever freed: get ids for the keys in
/// your program, not for keys that strangers send. At most 1,048,576 keys of at most 4,096 bytes get
/// one; then, and for a key that is NULL or not UTF-8, the answer is `FLAGKIT_NO_FLAG` and
/// `flagkit_last_status` tells why.
///
/// Any thread may call it. A known key is found without a lock and without allocating.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_flag(key: flagkit_str) -> flagkit_flag_id {
    boundary!(FLAGKIT_NO_FLAG, {
        // SAFETY: a text by the rules of the header.
        let found = unsafe { key.required() }.and_then(id_of);
        found.unwrap_or_else(|status| status::answer(status, FLAGKIT_NO_FLAG))
    })
}

/// The key that an id stands for. Lives as long as the process; no text for an unknown id.
#[unsafe(no_mangle)]
pub extern "C" fn flagkit_flag_key(id: flagkit_flag_id) -> flagkit_str {
    boundary!(flagkit_str::NONE, {
        match find(id) {
            Ok(key) => flagkit_str::of(key.as_key()),
            Err(status) => status::answer(status, flagkit_str::NONE),
        }
    })
}

/// The key of an id.
#[inline]
pub(crate) fn find(id: flagkit_flag_id) -> Result<&'static FlagKey, flagkit_status> {
    slot(id).and_then(OnceBox::get).ok_or(FLAGKIT_UNKNOWN_FLAG_ID)
}

/// The id of a key, a new one if it has none yet.
fn id_of(key: &str) -> Result<flagkit_flag_id, flagkit_status> {
    if key.len() > KEY_BYTES_MAX {
        return Err(FLAGKIT_LIMIT_EXCEEDED);
    }
    let hash = HASHER.get_or_init(|| Box::new(RandomState::new())).hash_one(key);
    #[expect(clippy::cast_possible_truncation, reason = "any bits of a hash will do")]
    let chain = CHAINS.get(hash as usize % CHAINS.len());
    let mut link = chain.ok_or(FLAGKIT_LIMIT_EXCEEDED)?;
    loop {
        let entry = match link.get() {
            Some(entry) => entry,
            None if NEXT.load(Ordering::Relaxed) > ID_MAX => return Err(FLAGKIT_LIMIT_EXCEEDED),
            None => link.get_or_init(|| Box::new(Entry::new(key))),
        };
        if *entry.key == *key {
            return entry.id();
        }
        link = &entry.next;
    }
}

/// A key in the chain of its hash.
struct Entry {
    key: Box<str>,
    id: OnceNonZeroUsize,
    next: OnceBox<Entry>,
}

impl Entry {
    fn new(key: &str) -> Self {
        Self { key: key.into(), id: OnceNonZeroUsize::new(), next: OnceBox::new() }
    }

    /// Its number. Threads that ask for a new one at the same time take a number each, and all but one
    /// of these numbers are never told.
    fn id(&self) -> Result<flagkit_flag_id, flagkit_status> {
        let id = self.id.get_or_try_init(|| {
            // Relaxed: the number is all that is shared here; the key is found through its slot.
            let id = NEXT.fetch_add(1, Ordering::Relaxed);
            let slot = (id <= ID_MAX).then(|| slot_to_fill(id)).flatten();
            let slot = slot.ok_or(FLAGKIT_LIMIT_EXCEEDED)?;
            // A number is taken once, so nobody else sets this slot.
            let _ = slot.set(Box::new(FlagKey::new(&*self.key)));
            (id as usize).try_into().map_err(|_| FLAGKIT_LIMIT_EXCEEDED)
        })?;
        u32::try_from(id.get()).map_err(|_| FLAGKIT_LIMIT_EXCEEDED)
    }
}

/// Keys by their number, many at a time.
type Page = [OnceBox<FlagKey>; PAGE];

/// Where the key of a number is, if its page is there.
#[inline]
fn slot(id: flagkit_flag_id) -> Option<&'static OnceBox<FlagKey>> {
    let (page, place) = place(id);
    PAGES.get(page)?.get()?.get(place)
}

/// The same with the page made if it is not there.
fn slot_to_fill(id: flagkit_flag_id) -> Option<&'static OnceBox<FlagKey>> {
    let (page, place) = place(id);
    let page = PAGES.get(page)?;
    page.get_or_init(|| Box::new([const { OnceBox::new() }; PAGE])).get(place)
}

#[inline]
fn place(id: flagkit_flag_id) -> (usize, usize) {
    (id as usize / PAGE, id as usize % PAGE)
}

/// How many keys share a page; the number 0 is left out of the first.
const PAGE: usize = 1024;
/// The largest number.
const ID_MAX: u32 = 1_048_576;
/// A longer key is none that somebody wrote into a program.
const KEY_BYTES_MAX: usize = 4096;

static PAGES: [OnceBox<Page>; 1025] = [const { OnceBox::new() }; 1025];
static CHAINS: [OnceBox<Entry>; 4096] = [const { OnceBox::new() }; 4096];
static NEXT: AtomicU32 = AtomicU32::new(1);
/// A seed of the process's own, so that no list of keys is slow on purpose.
static HASHER: OnceBox<RandomState> = OnceBox::new();

#[cfg(test)]
mod tests;
