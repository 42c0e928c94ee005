//! Random calls of the C interface, in any order that its header allows.
//!
//! Handles are opened, used and given back; NULL and text that is no UTF-8 take the place of every
//! parameter now and then. The address sanitizer watches. No call may panic.

#![no_main]

use std::ffi::{c_char, c_void};
use std::ptr;

use flagkit_ffi::*;
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut world = World::default();
    // It ends where the bytes end.
    let _ = world.run(&mut Unstructured::new(data));
    world.close();
    assert_eq!(flagkit_caught_panics(), 0);
});

/// Everything that is open.
#[derive(Default)]
struct World {
    clients: Vec<*mut flagkit_client>,
    contexts: Vec<*mut flagkit_context>,
    views: Vec<*mut flagkit_view>,
    subscriptions: Vec<*mut flagkit_subscription>,
    ids: Vec<flagkit_flag_id>,
}

impl World {
    fn run(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let document = text(DOCUMENT);
        // SAFETY: the text is there for the whole call.
        self.clients.push(unsafe { flagkit_client_from_bytes(document, NONE, ptr::null_mut()) });
        // SAFETY: as above.
        self.contexts.push(unsafe { flagkit_context_new(text(b"user-1")) });
        for _ in 0..200 {
            if input.is_empty() {
                break;
            }
            match input.int_in_range(0..=5_u8)? {
                0 => self.open_or_close(input)?,
                1 => self.fill(input)?,
                2 => self.ask(input)?,
                3 => self.look(input)?,
                4 => self.ask_many(input)?,
                _ => self.change(input)?,
            }
        }
        Ok(())
    }

    fn open_or_close(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (client, some) = (one(&self.clients, input)?, any_text(input)?);
        // SAFETY: handles are those that are open, or NULL; what is given back is forgotten.
        unsafe {
            match input.int_in_range(0..=9_u8)? {
                0 => self.clients.push(flagkit_client_from_bytes(some, NONE, ptr::null_mut())),
                1 => self.clients.push(flagkit_client_ref(client)),
                2 => drop(flagkit_client_close(taken(&mut self.clients, input)?, 0)),
                3 => self.contexts.push(flagkit_context_new(some)),
                4 => self.contexts.push(flagkit_context_from_json(client, some, ptr::null_mut())),
                5 => flagkit_context_free(taken(&mut self.contexts, input)?),
                6 => self.views.push(flagkit_view_open(client)),
                7 => flagkit_view_close(taken(&mut self.views, input)?),
                8 => {
                    let callback: flagkit_change_fn = Some(changed);
                    let user = ptr::null_mut();
                    self.subscriptions.push(flagkit_subscribe(client, some, callback, user, None));
                }
                _ => drop(flagkit_unsubscribe(taken(&mut self.subscriptions, input)?)),
            }
        }
        Ok(())
    }

    fn fill(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let context = one(&self.contexts, input)?;
        let (name, value) = (any_text(input)?, any_text(input)?);
        let texts = [name, value, text(b"red")];
        // SAFETY: as above; the texts are there for the whole call.
        unsafe {
            match input.int_in_range(0..=6_u8)? {
                0 => flagkit_context_reset(context, value),
                1 => flagkit_context_set_string(context, name, value),
                2 => flagkit_context_set_integer(context, name, input.arbitrary()?),
                3 => flagkit_context_set_double(context, name, input.arbitrary()?),
                4 => flagkit_context_set_boolean(context, name, input.arbitrary()?),
                5 => {
                    let count = input.int_in_range(0..=texts.len())?;
                    flagkit_context_set_strings(context, name, texts.as_ptr(), count)
                }
                _ => flagkit_context_set_json(context, name, value),
            };
        }
        Ok(())
    }

    fn ask(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (client, context) = (one(&self.clients, input)?, one(&self.contexts, input)?);
        let (key, fallback, id) = (any_text(input)?, any_text(input)?, self.id(input)?);
        let mut buffer = [0x55; 48];
        let capacity = input.int_in_range(0..=buffer.len())?;
        let to = if input.ratio(1, 16)? { ptr::null_mut() } else { buffer.as_mut_ptr() };
        // SAFETY: as above; the buffer is at least as long as its capacity.
        unsafe {
            match input.int_in_range(0..=7_u8)? {
                0 => drop(flagkit_is_enabled(client, key, context)),
                1 => drop(flagkit_boolean_by_id(client, id, context, true)),
                2 => drop(flagkit_integer(client, key, context, -1)),
                3 => drop(flagkit_double_by_id(client, id, context, 0.5)),
                4 => drop(flagkit_string(client, key, context, fallback, to, capacity)),
                5 => drop(flagkit_string_by_id(client, id, context, fallback, to, capacity)),
                6 => drop(flagkit_json(client, key, context, fallback, to, capacity)),
                _ => self.ids.push(flagkit_flag(key)),
            }
        }
        assert!(buffer.iter().skip(capacity).all(|byte| *byte == 0x55), "written behind the end");
        Ok(())
    }

    fn look(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (view, context) = (one(&self.views, input)?, one(&self.contexts, input)?);
        let (key, fallback, id) = (any_text(input)?, any_text(input)?, self.id(input)?);
        let mut buffer: [c_char; 64] = [0; 64];
        let (to, capacity) = (buffer.as_mut_ptr(), buffer.len());
        // SAFETY: zeros are a resolution, of no size.
        let mut found: flagkit_resolution = unsafe { std::mem::zeroed() };
        found.size = input.int_in_range(0..=size_of_val(&found) as u32)?;
        // SAFETY: as above; what a view lends is looked at before anything else happens.
        unsafe {
            match input.int_in_range(0..=7_u8)? {
                0 => drop(flagkit_resolve(view, key, context, &raw mut found)),
                1 => drop(flagkit_resolve_by_id(view, id, context, &raw mut found)),
                2 => read(flagkit_view_string(view, key, context, fallback)),
                3 => read(flagkit_view_string_by_id(view, id, context, fallback)),
                4 => drop(flagkit_view_explain(view, key, context, to, capacity)),
                5 => drop(flagkit_view_metadata(view, key, context, to, capacity)),
                6 => {
                    let mut keys = [NONE; 4];
                    let count = flagkit_view_keys(view, keys.as_mut_ptr(), keys.len());
                    keys.iter().take(count).for_each(|key| read(*key));
                }
                _ => {
                    let mut names = [NONE; 4];
                    let count = flagkit_view_variants(view, key, names.as_mut_ptr(), names.len());
                    names.iter().take(count).for_each(|name| read(*name));
                }
            }
            read(found.string);
            read(found.variant);
            read(found.rule);
            walk(found.value, 0);
        }
        Ok(())
    }

    fn ask_many(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (view, context) = (one(&self.views, input)?, one(&self.contexts, input)?);
        let keys = [any_text(input)?, any_text(input)?, text(b"color")];
        let ids = [self.id(input)?, self.id(input)?, self.id(input)?];
        // SAFETY: zeros are resolutions.
        let mut found: [flagkit_resolution; 3] = unsafe { std::mem::zeroed() };
        let (first, size) = (found.as_mut_ptr(), size_of::<flagkit_resolution>());
        let size = if input.ratio(1, 8)? { input.int_in_range(0..=size)? } else { size };
        // SAFETY: as above; arrays are as long as is said.
        unsafe {
            match input.int_in_range(0..=3_u8)? {
                0 => drop(flagkit_resolve_many(view, keys.as_ptr(), 3, context, first, size)),
                1 => drop(flagkit_resolve_many_by_id(view, ids.as_ptr(), 3, context, first, size)),
                2 => drop(flagkit_evaluate_all(view, context, first, size, 3)),
                _ => self.ask_column(view, keys, input)?,
            }
        }
        Ok(())
    }

    /// # Safety
    ///
    /// The view is open, and the texts are there.
    unsafe fn ask_column(
        &self,
        view: *const flagkit_view,
        keys: [flagkit_str; 3],
        input: &mut Unstructured<'_>,
    ) -> Result<()> {
        let numbers: [i64; 3] = input.arbitrary()?;
        let (name, present) = (any_text(input)?, [true, input.arbitrary()?, true]);
        let (texts, rows) = (keys.as_ptr().cast(), numbers.as_ptr().cast());
        let (string, reserved) = (u32::from(FLAGKIT_TYPE_STRING), 0);
        let ids = flagkit_column {
            name: NONE,
            kind: string,
            reserved,
            rows: texts,
            present: ptr::null(),
        };
        let kind = input.int_in_range(0..=5)?;
        let rows = if kind == string { texts } else { rows };
        let attribute = flagkit_column { name, kind, reserved, rows, present: present.as_ptr() };
        let (mut enabled, mut texts, mut errors) = ([false; 3], [NONE; 3], [0; 3]);
        // SAFETY: zeros are an output that wants nothing.
        let mut output: flagkit_column_output = unsafe { std::mem::zeroed() };
        output.size = size_of_val(&output) as u32;
        output.enabled = enabled.as_mut_ptr();
        output.strings = texts.as_mut_ptr();
        output.errors = errors.as_mut_ptr();
        let (ids, attribute, output) = (&raw const ids, &raw const attribute, &raw const output);
        // SAFETY: all arrays have three rows; booleans are not read as such from numbers, any byte is
        // one, and doubles have any bits.
        unsafe { flagkit_evaluate_column(view, any_text(input)?, 3, ids, attribute, 1, output) };
        texts.iter().for_each(|text| read(*text));
        Ok(())
    }

    fn change(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (client, key, some) = (one(&self.clients, input)?, any_text(input)?, any_text(input)?);
        // SAFETY: zeros are a status and numbers, of no size.
        let mut status: flagkit_client_status = unsafe { std::mem::zeroed() };
        status.size = input.int_in_range(0..=size_of_val(&status) as u32)?;
        // SAFETY: as above.
        unsafe {
            match input.int_in_range(0..=4_u8)? {
                0 => drop(flagkit_client_replace(client, some, ptr::null_mut())),
                1 => drop(flagkit_client_replace(client, text(OTHER), ptr::null_mut())),
                2 => drop(flagkit_client_override(client, key, some)),
                3 => drop(flagkit_client_read_status(client, &raw mut status)),
                _ => drop(flagkit_client_problems(client, ptr::null_mut(), 0)),
            }
        }
        Ok(())
    }

    /// An id that was given, or any number.
    fn id(&self, input: &mut Unstructured<'_>) -> Result<flagkit_flag_id> {
        if self.ids.is_empty() || input.ratio(1, 8)? {
            input.arbitrary()
        } else {
            Ok(*input.choose(&self.ids)?)
        }
    }

    fn close(&mut self) {
        // SAFETY: everything is given back once.
        unsafe {
            self.views.drain(..).for_each(|view| flagkit_view_close(view));
            self.contexts.drain(..).for_each(|context| flagkit_context_free(context));
            for subscription in self.subscriptions.drain(..) {
                flagkit_unsubscribe(subscription);
            }
            for client in self.clients.drain(..) {
                flagkit_client_close(client, 0);
            }
        }
    }
}

unsafe extern "C" fn changed(_: *mut c_void, change: *const flagkit_change) {
    // SAFETY: the library lends a change with that many keys.
    let keys = unsafe { std::slice::from_raw_parts((*change).keys, (*change).count) };
    keys.iter().for_each(|key| read(*key));
}

/// One of these handles, now and then NULL.
fn one<T>(handles: &[*mut T], input: &mut Unstructured<'_>) -> Result<*mut T> {
    if handles.is_empty() || input.ratio(1, 16)? {
        Ok(ptr::null_mut())
    } else {
        Ok(*input.choose(handles)?)
    }
}

/// One of these handles, which is not there any more afterwards.
fn taken<T>(handles: &mut Vec<*mut T>, input: &mut Unstructured<'_>) -> Result<*mut T> {
    if handles.is_empty() {
        return Ok(ptr::null_mut());
    }
    Ok(handles.swap_remove(input.choose_index(handles.len())?))
}

fn text(bytes: &'static [u8]) -> flagkit_str {
    flagkit_str { ptr: bytes.as_ptr().cast(), len: bytes.len() }
}

/// A text that makes sense, any bytes, or none.
fn any_text(input: &mut Unstructured<'_>) -> Result<flagkit_str> {
    if input.ratio(1, 8)? {
        let length = input.arbitrary_len::<u8>()?.min(64);
        // Bytes of the input, which outlive the run.
        let bytes = input.bytes(length)?;
        return Ok(flagkit_str { ptr: bytes.as_ptr().cast(), len: bytes.len() });
    }
    if input.ratio(1, 16)? {
        return Ok(flagkit_str { ptr: ptr::null(), len: input.arbitrary()? });
    }
    Ok(text(input.choose(WORDS)?))
}

/// Looks at every byte.
fn read(text: flagkit_str) {
    if !text.ptr.is_null() {
        // SAFETY: what was lent, or what the caller has given and has still.
        let bytes = unsafe { std::slice::from_raw_parts(text.ptr.cast::<u8>(), text.len) };
        std::hint::black_box(bytes.iter().fold(0_u8, |sum, byte| sum ^ byte));
    }
}

/// Looks at every value inside.
///
/// # Safety
///
/// The view that lent the value is open.
unsafe fn walk(value: *const flagkit_value, depth: u8) {
    // SAFETY: as the caller says.
    unsafe {
        flagkit_value_json(value, ptr::null_mut(), 0);
        read(flagkit_value_string(value));
        for place in 0..flagkit_value_count(value).min(8) {
            read(flagkit_value_name(value, place));
            if depth < 4 {
                walk(flagkit_value_at(value, place), depth + 1);
            }
        }
    }
}

const NONE: flagkit_str = flagkit_str { ptr: ptr::null(), len: 0 };

const DOCUMENT: &[u8] = br#"{"schema": "flagkit/1", "revision": 3, "flags": {
    "beta": {"enabled": true, "rollout_percentage": 50, "targeting_rules": [
        {"id": "pro", "when": "plan == \"pro\" and teams contains \"red\" and age > 3"}]},
    "color": {"enabled": true, "rollout_percentage": 100, "variants": {
        "red": {"weight": 1, "value": "gr\u00f6\u00dfer"}, "blue": {"weight": 1}}},
    "layout": {"enabled": true, "rollout_percentage": 100, "dependencies": ["color"], "variants": {
        "wide": {"weight": 1, "value": {"columns": 3, "names": ["a", "b"], "big": 18446744073709551615}}}},
    "broken": {"enabled": true, "dependencies": ["nowhere"]}}}"#;

const OTHER: &[u8] = br#"{"schema": "flagkit/1", "flags": {"beta": {"enabled": false}}}"#;

const WORDS: &[&[u8]] = &[
    b"beta",
    b"color",
    b"layout",
    b"broken",
    b"nowhere",
    b"",
    b"plan",
    b"pro",
    b"teams",
    b"age",
    b"user-1",
    b"gr\xc3\xb6\xc3\x9fer",
    b"\xff\xfe",
    b"{\"plan\": \"pro\", \"teams\": [\"red\"]}",
    b"\"text\"",
    b"[1, 2]",
    b"17",
    b"true",
    b"null",
    OTHER,
    DOCUMENT,
];
