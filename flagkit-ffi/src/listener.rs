//! Subscriptions: who is called when flags change.

use std::cell::RefCell;
use std::ffi::c_void;
use std::process;
use std::ptr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use flagkit::{Change, Subscription};

use crate::boundary::boundary;
use crate::callback::{Inside, Place, User, flagkit_drop_fn, refuse_inside_log};
use crate::client::{flagkit_client, used};
use crate::handle::{self, Handle, Sole};
use crate::status::{self, FLAGKIT_NULL_PARAMETER, FLAGKIT_OK, FLAGKIT_PANIC, flagkit_status};
use crate::strings::flagkit_str;

/// What changed when a new document was published. Made by the library; it and its texts live during
/// the call.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct flagkit_change {
    /// How large the struct of the library is: fields at its end are there if this says so.
    pub size: u32,
    /// 1 if `revision` says anything, otherwise 0.
    pub has_revision: u32,
    /// The revision of the new document, where its flag management system counts.
    pub revision: u64,
    /// The keys of flags that are new, different or gone, sorted.
    pub keys: *const flagkit_str,
    /// How many there are; at least one.
    pub count: usize,
}

/// Is called after a change, on the thread that published it: a thread of the library, or the one that
/// called `flagkit_client_replace`. See the rules for callbacks.
pub type flagkit_change_fn =
    Option<unsafe extern "C" fn(user: *mut c_void, change: *const flagkit_change)>;

/// A subscription to changes. End it with `flagkit_unsubscribe`.
#[expect(missing_debug_implementations, reason = "only ever a pointer")]
pub struct flagkit_subscription {
    listener: Arc<Listener>,
    /// Dropped to be called no more.
    subscription: Option<Subscription>,
}

impl Handle for flagkit_subscription {
    type Ownership = Sole;
}

/// Calls `callback` after every change that concerns the flag with this key; with no text (`ptr` is
/// NULL), after every change.
///
/// Calls of one client never overlap. A change that was published while this function ran may or may
/// not be told. The subscription goes on until `flagkit_unsubscribe`, and if the client is closed
/// first, it is just not called any more. Returns NULL if `client` or `callback` is NULL or the key is
/// not UTF-8; then `drop_user` is not called. `drop_user` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_subscribe(
    client: *const flagkit_client,
    key: flagkit_str,
    callback: flagkit_change_fn,
    user: *mut c_void,
    drop_user: flagkit_drop_fn,
) -> *mut flagkit_subscription {
    boundary!(ptr::null_mut(), {
        let subscribe = || {
            // SAFETY: a client by the rules of the header.
            let client = unsafe { used(client) }?;
            // SAFETY: a text by the rules of the header.
            let key = unsafe { key.optional() }?.map(str::to_owned);
            let callback = callback.ok_or(FLAGKIT_NULL_PARAMETER)?;
            let listener = Arc::new(Listener {
                callback,
                key,
                state: AtomicU64::new(0),
                user: Mutex::new(Some(User::new(user, drop_user))),
                data: Pointer(user),
            });
            let called = listener.clone();
            let subscription = client.subscribe(move |change| called.call(change));
            Ok(flagkit_subscription { listener, subscription: Some(subscription) })
        };
        match subscribe() {
            Ok(subscription) => handle::give(subscription),
            Err(status) => status::answer(status, ptr::null_mut()),
        }
    })
}

/// Ends a subscription and gives it back. NULL is fine.
///
/// After it returns, the callback does not run again and its user data has been dropped: it waits for a
/// call that is running on another thread, so do not hold a lock that the callback takes. From inside
/// that callback it returns at once; the user data is dropped when the running call ends.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_unsubscribe(
    subscription: *mut flagkit_subscription,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        if let Err(status) = refuse_inside_log() {
            return status::answer(status, status);
        }
        // SAFETY: a subscription that is given back, by the rules of the header.
        if let Some(mut subscription) = unsafe { handle::take(subscription) } {
            drop(subscription.subscription.take());
            subscription.listener.end();
        }
        FLAGKIT_OK
    })
}

/// A callback, and how many calls of it are running.
///
/// There is no lock around a call: a child process that is forked meanwhile would inherit it locked.
/// Instead there is one number, and it says which process it is about.
struct Listener {
    callback: unsafe extern "C" fn(*mut c_void, *const flagkit_change),
    /// Only changes of this flag; `None` for all.
    key: Option<String>,
    /// The process in the upper half, then two flags, then how many calls are running.
    state: AtomicU64,
    /// Taken once, by whoever drops it. Never locked while something is called.
    user: Mutex<Option<User>>,
    data: Pointer,
}

/// The pointer that the callback is handed.
struct Pointer(*mut c_void);

// SAFETY: the header says that callbacks and their user data are used by several threads.
unsafe impl Send for Pointer {}
// SAFETY: as above.
unsafe impl Sync for Pointer {}

impl Listener {
    fn call(&self, change: &Change) {
        let concerns = |key: &String| change.flags.iter().any(|flag| **flag == **key);
        if !self.key.as_ref().is_none_or(concerns) || !self.begin() {
            return;
        }
        let keys: Vec<flagkit_str> = change.flags.iter().map(|key| flagkit_str::of(key)).collect();
        let told = flagkit_change {
            size: u32::try_from(size_of::<flagkit_change>()).unwrap_or_default(),
            has_revision: change.revision.is_some().into(),
            revision: change.revision.unwrap_or_default(),
            keys: keys.as_ptr(),
            count: keys.len(),
        };
        let inside = Inside::of(Place::Change);
        CALLS.with_borrow_mut(|calls| calls.push(self.id()));
        // SAFETY: the header says that the function takes these, on any thread.
        unsafe { (self.callback)(self.data.0, &raw const told) };
        CALLS.with_borrow_mut(Vec::pop);
        drop(inside);
        self.finish();
    }

    /// One call more, unless the subscription has ended.
    fn begin(&self) -> bool {
        let begun = self.change(|state| (state & ENDED == 0).then_some(state + 1));
        begun.is_some()
    }

    /// One call less. The last one drops the user data if nobody waits for that.
    fn finish(&self) {
        // A child that was forked inside the callback ends a call that is none of its own.
        let left = self.change(|state| Some(if state & CALLING == 0 { state } else { state - 1 }));
        if left.is_some_and(|left| left & LEFT != 0 && left & CALLING == 0) {
            self.drop_user();
        }
    }

    /// The end: no call begins any more, and those that run are waited for.
    fn end(&self) {
        let is_inside = CALLS.with_borrow(|calls| calls.contains(&self.id()));
        if is_inside {
            self.change(|state| Some(state | ENDED | LEFT));
            return;
        }
        self.change(|state| Some(state | ENDED));
        while self.of_this_process() & CALLING != 0 {
            // Rare, and as long as a callback of the caller's takes: no reason for a lock.
            thread::sleep(Duration::from_millis(1));
        }
        self.drop_user();
    }

    /// Changes the state of this process, unless there is nothing to change; what it is afterwards.
    fn change(&self, change: impl Fn(u64) -> Option<u64>) -> Option<u64> {
        let update = |old| change(Self::inherited(old));
        // SeqCst: a call that begins and an end that begins see each other in one order.
        let changed = self.state.fetch_update(Ordering::SeqCst, Ordering::SeqCst, update);
        changed.ok().and_then(update)
    }

    fn of_this_process(&self) -> u64 {
        // SeqCst: see `change`.
        Self::inherited(self.state.load(Ordering::SeqCst))
    }

    /// The state for this process: of a parent's, only whether it has ended.
    fn inherited(state: u64) -> u64 {
        let process = u64::from(process::id()) << 32;
        if state & PROCESS == process { state } else { process | (state & ENDED) }
    }

    fn drop_user(&self) {
        // In a child the lock may be one that a parent's thread holds; then that thread's copy of the
        // data is gone with the thread.
        let user = self.user.try_lock().ok().and_then(|mut user| user.take());
        drop(user);
    }

    fn id(&self) -> usize {
        ptr::from_ref(self).addr()
    }
}

const CALLING: u64 = 0x3FFF_FFFF;
/// The subscription has ended.
const ENDED: u64 = 1 << 30;
/// It ended inside of a call, and the last call drops the user data.
const LEFT: u64 = 1 << 31;
const PROCESS: u64 = !0 << 32;

thread_local! {
    /// The listeners whose callbacks this thread is in.
    static CALLS: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}
