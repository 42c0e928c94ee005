//! The targets P2, P3, P5, P7 and P8 for the native format, as ratios to the machine's floors.
//!
//! `cargo bench -p flagkit-benches --bench targets [-- --quick]`

#![expect(clippy::expect_used, reason = "a bench stops where its own document is not good")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use flagkit::{Client, Context, ContextRef, FlagHandle};
use flagkit_benches::floors::{self, CachedSlice};
use flagkit_benches::measure::{Effort, Subject, interleaved, ratio};
use flagkit_benches::workloads;
use flagkit_core::{Changes, compile, recompile};
use flagkit_dialects::{Dialect, Settings, decode};
use hashbrown::{DefaultHashBuilder, HashSet};

static W1: FlagHandle<bool> = FlagHandle::new("w1", false);

fn main() {
    let is_quick = std::env::args().any(|argument| argument == "--quick" || argument == "--test");
    let effort = if is_quick { &Effort::QUICK } else { &Effort::FULL };
    let client = Client::from_text(&workloads::document()).expect("the document is good");
    assert_answers(&client);
    println!("{:<44} {:>9} {:>16}  target", "what", "ns", "ratio (min–max)");
    names_and_handles(&client, effort);
    percentages(&client, effort);
    rules_and_lists(&client, effort);
    contexts(&client, effort);
    loading(is_quick);
}

/// Nothing is timed that does not answer right.
fn assert_answers(client: &Client) {
    let user =
        |number: usize| Context::new(workloads::user_name(number)).with("device", "iphone15");
    assert!(client.is_enabled("w1", &user(0)) && W1.get_from(client, &user(0)));
    let on = (0..1_000).filter(|number| client.is_enabled("w2", &user(*number))).count();
    assert!((430..570).contains(&on), "{on} of 1,000 are in 50 %");
    for flag in ["w3", "w3s"] {
        let found = client.string_details(flag, &user(1), "none");
        assert_eq!(found.rule.as_deref(), Some("phones"), "{flag}");
    }
    assert!(client.is_enabled("w4", &user(2)) && !client.is_enabled("w4", &user(3)));
}

fn report(subject: &Subject<'_>, floor: &Subject<'_>, target: &str) {
    let (ns, ratio) = (subject.rounds().spread(), ratio(subject, floor));
    println!(
        "{:<44} {:>9.1} {:>5.2} ({:.2}–{:.2})  {target}",
        subject.name(),
        ns.median,
        ratio.median,
        ratio.min,
        ratio.max
    );
}

fn names_and_handles(client: &Client, effort: &Effort) {
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
    ];
    interleaved(&mut subjects, effort);
    let [map, slice, name, handle] = &subjects;
    report(map, map, "");
    report(slice, slice, "");
    report(name, map, "P2: at most 2 × the map");
    report(handle, slice, "P2: at most 5 ns or 3 × the slice");
}

fn percentages(client: &Client, effort: &Effort) {
    let users: Vec<Context> =
        (0..1_000).map(|number| Context::new(workloads::user_name(number))).collect();
    let texts: Vec<String> =
        (0..1_000).map(|number| format!("salt-of-20-byte:{number:04}")).collect();
    assert!(texts.iter().all(|text| text.len() == 20));
    let evaluate = |flag: &str| {
        let flag = black_box(flag.to_owned());
        let users = &users;
        move |n: u64| {
            for user in users.iter().cycle().take(times(n)) {
                black_box(client.is_enabled(&flag, user));
            }
        }
    };
    let mut subjects = [
        Subject::new("floor: one md-5 digest of 20 bytes", |n| {
            for text in texts.iter().cycle().take(times(n)) {
                black_box(floors::md5_of_20_bytes(black_box(text.as_bytes())));
            }
        }),
        Subject::new("W2: 50 %, MD5", evaluate("w2")),
        Subject::new("W2: 50 %, XXH3", evaluate("w2-xxh3")),
    ];
    interleaved(&mut subjects, effort);
    let [floor, md5, xxh3] = &subjects;
    report(floor, floor, "");
    report(md5, floor, "P3: at most 1.15 × the digest");
    report(xxh3, floor, "P3: at most 40 ns");
}

fn rules_and_lists(client: &Client, effort: &Effort) {
    let set: HashSet<String, DefaultHashBuilder> =
        (0..10_000).map(|number| workloads::user_name(number * 2)).collect();
    let users: Vec<String> = (0..1_000).map(workloads::user_name).collect();
    let contexts: Vec<Context> = users
        .iter()
        .map(|id| {
            Context::new(id.as_str())
                .with("country", "US")
                .with("plan", "free")
                .with("email", "someone@elsewhere.org")
                .with("age", 37)
                .with("version", "4.2.1")
                .with("device", "iphone15")
        })
        .collect();
    let evaluate = |flag: &str| {
        let flag = black_box(flag.to_owned());
        let contexts = &contexts;
        move |n: u64| {
            for context in contexts.iter().cycle().take(times(n)) {
                black_box(client.is_enabled(&flag, context));
            }
        }
    };
    let mut subjects = [
        Subject::new("floor: one probe of a set of 10,000 ids", |n| {
            for id in users.iter().cycle().take(times(n)) {
                black_box(set.contains(black_box(id.as_str())));
            }
        }),
        Subject::new("W3: five rules, the last a pattern, a split", evaluate("w3")),
        Subject::new("W3s: the same with a prefix", evaluate("w3s")),
        Subject::new("W4: 10,000 ids", evaluate("w4")),
    ];
    interleaved(&mut subjects, effort);
    let [floor, pattern, prefix, list] = &subjects;
    report(floor, floor, "");
    report(pattern, floor, "P4: at most 312 ns where one MD5 is 150");
    report(prefix, floor, "P4: at most 276 ns where one MD5 is 150");
    report(list, floor, "P5: at most 2 × the probe and the name");
}

fn contexts(client: &Client, effort: &Effort) {
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

fn times(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// P7: loading, and one changed flag among many.
fn loading(is_quick: bool) {
    let count = if is_quick { 1_000 } else { 10_000 };
    let text = workloads::many_flags(count);
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        black_box(Client::from_text(&text).expect("the document is good"));
        best = best.min(start.elapsed());
    }
    println!(
        "{:<44} {:>9.1} ms  P7: at most 60 ms for 10,000",
        format!("W7: {count} flags, text to snapshot"),
        best.as_secs_f64() * 1e3
    );
    delta(count * 10);
}

fn delta(count: usize) {
    let decode = |text: &str| {
        let decoded = decode(Dialect::Native, text, &Settings::default());
        decoded.expect("the document is good").document
    };
    let snapshot = compile(decode(&workloads::many_flags(count))).snapshot;
    let one = decode(&format!(
        r#"{{"schema": "flagkit/1", "flags": {{"{}": {{"enabled": true, "rollout_percentage": 7}}}}}}"#,
        workloads::flag_name(count / 2)
    ));
    let mut best = Duration::MAX;
    for _ in 0..20 {
        let changes = Changes { flags: one.flags.clone(), ..Changes::default() };
        let start = Instant::now();
        let changed = black_box(recompile(&snapshot, changes));
        best = best.min(start.elapsed());
        drop(changed);
    }
    println!(
        "{:<44} {:>9.3} ms  P7: at most 1 ms for 100,000",
        format!("one changed flag among {count}"),
        best.as_secs_f64() * 1e3
    );
}
