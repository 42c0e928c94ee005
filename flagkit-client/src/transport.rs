//! HTTP: sends what the machine asks for. The only place that knows which library does it.
//!
//! Nothing here decides: no retries, no limits on time but that of connecting, and no message in
//! which a key could stand, so no URLs.

use std::error::Error as _;
use std::time::Duration;

use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, ClientBuilder, NoProxy, Response};

use crate::config::{Network, Proxy};
use crate::error::Error;
use crate::source::Source;
use crate::sync::{Head, Request};
use crate::usage::report::{Post, Sent};

mod tls;

/// Connections to a source.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    client: Client,
}

/// The head of an answer, and its body as it comes.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) head: Head,
    body: Response,
}

impl Transport {
    /// Connections as the application wants them. None is opened yet.
    ///
    /// # Errors
    ///
    /// Certificates, keys and proxies that cannot be used.
    pub(crate) fn new(network: &Network, source: &Source) -> Result<Self, Error> {
        let builder = Client::builder()
            .tcp_nodelay(true)
            .connect_timeout(CONNECT_TIMEOUT)
            // A connection that rests between two polls may be dead without anybody knowing.
            .tcp_keepalive(KEEPALIVE)
            .redirect(Policy::custom(redirect));
        let builder = proxied(builder, &network.proxy)?;
        let builder = tls::prepared(builder, network, source.is_encrypted())?;
        let builder = match source.socket() {
            Some(path) => to_socket(builder, path)?,
            None => builder,
        };
        let client = builder.build().map_err(|error| {
            Error::configuration(format!("cannot prepare connections: {}", causes(&error)))
        })?;
        Ok(Self { client })
    }

    /// Sends a request and waits for the head of its answer.
    ///
    /// # Errors
    ///
    /// Why there is no answer, without the address.
    pub(crate) async fn get(&self, request: &Request) -> Result<Answer, String> {
        let mut get = self.client.get(&request.url);
        for (name, value) in &request.headers {
            get = get.header(name, value);
        }
        let body = get.send().await.map_err(|error| causes(&error))?;
        Ok(Answer { head: head(&body), body })
    }
}

impl Transport {
    /// Sends a report of usage and waits for the head of its answer.
    ///
    /// # Errors
    ///
    /// Why there is no answer, and whether the report may have arrived.
    pub(crate) async fn post(
        &self,
        (url, headers): (&str, &[(String, String)]),
        post: &Post,
    ) -> Result<Head, (Sent, String)> {
        let mut request = self.client.post(url).timeout(post.timeout).body(post.body.to_vec());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        for (name, value) in post.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.map_err(|error| {
            let was_sent =
                if error.is_connect() || error.is_builder() { Sent::No } else { Sent::Maybe };
            (was_sent, causes(&error))
        })?;
        Ok(head(&answer))
    }
}

fn head(answer: &Response) -> Head {
    let mut head = Head::new(answer.status().as_u16());
    for (name, value) in answer.headers() {
        if let Ok(value) = value.to_str() {
            head = head.header(name.as_str(), value);
        }
    }
    head
}

impl Answer {
    /// The next piece of the body; nothing at its end.
    ///
    /// # Errors
    ///
    /// Why the body ends before its end.
    pub(crate) async fn piece(&mut self) -> Result<Option<Vec<u8>>, String> {
        let piece = self.body.chunk().await.map_err(|error| causes(&error))?;
        Ok(piece.map(|piece| piece.to_vec()))
    }
}

fn proxied(builder: ClientBuilder, proxy: &Proxy) -> Result<ClientBuilder, Error> {
    match proxy {
        Proxy::System => Ok(builder),
        Proxy::Off => Ok(builder.no_proxy()),
        Proxy::Url(url) => {
            let proxy = reqwest::Proxy::all(url).map_err(|error| {
                Error::configuration(format!("FLAGKIT_PROXY: {}", causes(&error)))
            })?;
            Ok(builder.proxy(proxy.no_proxy(NoProxy::from_env())))
        }
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no such sockets")]
fn to_socket(builder: ClientBuilder, path: &std::path::Path) -> Result<ClientBuilder, Error> {
    Ok(builder.no_proxy().unix_socket(path))
}

#[cfg(not(unix))]
fn to_socket(_builder: ClientBuilder, _path: &std::path::Path) -> Result<ClientBuilder, Error> {
    Err(Error::configuration("`unix:` addresses need a system that has such sockets"))
}

/// Goes along with redirects on the same host: keys in headers must not go to another one.
fn redirect(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let is_same = attempt.previous().last().is_some_and(|before| {
        before.host_str() == attempt.url().host_str()
            && before.port_or_known_default() == attempt.url().port_or_known_default()
            && before.scheme() == attempt.url().scheme()
    });
    if is_same && attempt.previous().len() <= REDIRECTS_MAX {
        return attempt.follow();
    }
    // The answer is then the redirect itself, a status that says what it is.
    attempt.stop()
}

/// An error and what caused it, without addresses.
fn causes(error: &reqwest::Error) -> String {
    let mut texts = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    // The first words of the library say nothing, and name the address.
    if texts.is_empty() {
        let kind = if error.is_builder() { "the request cannot be built" } else { "no answer" };
        texts.push(kind.to_owned());
    }
    texts.dedup();
    texts.join(": ")
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const KEEPALIVE: Duration = Duration::from_secs(30);
const REDIRECTS_MAX: usize = 5;
