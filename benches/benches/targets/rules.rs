//! Who gets it: a percentage, rules, a list (P3, P4, P5).

use std::hint::black_box;

use flagkit::{Client, Context};
use flagkit_benches::measure::{Effort, Subject, interleaved};
use flagkit_benches::{floors, workloads};
use hashbrown::{DefaultHashBuilder, HashSet};

use crate::{evaluation, report, times};

pub(crate) fn percentages(client: &Client, effort: &Effort) {
    let users: Vec<Context> =
        (0..1_000).map(|number| Context::new(workloads::user_name(number))).collect();
    let texts: Vec<String> =
        (0..1_000).map(|number| format!("salt-of-20-byte:{number:04}")).collect();
    assert!(texts.iter().all(|text| text.len() == 20));
    let mut subjects = [
        Subject::new("floor: one md-5 digest of 20 bytes", |n| {
            for text in texts.iter().cycle().take(times(n)) {
                black_box(floors::md5_of_20_bytes(black_box(text.as_bytes())));
            }
        }),
        evaluation("W2: 50 %, MD5", (client, "w2"), &users),
        evaluation("W2: 50 %, XXH3", (client, "w2-xxh3"), &users),
    ];
    interleaved(&mut subjects, effort);
    let [floor, md5, xxh3] = &subjects;
    report(floor, floor, "");
    report(md5, floor, "P3: at most 1.15 × the digest");
    report(xxh3, floor, "P3: at most 40 ns");
}

pub(crate) fn rules_and_lists(client: &Client, effort: &Effort) {
    let set: HashSet<String, DefaultHashBuilder> =
        (0..10_000).map(|number| workloads::user_name(number * 2)).collect();
    let ids: Vec<String> = (0..1_000).map(workloads::user_name).collect();
    let users: Vec<Context> = (0..1_000).map(workloads::user).collect();
    let mut subjects = [
        Subject::new("floor: one probe of a set of 10,000 ids", |n| {
            for id in ids.iter().cycle().take(times(n)) {
                black_box(set.contains(black_box(id.as_str())));
            }
        }),
        evaluation("W3: five rules, the last a pattern, a split", (client, "w3"), &users),
        evaluation("W3s: the same with a prefix", (client, "w3s"), &users),
        evaluation("W4: 10,000 ids", (client, "w4"), &users),
    ];
    interleaved(&mut subjects, effort);
    let [floor, pattern, prefix, list] = &subjects;
    report(floor, floor, "");
    report(pattern, floor, "P4: at most 312 ns where one MD5 is 150");
    report(prefix, floor, "P4: at most 276 ns where one MD5 is 150");
    report(list, floor, "P5: at most 2 × the probe and the name");
}
