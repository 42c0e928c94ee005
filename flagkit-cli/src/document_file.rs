//! Flag files: read, decoded, compiled, and what is wrong with them at which line.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flagkit_core::{Diagnostic, Snapshot};
use flagkit_dialects::{Conversion, DecodeError, Decoded, Dialect, Position, Settings};

use crate::arguments::Reading;
use crate::failure::Failure;

pub(crate) mod listing;

/// The text of a flag file.
#[derive(Debug)]
pub(crate) struct DocumentFile {
    /// How messages call it.
    pub(crate) name: String,
    /// What is in it.
    pub(crate) text: String,
    /// The language it is in.
    pub(crate) dialect: Dialect,
    settings: Settings,
}

impl DocumentFile {
    /// Reads a file; `-` is the standard input.
    pub(crate) fn read(path: &Path, reading: &Reading) -> Result<Self, Trouble> {
        let name = name(path);
        let bytes = read_bytes(path).map_err(|error| Trouble {
            name: name.clone(),
            position: None,
            message: format!("cannot be read: {error}"),
        })?;
        let settings = Settings { environment: reading.environment.clone(), ..Settings::default() };
        if bytes.len() as u64 > BYTES_MAX {
            let message = "the document is longer than 64 MiB".to_owned();
            return Err(Trouble { name, position: None, message });
        }
        match String::from_utf8(bytes) {
            Ok(mut text) => {
                if text.starts_with(BYTE_ORDER_MARK) {
                    text.drain(..BYTE_ORDER_MARK.len_utf8());
                }
                let recognised = || flagkit_dialects::detect(&text).unwrap_or_default();
                let dialect = reading.dialect.unwrap_or_else(recognised);
                Ok(Self { name, text, dialect, settings })
            }
            Err(error) => Err(not_utf8(name, error.as_bytes())),
        }
    }

    /// Decodes and compiles it.
    pub(crate) fn load(self) -> Result<Loaded, Trouble> {
        let decoded = flagkit_dialects::decode(self.dialect, &self.text, &self.settings);
        let decoded = decoded.map_err(|error| self.trouble(&error))?;
        Ok(self.compile(decoded))
    }

    fn compile(self, decoded: Decoded) -> Loaded {
        let Decoded { document, mut diagnostics, contexts, .. } = decoded;
        let compiled = flagkit_core::compile(document);
        diagnostics.extend(compiled.diagnostics);
        // Finding places reads the text once more: not worth it for nothing.
        let positions = if diagnostics.is_empty() {
            Vec::new()
        } else {
            flagkit_dialects::place(&self.text, &mut diagnostics)
        };
        let findings = diagnostics.into_iter().zip(positions);
        let findings = findings.map(|(diagnostic, position)| Finding { diagnostic, position });
        Loaded { findings: findings.collect(), snapshot: compiled.snapshot, contexts, file: self }
    }

    /// Says the same in the native format, where that is possible.
    pub(crate) fn convert(&self) -> Result<Conversion, Trouble> {
        let converted = flagkit_dialects::convert(self.dialect, &self.text, &self.settings);
        converted.map_err(|error| self.trouble(&error))
    }

    /// The same file with another text, which is native.
    pub(crate) fn with_native_text(self, text: String) -> Self {
        Self { text, dialect: Dialect::Native, ..self }
    }

    fn trouble(&self, error: &DecodeError) -> Trouble {
        let message = error.message().to_owned();
        Trouble { name: self.name.clone(), position: error.position(), message }
    }
}

/// A flag file whose document could be decoded.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The file.
    pub(crate) file: DocumentFile,
    /// Its flags, ready to be evaluated.
    pub(crate) snapshot: Snapshot,
    /// In whose words contexts for them are written.
    pub(crate) contexts: Dialect,
    /// What is wrong with it.
    pub(crate) findings: Vec<Finding>,
}

impl Loaded {
    /// Reads, decodes and compiles a flag file, and tells of its diagnostics in short.
    pub(crate) fn open(path: &Path, reading: &Reading) -> Result<Self, Failure> {
        let loaded = DocumentFile::read(path, reading)?.load()?;
        listing::tell(&loaded)?;
        Ok(loaded)
    }

    /// How many of the findings are errors.
    pub(crate) fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.diagnostic.is_error()).count()
    }

    /// How many of the findings are warnings.
    pub(crate) fn warnings(&self) -> usize {
        self.findings.len() - self.errors()
    }
}

/// One thing that is wrong with a flag file.
#[derive(Debug)]
pub(crate) struct Finding {
    /// What.
    pub(crate) diagnostic: Diagnostic,
    /// Where, if that is known.
    pub(crate) position: Option<Position>,
}

/// Why a file holds no document: nothing can be done with it.
#[derive(Debug)]
pub(crate) struct Trouble {
    /// The file.
    pub(crate) name: String,
    /// Where reading stopped.
    pub(crate) position: Option<Position>,
    /// What is wrong.
    pub(crate) message: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", place(&self.name, self.position), self.message)
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::input(trouble)
    }
}

/// `file:line:column`, as far as it is known.
pub(crate) fn place(name: &str, position: Option<Position>) -> String {
    match position {
        Some(Position { line, column, .. }) => format!("{name}:{line}:{column}"),
        None => name.to_owned(),
    }
}

/// A file to read, or the standard input for `-`.
pub(crate) fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    Ok(Box::new(file))
}

/// How messages call a file.
pub(crate) fn name(path: &Path) -> String {
    if path.as_os_str() == "-" { "<stdin>".to_owned() } else { path.display().to_string() }
}

/// All bytes of a file, but no more than it takes to see that there are too many.
fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Where bytes stop being UTF-8, in the words of the decoder.
fn not_utf8(name: String, bytes: &[u8]) -> Trouble {
    let decoded = flagkit_dialects::decode_bytes(Dialect::Native, bytes, &Settings::default());
    let error = decoded.err();
    let position = error.as_ref().and_then(DecodeError::position);
    let message = error.map_or_else(String::new, |error| error.message().to_owned());
    Trouble { name, position, message }
}

const BYTE_ORDER_MARK: char = '\u{feff}';
/// Documents have at most 64 MiB; the decoder refuses what is longer.
const BYTES_MAX: u64 = 64 << 20;
