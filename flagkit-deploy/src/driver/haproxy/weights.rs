//! Shares as weights of servers.

use std::time::Duration;

use super::socket::Socket;
use crate::order::Failure;
use crate::split::{Split, WHOLE};

/// A server of a backend, as HAProxy tells.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Server {
    pub(super) name: String,
    weight: u32,
    /// Whether HAProxy sends requests there for a reason: its last check passed, or it has none. Just
    /// started, HAProxy takes a server for up until the first check.
    pub(super) is_up: bool,
}

/// The servers of a backend.
pub(super) async fn servers(
    socket: &Socket,
    timeout: Duration,
    backend: &str,
) -> Result<Vec<Server>, Failure> {
    let (servers, said) = find_servers(socket, timeout, backend).await?;
    if servers.is_empty() {
        let said = said.lines().next().unwrap_or_default();
        return Err(Failure::permanent(format!(
            "HAProxy at {socket} has no backend `{backend}` with servers: {said}"
        )));
    }
    Ok(servers)
}

/// The servers of a backend that may not be there, and what HAProxy said.
pub(super) async fn find_servers(
    socket: &Socket,
    timeout: Duration,
    backend: &str,
) -> Result<(Vec<Server>, String), Failure> {
    checked_name(backend)?;
    let answer = socket.ask(timeout, &[format!("show servers state {backend}")]).await?;
    Ok((read(&answer), answer))
}

/// Reads `show servers state`: columns are named by the line that begins with `#`.
fn read(answer: &str) -> Vec<Server> {
    let header = answer.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default();
    let column = |name: &str| header.split(' ').position(|column| column == name);
    let (Some(name), Some(weight)) = (column("srv_name"), column("srv_uweight")) else {
        return Vec::new();
    };
    let states = ["srv_op_state", "srv_check_state", "srv_check_result"].map(column);
    let server = |line: &str| {
        let fields: Vec<&str> = line.split(' ').collect();
        let weight = fields.get(weight)?.parse().ok()?;
        let [state, check, result] =
            states.map(|column| column.and_then(|column| fields.get(column)?.parse().ok()));
        let is_running = state.is_none_or(|state: u32| state == RUNNING);
        let is_checked = check.is_some_and(|check: u32| check & CHECKED != 0);
        let passed = result.is_none_or(|result: u32| PASSED.contains(&result));
        let is_up = is_running && (!is_checked || passed);
        Some(Server { name: (*fields.get(name)?).to_owned(), weight, is_up })
    };
    answer.lines().filter(|line| !line.starts_with('#')).filter_map(server).collect()
}

/// The commands that bring the split about, nothing where it is so. Servers that get more come
/// first, so that there is one to serve at any time.
pub(super) fn wanted(
    servers: &[Server],
    (backend, arms, split): (&str, &[String], &Split),
) -> Result<Vec<String>, Failure> {
    let of_arm = |arm: &str| -> Vec<&Server> {
        servers.iter().filter(|server| belongs(&server.name, arm)).collect()
    };
    let members: Vec<Vec<&Server>> = arms.iter().map(|arm| of_arm(arm)).collect();
    let mut shares = Vec::with_capacity(arms.len());
    for (place, (arm, members)) in arms.iter().zip(&members).enumerate() {
        let ppm = split.of(place).ppm();
        let count = u32::try_from(members.len()).unwrap_or(u32::MAX);
        if count == 0 && ppm > 0 {
            return Err(Failure::permanent(format!(
                "backend `{backend}` has no server `{arm}` (nor `{arm}-1`, …) that could get {ppm} ppm"
            )));
        }
        shares.push(Share { ppm, count });
    }
    let weights = whole_weights(&shares);
    let mut changes: Vec<(u32, &str)> = Vec::new();
    for (members, weight) in members.iter().zip(&weights) {
        let others = members.iter().filter(|server| server.weight != *weight);
        changes.extend(others.map(|server| (*weight, server.name.as_str())));
    }
    changes.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let command = |(weight, server)| format!("set server {backend}/{server} weight {weight}");
    Ok(changes.into_iter().map(command).collect())
}

/// Sends the commands; whether there were any.
pub(super) async fn set(
    socket: &Socket,
    timeout: Duration,
    commands: &[String],
) -> Result<bool, Failure> {
    for several in commands.chunks(COMMANDS_MAX) {
        let answer = socket.ask(timeout, several).await?;
        if let Some(said) = answer.lines().find(|line| !line.trim().is_empty()) {
            return Err(Failure::permanent(format!(
                "HAProxy at {socket} refused a weight: {said}; the balance of the backend must take \
                 weights while it runs, as `roundrobin` does"
            )));
        }
    }
    Ok(!commands.is_empty())
}

/// `canary`, `canary-1`, `canary-2`.
pub(super) fn belongs(server: &str, arm: &str) -> bool {
    let Some(rest) = server.strip_prefix(arm) else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    rest.is_empty() || rest.strip_prefix('-').is_some_and(is_number)
}

/// What an arm gets, and among how many servers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    pub(super) ppm: u32,
    pub(super) count: u32,
}

/// A weight up to 256 for each server of each arm, so that the largest error of a share is as small as
/// whole numbers allow; of equally good ones the largest. Only an arm without a share gets 0.
pub(super) fn whole_weights(shares: &[Share]) -> Vec<u32> {
    let each = |share: &Share| f64::from(share.ppm) / f64::from(share.count.max(1));
    let largest = shares.iter().map(each).fold(0.0, f64::max);
    let mut best = (f64::INFINITY, Vec::new());
    for scale in 1..=WEIGHT_MAX {
        let weights: Vec<u32> = shares
            .iter()
            .map(|share| match share.ppm {
                0 => 0,
                _ => nearest(each(share) / largest * f64::from(scale)).max(1),
            })
            .collect();
        let total: f64 =
            shares.iter().zip(&weights).map(|(share, weight)| filled(*share, *weight)).sum();
        let error = |(share, weight): (&Share, &u32)| {
            (filled(*share, *weight) / total - f64::from(share.ppm) / f64::from(WHOLE)).abs()
        };
        let error = shares.iter().zip(&weights).map(error).fold(0.0, f64::max);
        if error <= best.0 + 1e-12 {
            best = (error, weights);
        }
    }
    best.1
}

fn filled(share: Share, weight: u32) -> f64 {
    f64::from(weight) * f64::from(share.count)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 256")]
fn nearest(weight: f64) -> u32 {
    weight.round() as u32
}

/// A name as HAProxy has them: nothing else may get into a command.
pub(super) fn checked_name(name: &str) -> Result<(), Failure> {
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte);
    if !name.is_empty() && name.bytes().all(is_fine) {
        return Ok(());
    }
    Err(Failure::permanent(format!(
        "`{name}` is no name for HAProxy: letters, digits and -_.: only"
    )))
}

/// `SRV_ST_RUNNING` among the states of `show servers state`.
const RUNNING: u32 = 2;

/// The bit of `srv_check_state` that says that the server is checked.
const CHECKED: u32 = 4;

/// `srv_check_result` of a check that passed, or passed for sessions that are there.
const PASSED: [u32; 2] = [3, 4];

/// HAProxy's largest weight.
const WEIGHT_MAX: u32 = 256;

/// So many commands fit into the line that HAProxy reads, which is a buffer of 16 KiB.
const COMMANDS_MAX: usize = 64;

#[cfg(test)]
mod tests;
