//! From an offered document to a snapshot beside the held one.

use std::sync::Arc;

use flagkit_core::{Compilation, Diagnostic, Document, Flag, Snapshot, compile, recompile};
use flagkit_dialects::{Decoded, Dialect, decode_bytes};

use super::Reading;
use super::fingerprints::Fingerprints;
use super::held::{Facts, Held, terms};
use super::offer::{Offer, Origin, Strictness};
use crate::error::Error;
use crate::str::Str;

/// Flags that could be published.
pub(super) struct Compiled {
    pub(super) snapshot: Snapshot,
    pub(super) facts: Facts,
}

impl Compiled {
    /// Decodes an offer and compiles what differs from the current flags.
    pub(super) fn from_offer(
        offer: &Offer<'_>,
        held: &Held,
        current: Option<&Snapshot>,
    ) -> Result<Self, Error> {
        let read = Read::offer(offer, held)?;
        if let Some(current) = current
            && is_suddenly_empty(offer, &read.document, current)
        {
            return Err(Error::suddenly_empty(current.len()));
        }
        let is_alike = held.facts.terms == Some(terms(&read.document));
        let compiled = match (offer.strictness, current) {
            (Strictness::Keep, Some(current)) if is_alike => {
                return Self::keeping(offer, read, (held, current));
            }
            // A recompile tells only about what it looked at: after trouble, everything is.
            (_, Some(current)) if is_alike && is_flawless(&held.facts.diagnostics) => {
                Self::beside(read, (held, current))
            }
            _ => Self::alone(read),
        };
        if offer.strictness == Strictness::Refuse && !is_flawless(&compiled.facts.diagnostics) {
            return Err(Error::malformed(compiled.facts.diagnostics.to_vec()));
        }
        Ok(compiled)
    }

    /// The keys of flags that are new, different or gone, sorted.
    pub(super) fn changed_flags(&self, held: &Held, current: &Snapshot) -> Vec<Str> {
        let old = &held.facts.fingerprints;
        self.facts.fingerprints.changed_flags(old, &self.snapshot, current)
    }

    /// A document that has nothing to do with what is held.
    fn alone(read: Read) -> Self {
        let Read { document, mut diagnostics, contexts, environment, is_overridden } = read;
        let (terms, fingerprints) = (terms(&document), Fingerprints::of(&document));
        let Compilation { snapshot, diagnostics: found, .. } = compile(document);
        diagnostics.extend(found);
        let (terms, fingerprints) = (Some(terms), Arc::new(fingerprints));
        let diagnostics = diagnostics.into();
        let facts =
            Facts { terms, contexts, environment, is_overridden, fingerprints, diagnostics };
        Self { snapshot, facts }
    }

    /// A document whose unchanged flags are those that are held.
    fn beside(read: Read, (held, current): (&Held, &Snapshot)) -> Self {
        let Read { mut document, mut diagnostics, contexts, environment, is_overridden } = read;
        let (terms, fingerprints) = (terms(&document), Fingerprints::of(&document));
        let changes = fingerprints.changes(&held.facts.fingerprints, &mut document, current);
        let Compilation { snapshot, diagnostics: found, .. } = recompile(current, changes);
        diagnostics.extend(found);
        let (terms, fingerprints) = (Some(terms), Arc::new(fingerprints));
        let diagnostics = diagnostics.into();
        let facts =
            Facts { terms, contexts, environment, is_overridden, fingerprints, diagnostics };
        Self { snapshot, facts }
    }

    /// The same, but flags that would break stay as they are.
    fn keeping(
        offer: &Offer<'_>,
        read: Read,
        (held, current): (&Held, &Snapshot),
    ) -> Result<Self, Error> {
        let mut compiled = Self::beside(read, (held, current));
        let facts = &mut compiled.facts;
        facts.diagnostics = with_older(held, &compiled.snapshot, &facts.diagnostics);
        let broken = newly_broken(current, &compiled.snapshot);
        if broken.is_empty() {
            return Ok(compiled);
        }
        // Documents are not kept, and compiling has used this one up: it is read again.
        let mut again = Read::offer(offer, held)?;
        let old = &held.facts.fingerprints;
        let mut fingerprints = Fingerprints::of(&again.document);
        fingerprints.keep(old, &broken);
        let changes = fingerprints.changes(old, &mut again.document, current);
        let Compilation { snapshot, .. } = recompile(current, changes);
        let mut diagnostics = compiled.facts.diagnostics.to_vec();
        diagnostics.extend(broken.iter().map(|key| kept(key)));
        let fingerprints = Arc::new(fingerprints);
        let facts = Facts { fingerprints, diagnostics: diagnostics.into(), ..compiled.facts };
        Ok(Self { snapshot, facts })
    }
}

/// A document as the application wants it.
struct Read {
    document: Document,
    diagnostics: Vec<Diagnostic>,
    contexts: Dialect,
    environment: Option<Str>,
    is_overridden: bool,
}

impl Read {
    fn offer(offer: &Offer<'_>, held: &Held) -> Result<Self, Error> {
        let Reading { dialect, settings, overrides } = &held.reading;
        let decoded = decode_bytes(offer.dialect.or(*dialect), offer.bytes, settings)
            .map_err(Error::no_document)?;
        let Decoded { mut document, mut diagnostics, contexts, environment, .. } = decoded;
        let environment = offer.environment.or(environment.as_deref());
        let is_overridden = overrides.apply(&mut document, environment, &mut diagnostics);
        let environment = environment.map(Str::from);
        Ok(Self { document, diagnostics, contexts, environment, is_overridden })
    }
}

/// Whether a server says nothing where there were flags, without saying that this is meant: an
/// outage behind it looks like that.
fn is_suddenly_empty(offer: &Offer<'_>, document: &Document, current: &Snapshot) -> bool {
    let counts = offer.version.is_some() || document.revision.is_some();
    offer.origin == Origin::Live && document.flags.is_empty() && !current.is_empty() && !counts
}

fn is_flawless(diagnostics: &[Diagnostic]) -> bool {
    !diagnostics.iter().any(Diagnostic::is_error)
}

/// Flags that work in one snapshot and fail in the next.
pub(super) fn newly_broken(current: &Snapshot, next: &Snapshot) -> Vec<String> {
    let broken = next.flags().filter(|flag| flag.fault().is_some());
    let worked = |key: &&str| current.flag(key).is_some_and(|flag| flag.fault().is_none());
    broken.map(Flag::key).filter(worked).map(str::to_owned).collect()
}

/// News, after what was said before of flags that are still broken: a recompile is silent about
/// those that it had no reason to look at.
pub(super) fn with_older(held: &Held, next: &Snapshot, news: &[Diagnostic]) -> Arc<[Diagnostic]> {
    let old: Vec<&Diagnostic> =
        held.facts.diagnostics.iter().filter(|old| old.is_error()).collect();
    if old.is_empty() {
        return news.into();
    }
    let broken = next.flags().filter(|flag| flag.fault().is_some());
    let broken: Vec<&str> = broken.map(Flag::key).collect();
    let is_still =
        |old: &&Diagnostic| broken.iter().any(|key| is_about(old, key)) && !news.contains(old);
    old.into_iter().filter(is_still).chain(news).cloned().collect()
}

/// Whether a diagnostic of a native document is about this flag.
fn is_about(diagnostic: &Diagnostic, key: &str) -> bool {
    let path = diagnostic.path.strip_prefix("flags.").and_then(|path| path.strip_prefix(key));
    path.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn kept(key: &str) -> Diagnostic {
    let problem = "the newest version of the flag does not work here";
    Diagnostic::warning(format!("flags.{key}"), problem)
        .with_consequence("the last version that worked is kept")
        .with_mend("see the errors about this flag; a newer client may be able to read it")
}
