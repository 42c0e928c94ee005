//! Which database.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::ConfigError;

/// Where everything is kept.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum Database {
    /// A SQLite file, created where there is none.
    Sqlite(PathBuf),
    /// The URL of a PostgreSQL database, with its password.
    Postgres(String),
}

impl FromStr for Database {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        if let Some((scheme, _)) = text.split_once("://") {
            return Err(ConfigError::new(format!(
                "`{scheme}://` is no database that is known here; it is a path of a SQLite file, \
                 or `postgres://user:password@host/database`"
            )));
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        if path.is_empty() {
            return Err(ConfigError::new("the path of the SQLite file is empty"));
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

/// For logs: a URL without its password.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => f.write_str(&flagkit_postgres::shown(url)),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
