//! Talking to a server: only this file and its folder know how HTTP is spoken.
//!
//! A command asks a few questions one after the other, so each call waits for its answer.

use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::{Builder, Runtime};

use crate::failure::Failure;

mod tls;
mod trouble;

pub(crate) use reqwest::Url;

/// A server, and who asks.
pub(crate) struct Connection {
    client: Client,
    runtime: Runtime,
    url: Url,
    timeout: Duration,
}

/// A question that is not asked yet.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: Method,
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

/// What a server said to a question that it did not refuse.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The body.
    pub(crate) body: Vec<u8>,
    headers: HeaderMap,
}

/// An answer that goes on and on.
#[derive(Debug)]
pub(crate) struct Stream<'a> {
    connection: &'a Connection,
    response: Response,
}

impl Connection {
    /// Prepares to talk to the server at this address, with this key; nothing is sent yet.
    /// Certificates in a file are trusted besides those that the system trusts.
    pub(crate) fn new(
        url: Url,
        key: Option<&str>,
        timeout: Duration,
        ca_file: Option<&Path>,
    ) -> Result<Self, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        if let Some(key) = key {
            let value = HeaderValue::try_from(format!("Bearer {key}"));
            let mut value =
                value.map_err(|_| Failure::usage("the key has characters that no key has"))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let client = Client::builder()
            .default_headers(headers)
            .connect_timeout(timeout)
            // Keys go to the address that was named, and to no other.
            .redirect(Policy::none());
        let client = tls::prepared(client, url.scheme(), ca_file)?;
        // No proxy knows the way to this machine's own network.
        let client = if is_local(&url) { client.no_proxy() } else { client };
        let client = client.build().map_err(|error| trouble::unprepared(&error))?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| {
            Failure::input(format_args!("cannot talk to servers here: {error}"))
        })?;
        Ok(Self { client, runtime, url, timeout })
    }

    /// Where the server is.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Asks, and waits for the whole answer.
    pub(crate) fn ask(&self, request: Request) -> Result<Answer, Failure> {
        self.runtime.block_on(async {
            let response = self.send(request, Some(self.timeout)).await?;
            let headers = response.headers().clone();
            let body = response.bytes().await;
            let body =
                body.map_err(|error| trouble::unreachable(&self.url, &error, self.timeout))?;
            Ok(Answer { body: body.into(), headers })
        })
    }

    /// Asks for something that does not end.
    pub(crate) fn open(&self, request: Request) -> Result<Stream<'_>, Failure> {
        let response = self.runtime.block_on(async {
            let sent = tokio::time::timeout(self.timeout, self.send(request, None)).await;
            sent.unwrap_or_else(|_| Err(trouble::late(&self.url, self.timeout)))
        })?;
        Ok(Stream { connection: self, response })
    }

    /// Waits without doing anything.
    pub(crate) fn pause(&self, time: Duration) {
        self.runtime.block_on(async { tokio::time::sleep(time).await });
    }

    async fn send(&self, request: Request, within: Option<Duration>) -> Result<Response, Failure> {
        let url = self.address(&request)?;
        let mut builder = self.client.request(request.method, url.clone()).headers(request.headers);
        if let Some(timeout) = within {
            builder = builder.timeout(timeout);
        }
        if let Some(body) = request.body.clone() {
            builder = builder.body(body);
        }
        let sent = builder.send().await;
        let response =
            sent.map_err(|error| trouble::unreachable(&self.url, &error, self.timeout))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (status, headers) = (response.status(), response.headers().clone());
        // A body that does not come to its end says no more than none.
        let body = response.bytes().await.unwrap_or_default();
        Err(trouble::refused(&url, (status, &headers), &body, request.body.as_deref()))
    }

    fn address(&self, request: &Request) -> Result<Url, Failure> {
        // Whoever resolves addresses takes these for steps, even where they are escaped.
        if let Some(step) = request.path.iter().find(|step| matches!(step.as_str(), "." | "..")) {
            return Err(Failure::usage(format_args!("`{step}` is no name")));
        }
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(&request.path);
        }
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        Ok(url)
    }
}

impl Request {
    /// A question about what is at a path.
    pub(crate) fn get(path: impl Steps) -> Self {
        Self::new(Method::GET, path)
    }

    /// Puts something at a path.
    pub(crate) fn put(path: impl Steps) -> Self {
        Self::new(Method::PUT, path)
    }

    /// Changes what is at a path.
    pub(crate) fn patch(path: impl Steps) -> Self {
        Self::new(Method::PATCH, path)
    }

    /// Has something done.
    pub(crate) fn post(path: impl Steps) -> Self {
        Self::new(Method::POST, path)
    }

    /// Deletes what is at a path.
    pub(crate) fn delete(path: impl Steps) -> Self {
        Self::new(Method::DELETE, path)
    }

    fn new(method: Method, path: impl Steps) -> Self {
        let (query, headers) = (Vec::new(), HeaderMap::new());
        let path = path.steps();
        Self { method, path, query, headers, body: None }
    }

    /// With a parameter behind the path, if there is one.
    pub(crate) fn query(mut self, name: &'static str, value: Option<impl fmt::Display>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_string())));
        self
    }

    /// With a header, if there is one.
    pub(crate) fn header(
        mut self,
        name: &'static str,
        value: Option<impl AsRef<[u8]>>,
    ) -> Result<Self, Failure> {
        if let Some(value) = value {
            let value = HeaderValue::from_bytes(value.as_ref()).map_err(|_| {
                Failure::usage(format_args!("`{name}` cannot have line ends in it"))
            })?;
            self.headers.insert(HeaderName::from_static(name), value);
        }
        Ok(self)
    }

    /// With JSON of a kind.
    pub(crate) fn json(self, kind: &'static str, body: &impl Serialize) -> Result<Self, Failure> {
        let body = serde_json::to_vec(body).map_err(Failure::input)?;
        Ok(self.body(kind, body))
    }

    /// With a body of a kind.
    pub(crate) fn body(mut self, kind: &'static str, body: Vec<u8>) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        self.body = Some(body);
        self
    }

    /// For an answer of a kind.
    pub(crate) fn accept(mut self, kind: &'static str) -> Self {
        self.headers.insert(ACCEPT, HeaderValue::from_static(kind));
        self
    }
}

/// Names that make up a path; each is escaped.
pub(crate) trait Steps {
    /// The names.
    fn steps(self) -> Vec<String>;
}

impl<const N: usize> Steps for [&str; N] {
    fn steps(self) -> Vec<String> {
        self.map(str::to_owned).into()
    }
}

impl Steps for Vec<String> {
    fn steps(self) -> Vec<String> {
        self
    }
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|error| {
            Failure::input(format_args!(
                "the server answered something else than was asked for: {error}; \
                 is it a FlagKit server of another version?"
            ))
        })
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Stream<'_> {
    /// The next bytes; none at the end, or if nothing comes within a time.
    pub(crate) fn next(&mut self, within: Duration) -> Option<Vec<u8>> {
        let next = async { tokio::time::timeout(within, self.response.chunk()).await };
        match self.connection.runtime.block_on(next) {
            Ok(Ok(Some(bytes))) => Some(bytes.into()),
            _ => None,
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

const AGENT: &str = concat!("flagkit-cli/", env!("CARGO_PKG_VERSION"));

#[cfg(test)]
mod tests;
