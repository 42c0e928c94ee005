//! The split as one entry of a map, so that it changes in one step.
//!
//! The key is the route. The value has a range of buckets for each arm but the control,
//! `from:to` with the end not included, with slashes between them: `0:50000/900000:1000000`. Rules by headers
//! have entries of their own.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::socket::Socket;
use super::weights::checked_name;
use crate::driver::layout::ranges;
use crate::driver::replace::{alone, replace};
use crate::order::Failure;
use crate::split::Split;

/// The value for a split.
pub(super) fn value(split: &Split, buckets: u32) -> String {
    let ranges = ranges(split, buckets);
    let of_arm = |arm: usize| {
        let found = ranges.iter().find(|range| range.arm == arm);
        found.map_or_else(|| "0:0".to_owned(), |range| format!("{}:{}", range.from, range.to))
    };
    let values: Vec<String> = (1..split.weights().len()).map(of_arm).collect();
    values.join("/")
}

/// The value that stands in HAProxy's map.
pub(super) async fn entry(
    socket: &Socket,
    timeout: Duration,
    (map, key): (&str, &str),
) -> Result<Option<String>, Failure> {
    checked_name(map)?;
    checked_name(key)?;
    let answer = socket.ask(timeout, &[format!("show map {map}")]).await?;
    if answer.starts_with("Unknown map") {
        return Err(Failure::permanent(format!(
            "HAProxy at {socket} has no map `{map}`: its configuration must name the same path"
        )));
    }
    // `0x5642fd2ce920 checkout 0:50000`
    let mut lines = answer.lines().map(|line| line.split_whitespace().skip(1));
    let found = lines.find_map(|mut words| (words.next() == Some(key)).then(|| words.next()));
    Ok(found.flatten().map(str::to_owned))
}

/// Sets it, or removes it; whether that changed anything.
pub(super) async fn set(
    socket: &Socket,
    timeout: Duration,
    (map, key, value): (&str, &str, Option<&str>),
) -> Result<bool, Failure> {
    let command = match (entry(socket, timeout, (map, key)).await?, value) {
        (found, value) if found.as_deref() == value => return Ok(false),
        (Some(_), Some(value)) => format!("set map {map} {key} {value}"),
        (None, Some(value)) => format!("add map {map} {key} {value}"),
        (_, None) => format!("del map {map} {key}"),
    };
    let answer = socket.ask(timeout, &[command]).await?;
    match answer.lines().find(|line| !line.trim().is_empty()) {
        None => Ok(true),
        // Somebody else may have added or removed it in between.
        Some(said) => Err(Failure::transient(format!("HAProxy at {socket}: map `{map}`: {said}"))),
    }
}

/// Writes the entry into the file of the map, or none, beside the others there, by an atomic replacement.
pub(super) async fn write(file: &Path, key: &str, value: Option<&str>) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        Failure::transient(format!("the map `{}` cannot be written: {error}", file.display()))
    };
    let _alone = alone().await;
    let there = match tokio::fs::read_to_string(file).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        there => there.map_err(failed)?,
    };
    let others = there.lines().filter(|line| line.split_whitespace().next() != Some(key));
    let mut text: String = others.flat_map(|line| [line, "\n"]).collect();
    text.extend(value.into_iter().flat_map(|value| [key, " ", value, "\n"]));
    if text == there {
        return Ok(());
    }
    replace(file, text.as_bytes()).await.map_err(failed)
}
