//! Overrides: flags that serve something else than documents say, for development.
//!
//! They are put into documents before these are compiled, so an evaluation knows nothing of them.

use flagkit_core::document::{Condition, Digest, Flag, FlagKeys, Rule, Serve, Variant};
use flagkit_core::{Diagnostic, Document, Reason, Value};

/// Flags that serve the same value to everyone, and where.
#[derive(Clone, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "callers write it as a literal")]
pub struct Overrides {
    /// Keys and values; of two with one key the last counts. `true` and `false` switch a flag on
    /// and off; any other value counts as on.
    pub flags: Vec<(String, Value)>,
    /// Whether they hold in production, too.
    pub in_production: bool,
}

impl Overrides {
    /// Puts them into a document, unless it is one of production; whether they hold.
    pub(super) fn apply(
        &self,
        document: &mut Document,
        environment: Option<&str>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> bool {
        if self.flags.is_empty() {
            return false;
        }
        if let Some(name) = environment.filter(|name| is_production(name))
            && !self.in_production
        {
            diagnostics.push(refused(name));
            return false;
        }
        let keys = document.flag_keys;
        document.flags.retain(|flag| !self.concerns(&flag.key, keys));
        document
            .flags
            .extend(self.flags.iter().map(|(key, value)| flag(written(key, keys), value)));
        true
    }

    /// Whether a flag of this key, as a document writes keys, is overridden.
    pub(super) fn concerns(&self, key: &str, keys: FlagKeys) -> bool {
        self.flags.iter().any(|(overridden, _)| written(overridden, keys) == key)
    }
}

/// A key as documents write it.
pub(super) fn written(key: &str, keys: FlagKeys) -> String {
    match keys {
        FlagKeys::Plain => key.to_owned(),
        FlagKeys::Digests => Digest::of(key).to_string(),
    }
}

/// A flag that serves one value to everyone.
pub(super) fn flag(key: String, value: &Value) -> Flag {
    let enabled = value.as_bool().unwrap_or(true);
    let variant = Variant { key: None, value: value.clone(), enabled, metadata: None };
    let rule = Rule {
        id: Some("override".into()),
        label: None,
        when: Condition::Always,
        serve: Serve::Variant(0),
        reason: Reason::Static,
    };
    Flag { key, variants: vec![variant], rules: vec![rule], version: None, metadata: None }
}

/// The names that environments for real users commonly have.
fn is_production(name: &str) -> bool {
    ["production", "prod", "live"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn refused(environment: &str) -> Diagnostic {
    let problem = format!("overrides are refused in the environment `{environment}`");
    Diagnostic::warning("FLAGKIT_OVERRIDES", problem)
        .with_consequence("flags serve what the document says")
        .with_mend("remove them, or allow them in code")
}
