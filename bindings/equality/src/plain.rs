//! Values as every language can write them from what it has: no number is spelled in a language's
//! own way.
//!
//! `null`, `true`, `false`, `i` and digits, `d` and the 16 hexadecimal digits of a double's bits, `s`,
//! length in bytes, `:` and text, `[` items `]`, `{` names (as texts) and values in turn `}`.

use std::fmt;

use flagkit::Value;

/// A value, written like this.
pub(crate) struct Plain<'v>(pub(crate) &'v Value);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Boolean(value) => write!(f, "{value}"),
            Value::Integer(value) => write!(f, "i{value}"),
            Value::Unsigned(value) => write!(f, "i{value}"),
            Value::Float(value) => write!(f, "d{:016x}", value.to_bits()),
            Value::String(text) => write!(f, "s{}:{text}", text.len()),
            Value::List(items) => {
                f.write_str("[")?;
                items.iter().try_for_each(|item| write!(f, "{}", Plain(item)))?;
                f.write_str("]")
            }
            Value::Structure(entries) => {
                f.write_str("{")?;
                for (name, value) in entries.iter() {
                    write!(f, "s{}:{name}{}", name.len(), Plain(value))?;
                }
                f.write_str("}")
            }
            _ => f.write_str("null"),
        }
    }
}
