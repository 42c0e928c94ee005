//! What the system says about processes: `/proc` of Linux.

use std::fs;

use rustix::process::{Pid, Signal, kill_process_group};
use serde::{Deserialize, Serialize};

/// When a process began, unlike every other process that had or will have its number.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Birth {
    boot: String,
    /// Clock ticks since the boot.
    tick: u64,
}

/// How a group ends.
#[derive(Clone, Copy)]
pub(super) enum End {
    Gently,
    AtOnce,
}

/// When a process began; none if it does not run. One that has ended and whose parent has not noticed
/// does not run.
pub(super) fn birth(process: u32) -> Option<Birth> {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name stands in parentheses and may hold anything; the state comes behind the last of them.
    let (_, behind) = status.rsplit_once(')')?;
    let mut fields = behind.split_whitespace();
    let state = fields.next()?;
    // Field 22 of proc(5): the state is field 3.
    let tick = fields.nth(18)?.parse().ok()?;
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?.trim().to_owned();
    (!matches!(state, "Z" | "X")).then_some(Birth { boot, tick })
}

/// Whether the process with this number is the one that began then.
pub(super) fn is(process: u32, birth: &Birth) -> bool {
    self::birth(process).as_ref() == Some(birth)
}

/// The leader of a group that has this value of a variable in its environment. Its children inherit the
/// variable; they lead no group.
pub(super) fn with_mark(variable: &str, value: &str) -> Option<(u32, Birth)> {
    let wanted = format!("{variable}={value}");
    let all = fs::read_dir("/proc").ok()?.flatten();
    let processes = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let mut marked = processes.filter(|process| {
        let environment = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|entry| entry == wanted.as_bytes())
            && is_leader(*process)
    });
    marked.find_map(|process| Some((process, birth(process)?)))
}

fn is_leader(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let behind = status.rsplit_once(')').map(|(_, behind)| behind).unwrap_or_default();
    // Field 5: the group.
    behind.split_whitespace().nth(2) == Some(process.to_string().as_str())
}

/// Sends the signal to the group that the process leads, if it is still the same process.
pub(super) fn end_group(process: u32, birth: &Birth, end: End) {
    if !is(process, birth) {
        return;
    }
    let signal = match end {
        End::Gently => Signal::TERM,
        End::AtOnce => Signal::KILL,
    };
    let number = i32::try_from(process).ok().and_then(Pid::from_raw);
    if let Some(group) = number {
        // It may have ended in this moment; whoever waits for its end finds out.
        let _ = kill_process_group(group, signal);
    }
}
