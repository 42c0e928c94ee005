//! Native flags, and what an application does with them over and over.
//!
//! The instruments that look at one call at a time share these scenarios. Each checks its own
//! answers before it begins: nothing is measured that does not answer right. Its keys and
//! contexts come from memory, as in an application, and are hidden from the compiler.

use std::fmt;

mod evaluating;
mod loading;
mod together;

/// Does the scenario's call this many times.
pub type Calls = Box<dyn FnMut(u64)>;

/// Something that an application does, with everything it needs.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct NativeScenario {
    /// Its name in tables and on command lines.
    pub name: &'static str,
    /// What one call is, in words.
    pub about: &'static str,
    /// After how many calls every key and context had its turn equally often.
    pub round: u64,
    prepare: fn() -> Calls,
}

impl NativeScenario {
    /// Loads the flags, builds the contexts, and checks the answers.
    pub fn prepare(&self) -> Calls {
        (self.prepare)()
    }
}

impl fmt::Debug for NativeScenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeScenario").field("name", &self.name).finish_non_exhaustive()
    }
}

/// All scenarios, in the order of the tables.
pub const ALL: &[NativeScenario] = &[
    NativeScenario {
        name: "w1-name",
        about: "a flag that is on for everyone, by name",
        round: 1_000,
        prepare: evaluating::on_by_name,
    },
    NativeScenario {
        name: "w1-handle",
        about: "the same by handle",
        round: 1_000,
        prepare: evaluating::on_by_handle,
    },
    NativeScenario {
        name: "w1-context",
        about: "the same by name, an id and six attributes borrowed per call",
        round: 1_000,
        prepare: evaluating::on_with_new_context,
    },
    NativeScenario {
        name: "w2-md5",
        about: "50 % of users, by MD5",
        round: 1_000,
        prepare: evaluating::half_by_md5,
    },
    NativeScenario {
        name: "w2-xxh3",
        about: "50 % of users, by XXH3",
        round: 1_000,
        prepare: evaluating::half_by_xxh3,
    },
    NativeScenario {
        name: "w3-pattern",
        about: "five rules, the last a pattern, then a split",
        round: 1_000,
        prepare: evaluating::five_rules_with_pattern,
    },
    NativeScenario {
        name: "w3-prefix",
        about: "five rules, the last a prefix, then a split",
        round: 1_000,
        prepare: evaluating::five_rules_with_prefix,
    },
    NativeScenario {
        name: "w3-details",
        about: "the same with everything about the answer",
        round: 1_000,
        prepare: evaluating::details,
    },
    NativeScenario {
        name: "w4-hit",
        about: "an id that is in a list of 10,000",
        round: 1_000,
        prepare: evaluating::listed,
    },
    NativeScenario {
        name: "w4-miss",
        about: "an id that is not in a list of 10,000",
        round: 1_000,
        prepare: evaluating::unlisted,
    },
    NativeScenario {
        name: "w5-random",
        about: "a random flag of 10,000 for a random user",
        round: 10_000,
        prepare: evaluating::random_flag,
    },
    NativeScenario {
        name: "counted-name",
        about: "w1-name where evaluations are counted",
        round: 1_000,
        prepare: evaluating::counted_by_name,
    },
    NativeScenario {
        name: "counted-handle",
        about: "w1-handle where evaluations are counted",
        round: 1_000,
        prepare: evaluating::counted_by_handle,
    },
    NativeScenario {
        name: "counted-view",
        about: "w1-name through a view, counted",
        round: 1_000,
        prepare: evaluating::counted_in_view,
    },
    NativeScenario {
        name: "counted-rules",
        about: "w3-prefix where evaluations are counted",
        round: 1_000,
        prepare: evaluating::counted_rules,
    },
    NativeScenario {
        name: "counted-random",
        about: "w5-random where evaluations are counted",
        round: 10_000,
        prepare: evaluating::counted_random_flag,
    },
    NativeScenario {
        name: "references",
        about: "a flag behind a prerequisite, for the members of a segment",
        round: 1_000,
        prepare: evaluating::references,
    },
    NativeScenario {
        name: "w6-all",
        about: "all of 1,000 flags for one user, in one call",
        round: 1,
        prepare: together::all_flags,
    },
    NativeScenario {
        name: "column",
        about: "50 % by MD5 for a column of 10,000 users, in one call",
        round: 1,
        prepare: together::column,
    },
    NativeScenario {
        name: "load-100",
        about: "100 flags from text to snapshot",
        round: 1,
        prepare: loading::hundred_flags,
    },
    NativeScenario {
        name: "delta-10000",
        about: "one changed flag in a snapshot of 10,000",
        round: loading::CHANGES as u64,
        prepare: loading::one_of_many,
    },
];

/// `n` as the number of items to take from an iterator.
fn times(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
