//! ConfigCat: a document that may say where the next one is.

use super::super::event::ProblemKind;
use super::super::outbox::Outbox;
use super::super::request::split;
use super::documents::{Documents, text_of};
use super::raw::{self, Object};
use super::{Body, Read};

/// What is held of ConfigCat.
#[derive(Debug, Default)]
pub(in super::super) struct ConfigCat {
    pub(super) documents: Documents,
    /// How often one poll was sent on.
    moves: u32,
}

impl ConfigCat {
    pub(super) fn read(&mut self, body: Body, outbox: &mut Outbox) -> Read {
        let text = match text_of(body.bytes) {
            Ok(text) => text,
            Err(broken) => return broken,
        };
        match moved(&body.url, &text) {
            Some(_) if self.moves >= MOVES_MAX => {
                self.moves = 0;
                let message = "the addresses of this configuration send to one another";
                return Read::Broken(ProblemKind::Malformed.because(message));
            }
            Some(url) => {
                self.moves += 1;
                return Read::Moved(url);
            }
            None => self.moves = 0,
        }
        self.documents.offer(text, body.etag, outbox);
        Read::Current
    }
}

/// Where the configuration is instead: `p.u` names another host, and `p.r` says that it has to be
/// asked. A host of one's own is left only if it must be.
fn moved(url: &str, text: &str) -> Option<String> {
    let document: Object<'_> = serde_json::from_str(text).ok()?;
    let preferences = raw::object(document.get("p")?).ok()?;
    let (base, path) = split(url);
    let is_custom = !VENDOR.contains(&base);
    match raw::number(&preferences, "r")? {
        SHOULD if !is_custom => {}
        MUST => {}
        _ => return None,
    }
    let to = raw::text(&preferences, "u")?;
    let to = to.trim_end_matches('/');
    // The key is in the path: it is not sent in the clear where it was not before.
    let is_safe = to.starts_with("https://") || base.starts_with("http://");
    (is_safe && to != base && split(to).0 == to).then(|| format!("{to}{path}"))
}

const SHOULD: u64 = 1;
const MUST: u64 = 2;
const MOVES_MAX: u32 = 3;
const VENDOR: [&str; 2] = ["https://cdn-global.configcat.com", "https://cdn-eu.configcat.com"];
