//! Evaluation contexts that C builds: who asks, and what is known about them.

use std::slice;

use flagkit::{Attributes, Context, ValueRef};

use crate::boundary::boundary;
use crate::client::flagkit_client;
use crate::handle::{self, Handle, Sole};
use crate::status::{
    self, FLAGKIT_INVALID_JSON, FLAGKIT_NULL_PARAMETER, FLAGKIT_OK, FLAGKIT_PANIC, Failure,
    flagkit_error, flagkit_status,
};
use crate::strings::flagkit_str;

mod arena;

use arena::{Arena, Held};

/// An evaluation context: who asks, and what is known about them.
///
/// It is built by one thread. Then, as long as nobody changes it, any number of threads may evaluate
/// flags for it. It belongs to no client. All that is set is copied.
#[expect(missing_debug_implementations, reason = "attributes are nobody's business")]
pub struct flagkit_context {
    arena: Arena,
    /// What the JSON said that it was made from.
    base: Option<Context>,
}

impl Handle for flagkit_context {
    type Ownership = Sole;
}

impl Attributes for flagkit_context {
    #[inline]
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        let found = self.arena.get(name);
        match &self.base {
            Some(base) if found.is_none() => base.attribute(name),
            _ => found,
        }
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        self.arena.each(visit);
        if let Some(base) = &self.base {
            base.each_attribute(&mut |name, value| {
                if self.arena.get(name).is_none() {
                    visit(name, value);
                }
            });
        }
    }

    #[inline]
    fn targeting_key(&self) -> Option<ValueRef<'_>> {
        let own = self.arena.key();
        match &self.base {
            Some(base) if own.is_none() => base.targeting_key(),
            _ => own,
        }
    }
}

/// A context for this targeting key, usually the id of a user, a device or an account.
///
/// With no text (`ptr` is NULL) it has no targeting key: percentages treat all such contexts as one.
/// Returns NULL if the key is not UTF-8 or longer than 16 MiB, and `flagkit_last_status` tells why.
/// Give it back with `flagkit_context_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_context_new(key: flagkit_str) -> *mut flagkit_context {
    boundary!(std::ptr::null_mut(), {
        let mut context = flagkit_context { arena: Arena::default(), base: None };
        // SAFETY: a text by the rules of the header.
        let key = unsafe { key.optional() };
        match key.and_then(|key| context.arena.reset(key)) {
            Ok(()) => handle::give(context),
            Err(status) => status::answer(status, std::ptr::null_mut()),
        }
    })
}

/// A context from JSON, in the words of whoever the client's flags come from.
///
/// Flags of a vendor expect contexts as the vendor's own SDK takes them: with kinds, traits or subject
/// attributes. Native flags take an object of attributes, with `targetingKey` among them. Attributes
/// can be set afterwards like those of any other context. Returns NULL if the text is no such
/// context; `error`, which may be NULL, tells why. Give it back with `flagkit_context_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_context_from_json(
    client: *const flagkit_client,
    json: flagkit_str,
    error: *mut flagkit_error,
) -> *mut flagkit_context {
    boundary!(std::ptr::null_mut(), {
        let read = || {
            // SAFETY: a client by the rules of the header.
            let client = unsafe { handle::borrow(client) }.ok_or(FLAGKIT_NULL_PARAMETER)?;
            // SAFETY: a text by the rules of the header.
            let json = unsafe { json.required() }?;
            let base = client.flags().context(json);
            let base = base.map_err(|why| Failure::new(FLAGKIT_INVALID_JSON, why.to_string()))?;
            Ok(flagkit_context { arena: Arena::default(), base: Some(base) })
        };
        // SAFETY: an error or NULL by the rules of the header.
        let context = unsafe { status::report(read(), error) };
        context.map_or(std::ptr::null_mut(), handle::give)
    })
}

/// Frees a context. NULL is fine. No thread may use it any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_context_free(context: *mut flagkit_context) {
    boundary!((), {
        // SAFETY: a context that is given back, by the rules of the header.
        drop(unsafe { handle::take(context) });
    });
}

/// Empties a context and gives it another targeting key, as if it was new.
///
/// Its memory is kept: a context that is filled again and again allocates nothing once it has been
/// as large as it gets, except for values that are set as JSON.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_context_reset(
    context: *mut flagkit_context,
    key: flagkit_str,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        let reset = || {
            // SAFETY: a context that nobody else uses now, by the rules of the header.
            let context = unsafe { handle::borrow_mut(context) }.ok_or(FLAGKIT_NULL_PARAMETER)?;
            // SAFETY: a text by the rules of the header.
            let key = unsafe { key.optional() }?;
            context.base = None;
            context.arena.reset(key)
        };
        told(reset())
    })
}

/// Sets an attribute to a text. A name that is there already gets the new value.
///
/// All `flagkit_context_set_…` functions return `FLAGKIT_OK`, or what is wrong, and then the attribute
/// is as it was. A context has at most 4,096 attributes with at most 16 MiB of text altogether, and a
/// list at most 65,536 texts of at most 16 MiB.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_context_set_string(
    context: *mut flagkit_context,
    name: flagkit_str,
    value: flagkit_str,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        // SAFETY: a text by the rules of the header.
        let value = unsafe { value.required() };
        // SAFETY: a context and a text by the rules of the header.
        told(value.and_then(|value| unsafe { set(context, name, Held::Text(value)) }))
    })
}

/// Sets an attribute to a whole number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_context_set_integer(
    context: *mut flagkit_context,
    name: flagkit_str,
    value: i64,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        // SAFETY: a context and a text by the rules of the header.
        told(unsafe { set(context, name, Held::Value(value.into())) })
    })
}

/// Sets an attribute to a number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_context_set_double(
    context: *mut flagkit_context,
    name: flagkit_str,
    value: f64,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        // SAFETY: a context and a text by the rules of the header.
        told(unsafe { set(context, name, Held::Value(value.into())) })
    })
}

/// Sets an attribute to `true` or `false`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_context_set_boolean(
    context: *mut flagkit_context,
    name: flagkit_str,
    value: bool,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        // SAFETY: a context and a text by the rules of the header.
        told(unsafe { set(context, name, Held::Value(value.into())) })
    })
}

/// Sets an attribute to a list of `count` texts. `values` may be NULL if `count` is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_context_set_strings(
    context: *mut flagkit_context,
    name: flagkit_str,
    values: *const flagkit_str,
    count: usize,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        let set = || {
            // SAFETY: that many texts by the rules of the header.
            let values = unsafe { elements(values, count) }?;
            // SAFETY: as above, and they are there for the whole call.
            values.iter().try_for_each(|value| unsafe { value.required() }.map(drop))?;
            let text = |place: usize| {
                let value: &flagkit_str = values.get(place)?;
                // SAFETY: as above; all of them can be read.
                unsafe { value.required() }.ok()
            };
            // SAFETY: a context and a text by the rules of the header.
            unsafe { set(context, name, Held::Texts(&text)) }
        };
        told(set())
    })
}

/// Sets an attribute to any value, written as JSON: an object, a list, a number beyond 2^63.
///
/// `null` takes the attribute away. What is no JSON is `FLAGKIT_INVALID_JSON`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flagkit_context_set_json(
    context: *mut flagkit_context,
    name: flagkit_str,
    json: flagkit_str,
) -> flagkit_status {
    boundary!(FLAGKIT_PANIC, {
        // SAFETY: a text by the rules of the header.
        let value = unsafe { json.required() }
            .and_then(|json| flagkit::value_from_text(json).map_err(|_| FLAGKIT_INVALID_JSON));
        // SAFETY: a context and a text by the rules of the header.
        told(value.and_then(|value| unsafe { set(context, name, Held::Value(value)) }))
    })
}

/// # Safety
///
/// `context` is NULL or a context that nobody else uses now; `name` can be read.
unsafe fn set(
    context: *mut flagkit_context,
    name: flagkit_str,
    value: Held<'_>,
) -> Result<(), flagkit_status> {
    // SAFETY: as the caller says.
    let context = unsafe { handle::borrow_mut(context) }.ok_or(FLAGKIT_NULL_PARAMETER)?;
    // SAFETY: as the caller says.
    let name = unsafe { name.required() }?;
    context.arena.set(name, value)
}

/// That many elements of the caller's.
///
/// # Safety
///
/// `first` is NULL or points to `count` elements, which stay there unchanged for `'a`.
pub(crate) unsafe fn elements<'a, T>(
    first: *const T,
    count: usize,
) -> Result<&'a [T], flagkit_status> {
    if count == 0 {
        return Ok(&[]);
    }
    if first.is_null() {
        return Err(FLAGKIT_NULL_PARAMETER);
    }
    let bytes = count.checked_mul(size_of::<T>());
    if bytes.is_none_or(|bytes| isize::try_from(bytes).is_err()) {
        return Err(status::FLAGKIT_LIMIT_EXCEEDED);
    }
    // SAFETY: not NULL and not too long; the caller says the rest.
    Ok(unsafe { slice::from_raw_parts(first, count) })
}

fn told(result: Result<(), flagkit_status>) -> flagkit_status {
    match result {
        Ok(()) => FLAGKIT_OK,
        Err(status) => status::answer(status, status),
    }
}

#[cfg(test)]
mod tests;
