//! Checks, hooks and channels of a file.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::config::finding::Findings;
use crate::order::Severity;
use crate::plan::{Channel, ChannelKind, Check, Hook, Probe, Request, Rule, Then};
use crate::time::Span;

#[derive(Clone, Debug, Deserialize)]
pub(in crate::config) struct CheckSection {
    url: Option<String>,
    method: Option<String>,
    headers: BTreeMap<String, String>,
    body: Option<String>,
    tcp: Option<String>,
    command: Option<Vec<String>>,
    sql: Option<Vec<String>>,
    expect: Option<Rule>,
    timeout: Span,
    tries: u32,
    delay: Span,
    delay_max: Option<Span>,
    passes: u32,
    then: Then,
}

#[derive(Clone, Debug, Deserialize)]
pub(in crate::config) struct HookSection {
    url: Option<String>,
    method: String,
    headers: BTreeMap<String, String>,
    body: Option<String>,
    command: Option<Vec<String>>,
    expect: Option<Rule>,
    timeout: Span,
    pub(in crate::config) after: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(in crate::config) struct ChannelSection {
    kind: ChannelKind,
    url: String,
    key: Option<String>,
    pub(in crate::config) from: Severity,
}

impl CheckSection {
    pub(in crate::config) fn check(&self, path: &str, findings: &mut Findings) {
        let ways =
            [self.url.is_some(), self.tcp.is_some(), self.command.is_some(), self.sql.is_some()];
        one_way(path, &ways, "`url`, `tcp`, `command` and `sql`", findings);
    }

    pub(in crate::config) fn to_check(&self) -> Check {
        let (probe, expect) = match (&self.tcp, &self.command, &self.sql) {
            (Some(address), ..) => (Probe::Tcp { address: address.clone() }, "connected == true"),
            (None, Some(command), _) => {
                (Probe::Command { command: command.clone() }, "exit_code == 0")
            }
            (None, None, Some(files)) => (Probe::Sql { files: files.clone() }, HARMLESS),
            (None, None, None) => {
                let request = Request {
                    url: self.url.clone().unwrap_or_default(),
                    method: self.method.clone(),
                    headers: self.headers.clone(),
                    body: self.body.clone(),
                };
                (Probe::Http(request), "status >= 200 and status < 300")
            }
        };
        Check {
            probe,
            expect: self.expect.clone().unwrap_or_else(|| expect.to_owned()),
            timeout: self.timeout,
            tries: self.tries,
            delay: self.delay,
            delay_max: self.delay_max,
            passes: self.passes,
            then: self.then,
        }
    }
}

impl HookSection {
    pub(in crate::config) fn check(&self, path: &str, findings: &mut Findings) {
        one_way(
            path,
            &[self.url.is_some(), self.command.is_some()],
            "`url` and `command`",
            findings,
        );
    }

    pub(in crate::config) fn hook(&self) -> Hook {
        let probe = match &self.command {
            Some(command) => Probe::Command { command: command.clone() },
            None => Probe::Http(Request {
                url: self.url.clone().unwrap_or_default(),
                method: Some(self.method.clone()),
                headers: self.headers.clone(),
                body: self.body.clone(),
            }),
        };
        Hook {
            probe,
            expect: self.expect.clone(),
            timeout: self.timeout,
            after: self.after.clone(),
        }
    }
}

impl ChannelSection {
    pub(in crate::config) fn channel(&self) -> Channel {
        Channel { kind: self.kind, url: self.url.clone(), key: self.key.clone() }
    }
}

/// What is expected of migrations if nothing else is said.
const HARMLESS: &str = "sql.drops == 0 and sql.truncates == 0 and sql.updates_without_where == 0 \
                        and sql.deletes_without_where == 0";

/// Exactly one of several ways to reach something.
fn one_way(path: &str, ways: &[bool], names: &str, findings: &mut Findings) {
    let count = ways.iter().filter(|is_there| **is_there).count();
    if count != 1 {
        findings.add(path, format!("{count} of {names} are there"), "write exactly one of them");
    }
}
