//! Answers: what an evaluation found, as one line of JSON.
//!
//! The keys and their order are a contract with other programs:
//! `id`, `flag`, `enabled`, `value`, `variant`, `reason`, `rule`, `error`.

use std::borrow::Cow;
use std::io::{self, Write};

use flagkit_core::{ErrorCode, Reason, Resolution, Value};

/// What is answered to one request.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    /// The request's own id, as JSON text.
    pub(crate) id: &'a str,
    /// The key of the flag; `None` if the request could not be read that far.
    pub(crate) flag: Option<&'a str>,
    /// What was found, or why nothing was.
    pub(crate) result: Result<Resolution<'a>, Fault<'a>>,
    /// The caller's default, as JSON text.
    pub(crate) default: &'a str,
}

/// Why an evaluation has no result.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault<'a> {
    /// OpenFeature's code for it.
    pub(crate) code: ErrorCode,
    /// The same in words.
    pub(crate) message: Cow<'a, str>,
}

impl<'a> Fault<'a> {
    /// A fault in these words.
    pub(crate) fn new(code: ErrorCode, message: impl Into<Cow<'a, str>>) -> Self {
        Self { code, message: message.into() }
    }

    /// The fault that an evaluation of a flag reports by its code alone.
    pub(crate) fn of_flag(code: ErrorCode, flag: &str) -> Self {
        let message = match code {
            ErrorCode::FlagNotFound => format!("there is no flag `{flag}`"),
            ErrorCode::ParseError => format!("the flag `{flag}` is broken; see `flagkit validate`"),
            other => format!("the flag `{flag}` cannot be evaluated: {other}"),
        };
        Self::new(code, message)
    }
}

impl Answer<'_> {
    /// Writes the answer, without a line feed.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(b"{\"id\":")?;
        out.write_all(self.id.as_bytes())?;
        out.write_all(b",\"flag\":")?;
        write_text(out, self.flag)?;
        match &self.result {
            Ok(found) => self.write_found(out, found),
            Err(fault) => self.write_fault(out, fault),
        }
    }

    fn write_found(&self, out: &mut impl Write, found: &Resolution<'_>) -> io::Result<()> {
        let enabled = if found.is_enabled() { "true" } else { "false" };
        out.write_all(b",\"enabled\":")?;
        out.write_all(enabled.as_bytes())?;
        out.write_all(b",\"value\":")?;
        match found.value() {
            Some(value) => write_value(out, value)?,
            None => out.write_all(self.default.as_bytes())?,
        }
        out.write_all(b",\"variant\":")?;
        write_text(out, found.variant())?;
        out.write_all(b",\"reason\":\"")?;
        out.write_all(found.reason().name().as_bytes())?;
        out.write_all(b"\",\"rule\":")?;
        write_text(out, found.rule())?;
        out.write_all(b",\"error\":null}")
    }

    fn write_fault(&self, out: &mut impl Write, fault: &Fault<'_>) -> io::Result<()> {
        let (default, reason) = (self.default, Reason::Error);
        write!(out, r#","enabled":false,"value":{default},"variant":null,"reason":"{reason}","#)?;
        write!(out, r#""rule":null,"error":{{"code":"{}","message":"#, fault.code)?;
        write_text(out, Some(&fault.message))?;
        out.write_all(b"}}")
    }
}

/// Text as JSON, or `null`.
pub(crate) fn write_text(out: &mut impl Write, text: Option<&str>) -> io::Result<()> {
    match text {
        Some(text) => Ok(serde_json::to_writer(out, text)?),
        None => out.write_all(b"null"),
    }
}

fn write_value(out: &mut impl Write, value: &Value) -> io::Result<()> {
    match value {
        Value::Boolean(true) => out.write_all(b"true"),
        Value::Boolean(false) => out.write_all(b"false"),
        Value::String(text) => write_text(out, Some(text)),
        other => write!(out, "{other}"),
    }
}
