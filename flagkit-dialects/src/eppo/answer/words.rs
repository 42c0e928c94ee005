//! What the families of the vendor's SDKs call the same outcome.

use serde_json::Value;

use super::super::variation::Kind;

/// Whose words answers are in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there are two families")]
pub enum Words {
    /// The vendor's published test data, and the SDKs for browsers, mobile devices and Node.
    #[default]
    Published,
    /// The SDKs for servers that share one core: Python, Ruby, Rust, Elixir.
    Server,
}

impl Words {
    /// The caller expects another type than the flag has.
    pub(super) fn mismatch(self, found: Kind, expected: Kind, flag: &str) -> String {
        match self {
            Self::Published => format!(
                "Variation value does not have the correct type. Found {}, but expected {} for flag {flag}",
                found.name(),
                expected.name(),
            ),
            Self::Server => format!(
                "Variation value does not have the correct type. Found: {found:?} != {expected:?} for flag {flag}",
            ),
        }
    }

    /// A variation has a value of another type than the flag, or does not exist.
    pub(super) fn unservable(
        self,
        kind: Kind,
        key: Option<&str>,
        value: Option<&Value>,
    ) -> (&'static str, String) {
        match (self, key, value) {
            (Self::Published, Some(key), Some(value)) => {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let description = format!(
                    "Variation ({key}) is configured for type {}, but is set to incompatible value ({value})",
                    kind.name(),
                );
                ("ASSIGNMENT_ERROR", description)
            }
            _ => (UNEXPECTED, UNEXPECTED_DESCRIPTION.to_owned()),
        }
    }
}

/// Puts a value under a name of an object.
pub(super) fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(entries) = object.as_object_mut() {
        entries.insert(name.to_owned(), value);
    }
}

pub(super) const UNEXPECTED: &str = "UNEXPECTED_CONFIGURATION_ERROR";
pub(super) const UNEXPECTED_DESCRIPTION: &str =
    "Configuration error. This might indicate that you're using an outdated version of Eppo SDK";
pub(super) const NOTHING_MATCHED: &str =
    "No allocations matched. Falling back to \"Default Allocation\", serving NULL";
