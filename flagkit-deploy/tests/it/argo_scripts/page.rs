//! `docs/argo-scripts.md`: what became of every script and every verb.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Played;
use super::differences::reason;
use super::verbs::Fate;

/// Lines that were done, compared, without a counterpart, and known to be different.
#[derive(Clone, Copy, Default)]
struct Counts([usize; 4]);

impl Counts {
    fn add(&mut self, fate: &Fate) {
        let at = match fate {
            Fate::Frame => return,
            Fate::Done => 0,
            Fate::Compared(None) => 1,
            Fate::Without(_) => 2,
            Fate::Compared(Some(_)) => 3,
        };
        self.0[at] += 1;
    }

    fn cells(self) -> String {
        self.0.map(|count| count.to_string()).join(" | ")
    }
}

pub(crate) fn page(all: &[Played]) -> String {
    let (mut total, mut verbs) = (Counts::default(), BTreeMap::<&str, Counts>::new());
    let mut without = BTreeMap::<&str, usize>::new();
    let (mut scripts, mut different) = (String::new(), String::new());
    for played in all {
        let mut counts = Counts::default();
        let name = &played.script.name;
        for (at, (call, fate)) in played.script.calls.iter().zip(&played.fates).enumerate() {
            counts.add(fate);
            total.add(fate);
            if *fate != Fate::Frame {
                verbs.entry(&call.verb).or_default().add(fate);
            }
            match fate {
                Fate::Without(why) => *without.entry(why).or_default() += 1,
                Fate::Compared(Some(what)) => {
                    let why = reason(name, at).unwrap_or("not known");
                    let verb = &call.verb;
                    writeln!(different, "| {name} | {at} | `{verb}` | {what} | {why} |").unwrap();
                }
                _ => {}
            }
        }
        writeln!(scripts, "| {} | {name} | {} |", played.script.file, counts.cells()).unwrap();
    }
    let retried: u32 = all.iter().map(|played| played.stand.retried).sum();
    let [done, same, none, other] = total.0;
    let mut page = format!(
        "{HEAD}{} scripts: {done} lines were done, {same} compared and the same, {none} have no counterpart, {other} \
         are known to be different. Everything that was not ready in time pauses a release until somebody says \
         `retry`, where a controller goes on by itself: that was said {retried} times.\n\n",
        all.len()
    );
    page +=
        "## Known differences\n\n| script | line | verb | what | why |\n|---|---|---|---|---|\n";
    page += &different;
    page += "\n## Without a counterpart\n\n| lines | why |\n|---|---|\n";
    for (why, count) in without {
        writeln!(page, "| {count} | {why} |").unwrap();
    }
    page += "\n## Verbs\n\n| verb | done | the same | no counterpart | different |\n|---|---|---|---|---|\n";
    for (verb, counts) in verbs {
        writeln!(page, "| `{verb}` | {} |", counts.cells()).unwrap();
    }
    page += "\n## Scripts\n\n| file | script | done | the same | no counterpart | different |\n|---|---|---|---|---|---|\n";
    page += &scripts;
    page
}

const HEAD: &str = "# Argo Rollouts' scripts, run against releases

Written by the test `argo_scripts` of `flagkit-deploy` with `FLAGKIT_BLESS=1`; do not edit. The end-to-end tests of Argo
Rollouts are scripts: apply a manifest, change it, promote, abort, wait for a phase, count instances. Here each of them is
run with real releases: the manifest goes through `flagkit rollout import`, each revision is a release to it, orders act
on a simulated cluster, and what the script expects is compared with it. A phase is translated: `Healthy` is a release that is
done or only waits for the end of the old side, `Degraded` one that was rolled back or stands still because something was not
ready in time, and a pause with a length counts as `Paused`. The simulated clock passes as the script lets it; a line that waits has ten minutes.
Manifests that were not at hand are stood in for by short ones with the same steps.

Each script is then killed before and after everything that it does outside, see [simulation.md](simulation.md).

";
