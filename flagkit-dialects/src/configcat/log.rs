//! The evaluation log: every step of an evaluation in the words of the vendor's SDKs.
//!
//! The log walks the config as an evaluation does. What is true of a user and who is in which
//! bucket it does not decide itself: it asks the same conditions that evaluations ask.

use flagkit_core::{Context, Value};

use super::config::{self, Behaviour, Config, Setting, variation_id};
use super::log::outcome::{Fatal, Outcome};
use super::log::text::Text;
use super::split::{self, IDENTIFIER};
use crate::decode;
use crate::error::DecodeError;
use crate::node::{Node, Tree};

mod condition;
mod outcome;
mod text;
mod words;

/// An evaluation and its log.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Explained {
    /// What was decided in which order, a line a step.
    pub log: String,
    /// What the SDK warns of, in the order of the evaluation: `[3001] …`.
    pub warnings: Vec<String>,
    /// The value that the setting serves; `None` for the caller's default, because of an error.
    pub value: Option<Value>,
    /// The id of what it serves, if it has one.
    pub variation_id: Option<String>,
    /// What was wrong.
    pub error: Option<String>,
    /// The settings that wait for each other: `'a' -> 'b' -> 'a'`.
    pub circle: Option<String>,
}

/// Evaluates a setting for a user and keeps the log.
///
/// A context with neither targeting key nor attributes is no user. The overrides are those of
/// [`with_overrides`](super::with_overrides).
///
/// ```
/// use flagkit_core::Context;
/// use flagkit_dialects::configcat::explain;
///
/// let config = r#"{ "f": { "beta": { "t": 0, "v": { "b": true } } } }"#;
/// let explained = explain(config, None, "beta", &Context::anonymous())?;
/// assert_eq!(explained.log, "Evaluating 'beta'\n  Returning 'true'.");
/// # Ok::<(), flagkit_dialects::DecodeError>(())
/// ```
///
/// # Errors
///
/// Where one of the texts is no document.
pub fn explain(
    config: &str,
    overrides: Option<(&str, Behaviour)>,
    key: &str,
    user: &Context,
) -> Result<Explained, DecodeError> {
    let mut trees = (Tree::default(), Tree::default());
    let remote = decode::read(config, &mut trees.0)?;
    let local = match overrides {
        None => None,
        Some((text, behaviour)) => Some((decode::read(text, &mut trees.1)?, behaviour)),
    };
    let config = match &local {
        None => Config::read(&remote),
        Some((local, behaviour)) => Config::read_both(&remote, local, *behaviour),
    };
    let config = config.map_err(|wrong| DecodeError::new(wrong.problem))?;
    Ok(explain_config(&config, key, user))
}

fn explain_config(config: &Config<'_>, key: &str, user: &Context) -> Explained {
    let user = words::is_somebody(user).then_some(user);
    let mut log = Log {
        config,
        user,
        text: Text::default(),
        warnings: Vec::new(),
        open: Vec::new(),
        steps: 0,
    };
    log.text.add(&format!("Evaluating '{key}'"));
    if let Some(user) = user {
        log.text.add(&format!(" for User '{}'", words::user(user)));
    }
    log.text.indent();
    let served = match config.setting(key) {
        Some(setting) => log.setting(setting),
        None => Err(Fatal::new(format!("the key '{key}' was not found in config JSON"))),
    };
    log.text.outdent_to(1);
    match served {
        Ok(Served { value, variation_id }) => {
            log.text.line(&format!("Returning '{}'.", words::value(&value)));
            let (log, warnings) = (log.text.into_string(), log.warnings);
            Explained { log, warnings, value: Some(value), variation_id, error: None, circle: None }
        }
        Err(Fatal { error, circle }) => {
            log.text.line("Returning the default value.");
            let (log, warnings) = (log.text.into_string(), log.warnings);
            Explained { log, warnings, value: None, variation_id: None, error: Some(error), circle }
        }
    }
}

/// A log that is being written.
struct Log<'a, 'n> {
    config: &'a Config<'n>,
    user: Option<&'a Context>,
    text: Text,
    warnings: Vec<String>,
    /// The keys of the settings that wait for a prerequisite.
    open: Vec<&'n str>,
    steps: usize,
}

/// What a setting serves.
struct Served {
    value: Value,
    variation_id: Option<String>,
}

impl<'n> Log<'_, 'n> {
    fn setting(&mut self, setting: &Setting<'n>) -> Result<Served, Fatal> {
        let mut scope = Scope { setting: *setting, is_user_missed: false };
        let (Some(rules), Some(options)) = (setting.rules(), setting.options()) else {
            return Err(Fatal::new("Config JSON is invalid"));
        };
        if !rules.is_empty() {
            self.text.line("Evaluating targeting rules and applying the first match if any:");
        }
        for node in rules {
            if let Some(served) = self.rule(node, &mut scope)? {
                return Ok(served);
            }
        }
        if !options.is_empty()
            && let Some(served) = self.options(options, &mut scope)?
        {
            return Ok(served);
        }
        served(setting, setting.value(), setting.node)
    }

    /// What the rule serves; `None` if it does not match or is ignored.
    fn rule(&mut self, node: &'n Node<'n>, scope: &mut Scope<'n>) -> Result<Option<Served>, Fatal> {
        let rule =
            config::Rule::read(node).ok_or_else(|| Fatal::new("Targeting rule is invalid"))?;
        let value = rule.served.and_then(|served| scope.setting.served(served));
        let then = match (rule.served, &value) {
            (None, _) => "% options".to_owned(),
            (Some(_), Some(value)) => format!("'{}'", words::value(value)),
            (Some(_), None) => "'<invalid value>'".to_owned(),
        };
        match self.conditions(rule.conditions, &then, scope) {
            Outcome::True => {}
            Outcome::Fatal(fatal) => return Err(fatal),
            Outcome::False => return Ok(None),
            Outcome::NoUser | Outcome::Missing { .. } | Outcome::Invalid { .. } => {
                self.text.indent();
                self.text.line(IGNORED);
                self.text.outdent();
                return Ok(None);
            }
        }
        match rule.served {
            Some(node) => served(&scope.setting, value, node).map(Some),
            None if rule.options.is_empty() => {
                Err(Fatal::new("Targeting rule THEN part is missing or invalid"))
            }
            None => self.options_of_rule(rule.options, scope),
        }
    }

    fn options_of_rule(
        &mut self,
        options: &'n [Node<'n>],
        scope: &mut Scope<'n>,
    ) -> Result<Option<Served>, Fatal> {
        self.text.indent();
        let served = self.options(options, scope)?;
        if served.is_none() {
            self.text.line(IGNORED);
        }
        self.text.outdent();
        Ok(served)
    }

    /// What the user's share is; `None` if there is nothing to put into a bucket.
    fn options(
        &mut self,
        options: &'n [Node<'n>],
        scope: &mut Scope<'n>,
    ) -> Result<Option<Served>, Fatal> {
        let Some(user) = self.user else {
            self.warn_of_missing_user(scope);
            self.text.line("Skipping % options because the User Object is missing.");
            return Ok(None);
        };
        let attribute = scope.setting.percentage_attribute().unwrap_or(IDENTIFIER);
        let subject = words::attribute(user, attribute);
        let bucket = subject
            .and_then(|subject| split::bucketing(scope.setting.key).prepare().bucket(subject));
        let Some(bucket) = bucket else {
            let missing = format!("the User.{attribute} attribute is missing");
            self.warnings.push(words::missing_share(scope.setting.key, attribute));
            self.text.line(&format!("Skipping % options because {missing}."));
            return Ok(None);
        };
        self.text.line(&format!("Evaluating % options based on the User.{attribute} attribute:"));
        self.text.line(&format!(
            "- Computing hash in the [0..99] range from User.{attribute} => {bucket} (this value is sticky and consistent across all SDKs)"
        ));
        self.share(options, bucket, scope).map(Some)
    }

    fn share(
        &mut self,
        options: &'n [Node<'n>],
        bucket: f64,
        scope: &Scope<'n>,
    ) -> Result<Served, Fatal> {
        let mut sum = 0.0;
        for (place, node) in options.iter().enumerate() {
            let percentage =
                config::percentage(node).ok_or_else(|| Fatal::new("a percentage is no number"))?;
            sum += percentage;
            if bucket < sum {
                let served = served(&scope.setting, scope.setting.served(node), node)?;
                self.text.line(&format!(
                    "- Hash value {bucket} selects % option {} ({percentage}%), '{}'.",
                    place + 1,
                    words::value(&served.value)
                ));
                return Ok(served);
            }
        }
        Err(Fatal::new("Sum of percentage option percentages is less than 100"))
    }

    /// Once for every setting.
    fn warn_of_missing_user(&mut self, scope: &mut Scope<'n>) {
        if !scope.is_user_missed {
            self.warnings.push(words::missing_user(scope.setting.key));
        }
        scope.is_user_missed = true;
    }
}

/// The setting whose rules are walked.
struct Scope<'n> {
    setting: Setting<'n>,
    /// The missing user was told of.
    is_user_missed: bool,
}

fn served(setting: &Setting<'_>, value: Option<Value>, node: &Node<'_>) -> Result<Served, Fatal> {
    let id = if setting.is_readable() { variation_id(node) } else { None };
    let value = value.ok_or_else(|| Fatal::new("Setting value is missing or invalid"))?;
    Ok(Served { value, variation_id: id.map(str::to_owned) })
}

const IGNORED: &str =
    "The current targeting rule is ignored and the evaluation continues with the next rule.";

#[cfg(test)]
mod tests;
