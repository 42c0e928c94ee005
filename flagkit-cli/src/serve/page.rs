//! What somebody who starts a server has to know.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use flagkit_server::RunningServer;
use flagkit_server::config::Config;

use super::first_start::{FirstStart, SampleKeys};
use crate::terminal::{ACCENT, BOLD, FAINT};

/// The key that nobody is told again.
pub(super) fn first_key(out: &mut impl Write, first: &FirstStart) -> io::Result<()> {
    let key = first.admin.reveal();
    writeln!(out, "The database is new. Its first admin key, which is not shown again:")?;
    writeln!(out, "\n  {BOLD}{key}{BOLD:#}\n")?;
    out.flush()
}

/// Where the server is.
pub(super) fn listening(
    out: &mut impl Write,
    server: &RunningServer,
    config: &Config,
) -> io::Result<()> {
    let (version, url) = (env!("CARGO_PKG_VERSION"), url(server, config));
    writeln!(out, "{BOLD}FlagKit {version}{BOLD:#} serves {ACCENT}{url}{ACCENT:#}")?;
    if config.admin_listen.is_some() {
        writeln!(out, "  {FAINT}admin{FAINT:#}    {}", admin_url(server, config))?;
    }
    writeln!(out, "  {FAINT}database{FAINT:#} {}", config.database)?;
    out.flush()
}

/// Where applications reach the server.
pub(super) fn url(server: &RunningServer, config: &Config) -> String {
    config.public_url.clone().unwrap_or_else(|| local_url(server.address(), config))
}

/// Where the commands that change flags reach it.
pub(super) fn admin_url(server: &RunningServer, config: &Config) -> String {
    if config.admin_listen.is_none() {
        return url(server, config);
    }
    local_url(server.admin_address(), config)
}

/// How this machine reaches an address: that of all networks is none to connect to.
fn local_url(mut address: SocketAddr, config: &Config) -> String {
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{address}")
}

/// What a server without flags needs.
pub(super) fn next(out: &mut impl Write, url: &str) -> io::Result<()> {
    chapter(
        out,
        "A key for an application, and a flag, with that admin key in FLAGKIT_KEY",
        &format!(
            "export FLAGKIT_URL={url}\nflagkit keys create my-application\n\
             flagkit set --create my-flag enabled=true rollout_percentage=25"
        ),
    )?;
    writeln!(out)?;
    out.flush()
}

/// Lines that work as they are.
pub(super) fn to_try(
    out: &mut impl Write,
    (url, admin_url): (&str, &str),
    first: &FirstStart,
    sample: &SampleKeys,
) -> io::Result<()> {
    let admin = first.admin.reveal();
    let (server, client) = (sample.server.reveal(), sample.client.reveal());
    writeln!(out, "  {FAINT}samples{FAINT:#}  5 flags in default/production")?;
    let context = r#"{"targetingKey": "user-1", "country": "DE"}"#;
    chapter(
        out,
        "Change flags, in another terminal",
        &format!(
            "export FLAGKIT_URL={admin_url} FLAGKIT_KEY={admin}\nflagkit list\nflagkit tail &\n\
             flagkit rollout new-checkout 50% -m \"half of everybody\""
        ),
    )?;
    chapter(
        out,
        "Evaluate one, as OpenFeature's SDKs do",
        &format!(
            "curl -s {url}/ofrep/v1/evaluate/flags/new-checkout \\\n  \
             -H 'Authorization: Bearer {client}' -d '{{\"context\": {context}}}'"
        ),
    )?;
    chapter(
        out,
        "Watch changes arrive",
        &format!("curl -sN {url}/stream -H 'Authorization: Bearer {server}'"),
    )?;
    chapter(
        out,
        &format!("Follow them in an application, with FLAGKIT_URL={url} FLAGKIT_KEY={server}"),
        APPLICATION,
    )?;
    writeln!(out)?;
    out.flush()
}

fn chapter(out: &mut impl Write, title: &str, lines: &str) -> io::Result<()> {
    writeln!(out, "\n{FAINT}# {title}{FAINT:#}")?;
    writeln!(out, "{lines}")
}

const APPLICATION: &str = r#"let _flags = flagkit::init()?;
let context = flagkit::Context::new("user-1").with("country", "DE");
if flagkit::is_enabled("new-checkout", &context) { … }"#;
