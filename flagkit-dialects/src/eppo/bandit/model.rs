//! Models of bandits, in their own document.

use std::collections::HashMap;

use serde::Deserialize;

use crate::error::DecodeError;
use crate::node::without_mark;

use super::super::context::SortedAttributes;

/// The models of an environment.
#[derive(Debug, Default)]
pub struct Models {
    models: HashMap<String, Policy>,
}

impl Models {
    /// Reads a document of models.
    ///
    /// ```
    /// use flagkit_dialects::eppo::Models;
    ///
    /// assert!(Models::read(r#"{ "bandits": {} }"#).is_ok());
    /// assert!(Models::read(r#"{ "bandits": { "broken": {} } }"#).is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// Anything that is not such a document: one broken model breaks all of them.
    pub fn read(text: &str) -> Result<Self, DecodeError> {
        let document: Document = serde_json::from_str(without_mark(text))
            .map_err(|error| DecodeError::new(format!("the models cannot be read: {error}")))?;
        let models = document.bandits.into_iter().map(|(key, model)| (key, model.model_data));
        Ok(Self { models: models.collect() })
    }

    pub(super) fn get(&self, bandit: &str) -> Option<&Policy> {
        self.models.get(bandit)
    }
}

#[derive(Deserialize)]
struct Document {
    bandits: HashMap<String, Model>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Model {
    model_data: Policy,
}

/// What a model has learnt.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Policy {
    pub(super) gamma: f64,
    pub(super) default_action_score: f64,
    pub(super) action_probability_floor: f64,
    coefficients: HashMap<String, Learnt>,
}

/// What a model knows about an action.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Learnt {
    intercept: f64,
    action_numeric_coefficients: Vec<Numeric>,
    action_categorical_coefficients: Vec<Categorical>,
    subject_numeric_coefficients: Vec<Numeric>,
    subject_categorical_coefficients: Vec<Categorical>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Numeric {
    attribute_key: String,
    coefficient: f64,
    missing_value_coefficient: f64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Categorical {
    attribute_key: String,
    value_coefficients: HashMap<String, f64>,
    missing_value_coefficient: f64,
}

impl Policy {
    /// What an action promises for a subject.
    pub(super) fn score(
        &self,
        action: &str,
        about_action: &SortedAttributes,
        about_subject: &SortedAttributes,
    ) -> f64 {
        let Some(known) = self.coefficients.get(action) else { return self.default_action_score };
        known.intercept
            + numeric(&known.action_numeric_coefficients, about_action)
            + categorical(&known.action_categorical_coefficients, about_action)
            + numeric(&known.subject_numeric_coefficients, about_subject)
            + categorical(&known.subject_categorical_coefficients, about_subject)
    }
}

fn numeric(coefficients: &[Numeric], about: &SortedAttributes) -> f64 {
    let each = coefficients.iter().map(|known| {
        let number = about.number(&known.attribute_key);
        number.map_or(known.missing_value_coefficient, |number| number * known.coefficient)
    });
    each.sum()
}

fn categorical(coefficients: &[Categorical], about: &SortedAttributes) -> f64 {
    let each = coefficients.iter().map(|known| {
        let text = about.text(&known.attribute_key);
        let coefficient = text.and_then(|text| known.value_coefficients.get(text).copied());
        coefficient.unwrap_or(known.missing_value_coefficient)
    });
    each.sum()
}
