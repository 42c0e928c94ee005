//! Texts of plans with places to fill in: `{{arm}}` from the release, `${NAME}` from the environment.

use crate::order::Failure;
use crate::plan::Plan;

/// What stands for what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    names: Vec<(String, String)>,
}

impl Names {
    /// `{{arm}}`, `{{version}}` and `{{address}}` of an arm, and `{{target}}`.
    pub(crate) fn of_arm(plan: &Plan, arm: &str) -> Self {
        let names = Self::default().with("target", &plan.target).with("arm", arm);
        match plan.arms.iter().find(|known| known.name == arm) {
            None => names,
            Some(known) => names
                .with("version", &known.version)
                .with("address", known.address.as_deref().unwrap_or_default()),
        }
    }

    /// With another name. The first of several equal ones counts.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.names.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The text with every `{{name}}` replaced. What was filled in is not looked at again.
    ///
    /// # Errors
    ///
    /// If a name is not known: it would go out as it stands.
    pub(crate) fn fill(&self, text: &str) -> Result<String, Failure> {
        self.fill_with(text, str::to_owned)
    }

    /// The same, where a value is put into quotes of another language.
    pub(crate) fn fill_with(
        &self,
        text: &str,
        escape: impl Fn(&str) -> String,
    ) -> Result<String, Failure> {
        replaced(text, ("{{", "}}"), |name| {
            let found = self.names.iter().find(|(known, _)| known == name.trim());
            found.map(|(_, value)| escape(value)).ok_or_else(|| {
                let known: Vec<&str> = self.names.iter().map(|(name, _)| name.as_str()).collect();
                let known = known.join(", ");
                Failure::permanent(format!("`{{{{{name}}}}}` is not known here; known are {known}"))
            })
        })
    }
}

/// The text with every `${NAME}` replaced by a variable of the environment.
///
/// # Errors
///
/// If a variable is not set. The message has its name and nothing of its neighbours.
pub(crate) fn with_environment(text: &str) -> Result<String, Failure> {
    replaced(text, ("${", "}"), |name| {
        std::env::var(name).map_err(|_| {
            Failure::permanent(format!(
                "the environment variable `{name}` is not set; set it where the engine runs"
            ))
        })
    })
}

fn replaced(
    text: &str,
    (open, close): (&str, &str),
    value: impl Fn(&str) -> Result<String, Failure>,
) -> Result<String, Failure> {
    let (mut done, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, behind)) = rest.split_once(open) {
        let Some((name, after)) = behind.split_once(close) else { break };
        done.push_str(before);
        done.push_str(&value(name)?);
        rest = after;
    }
    done.push_str(rest);
    Ok(done)
}

#[cfg(test)]
mod tests;
