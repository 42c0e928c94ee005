//! Sources: where flags come from, and what differs between those who serve them.

use std::fmt;
use std::time::Duration;

use flagkit_protocol::{PATH_SNAPSHOT, PATH_STREAM, PATH_USAGE};

use super::request::{Expects, HEAD_TIMEOUT, Request, RequestId, origin};

mod url;

/// Where flags come from: addresses, keys, and whose protocol is spoken there.
///
/// What is shown of it in logs is its kind and where it is. Keys are not, nor paths and queries,
/// because some vendors put keys there.
///
/// ```
/// use flagkit_client::sync::Source;
///
/// let source = Source::flagkit("https://flags.example.com", "secret");
/// assert!(format!("{source:?}").contains("https://flags.example.com"));
/// assert!(!format!("{source:?}").contains("secret"));
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Source {
    pub(super) kind: SourceKind,
    pub(super) poll: Endpoint,
    /// Absent where there is no stream, or none is wanted.
    pub(super) stream: Option<Endpoint>,
    /// From one poll to the next.
    pub(super) poll_interval: Duration,
    /// A stream that says nothing for so long is lost.
    pub(super) silence: Duration,
    /// The size that a body, or an event of a stream, may have.
    pub(super) bytes_max: usize,
}

/// Whose protocol a source speaks.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SourceKind {
    /// `flagkit-server`.
    FlagKit,
    /// Unleash and Unleash Edge.
    Unleash,
    /// LaunchDarkly and its relay proxy.
    LaunchDarkly,
    /// Flagsmith's documents for local evaluation.
    Flagsmith,
    /// ConfigCat and its proxy.
    ConfigCat,
    /// GrowthBook and its proxy.
    GrowthBook,
    /// Eppo.
    Eppo,
    /// A document at an address.
    Address,
}

/// One address with what is sent to it.
#[derive(Clone, Eq, PartialEq)]
pub(super) struct Endpoint {
    pub(super) url: String,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
}

impl Source {
    /// A FlagKit server: streamed.
    ///
    /// `url` is where the server is, `https://flags.example.com`; `key` a server key of the
    /// environment.
    pub fn flagkit(url: &str, key: &str) -> Self {
        let poll = Endpoint::new(url::join(url, PATH_SNAPSHOT));
        let stream = Endpoint::new(url::join(url, PATH_STREAM));
        Self::new(SourceKind::FlagKit, poll, POLL_INTERVAL)
            .streamed(stream, SILENCE)
            .header("authorization", &format!("Bearer {key}"))
    }

    /// Where reports of usage go, and with which headers; `None` where nobody takes them.
    pub(crate) fn usage(&self) -> Option<(String, &[(String, String)])> {
        if self.kind != SourceKind::FlagKit {
            return None;
        }
        let base = self.poll.url.strip_suffix(PATH_SNAPSHOT)?;
        Some((format!("{base}{PATH_USAGE}"), &self.poll.headers))
    }

    /// Unleash or Unleash Edge: streamed; servers without streams are polled.
    ///
    /// `url` with or without `/api` at its end; `token` a backend token.
    pub fn unleash(url: &str, token: &str) -> Self {
        let trimmed = url.trim_end_matches('/');
        let api = url::join(trimmed.strip_suffix("/api").unwrap_or(trimmed), "/api/client");
        let poll = Endpoint::new(url::join(&api, "/features"));
        let stream = Endpoint::new(url::join(&api, "/streaming"));
        Self::new(SourceKind::Unleash, poll, POLL_INTERVAL)
            .streamed(stream, UNLEASH_SILENCE)
            .header("authorization", token)
            // Without it, servers put the constraints of segments into each strategy.
            .header("unleash-client-spec", UNLEASH_SPECIFICATION)
    }

    /// LaunchDarkly itself, by a server-side SDK key: streamed.
    pub fn launchdarkly(key: &str) -> Self {
        Self::launchdarkly_at(LAUNCHDARKLY_STREAM, LAUNCHDARKLY_POLL, key)
    }

    /// LaunchDarkly at other addresses: a relay proxy has both at one.
    pub fn launchdarkly_at(stream_url: &str, poll_url: &str, key: &str) -> Self {
        let poll = Endpoint::new(url::join(poll_url, "/sdk/latest-all"));
        let stream = Endpoint::new(url::join(stream_url, "/all"));
        Self::new(SourceKind::LaunchDarkly, poll, LAUNCHDARKLY_INTERVAL)
            .streamed(stream, LAUNCHDARKLY_SILENCE)
            .header("authorization", key)
    }

    /// Flagsmith: its document for local evaluation, polled each minute, all pages of it, and
    /// translated into what Flagsmith's engines evaluate.
    ///
    /// `url` without `/api/v1`, for example `https://edge.api.flagsmith.com`; `key` a server-side
    /// environment key (`ser.…`).
    pub fn flagsmith(url: &str, key: &str) -> Self {
        let trimmed = url.trim_end_matches('/');
        let at = trimmed.strip_suffix("/api/v1").unwrap_or(trimmed);
        let poll = Endpoint::new(url::join(at, "/api/v1/environment-document/"));
        Self::new(SourceKind::Flagsmith, poll, MINUTE).header("x-environment-key", key)
    }

    /// ConfigCat: polled each minute.
    ///
    /// `url` for example `https://cdn-global.configcat.com`, which may send on to another
    /// of ConfigCat's; `key` an SDK key.
    pub fn configcat(url: &str, key: &str) -> Self {
        let path = format!("/configuration-files/{}/config_v6.json", url::escaped(key, &['/']));
        Self::new(SourceKind::ConfigCat, Endpoint::new(url::join(url, &path)), MINUTE)
    }

    /// GrowthBook: polled each minute.
    ///
    /// `url` is the API host, for example `https://cdn.growthbook.io`; `key` a client key
    /// (`sdk-…`).
    pub fn growthbook(url: &str, key: &str) -> Self {
        let path = format!("/api/features/{}", url::escaped(key, &[]));
        Self::new(SourceKind::GrowthBook, Endpoint::new(url::join(url, &path)), MINUTE)
    }

    /// Eppo: polled twice a minute.
    ///
    /// `url` for example `https://fscdn.eppo.cloud/api`; `key` an SDK key.
    pub fn eppo(url: &str, key: &str) -> Self {
        let path = format!("/flag-config/v1/config?apiKey={}", url::escaped(key, &[]));
        Self::new(SourceKind::Eppo, Endpoint::new(url::join(url, &path)), MINUTE / 2)
    }

    /// A document at an address: polled each minute. Keys go into [`header`](Self::header).
    pub fn address(url: &str) -> Self {
        Self::new(SourceKind::Address, Endpoint::new(url.to_owned()), MINUTE)
    }

    /// With a header for every request; one that is there already is replaced.
    ///
    /// `if-none-match` and `last-event-id` are the machine's own and override what is set here.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        for endpoint in self.stream.iter_mut().chain([&mut self.poll]) {
            endpoint.set(name, value);
        }
        self
    }

    /// Polled even where there is a stream.
    pub fn polled(self) -> Self {
        Self { stream: None, ..self }
    }

    /// How long from one poll to the next: at least one second, at most a day.
    pub fn poll_interval(self, interval: Duration) -> Self {
        let (min, max) = INTERVAL_BOUNDS;
        Self { poll_interval: interval.clamp(min, max), ..self }
    }

    /// How many bytes a document may have, and an event of a stream: 64 MiB unless it is set.
    pub fn bytes_max(self, bytes: usize) -> Self {
        Self { bytes_max: bytes, ..self }
    }

    /// Whose protocol it speaks.
    pub fn kind(&self) -> SourceKind {
        self.kind
    }

    /// Whether it is streamed rather than polled.
    pub fn is_streamed(&self) -> bool {
        self.stream.is_some()
    }

    /// Where it is, without keys: scheme, host and port.
    pub fn origin(&self) -> &str {
        origin(&self.stream.as_ref().unwrap_or(&self.poll).url)
    }

    fn new(kind: SourceKind, poll: Endpoint, poll_interval: Duration) -> Self {
        let agent = concat!("flagkit-rust/", env!("CARGO_PKG_VERSION"));
        let (silence, bytes_max) = (SILENCE, BYTES_MAX);
        let source = Self { kind, poll, stream: None, poll_interval, silence, bytes_max };
        source.header("accept", "application/json, */*;q=0.5").header("user-agent", agent)
    }

    fn streamed(mut self, mut stream: Endpoint, silence: Duration) -> Self {
        stream.headers.clone_from(&self.poll.headers);
        stream.set("accept", "text/event-stream");
        stream.set("cache-control", "no-cache");
        self.stream = Some(stream);
        Self { silence, ..self }
    }
}

impl Endpoint {
    fn new(url: String) -> Self {
        Self { url, headers: Vec::new() }
    }

    /// A request to it.
    pub(super) fn request(self, id: RequestId, expects: Expects) -> Request {
        let Self { url, headers } = self;
        Request { id, url, headers, expects, head_timeout: HEAD_TIMEOUT }
    }

    /// Sets a header; of two with one name the last counts.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        let name = name.to_ascii_lowercase();
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("kind", &self.kind)
            .field("origin", &self.origin())
            .field("is_streamed", &self.is_streamed())
            .field("poll_interval", &self.poll_interval)
            .finish_non_exhaustive()
    }
}

const MINUTE: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_secs(15);
const LAUNCHDARKLY_INTERVAL: Duration = Duration::from_secs(30);
const INTERVAL_BOUNDS: (Duration, Duration) =
    (Duration::from_secs(1), Duration::from_secs(24 * 60 * 60));

const BYTES_MAX: usize = 64 << 20;

/// Of our server until it announces its heartbeat: three of 15 seconds.
const SILENCE: Duration = Duration::from_secs(45);
/// What Unleash's own SDKs wait.
const UNLEASH_SILENCE: Duration = Duration::from_secs(60);
/// What LaunchDarkly's own SDKs wait: its service sends a comment every three minutes.
const LAUNCHDARKLY_SILENCE: Duration = Duration::from_secs(300);

const LAUNCHDARKLY_STREAM: &str = "https://stream.launchdarkly.com";
const LAUNCHDARKLY_POLL: &str = "https://sdk.launchdarkly.com";
/// The client specification whose documents are read.
const UNLEASH_SPECIFICATION: &str = "5.2.0";

#[cfg(test)]
mod tests;
