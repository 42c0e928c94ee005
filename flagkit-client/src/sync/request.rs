//! Requests as data, and the heads of what answers them.

use std::fmt;
use std::time::Duration;

/// Names one request among all that a [`Machine`](super::Machine) ever made.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct RequestId(pub(super) u64);

/// A GET that somebody has to send.
///
/// What is shown of it in logs is where it goes to, without path, query and values of headers:
/// keys may stand there.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Request {
    /// Names it when its answer comes.
    pub id: RequestId,
    /// Absolute: `http://` or `https://`.
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// What comes back.
    pub expects: Expects,
    /// How long the answer's head may take. The machine gives up by itself then; an HTTP client
    /// may want to know it for connecting.
    pub head_timeout: Duration,
}

/// What a request is answered with.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Expects {
    /// A body with an end.
    Body,
    /// An event stream that stays open, which no timeout may cut.
    Stream,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Request")
            .field("id", &self.id)
            .field("to", &origin(&self.url))
            .field("headers", &names)
            .field("expects", &self.expects)
            .finish_non_exhaustive()
    }
}

/// Scheme, host and port of a URL as they are written, and the rest.
pub(super) fn split(url: &str) -> (&str, &str) {
    let after_scheme = url.find("://").map_or(0, |colon| colon + 3);
    let rest = url.get(after_scheme..).unwrap_or_default();
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    url.split_at_checked(after_scheme + end).unwrap_or((url, ""))
}

/// Scheme, host and port of a URL, which hold no key unless somebody wrote it before an `@`.
pub(super) fn origin(url: &str) -> &str {
    let (base, _) = split(url);
    base.rsplit_once('@').map_or(base, |(_, host)| host)
}

/// Status and headers of an answer.
///
/// ```
/// use flagkit_client::sync::Head;
///
/// let head = Head::new(200).header("ETag", "\"12\"").header("Server", "nobody reads this");
/// assert_eq!(head.status(), 200);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Head {
    status: u16,
    content_type: Option<String>,
    date: Option<String>,
    etag: Option<String>,
    link: Option<String>,
    retry_after: Option<String>,
}

impl Head {
    /// A head without headers.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// With a header, its name in any case; those that no source needs are left out, and so are
    /// values beyond 4 KiB.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let known = [
            ("content-type", &mut self.content_type),
            ("date", &mut self.date),
            ("etag", &mut self.etag),
            ("link", &mut self.link),
            ("retry-after", &mut self.retry_after),
        ];
        let found = known.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        if let Some((_, place)) = found
            && value.len() <= VALUE_BYTES_MAX
        {
            *place = Some(value.trim().to_owned());
        }
        self
    }

    /// The status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The media type in lower case, without parameters.
    pub(super) fn media_type(&self) -> Option<String> {
        let media_type = self.content_type.as_deref()?.split(';').next()?;
        Some(media_type.trim().to_ascii_lowercase())
    }

    pub(super) fn date(&self) -> Option<&str> {
        self.date.as_deref()
    }

    pub(super) fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    pub(super) fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    pub(super) fn retry_after(&self) -> Option<&str> {
        self.retry_after.as_deref()
    }
}

/// How long the head of an answer may take.
pub(super) const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
const VALUE_BYTES_MAX: usize = 4096;

#[cfg(test)]
mod tests;
