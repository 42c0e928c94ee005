//! The page: every number stands below the command that prints it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use flagkit_benches::results::Measurement;
use flagkit_benches::scenario::{SCENARIOS, Scenario};

use crate::{Outcome, chart, reasons, table};

/// What the page is made of.
pub(crate) struct Page<'m> {
    /// What was measured.
    pub(crate) measured: &'m [Measurement],
    /// Where the output of the other commands is.
    pub(crate) folder: &'m Path,
    /// Where the page will be.
    pub(crate) path: &'m Path,
    /// What to know before reading a number.
    pub(crate) warning: &'m str,
}

impl Page<'_> {
    /// The page as Markdown.
    pub(crate) fn text(&self) -> Outcome<String> {
        let mut page = format!("{HEAD}{}", self.warning);
        if !self.measured.is_empty() {
            self.others(&mut page)?;
        }
        for (file, introduction) in OUTPUTS {
            let path = self.folder.join(file);
            if let Ok(output) = fs::read_to_string(path) {
                write!(page, "\n{introduction}\n\n```text\n{}\n```\n", output.trim_end())?;
            }
        }
        Ok(page)
    }

    fn others(&self, page: &mut String) -> Outcome<()> {
        let commands = fs::read_to_string(self.folder.join("commands.txt"))?;
        write!(page, "\n## Beside other evaluators\n\n```sh\n{}\n```\n", commands.trim_end())?;
        write!(page, "\n{}\n", introduction(table::usual_rounds(self.measured)))?;
        if chart::overview(self.measured).is_some() {
            writeln!(
                page,
                "\n![How many times longer than FlagKit]({})",
                self.picture("overview")
            )?;
        }
        for scenario in SCENARIOS {
            let rows: Vec<&Measurement> =
                self.measured.iter().filter(|row| row.scenario == scenario.id).collect();
            if !rows.is_empty() {
                self.scenario(scenario, &rows, page)?;
            }
        }
        Ok(())
    }

    fn scenario(
        &self,
        scenario: &Scenario,
        rows: &[&Measurement],
        page: &mut String,
    ) -> Outcome<()> {
        writeln!(page, "\n### {}: {}\n", scenario.id, scenario.about)?;
        if chart::of_scenario(scenario, self.measured).is_some() {
            writeln!(page, "![{}]({})\n", scenario.about, self.picture(scenario.id))?;
        }
        page.push_str(&table::of(rows, table::usual_rounds(self.measured)));
        for row in rows.iter().filter(|row| !row.is_baseline && row.ratio.median < 1.0) {
            if table::is_ours(row) {
                continue;
            }
            writeln!(
                page,
                "\n* {} is ahead of FlagKit here (document {}, context {}, ×{:.2}): {}",
                row.contender,
                row.document,
                row.context,
                row.ratio.median,
                reasons::of(&row.scenario, &row.contender)
            )?;
        }
        Ok(())
    }

    /// The address of a picture, seen from the page.
    fn picture(&self, name: &str) -> String {
        let folder = self.path.file_stem().unwrap_or_default().to_string_lossy();
        format!("{folder}/{}", chart::file_name(name))
    }
}

/// What stands above the tables; `rounds` are those of everybody who is not slow.
fn introduction(rounds: usize) -> String {
    format!(
        "\
Each evaluator reads documents of its own system, and FlagKit reads the same text. They run in turns on one
thread, timed by its CPU time: {rounds} rounds, or as many as the table says where they would take seconds. A slow
evaluator sits out rounds, FlagKit runs in all of them. × is the time divided by FlagKit's in the same
round: the median and, in parentheses, the least and the most. A context is either made beforehand or in
every call, as applications mostly do. *Allocs* are heap allocations per call."
    )
}

/// Said of numbers that were measured shortly.
pub(crate) const ROUGH: &str = "\n**Rough numbers**, of `cargo xtask bench --quick`.\n";

const HEAD: &str = "\
# Performance

Written by `cargo xtask bench`; do not edit. Every number was printed by the command above it. Times are
those of one machine on one day, and move with both; ratios between what ran side by side hold. Every
answer is compared before anything is timed.
";

/// Files with what a command printed, the command first; and what stands above each.
const OUTPUTS: &[(&str, &str)] = &[
    (
        "targets.txt",
        "## Beside the floors of the machine\n\nOne MD5, one probe of a hash map, one read of a shared pointer: an evaluation cannot be faster than its parts.",
    ),
    (
        "batch.txt",
        "## Many evaluations in one call\n\nAll flags for one context, and one flag for a column of contexts. Tests that several flags have are asked once, and hashes run side by side in the processor's vectors. *Digests* is the time in MD5 digests of 20 bytes, one by one.",
    ),
    (
        "lanes.txt",
        "## Hashes side by side\n\nThe buckets of a column of subjects under one salt, one by one and in the widest vectors of the machine; the ratio is to one MD5 digest of 20 bytes.",
    ),
    (
        "loading.txt",
        "## From a text to a snapshot\n\n10,000 flags of each shape, a third each on for all, by half and by five rules: *syntax* is a parser that keeps nothing, *detect* reads the text into a tree and recognises it, *decode* makes the document, *compile* the snapshot, and *all* is the way of an application, publication included. Below, a million native flags.",
    ),
    (
        "concurrency.txt",
        "## Readers while another thread publishes\n\nEach evaluation is timed alone. Readers wait for no publication; where readers have taken all cores, the publisher takes turns with one of them, and the preempted evaluation is the longest.",
    ),
    (
        "instructions.txt",
        "## What is counted\n\nInstructions and heap allocations per call, the same on every machine; [on record](../benches/instructions.txt) and checked.",
    ),
];
