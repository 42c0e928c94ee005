//! HTTP, as drivers ask for things: only this file knows the library.
//!
//! An answer is limited in size and time, and no redirect is followed, because keys go to
//! the address that was named and to no other. Addresses that begin with `http:` are taken to be
//! in the network of the engine: they are reached without a proxy and need no certificates.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Method, Url};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use crate::order::Failure;

/// Talks HTTP. A clone shares its connections.
#[derive(Clone)]
pub struct Http {
    plain: Client,
    /// Made when it is needed first: it reads the certificates of the system.
    secure: Arc<OnceLock<Result<Client, Failure>>>,
}

impl fmt::Debug for Http {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Http").finish_non_exhaustive()
    }
}

/// A request that is not sent yet.
#[derive(Clone)]
pub(crate) struct Call {
    /// `GET`.
    pub(crate) method: &'static str,
    /// Where.
    pub(crate) url: String,
    /// Names and values. They may be secret, so nothing shows them.
    pub(crate) headers: Vec<(String, String)>,
    /// What is sent.
    pub(crate) body: Option<Vec<u8>>,
    /// For all of it, from the connection to the last byte.
    pub(crate) timeout: Duration,
    /// The longest body that is read, in bytes.
    pub(crate) body_max: usize,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    /// `200`.
    pub(crate) status: u16,
    /// Names in lower case, and values that are text.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
    /// From the first byte that was sent to the last one that came.
    pub(crate) took: Duration,
}

impl Call {
    /// A request without a body.
    pub(crate) fn get(url: impl Into<String>, timeout: Duration) -> Self {
        let (headers, body, body_max) = (Vec::new(), None, BODY_MAX);
        Self { method: "GET", url: url.into(), headers, body, timeout, body_max }
    }

    /// A request with JSON.
    pub(crate) fn post_json(url: String, body: &serde_json::Value, timeout: Duration) -> Self {
        Self {
            method: "POST",
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: Some(body.to_string().into_bytes()),
            ..Self::get(url, timeout)
        }
    }

    /// With a header.
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

impl Answer {
    /// Whether the status says that it went well.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// What the status means for an order: nothing, to try again, or not to.
    pub(crate) fn checked(self, where_: &str) -> Result<Self, Failure> {
        if self.is_success() {
            return Ok(self);
        }
        let shown = self.excerpt();
        let message = format!("{where_} answered {}: {shown}", self.status);
        Err(if is_temporary(self.status) {
            Failure::transient(message)
        } else {
            Failure::permanent(message)
        })
    }

    /// The beginning of the body, in one line.
    pub(crate) fn excerpt(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let line: String = text.chars().take(200).map(one_line).collect();
        if line.trim().is_empty() { "no text".to_owned() } else { line.trim().to_owned() }
    }

    /// The body as JSON.
    pub(crate) fn json(&self, where_: &str) -> Result<serde_json::Value, Failure> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let shown = self.excerpt();
            Failure::transient(format!("{where_} did not answer with JSON ({error}): {shown}"))
        })
    }
}

impl Http {
    /// Prepares to talk; nothing is sent.
    ///
    /// # Errors
    ///
    /// If the library cannot be made ready on this system.
    pub fn new() -> Result<Self, Failure> {
        // Another part of the program may have done the same before.
        let _ = ring::default_provider().install_default();
        let none = ClientConfig::builder().with_root_certificates(RootCertStore::empty());
        let plain = builder().no_proxy().tls_backend_preconfigured(none.with_no_client_auth());
        Ok(Self { plain: built(plain)?, secure: Arc::new(OnceLock::new()) })
    }

    /// Sends it, and waits for the whole answer. Any status is an answer.
    pub(crate) async fn ask(&self, call: Call) -> Result<Answer, Failure> {
        let url = Url::parse(&call.url)
            // It may hold a secret, as those of webhooks do, so it is not shown.
            .map_err(|error| Failure::permanent(format!("an address is no URL: {error}")))?;
        let at = origin(&url);
        let timeout = call.timeout;
        tokio::time::timeout(timeout, self.exchange(call, url)).await.unwrap_or_else(|_| {
            let ms = timeout.as_millis();
            Err(Failure::transient(format!("{at} did not answer within {ms} ms")))
        })
    }

    async fn exchange(&self, call: Call, url: Url) -> Result<Answer, Failure> {
        let at = origin(&url);
        let method = Method::from_bytes(call.method.as_bytes())
            .map_err(|_| Failure::permanent(format!("`{}` is no HTTP method", call.method)))?;
        let start = Instant::now();
        let mut request = self.client(&url)?.request(method, url);
        for (name, value) in &call.headers {
            let (name, value) = header(name, value)?;
            request = request.header(name, value);
        }
        if let Some(body) = call.body {
            request = request.body(body);
        }
        let mut response = request.send().await.map_err(|error| unreachable(&at, &error))?;
        let headers = response.headers().iter().filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        });
        let headers = headers.collect();
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| unreachable(&at, &error))? {
            if body.len() + piece.len() > call.body_max {
                let most = call.body_max;
                return Err(Failure::permanent(format!(
                    "{at} answered with more than {most} bytes"
                )));
            }
            body.extend_from_slice(&piece);
        }
        Ok(Answer { status: response.status().as_u16(), headers, body, took: start.elapsed() })
    }

    fn client(&self, url: &Url) -> Result<&Client, Failure> {
        if url.scheme() == "http" {
            return Ok(&self.plain);
        }
        self.secure.get_or_init(|| built(builder())).as_ref().map_err(Clone::clone)
    }
}

fn builder() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("flagkit-deploy/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .pool_idle_timeout(Duration::from_secs(20))
}

fn built(builder: ClientBuilder) -> Result<Client, Failure> {
    builder
        .build()
        .map_err(|error| Failure::permanent(format!("HTTP cannot be used here: {}", root(&error))))
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Failure> {
    let refused = |part: &str| Failure::permanent(format!("header `{name}`: its {part} is none"));
    let key = HeaderName::try_from(name).map_err(|_| refused("name"))?;
    let mut value = HeaderValue::try_from(value).map_err(|_| refused("value"))?;
    value.set_sensitive(true);
    Ok((key, value))
}

/// Host and port without what might be secret.
fn origin(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

#[cold]
fn unreachable(at: &str, error: &reqwest::Error) -> Failure {
    if error.is_builder() {
        return Failure::permanent(format!("{at} cannot be asked: {}", root(error)));
    }
    Failure::transient(format!("{at} cannot be reached: {}", root(error)))
}

/// The innermost cause: the others repeat the URL.
fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// As `application/x-www-form-urlencoded`.
pub(crate) fn encoded(form: &[(&str, String)]) -> String {
    let field = |(name, value): &(&str, String)| format!("{name}={}", escaped(value));
    form.iter().map(field).collect::<Vec<String>>().join("&")
}

/// As a step of a path or a value of a query.
pub(crate) fn escaped(value: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    value.bytes().map(byte).collect()
}

/// Whether the same request may go well later.
pub(crate) fn is_temporary(status: u16) -> bool {
    status >= 500 || matches!(status, 408 | 425 | 429)
}

fn one_line(character: char) -> char {
    if character.is_control() { ' ' } else { character }
}

/// The longest body of an answer, unless a call says otherwise.
pub(crate) const BODY_MAX: usize = 1 << 20;
