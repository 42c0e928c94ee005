//! Code that may stand in a few files only: `unsafe`, atomics, `arc_swap`.
//!
//! Such code is right or wrong for reasons that no test shows. Keeping it in known
//! files means that a reviewer of any other file need not look for it.

use super::tree::File;
use super::{Facts, Violation};

/// Looks at every Rust file, also below `fuzz/` and `benches/`.
pub(crate) fn check(facts: &Facts) -> Vec<Violation> {
    let files = facts.tree.rust();
    files.flat_map(|file| CONFINED.iter().flat_map(|confined| confined.check(file))).collect()
}

/// Some tokens and the files that may contain them.
struct Confined {
    /// How a message calls it.
    what: &'static str,
    /// The rows of tokens that give it away.
    rows: &'static [&'static [&'static str]],
    /// A file, a folder with `/` at its end, or `**/` and the end of a path.
    allowed: &'static [&'static str],
    /// Whether test files may contain it too.
    allowed_in_tests: bool,
    /// What to do.
    mend: &'static str,
}

/// All confined code.
const CONFINED: &[Confined] = &[
    Confined {
        what: "`unsafe`",
        rows: &[&["unsafe"]],
        allowed: &[
            "flagkit-ffi/",
            "bindings/python/src/column/foreign.rs",
            "fuzz/fuzz_targets/abi.rs",
            "benches/",
            "**/tests/it/allocation.rs",
        ],
        allowed_in_tests: false,
        mend: "write it safely; only the C interface, foreign columns and counting allocators need it",
    },
    Confined {
        what: "atomics",
        rows: &[&["sync", "::", "atomic"], &["atomic", "::"]],
        allowed: &[
            "flagkit-client/src/publisher/words.rs",
            "flagkit-client/src/usage/exposure/recent.rs",
            "flagkit-core/src/cell/",
            "flagkit-core/src/counters.rs",
            "flagkit-core/src/snapshot/lineage.rs",
            "flagkit-core/src/sync.rs",
            "flagkit-ffi/src/boundary.rs",
            "flagkit-ffi/src/flag_id.rs",
            "flagkit-ffi/src/listener.rs",
            "src/key.rs",
            "benches/",
        ],
        allowed_in_tests: true,
        mend: "share through `SnapshotCell`, or a lock where it is not on the hot path",
    },
    Confined {
        what: "`arc_swap`",
        rows: &[&["arc_swap"]],
        allowed: &["flagkit-core/src/sync.rs", "benches/"],
        allowed_in_tests: false,
        mend: "use `flagkit_core::SnapshotCell`",
    },
    Confined {
        what: "`reqwest`",
        rows: &[&["reqwest"]],
        allowed: &[
            "flagkit-client/src/transport.rs",
            "flagkit-client/src/transport/",
            "flagkit-deploy/src/driver/http.rs",
            "flagkit-cli/src/remote/connection.rs",
            "flagkit-cli/src/remote/connection/",
        ],
        allowed_in_tests: true,
        mend: "let the transport of the client, or the connection of the command line do it",
    },
];

impl Confined {
    /// Each line of the file that contains it, unless it may.
    fn check(&self, file: &File) -> Vec<Violation> {
        if (self.allowed_in_tests && file.is_test()) || self.allows(&file.path) {
            return Vec::new();
        }
        let places = self.rows.iter().flat_map(|row| file.source.find(row));
        let mut lines: Vec<usize> = places.map(|(_, line)| line).collect();
        lines.sort_unstable();
        lines.dedup();
        let what = format!("this is no place for {}", self.what);
        lines.into_iter().map(|line| Violation::new(&file.path, line, &what, self.mend)).collect()
    }

    /// Whether the path is one of the allowed ones.
    fn allows(&self, path: &str) -> bool {
        self.allowed.iter().any(|&allowed| {
            if let Some(end) = allowed.strip_prefix("**/") {
                return path == end || path.ends_with(&format!("/{end}"));
            }
            path == allowed || (allowed.ends_with('/') && path.starts_with(allowed))
        })
    }
}

#[cfg(test)]
mod tests;
