//! What the journal says about a release, for comparing it with what really happened.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Stage;

/// The records of the newest release.
#[derive(Debug)]
pub(crate) struct Ledger(Vec<Value>);

impl Ledger {
    /// Reads them by the command `history`.
    pub(crate) fn read(stage: &Stage) -> Self {
        let asked = stage.ask(&["history", "--json"]);
        let text = String::from_utf8(asked.stdout).unwrap();
        Self(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    fn entries<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter_map(move |record| record["record"]["entry"].get(kind))
    }

    /// The keys of all messages that were to be sent.
    pub(crate) fn messages(&self) -> BTreeSet<String> {
        let release = self.0[0]["record"]["release"].as_str().unwrap();
        let notices = self.entries("intent").filter(|intent| intent["wanted"]["order"] == "notify");
        notices.map(|intent| format!("{release}#{}", intent["order"])).collect()
    }

    /// The control's and the new side's shares, in the order in which they were wanted.
    pub(crate) fn splits(&self) -> Vec<u64> {
        let splits = self.entries("intent").filter(|intent| intent["wanted"]["order"] == "split");
        splits.map(|intent| intent["wanted"]["split"][1].as_u64().unwrap()).collect()
    }

    /// When each step began, in milliseconds, as far as the release came, and when it ended.
    pub(crate) fn begins(&self) -> Vec<u64> {
        let (mut now, mut begins) = (0, Vec::new());
        for record in &self.0 {
            let entry = &record["record"]["entry"];
            if let Some(time) = entry["happened"]["now"].as_u64() {
                now = time;
            }
            if let Some(step) = entry["decided"]["moved"]["step"].as_u64()
                && usize::try_from(step).unwrap() >= begins.len()
            {
                begins.push(now);
            }
        }
        begins.push(now);
        begins
    }

    /// Why it moved where it is.
    pub(crate) fn reasons(&self) -> Vec<String> {
        let moves = self.entries("decided").filter_map(|decided| decided.get("moved"));
        moves.map(|moved| format!("{}: {}", text(&moved["status"]), text(&moved["why"]))).collect()
    }

    /// What the judge found, each time that it was something new.
    pub(crate) fn verdicts(&self) -> Vec<&Value> {
        self.entries("decided").filter_map(|decided| decided.get("ruled")).collect()
    }

    /// Engines that have led.
    pub(crate) fn engines(&self) -> usize {
        let fences = self.0.iter().map(|record| record["record"]["fence"].to_string());
        fences.collect::<BTreeSet<_>>().len()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
