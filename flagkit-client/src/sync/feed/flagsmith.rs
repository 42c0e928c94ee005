//! Flagsmith: a document in pages, which differ in the identities that they list, and which is
//! translated before it is told.

use serde_json::value::RawValue;

use super::super::event::{Problem, ProblemKind};
use super::super::outbox::Outbox;
use super::super::request::split;
use super::documents::{Documents, text_of};
use super::{Body, Read, malformed, raw};

mod environment;

/// What is held of Flagsmith.
#[derive(Debug)]
pub(in super::super) struct Flagsmith {
    pub(super) documents: Documents,
    bytes_max: usize,
    pages: Option<Pages>,
}

/// The pages that came so far.
#[derive(Debug)]
struct Pages {
    count: usize,
    bytes: usize,
    /// Everything but the identities.
    first: raw::Parts,
    identities: Vec<Box<RawValue>>,
}

impl Flagsmith {
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { documents: Documents::default(), bytes_max, pages: None }
    }

    pub(super) fn read(&mut self, body: Body, outbox: &mut Outbox) -> Read {
        let next = body.link.as_deref().and_then(|link| next_page(&body.url, link));
        let is_whole = next.is_none() && self.pages.is_none();
        let added = text_of(body.bytes)
            .and_then(|text| self.add(&text).map(|()| text).map_err(Read::Broken));
        let text = match added {
            Ok(text) => text,
            Err(broken) => {
                self.restart();
                return broken;
            }
        };
        if let Some(url) = next {
            return Read::Continued(url);
        }
        let document = match self.pages.take().map(|pages| pages.into_document(text)) {
            Some(Ok(document)) => document,
            Some(Err(problem)) => return Read::Broken(problem),
            None => return Read::Current,
        };
        // The tag of the last page says nothing of the others.
        self.documents.offer(document, body.etag.filter(|_| is_whole), outbox);
        Read::Current
    }

    /// Begins anew with the first page.
    pub(super) fn restart(&mut self) {
        self.pages = None;
    }

    fn add(&mut self, text: &str) -> Result<(), Problem> {
        let unreadable = |error| malformed("a page of the document", &error);
        let mut page: raw::Parts = serde_json::from_str(text).map_err(unreadable)?;
        let identities: Vec<Box<RawValue>> = match page.remove(IDENTITIES) {
            Some(json) => serde_json::from_str(json.get()).map_err(unreadable)?,
            None => Vec::new(),
        };
        let empty = Pages { count: 0, bytes: 0, first: page, identities: Vec::new() };
        let pages = self.pages.get_or_insert(empty);
        pages.count += 1;
        pages.bytes = pages.bytes.saturating_add(text.len());
        pages.identities.extend(identities);
        if pages.count > PAGES_MAX || pages.bytes > self.bytes_max {
            let message = format!(
                "the document has {} pages of together {} bytes; at most {PAGES_MAX} and {} are read",
                pages.count, pages.bytes, self.bytes_max
            );
            return Err(ProblemKind::TooLarge.because(message));
        }
        Ok(())
    }
}

impl Pages {
    /// What is told of all pages, the last of which is this text.
    fn into_document(self, text: String) -> Result<String, Problem> {
        if !self.first.contains_key("feature_states") {
            // Some proxies serve what the engines take.
            return Ok(text);
        }
        let first = self.first.iter().map(|(key, json)| (key.clone(), &**json)).collect();
        environment::context(&first, &self.identities)
    }
}

/// The address of the next page, if there is one at the same place: the key goes nowhere else.
fn next_page(url: &str, link: &str) -> Option<String> {
    let next = link.split(',').find(|link| link.contains(r#"rel="next""#))?;
    let (_, address) = next.split_once('<')?;
    let (address, _) = address.split_once('>')?;
    let (base, _) = split(url);
    if address.starts_with('/') {
        return Some(format!("{base}{address}"));
    }
    (split(address).0 == base).then(|| address.to_owned())
}

const IDENTITIES: &str = "identity_overrides";
const PAGES_MAX: usize = 10_000;
