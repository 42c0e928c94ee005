//! The installed library, loaded while the program runs: what a program in C calls.

use std::ffi::{c_char, c_void};

use crate::Outcome;

/// Its functions that are needed here.
pub(crate) struct Library {
    from_bytes: unsafe extern "C" fn(Str, Str, *mut c_void) -> *mut c_void,
    context_new: unsafe extern "C" fn(Str) -> *mut c_void,
    set_string: unsafe extern "C" fn(*mut c_void, Str, Str) -> u32,
    flag: unsafe extern "C" fn(Str) -> u32,
    boolean: unsafe extern "C" fn(*const c_void, Str, *const c_void, bool) -> bool,
    boolean_by_id: unsafe extern "C" fn(*const c_void, u32, *const c_void, bool) -> bool,
}

/// A `flagkit_client`, kept until the program ends.
pub(crate) struct Client(*mut c_void);

/// A `flagkit_context`, kept until the program ends.
pub(crate) struct User(*mut c_void);

/// A `flagkit_str`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Str {
    ptr: *const c_char,
    len: usize,
}

fn text(text: &str) -> Str {
    Str { ptr: text.as_ptr().cast(), len: text.len() }
}

impl Library {
    /// Loads it for as long as the program runs.
    pub(crate) fn load(path: &str) -> Outcome<Self> {
        // SAFETY: what the library does when it is loaded is what Rust's standard library does.
        let library = unsafe { libloading::Library::new(path) }?;
        // Never unloaded: threads of it may be running.
        let library = Box::leak(Box::new(library));
        // SAFETY: the types are those of the header; so for all.
        Ok(unsafe {
            Self {
                from_bytes: *library.get(b"flagkit_client_from_bytes")?,
                context_new: *library.get(b"flagkit_context_new")?,
                set_string: *library.get(b"flagkit_context_set_string")?,
                flag: *library.get(b"flagkit_flag")?,
                boolean: *library.get(b"flagkit_boolean")?,
                boolean_by_id: *library.get(b"flagkit_boolean_by_id")?,
            }
        })
    }

    pub(crate) fn client(&self, document: &str) -> Outcome<Client> {
        // SAFETY: the texts are there for the whole call, and NULL is allowed for the error.
        let client =
            unsafe { (self.from_bytes)(text(document), text("native"), std::ptr::null_mut()) };
        if client.is_null() {
            Err("the library refuses the flags".into())
        } else {
            Ok(Client(client))
        }
    }

    pub(crate) fn user(&self, key: &str, attributes: &[(&str, &str)]) -> User {
        // SAFETY: the text is there for the whole call.
        let user = unsafe { (self.context_new)(text(key)) };
        for (name, value) in attributes {
            // SAFETY: as above, and nobody else has the context yet.
            unsafe { (self.set_string)(user, text(name), text(value)) };
        }
        User(user)
    }

    pub(crate) fn flag(&self, key: &str) -> u32 {
        // SAFETY: the text is there for the whole call.
        unsafe { (self.flag)(text(key)) }
    }

    #[inline]
    pub(crate) fn boolean(&self, client: &Client, key: &str, user: &User) -> bool {
        // SAFETY: client and context are never given back, and the text is there for the whole call.
        unsafe { (self.boolean)(client.0, text(key), user.0, false) }
    }

    #[inline]
    pub(crate) fn boolean_by_id(&self, client: &Client, id: u32, user: &User) -> bool {
        // SAFETY: as above.
        unsafe { (self.boolean_by_id)(client.0, id, user.0, false) }
    }
}
