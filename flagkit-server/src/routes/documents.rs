//! Whole documents: imported, exported, checked.

use std::sync::Arc;

use axum::body::Body;
use axum::response::IntoResponse;
use flagkit_core::Diagnostic;
use flagkit_dialects::{
    DecodeError, Dialect, Outcome, Settings, UnknownDialect, convert, decode, detect, place,
};
use flagkit_protocol::{Document, Part};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use http::{Method, StatusCode};
use serde::Serialize;
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use super::answers::{ChangeResult, DiagnosticEntry};
use super::ask::Ask;
use super::page::Page;
use super::table::Route;
use crate::auth::Access::{Change, Look};
use crate::environments::{Wanted, document_edit};
use crate::live::held::{Held, PartEdit};
use crate::live::{Live, Replacement, vendor};
use crate::model::{Edit, Expected, Kind};
use crate::refusal::{Answer, Refusal, json_response};

mod list;

pub(super) fn routes() -> Vec<Route> {
    let page = |id, summary| Page::new(id, "documents", summary);
    let dialect = "The language of the document; recognised if it is not said";
    vec![
        Route::new(
            (Method::GET, EXPORT),
            Look,
            export,
            page("export", "The whole document of an environment")
                .query("dialect", "The language: `native`, or that of the vendor's document")
                .query("format", "`json`, or `yaml` for native documents")
                .gives_any(200, "application/json", "The document; a vendor's as it came"),
        ),
        Route::new(
            (Method::POST, IMPORT),
            Change,
            import,
            page("import", "Replace everything by a document of any dialect")
                .query("dialect", dialect)
                .query("keep", "`true`: a vendor's document stays as it is, and is served as it is")
                .query("merge", "`true`: flags that are not in the document stay")
                .query("partial", "`true`: what native flags cannot say exactly is left out")
                .query("dry_run", "`true`: only say what would come of it")
                .reason()
                .takes_any("application/json", "The document, JSON or YAML")
                .gives::<ImportResult>(200, "What came of it"),
        ),
        Route::new(
            (Method::POST, VALIDATE),
            Look,
            validate,
            page("validate", "What is wrong with a document")
                .query("dialect", dialect)
                .takes_any("application/json", "The document, JSON or YAML")
                .gives::<Validation>(200, "Everything that was found, nothing if it is flawless"),
        ),
    ]
}

/// What came of an import.
#[derive(Debug, Serialize, ToSchema)]
struct ImportResult {
    /// The language that the document was in.
    dialect: String,
    /// How many flags there are now.
    flags: usize,
    /// Flags of the document that are not served to FlagKit's own clients, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LeftOut>,
    /// What came of the change.
    result: ChangeResult,
}

/// A flag that native flags cannot say exactly.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct LeftOut {
    /// Its key.
    flag: String,
    /// Why.
    why: String,
}

/// What is wrong with a document.
#[derive(Debug, Serialize, ToSchema)]
struct Validation {
    /// Whether every flag works.
    valid: bool,
    /// The language that it was read in.
    dialect: String,
    /// How many flags it has.
    flags: usize,
    /// What was found.
    diagnostics: Vec<PlacedDiagnostic>,
}

/// What was found, and where in the text.
#[derive(Debug, Serialize, ToSchema)]
struct PlacedDiagnostic {
    #[serde(flatten)]
    #[schema(inline)]
    found: DiagnosticEntry,
    /// The line, from 1.
    line: Option<usize>,
    /// The character of the line, from 1.
    column: Option<usize>,
}

async fn export(ask: Ask) -> Answer {
    let live = ask.live()?;
    let (own, kept, document, number) = live.read(|content, number| {
        (content.dialect, content.document.clone(), content.held.document(), number)
    });
    let wanted = ask.query("dialect").map(dialect).transpose()?.unwrap_or(own);
    let is_yaml = match ask.query("format") {
        None | Some("json") => false,
        Some("yaml") => true,
        Some(other) => {
            let refusal = Refusal::bad_request(format!("there is no format `{other}`"));
            return Err(refusal.path("query.format").hint("say `json` or `yaml`"));
        }
    };
    let mut tag = format!("\"{}\"", live.version_of(number));
    let (body, kind, ending) = match kept {
        Some(kept) if wanted == own => {
            tag = format!("\"{}\"", kept.revision);
            (kept.text.to_string(), "application/json", "json")
        }
        _ if wanted == Dialect::Native => {
            let text = beside(move || native_text(&document, is_yaml)).await??;
            if is_yaml {
                (text, "application/yaml", "yaml")
            } else {
                (text, "application/json", "json")
            }
        }
        _ if wanted == Dialect::Unleash => {
            let features = ask.app.unleash.of(&live).features().await;
            (features.document(), "application/json", "json")
        }
        _ => return Err(not_spoken(wanted, own)),
    };
    let name = format!("attachment; filename=\"{}-{}.{ending}\"", live.project, live.key);
    let headers = [(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, &*name), (ETAG, &*tag)];
    Ok((headers, body).into_response())
}

fn native_text(document: &str, is_yaml: bool) -> Answer<String> {
    let native = convert(Dialect::Native, document, &Settings::default());
    let native = native.map_err(|error| not_read(&error))?;
    Ok(if is_yaml { native.to_yaml() } else { native.to_json_pretty() })
}

fn not_spoken(wanted: Dialect, own: Dialect) -> Refusal {
    let message = format!("the environment's flags cannot be written as {wanted}");
    let refusal = Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "not_convertible", message);
    refusal.path("query.dialect").hint(format!("ask for `native` or `{own}`"))
}

async fn import(ask: Ask, body: Body) -> Answer {
    let live = ask.live()?;
    let text = text(&ask, body).await?;
    let dialect = dialect_of(&ask, &text)?;
    let (keep, merge) = (ask.is_switched_on("keep")?, ask.is_switched_on("merge")?);
    let is_vendors = list::is_vendors(dialect);
    if keep && merge {
        let refusal = Refusal::bad_request("`keep` and `merge` contradict each other");
        return Err(refusal.hint("a document that is kept is the whole of an environment"));
    }
    let (incoming, left_out) = if keep && is_vendors {
        (Incoming::Vendor(dialect, text), Vec::new())
    } else {
        let reader = live.clone();
        let (held, left_out) = beside(move || native_parts(dialect, &text, &reader)).await??;
        if !left_out.is_empty() && !ask.is_switched_on("partial")? {
            return Err(incomplete(dialect, &left_out));
        }
        (Incoming::Native { held, merge }, left_out)
    };
    let stale = stale(&ask, &live).await?;
    let changing = ask.changing("import")?;
    let wanted = |live: &Live| {
        let mut wanted = incoming.wanted(live);
        let is_new = |edit: &&Edit| !wanted.edits.iter().any(|new| is_same_part(edit, new));
        let gone: Vec<Edit> = stale.iter().filter(is_new).cloned().collect();
        wanted.edits.extend(gone);
        Ok(wanted)
    };
    let done = ask.app.environments.change(&live, changing, wanted).await?;
    ask.app.metrics.count("change");
    let left_out =
        if left_out.is_empty() { left_out_by_server(&done.diagnostics) } else { left_out };
    let result = ChangeResult::of(&done, None, "flags");
    let flags = live.with_snapshot(flagkit_core::Snapshot::len);
    let dialect = dialect.to_string();
    Ok(json_response(StatusCode::OK, &ImportResult { dialect, flags, left_out, result }))
}

/// Deletions of everything that is stored and cannot be read, so that nothing of it is left.
async fn stale(ask: &Ask, live: &Live) -> Answer<Vec<Edit>> {
    if live.read(|content, _| content.is_readable) {
        return Ok(Vec::new());
    }
    let stored = ask.app.environments.store().document(live.id).await?;
    Ok(stored.parts.iter().map(|part| edit(part.kind, &part.key, None)).collect())
}

fn is_same_part(one: &Edit, other: &Edit) -> bool {
    (one.kind, &one.key) == (other.kind, &other.key)
}

/// The body as text.
async fn text(ask: &Ask, body: Body) -> Answer<Arc<str>> {
    let bytes = ask.read(body).await?;
    let text = std::str::from_utf8(&bytes);
    text.map(Into::into).map_err(|_| Refusal::bad_request("the document is not UTF-8"))
}

/// Reads a document beside the threads that answer: a large one takes a while.
async fn beside<T: Send + 'static>(read: impl FnOnce() -> T + Send + 'static) -> Answer<T> {
    spawn_blocking(read).await.map_err(|_| Refusal::unavailable("the server stops"))
}

/// What is imported.
enum Incoming {
    Native { held: Held, merge: bool },
    Vendor(Dialect, Arc<str>),
}

impl Incoming {
    /// What it makes of an environment.
    fn wanted(&self, live: &Live) -> Wanted {
        let has_document = live.read(|content, _| content.document.is_some());
        match self {
            Self::Vendor(dialect, text) => {
                let mut edits = vec![document_edit(Some(text.clone()))];
                if !has_document {
                    edits.extend(live.read(|content, _| deletions(&content.held)));
                }
                let replacement = Some(Replacement::Vendor(*dialect, text.clone()));
                Wanted { edits, replacement, dialect: Some(*dialect) }
            }
            Self::Native { held, merge: true } if !has_document => Wanted::of(additions(held)),
            Self::Native { held, .. } => {
                let mut edits = if has_document {
                    vec![document_edit(None)]
                } else {
                    live.read(|content, _| missing(&content.held, held))
                };
                edits.extend(additions(held));
                let replacement = Some(Replacement::Native(held.clone()));
                Wanted { edits, replacement, dialect: Some(Dialect::Native) }
            }
        }
    }
}

/// An edit for each part that is stored.
fn additions(held: &Held) -> Vec<Edit> {
    let edits = stored(held).map(|(kind, key, json)| edit(kind, key, Some(json.clone())));
    edits.collect()
}

fn deletions(held: &Held) -> Vec<Edit> {
    stored(held).map(|(kind, key, _)| edit(kind, key, None)).collect()
}

/// Deletions of what is not in the other one.
fn missing(held: &Held, other: &Held) -> Vec<Edit> {
    let is_missing =
        |kind: Kind, key: &str| kind.part().is_some_and(|part| !other.of(part).contains_key(key));
    let gone = stored(held).filter(|(kind, key, _)| is_missing(*kind, key));
    gone.map(|(kind, key, _)| edit(kind, key, None)).collect()
}

/// The parts but for the server's own settings, which are not stored.
fn stored(held: &Held) -> impl Iterator<Item = (Kind, &str, &Arc<str>)> {
    let kinds =
        [(Part::Setting, Kind::Setting), (Part::Segment, Kind::Segment), (Part::Flag, Kind::Flag)];
    let all = kinds.into_iter().flat_map(|(part, kind)| {
        held.of(part).iter().map(move |(key, entry)| (kind, &**key, &entry.json))
    });
    all.filter(|(kind, key, _)| *kind != Kind::Setting || !OWN_SETTINGS.contains(key))
}

fn edit(kind: Kind, key: &str, json: Option<Arc<str>>) -> Edit {
    Edit { kind, key: key.to_owned(), json, expected: Expected::Any }
}

/// The document as native parts, and the flags that cannot be said exactly.
fn native_parts(dialect: Dialect, text: &str, live: &Live) -> Answer<(Held, Vec<LeftOut>)> {
    let environment = Some(live.key.to_string());
    let settings = Settings { environment, ..Settings::default() };
    let converted = convert(dialect, text, &settings).map_err(|error| not_read(&error))?;
    let mut left_out = Vec::new();
    // A native document is taken as it is; its errors are found when it is compiled.
    if dialect != Dialect::Native {
        for report in &converted.reports {
            if let Outcome::Not(why) = &report.outcome {
                left_out.push(LeftOut { flag: report.flag.clone(), why: why.clone() });
            }
        }
    }
    let json = list::with_flags_by_key(&converted.to_json_pretty())?;
    let document = Document::parse(&json)
        .map_err(|error| Refusal::bad_request(format!("the document cannot be read: {error}")))?;
    for key in document.flags.keys().chain(document.segments.keys()) {
        super::parts::valid_key(key)?;
    }
    let mut held = vendor::held(&document, live.version().number + 1);
    for own in OWN_SETTINGS {
        held.apply(&PartEdit { part: Part::Setting, key: own.into(), json: None }, 0);
    }
    Ok((held, left_out))
}

fn incomplete(dialect: Dialect, left_out: &[LeftOut]) -> Refusal {
    let message = match left_out {
        [one] => format!("the flag `{}` cannot be said exactly: {}", one.flag, one.why),
        all => format!("{} flags of {dialect} cannot be said exactly", all.len()),
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Refusal::new(status, "not_convertible", message)
        .hint("keep the document as it is (`keep=true`), or leave these flags out (`partial=true`)")
        .details(serde_json::json!({ "left_out": left_out }))
}

/// Flags of a kept document that FlagKit's own clients do not get.
fn left_out_by_server(diagnostics: &[Diagnostic]) -> Vec<LeftOut> {
    let found = diagnostics.iter().filter_map(|found| {
        let why = found.problem.strip_prefix(vendor::LEFT_OUT)?;
        let flag = found.path.strip_prefix("flags.")?;
        Some(LeftOut { flag: flag.to_owned(), why: why.to_owned() })
    });
    found.collect()
}

async fn validate(ask: Ask, body: Body) -> Answer {
    let live = ask.live()?;
    let text = text(&ask, body).await?;
    let dialect = dialect_of(&ask, &text)?;
    let environment = Some(live.key.to_string());
    let validation = beside(move || validation(dialect, &text, environment)).await??;
    Ok(json_response(StatusCode::OK, &validation))
}

fn validation(dialect: Dialect, text: &str, environment: Option<String>) -> Answer<Validation> {
    let settings = Settings { environment, ..Settings::default() };
    let decoded = decode(dialect, text, &settings).map_err(|error| not_read(&error))?;
    let mut diagnostics = decoded.diagnostics;
    let compiled = flagkit_core::compile(decoded.document);
    diagnostics.extend(compiled.diagnostics);
    let places = place(text, &mut diagnostics);
    let valid = !diagnostics.iter().any(Diagnostic::is_error);
    let placed = diagnostics.iter().zip(places).map(|(found, at)| PlacedDiagnostic {
        found: found.into(),
        line: at.map(|at| at.line),
        column: at.map(|at| at.column),
    });
    Ok(Validation {
        valid,
        dialect: dialect.to_string(),
        flags: compiled.snapshot.len(),
        diagnostics: placed.collect(),
    })
}

/// The dialect that the query names, or the one that the text seems to be in.
fn dialect_of(ask: &Ask, text: &str) -> Answer<Dialect> {
    match ask.query("dialect") {
        Some(name) => dialect(name),
        None => Ok(detect(text).unwrap_or_default()),
    }
}

fn dialect(name: &str) -> Answer<Dialect> {
    name.parse().map_err(|unknown: UnknownDialect| {
        Refusal::bad_request(unknown.to_string()).path("query.dialect")
    })
}

fn not_read(error: &DecodeError) -> Refusal {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let refusal = Refusal::new(status, "invalid_document", error.message());
    match error.position() {
        Some(at) => refusal.path(at.to_string()),
        None => refusal,
    }
}

const OWN_SETTINGS: [&str; 3] = ["schema", "environment", "revision"];
const EXPORT: &str = "/api/v1/projects/{project}/environments/{environment}/export";
const IMPORT: &str = "/api/v1/projects/{project}/environments/{environment}/import";
const VALIDATE: &str = "/api/v1/projects/{project}/environments/{environment}/validate";
