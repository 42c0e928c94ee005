//! The documents of a suite, each read once however many cases ask about it.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde_json::Value;
use serde_json::value::RawValue;

/// A folder of documents.
pub(super) struct Suite {
    root: PathBuf,
    made: RefCell<HashMap<(String, TypeId), Rc<dyn Any>>>,
    asked: RefCell<String>,
}

impl Suite {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), made: RefCell::default(), asked: RefCell::default() }
    }

    /// Keeps the text of the case that is asked now.
    pub(super) fn ask(&self, line: &[u8]) {
        *self.asked.borrow_mut() = String::from_utf8_lossy(line).into_owned();
    }

    /// A part of the case as it is written: the order of keys counts for some vendors.
    pub(super) fn written(&self, name: &str) -> Option<String> {
        let asked = self.asked.borrow();
        let parts: HashMap<String, &RawValue> = serde_json::from_str(&asked).ok()?;
        parts.get(name).map(|part| part.get().to_owned()).filter(|part| part != "null")
    }

    /// The text of a file in the folder.
    pub(super) fn text(&self, path: &str) -> Result<String, String> {
        let file = self.root.join(path);
        fs::read_to_string(&file).map_err(|error| format!("{path} cannot be read: {error}"))
    }

    /// What `make` makes of the text of a file: made for the first case that asks, then kept
    /// under the file's path and the type.
    pub(super) fn made_of<T: 'static>(
        &self,
        path: &str,
        make: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Rc<T>, String> {
        self.made_once(path, || make(&self.text(path)?))
    }

    /// The same for things that depend on more than one file; the name stands for all of it.
    pub(super) fn made_once<T: 'static>(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<T, String>,
    ) -> Result<Rc<T>, String> {
        let key = (name.to_owned(), TypeId::of::<T>());
        let known = self.made.borrow().get(&key).cloned();
        if let Some(known) = known.and_then(|known| known.downcast().ok()) {
            return Ok(known);
        }
        let made = Rc::new(make()?);
        self.made.borrow_mut().insert(key, made.clone());
        Ok(made)
    }
}

/// A text that a case must have.
pub(super) fn text<'c>(case: &'c Value, name: &str) -> Result<&'c str, String> {
    case.get(name).and_then(Value::as_str).ok_or_else(|| format!("the case has no text `{name}`"))
}
