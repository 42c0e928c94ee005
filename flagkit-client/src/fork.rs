//! After a fork: what a child process makes of what it inherited.
//!
//! A fork copies the memory, but of all threads only the one that called it. In the child no
//! thread of ours is left, and a lock that another thread held at that moment stays locked for
//! ever. So nothing that is locked is shared with the child: whatever has a lock or a thread is
//! kept [per process](PerProcess), and the child makes another out of what it can read of the old
//! one without waiting.
//!
//! Nobody calls a hook. The library `forkguard` counts forks in the child (`pthread_atfork`); to
//! ask whether there was one is to compare two numbers. Locks are those of the standard library,
//! each of which stands for itself: those of other libraries share a table of waiting threads,
//! which a child may inherit locked.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use once_cell::race::OnceBox;

/// Something that each process has of its own.
#[derive(Debug)]
pub(crate) struct PerProcess<T> {
    first: Link<T>,
}

/// What becomes of something in a child process.
pub(crate) trait Inherit {
    /// Another one for this process, made from what a parent had, without waiting for any lock.
    fn inherit(&self) -> Self;
}

#[derive(Debug)]
struct Link<T> {
    value: T,
    process: Process,
    /// That of a child, or of a child's child: first come, first served, and nobody waits.
    child: OnceBox<Link<T>>,
}

impl<T> PerProcess<T> {
    /// The one of this process.
    pub(crate) fn new(value: T) -> Self {
        Self { first: Link::new(value) }
    }

    /// Whether this process has one yet: the only question of an evaluation, so it costs two numbers
    /// to compare, and as many again in a child.
    #[inline]
    pub(crate) fn is_there(&self) -> bool {
        !self.first.process.is_over() || self.is_there_in_child()
    }

    #[inline]
    fn is_there_in_child(&self) -> bool {
        let child = self.first.child.get();
        child.is_some_and(|child| !child.process.is_over()) || self.is_there_further_below()
    }

    #[cold]
    fn is_there_further_below(&self) -> bool {
        self.current().is_some()
    }

    /// That of this process, if there is one yet.
    pub(crate) fn current(&self) -> Option<&T> {
        let mut link = &self.first;
        while link.process.is_over() {
            link = link.child.get()?;
        }
        Some(&link.value)
    }
}

impl<T: Inherit> PerProcess<T> {
    /// That of this process, made now if it is the first time.
    pub(crate) fn get(&self) -> &T {
        let mut link = &self.first;
        while link.process.is_over() {
            let child = || Box::new(Link::new(link.value.inherit()));
            link = link.child.get_or_init(child);
        }
        &link.value
    }
}

impl<T> Link<T> {
    fn new(value: T) -> Self {
        Self { value, process: Process::this(), child: OnceBox::new() }
    }
}

/// Which process something was made in.
#[derive(Debug)]
pub(crate) struct Process(forkguard::Guard);

impl Process {
    /// The first one in a program asks the system to be told of forks. That fails only where there
    /// is no memory for one entry of a list, and panics as an allocation would.
    pub(crate) fn this() -> Self {
        Self(forkguard::Guard::default())
    }

    /// Whether this code runs in a child of it.
    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        // A guard remembers what it has told; a copy of it is asked, so that it tells again.
        self.0.clone().detected_fork()
    }
}

/// Locks, whether or not somebody panicked while it was locked: what we lock is whole at any time.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Locks what a parent had, unless a thread that is not there any more holds it.
pub(crate) fn lock_inherited<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}
