//! The file of cases: documents, each with keys of flags and users.
//!
//! Numbers are little-endian. A text is its length in bytes (`u32`) and its bytes. Then:
//!
//! | | |
//! |---|---|
//! | file | documents until it ends |
//! | document | text (JSON), how many keys (`u32`), keys (text), how many users (`u32`), users |
//! | user | how many attributes (`u32`), attributes |
//! | attribute | name (text), kind (one byte), value |
//! | kind `s` | text |
//! | kind `i` | integer (`i64`) |
//! | kind `d` | double (`f64`) |
//! | kind `b` | 0 or 1 (one byte) |
//! | kind `l` | list of texts: how many (`u32`), texts |
//! | kind `j` | anything else, as JSON (text) |

use serde_json::Value;

use crate::Outcome;

/// One document and what is asked of it: every flag for every user.
pub(crate) struct Case {
    pub(crate) document: String,
    pub(crate) keys: Vec<String>,
    pub(crate) users: Vec<Vec<(String, Attribute)>>,
}

/// The value of an attribute, by how languages say it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Attribute {
    Text(String),
    Integer(i64),
    Double(f64),
    Boolean(bool),
    Texts(Vec<String>),
    Json(String),
}

impl Attribute {
    /// The kind that fits a JSON value best.
    pub(crate) fn of(value: &Value) -> Self {
        if let Some(text) = value.as_str() {
            return Self::Text(text.to_owned());
        }
        if let Some(number) = value.as_i64() {
            return Self::Integer(number);
        }
        if let Some(number) = value.as_f64()
            && value.is_f64()
        {
            return Self::Double(number);
        }
        if let Some(is_true) = value.as_bool() {
            return Self::Boolean(is_true);
        }
        let texts = value.as_array().map(|items| items.iter().map(Value::as_str).collect());
        match texts {
            Some(Some(texts)) => {
                Self::Texts(Vec::<&str>::into_iter(texts).map(str::to_owned).collect())
            }
            _ => Self::Json(value.to_string()),
        }
    }
}

/// Writes a case behind others.
pub(crate) fn write(case: &Case, file: &mut Vec<u8>) -> Outcome {
    text(&case.document, file)?;
    texts(&case.keys, file)?;
    count(case.users.len(), file)?;
    for user in &case.users {
        count(user.len(), file)?;
        for (name, value) in user {
            text(name, file)?;
            attribute(value, file)?;
        }
    }
    Ok(())
}

fn attribute(value: &Attribute, file: &mut Vec<u8>) -> Outcome {
    match value {
        Attribute::Text(value) => {
            file.push(b's');
            text(value, file)
        }
        Attribute::Integer(value) => {
            file.push(b'i');
            file.extend(value.to_le_bytes());
            Ok(())
        }
        Attribute::Double(value) => {
            file.push(b'd');
            file.extend(value.to_le_bytes());
            Ok(())
        }
        Attribute::Boolean(value) => {
            file.extend([b'b', u8::from(*value)]);
            Ok(())
        }
        Attribute::Texts(values) => {
            file.push(b'l');
            texts(values, file)
        }
        Attribute::Json(value) => {
            file.push(b'j');
            text(value, file)
        }
    }
}

fn texts(values: &[String], file: &mut Vec<u8>) -> Outcome {
    count(values.len(), file)?;
    values.iter().try_for_each(|value| text(value, file))
}

fn text(value: &str, file: &mut Vec<u8>) -> Outcome {
    count(value.len(), file)?;
    file.extend(value.as_bytes());
    Ok(())
}

fn count(number: usize, file: &mut Vec<u8>) -> Outcome {
    file.extend(u32::try_from(number)?.to_le_bytes());
    Ok(())
}

/// What is left of a file of cases.
pub(crate) struct Reader<'f>(pub(crate) &'f [u8]);

impl Reader<'_> {
    /// The next case; none at the end of the file.
    pub(crate) fn next(&mut self) -> Outcome<Option<Case>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let (document, keys) = (self.text()?, self.texts()?);
        let users =
            self.many(|reader| reader.many(|reader| Ok((reader.text()?, reader.attribute()?))))?;
        Ok(Some(Case { document, keys, users }))
    }

    fn attribute(&mut self) -> Outcome<Attribute> {
        let [kind] = self.take()?;
        Ok(match kind {
            b's' => Attribute::Text(self.text()?),
            b'i' => Attribute::Integer(i64::from_le_bytes(self.take()?)),
            b'd' => Attribute::Double(f64::from_le_bytes(self.take()?)),
            b'b' => Attribute::Boolean(self.take()? != [0]),
            b'l' => Attribute::Texts(self.texts()?),
            b'j' => Attribute::Json(self.text()?),
            other => return Err(format!("there is no kind {other}").into()),
        })
    }

    fn texts(&mut self) -> Outcome<Vec<String>> {
        self.many(Self::text)
    }

    fn many<T>(&mut self, read: impl Fn(&mut Self) -> Outcome<T>) -> Outcome<Vec<T>> {
        (0..u32::from_le_bytes(self.take()?)).map(|_| read(self)).collect()
    }

    fn text(&mut self) -> Outcome<String> {
        let length = usize::try_from(u32::from_le_bytes(self.take()?))?;
        let (text, rest) = self.0.split_at_checked(length).ok_or("the file ends too early")?;
        self.0 = rest;
        Ok(String::from_utf8(text.to_vec())?)
    }

    fn take<const N: usize>(&mut self) -> Outcome<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or("the file ends too early")?;
        self.0 = rest;
        Ok(*bytes)
    }
}
