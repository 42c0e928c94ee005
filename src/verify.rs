//! Verification: do the flags that the application declares fit the document?

use std::fmt;

use flagkit_core::{Flag, Snapshot, Value};

use crate::client::Client;
use crate::handle::DeclaredFlag;
use flagkit_client::Str;

/// One declared flag that does not fit.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Mismatch {
    /// There is no such flag; evaluations answer the declared default.
    Missing {
        /// The key.
        flag: Str,
    },
    /// The flag is malformed; evaluations answer the declared default.
    Malformed {
        /// The key.
        flag: Str,
    },
    /// The flag serves a value of another type; where it does, evaluations answer the
    /// declared default.
    WrongType {
        /// The key.
        flag: Str,
        /// The declared type.
        declared: &'static str,
        /// The value that does not fit.
        value: Value,
    },
    /// The declaration names a value that no variant of the flag serves.
    UnknownVariant {
        /// The key.
        flag: Str,
        /// The value that was declared.
        variant: &'static str,
    },
    /// The day by which the flag should have been gone has passed.
    Expired {
        /// The key.
        flag: Str,
        /// That day.
        day: &'static str,
        /// Who is responsible for it.
        owner: Option<&'static str>,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { flag } => {
                write!(f, "flag `{flag}` is declared but not in the document")
            }
            Self::Malformed { flag } => write!(f, "flag `{flag}` is malformed"),
            Self::WrongType { flag, declared, value } => {
                let kind = value.kind();
                write!(f, "flag `{flag}` is declared as {declared} but serves {value}, {kind}")
            }
            Self::UnknownVariant { flag, variant } => {
                write!(f, "flag `{flag}` is declared with `{variant}`, which no variant serves")
            }
            Self::Expired { flag, day, owner } => {
                write!(f, "flag `{flag}` should have been removed by {day}")?;
                owner.map_or(Ok(()), |owner| write!(f, " (owner: {owner})"))
            }
        }
    }
}

/// Everything about declared flags that does not fit.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifyError {
    mismatches: Vec<Mismatch>,
}

impl VerifyError {
    /// What does not fit, in the order of the declarations.
    pub fn mismatches(&self) -> &[Mismatch] {
        &self.mismatches
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.mismatches.iter().map(ToString::to_string).collect();
        f.write_str(&texts.join("\n"))
    }
}

impl std::error::Error for VerifyError {}

impl Client {
    /// Checks declared flags: is each there, of the declared type, with the declared
    /// variants, and not expired? Meant for a test or the start of an application.
    ///
    /// # Errors
    ///
    /// Everything that does not fit.
    pub fn verify(&self, declared: &[&dyn DeclaredFlag]) -> Result<(), VerifyError> {
        let mut mismatches = Vec::new();
        self.read(|asked| {
            for flag in declared {
                check(asked.snapshot, *flag, &mut mismatches);
            }
        });
        if mismatches.is_empty() { Ok(()) } else { Err(VerifyError { mismatches }) }
    }
}

fn check(snapshot: &Snapshot, declared: &dyn DeclaredFlag, mismatches: &mut Vec<Mismatch>) {
    let key = || Str::from(declared.key());
    match snapshot.flag(declared.key()) {
        None => mismatches.push(Mismatch::Missing { flag: key() }),
        Some(flag) if flag.fault().is_some() => {
            mismatches.push(Mismatch::Malformed { flag: key() });
        }
        Some(flag) => {
            let odd = served(flag).find(|value| !declared.accepts(value));
            mismatches.extend(odd.map(|value| Mismatch::WrongType {
                flag: key(),
                declared: declared.kind(),
                value: value.clone(),
            }));
            let choices = declared.choices().unwrap_or_default().iter();
            let unknown =
                choices.filter(|choice| !served(flag).any(|value| value.as_str() == Some(choice)));
            mismatches
                .extend(unknown.map(|variant| Mismatch::UnknownVariant { flag: key(), variant }));
        }
    }
    mismatches.extend(declared.expired().map(|day| Mismatch::Expired {
        flag: key(),
        day,
        owner: declared.owner(),
    }));
}

/// What a flag serves under a name; for flags without named variants, what on and off mean.
fn served(flag: &Flag) -> impl Iterator<Item = &Value> {
    let has_names = flag.variants().iter().any(|variant| variant.key.is_some());
    let is_served = move |named: bool| named == has_names;
    flag.variants()
        .iter()
        .filter(move |variant| is_served(variant.key.is_some()))
        .map(|variant| &variant.value)
}
