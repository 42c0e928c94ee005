//! Flagsmith: a document in pages, which differ in the identities that they list.

use serde_json::value::RawValue;

use super::super::event::{Problem, ProblemKind};
use super::super::outbox::Outbox;
use super::super::request::split;
use super::documents::{Documents, text_of};
use super::{Body, Read, malformed, raw};

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
        if next.is_none() && self.pages.is_none() {
            return self.documents.read(body, outbox);
        }
        let text = match text_of(body.bytes) {
            Ok(text) => text,
            Err(read) => return self.broken(read),
        };
        if let Err(problem) = self.add(&text) {
            return self.broken(Read::Broken(problem));
        }
        if let Some(url) = next {
            return Read::Continued(url);
        }
        if let Some(pages) = self.pages.take() {
            // The tag of the last page says nothing of the others.
            self.documents.offer(pages.into_json(), None, outbox);
        }
        Read::Current
    }

    /// Begins anew with the first page.
    pub(super) fn restart(&mut self) {
        self.pages = None;
    }

    fn broken(&mut self, read: Read) -> Read {
        self.restart();
        read
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
    fn into_json(self) -> String {
        let members = raw::members(self.first.iter().map(|(key, json)| (key, json.get())));
        let identities = raw::joined(self.identities.iter().map(|json| json.get()));
        let comma = if members.is_empty() { "" } else { "," };
        format!(r#"{{{members}{comma}"{IDENTITIES}":[{identities}]}}"#)
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
