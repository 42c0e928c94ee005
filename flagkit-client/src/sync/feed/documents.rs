//! Documents that come whole.

use flagkit_protocol::{Checksum, Part};

use super::super::event::{Document, Event, ProblemKind};
use super::super::outbox::Outbox;
use super::{Body, Read, Receipt, malformed};

/// Which document was offered last.
#[derive(Debug, Default)]
pub(in super::super) struct Documents {
    etag: Option<String>,
    /// A hash of the text.
    offered: Option<u64>,
}

impl Documents {
    /// Takes the body of a poll as it is.
    pub(super) fn read(&mut self, body: Body, outbox: &mut Outbox) -> Read {
        match text_of(body.bytes) {
            Ok(text) => {
                self.offer(text, body.etag, outbox);
                Read::Current
            }
            Err(broken) => broken,
        }
    }

    /// Offers a document, unless it is the one that was offered last.
    pub(super) fn offer(&mut self, text: String, etag: Option<String>, outbox: &mut Outbox) {
        let hash = Some(hash(&text));
        self.etag.clone_from(&etag);
        if self.offered != hash {
            self.offered = hash;
            outbox.offer(Event::Document(Document { text, etag }), Receipt::Document);
        }
    }

    pub(super) fn resume(&mut self, text: &str, etag: Option<&str>) {
        self.offered = Some(hash(text));
        self.etag = etag.map(str::to_owned);
    }

    /// The text is fetched once more, for the case that it was spoilt on its way. When the same
    /// comes again, it is the source's, and is asked for by its `ETag` from then on.
    pub(super) fn refuse(&mut self) {
        self.etag = None;
    }

    pub(super) fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    pub(super) fn forget_etag(&mut self) {
        self.etag = None;
    }
}

/// A body as text, unless nobody could take it for flags.
pub(super) fn text_of(bytes: Vec<u8>) -> Result<String, Read> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Err(Read::Broken(malformed("the document", &error.utf8_error()))),
    };
    if text.trim().is_empty() {
        let message = "the document is empty; what is held stays";
        return Err(Read::Broken(ProblemKind::Malformed.because(message)));
    }
    Ok(text)
}

fn hash(text: &str) -> u64 {
    Checksum::of_part(Part::Setting, "", text)
}
