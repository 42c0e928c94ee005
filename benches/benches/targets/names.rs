//! One flag that is on: how it is found, and who asks (P2, P8).

use std::hint::black_box;

use flagkit::{Client, Context, ContextRef, FlagHandle};
use flagkit_benches::floors::{self, CachedSlice};
use flagkit_benches::measure::{Effort, Subject, interleaved};

use crate::{W1, report, times};

static COUNTED: FlagHandle<bool> = FlagHandle::new("w1", false);

pub(crate) fn names_and_handles([client, counting]: [&Client; 2], effort: &Effort) {
    let view = counting.view();
    let map = floors::one_key_map();
    let mut slice = CachedSlice::new();
    let context = Context::new("user-1");
    // Keys come from memory, as in an application, and no two are the same text to the compiler.
    let keys: Vec<String> = black_box(vec!["w1".to_owned(); 16]);
    let mut subjects = [
        Subject::new("floor: hash map with one key, foldhash", |n| {
            for key in keys.iter().cycle().take(times(n)) {
                black_box(map.get(key.as_str()));
            }
        }),
        Subject::new("floor: cached pointer and slice index", |n| {
            for _ in 0..n {
                black_box(slice.read(black_box(77)));
            }
        }),
        Subject::new("W1 by name, snapshot load included", |n| {
            for key in keys.iter().cycle().take(times(n)) {
                black_box(client.is_enabled(key, &context));
            }
        }),
        Subject::new("W1 by handle, snapshot load included", |n| {
            for _ in 0..n {
                black_box(black_box(&W1).get_from(client, &context));
            }
        }),
        Subject::new("W1 by name, counted", |n| {
            for key in keys.iter().cycle().take(times(n)) {
                black_box(counting.is_enabled(key, &context));
            }
        }),
        Subject::new("W1 by handle, counted", |n| {
            for _ in 0..n {
                black_box(black_box(&COUNTED).get_from(counting, &context));
            }
        }),
        Subject::new("W1 by name through a view, counted", |n| {
            for key in keys.iter().cycle().take(times(n)) {
                black_box(view.is_enabled(key, &context));
            }
        }),
    ];
    interleaved(&mut subjects, effort);
    let [map, slice, name, handle, counted_name, counted_handle, counted_view] = &subjects;
    report(map, map, "");
    report(slice, slice, "");
    report(name, map, "P2: at most 2 × the map");
    report(handle, slice, "P2: at most 5 ns or 3 × the slice");
    report(counted_name, name, "at most 2 ns more");
    report(counted_handle, handle, "at most 2 ns more");
    report(counted_view, name, "");
}

pub(crate) fn contexts(client: &Client, effort: &Effort) {
    let prepared = Context::new("user-1");
    let keys: Vec<String> = black_box(vec!["w1".to_owned(); 16]);
    let (id, country, plan) = (String::from("user-1"), String::from("DE"), String::from("pro"));
    let (email, version) = (String::from("a@b.example"), String::from("5.1.0"));
    let mut subjects = [
        Subject::new("W1, context prepared", |n| {
            for key in keys.iter().cycle().take(times(n)) {
                black_box(client.is_enabled(key, &prepared));
            }
        }),
        Subject::new("W1, id and six attributes borrowed per call", |n| {
            for key in keys.iter().cycle().take(times(n)) {
                let attributes = [
                    ("country", (&country).into()),
                    ("plan", (&plan).into()),
                    ("email", (&email).into()),
                    ("age", 37.into()),
                    ("version", (&version).into()),
                    ("beta", true.into()),
                ];
                let context = ContextRef::new(black_box(&id), black_box(&attributes));
                black_box(client.is_enabled(key, &context));
            }
        }),
    ];
    interleaved(&mut subjects, effort);
    let [prepared, built] = &subjects;
    report(prepared, prepared, "");
    report(built, prepared, "P8: at most 25 ns more");
}
