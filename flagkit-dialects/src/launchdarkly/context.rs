//! Contexts in LaunchDarkly's JSON: of one kind, of several, and users of older SDKs.

use std::fmt;

use flagkit_core::{Context, Structure, Value};
use serde_json::{Map, Value as Json};

use super::reference::{KIND, META, NAMES, USER};
use crate::json::value_from_json;

/// The evaluation context that this JSON is, in any of the three forms that SDKs read: with a
/// `kind`, with the kind `multi` and a context under each kind, or without kind, as users were
/// written once.
///
/// A user becomes a context like any other: the key is the targeting key. Other kinds stand
/// where the rules of a LaunchDarkly document look for them.
///
/// # Errors
///
/// What SDKs refuse with `USER_NOT_SPECIFIED`: no key, a kind that is none, a name that is no
/// text and the like.
///
/// ```
/// use flagkit_core::{Attributes, Context};
/// use flagkit_dialects::launchdarkly::context;
/// use serde_json::json;
///
/// let user = context(&json!({ "kind": "user", "key": "u-42", "plan": "pro" }))?;
/// assert_eq!(user.targeting_key().map(|key| key.to_value()), Some("u-42".into()));
/// assert_eq!(user.attribute("plan").map(|plan| plan.to_value()), Some("pro".into()));
/// assert!(context(&json!({ "kind": "user" })).is_err());
/// # Ok::<(), flagkit_dialects::launchdarkly::InvalidContext>(())
/// ```
pub fn context(json: &Json) -> Result<Context, InvalidContext> {
    Ok(Kinds::read(json)?.into_context())
}

/// Why JSON is no context.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidContext {
    message: String,
}

impl InvalidContext {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl fmt::Display for InvalidContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for InvalidContext {}

/// The contexts of one evaluation, at most one of each kind, in the order of their kinds.
pub(super) struct Kinds {
    all: Vec<Single>,
}

/// A context of one kind.
pub(super) struct Single {
    pub(super) kind: String,
    pub(super) key: String,
    attributes: Vec<(String, Value)>,
}

impl Kinds {
    pub(super) fn read(json: &Json) -> Result<Self, InvalidContext> {
        let object = json.as_object().ok_or_else(|| wrong("the context", "an object"))?;
        let Some(kind) = object.get(KIND) else {
            return Ok(Self { all: vec![old_user(object)?] });
        };
        let kind = kind.as_str().ok_or_else(|| wrong("`kind`", "text"))?;
        if kind != MULTI {
            return Ok(Self { all: vec![single(kind, object)?] });
        }
        let parts = object.iter().filter(|(name, _)| *name != KIND);
        let all = parts.map(|(kind, part)| {
            let part = part.as_object().ok_or_else(|| wrong(&format!("`{kind}`"), "an object"))?;
            single(kind, part)
        });
        let mut all = all.collect::<Result<Vec<_>, _>>()?;
        if all.is_empty() {
            return Err(InvalidContext::new("a context of the kind `multi` has at least one kind"));
        }
        all.sort_by(|one, other| one.kind.cmp(&other.kind));
        Ok(Self { all })
    }

    /// The contexts in the order of their kinds.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Single> {
        self.all.iter()
    }

    /// The keys of all kinds as one text.
    pub(super) fn qualified_key(&self) -> String {
        match &*self.all {
            [only] if only.kind == USER => only.key.clone(),
            all => all.iter().map(Single::qualified_key).collect::<Vec<_>>().join(":"),
        }
    }

    fn into_context(self) -> Context {
        let names = self.all.iter().map(|single| Value::from(&*single.kind)).collect();
        let mut kinds = vec![(NAMES.to_owned(), Value::List(names))];
        let mut context = Context::anonymous();
        for single in self.all {
            if single.kind == USER {
                context = Context::new(&*single.key);
                for (name, value) in single.attributes {
                    context.insert(name, value);
                }
            } else {
                let key = ("key".to_owned(), Value::from(&*single.key));
                let attributes: Structure = single.attributes.into_iter().chain([key]).collect();
                kinds.push((single.kind, Value::from(attributes)));
            }
        }
        context.with(KIND, Value::from(kinds.into_iter().collect::<Structure>()))
    }
}

impl Single {
    fn qualified_key(&self) -> String {
        // No more is escaped than what would make two contexts look alike.
        let key = self.key.replace('%', "%25").replace(':', "%3A");
        format!("{}:{key}", self.kind)
    }
}

fn single(kind: &str, object: &Map<String, Json>) -> Result<Single, InvalidContext> {
    check_kind(kind)?;
    let key = object.get("key").and_then(Json::as_str).ok_or_else(|| wrong("`key`", "text"))?;
    if key.is_empty() {
        return Err(InvalidContext::new("`key` must not be empty"));
    }
    check_meta(object)?;
    let mut attributes = Vec::with_capacity(object.len());
    for (name, value) in object {
        match (&**name, value) {
            ("key" | KIND | META, _) => continue,
            ("", _) => return Err(InvalidContext::new("an attribute has no name")),
            ("name", Json::Null | Json::String(_)) | ("anonymous", Json::Bool(_)) => {}
            ("name", _) => return Err(wrong("`name`", "text")),
            ("anonymous", _) => return Err(wrong("`anonymous`", "true or false")),
            _ => {}
        }
        attributes.push((name.clone(), value_from_json(value)));
    }
    Ok(Single { kind: kind.to_owned(), key: key.to_owned(), attributes })
}

/// The form without kind: some attributes stand at the top, the others below `custom`.
fn old_user(object: &Map<String, Json>) -> Result<Single, InvalidContext> {
    let key = object.get("key").and_then(Json::as_str).ok_or_else(|| wrong("`key`", "text"))?;
    let mut attributes = Vec::new();
    for name in OLD_TEXTS {
        match object.get(name) {
            None | Some(Json::Null) => {}
            Some(Json::String(text)) => attributes.push((name.to_owned(), Value::from(&**text))),
            Some(_) => return Err(wrong(&format!("`{name}`"), "text")),
        }
    }
    match object.get("anonymous") {
        None | Some(Json::Null) => {}
        Some(Json::Bool(value)) => attributes.push(("anonymous".to_owned(), (*value).into())),
        Some(_) => return Err(wrong("`anonymous`", "true or false")),
    }
    match object.get("custom") {
        None | Some(Json::Null) => {}
        Some(Json::Object(custom)) => {
            let own =
                |name: &&String| !matches!(&***name, KIND | "key" | "name" | "anonymous" | META);
            let custom = custom.iter().filter(|(name, _)| own(name));
            attributes.extend(custom.map(|(name, value)| (name.clone(), value_from_json(value))));
        }
        Some(_) => return Err(wrong("`custom`", "an object")),
    }
    Ok(Single { kind: USER.to_owned(), key: key.to_owned(), attributes })
}

fn check_kind(kind: &str) -> Result<(), InvalidContext> {
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if kind.is_empty() || kind == KIND || kind == MULTI || !kind.bytes().all(is_fine) {
        return Err(InvalidContext::new(format!("`{kind}` is no kind of context")));
    }
    Ok(())
}

/// What is private is none of an evaluation's business, but must be readable.
fn check_meta(object: &Map<String, Json>) -> Result<(), InvalidContext> {
    let meta = match object.get(META) {
        None | Some(Json::Null) => return Ok(()),
        Some(Json::Object(meta)) => meta,
        Some(_) => return Err(wrong("`_meta`", "an object")),
    };
    match meta.get("privateAttributes") {
        None | Some(Json::Null) => Ok(()),
        Some(Json::Array(names)) if names.iter().all(Json::is_string) => Ok(()),
        Some(_) => Err(wrong("`privateAttributes`", "a list of texts")),
    }
}

fn wrong(what: &str, wanted: &str) -> InvalidContext {
    InvalidContext::new(format!("{what} must be {wanted}"))
}

const MULTI: &str = "multi";
const OLD_TEXTS: [&str; 7] = ["name", "email", "firstName", "lastName", "avatar", "country", "ip"];
