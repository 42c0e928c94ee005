//! URLs of pages, as browsers take them apart (WHATWG).
//!
//! Enough for `http` and `https` and for paths; hosts are not translated to Punycode.

use std::fmt::Write;

/// The parts of a URL.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Url {
    pub(crate) scheme: String,
    /// With the port, unless it is the scheme's own.
    pub(crate) host: String,
    pub(crate) path: String,
    /// With the question mark, or empty.
    pub(crate) query: String,
    /// With the number sign, or empty.
    pub(crate) hash: String,
}

impl Url {
    /// Reads a URL; one without host is on this one, by `https`.
    pub(crate) fn parse(text: &str, base: &str) -> Option<Self> {
        let text = text.trim_matches(|c: char| c <= ' ');
        let text: String = text.chars().filter(|c| !"\t\n\r".contains(*c)).collect();
        let (text, hash) = split(&text, '#');
        let (scheme, rest) = scheme(text);
        let scheme = scheme.unwrap_or_else(|| "https".to_owned());
        if !SPECIAL.iter().any(|(name, _)| *name == scheme) {
            return None;
        }
        let (rest, query) = split(rest, '?');
        let rest = rest.replace('\\', "/");
        let has_scheme = text.len() != rest.len() + query.len();
        let (host, path) = match rest.strip_prefix("//") {
            Some(authority) => authority_and_path(authority.trim_start_matches('/'), &scheme)?,
            None if has_scheme => authority_and_path(rest.trim_start_matches('/'), &scheme)?,
            None => (base.to_owned(), rest),
        };
        Some(Self {
            scheme,
            host,
            path: normalised(&path),
            query: encoded_behind(query, " \"<>'"),
            hash: encoded_behind(hash, " \"<>`"),
        })
    }

    /// Reads a URL that has a host of its own.
    pub(crate) fn absolute(text: &str) -> Option<Self> {
        scheme(text.trim_start_matches(|c: char| c <= ' ')).0.and_then(|_| Self::parse(text, ""))
    }

    /// The whole.
    pub(crate) fn href(&self) -> String {
        format!("{}://{}{}", self.scheme, self.host, self.path_and_more())
    }

    /// Everything behind the host.
    pub(crate) fn path_and_more(&self) -> String {
        format!("{}{}{}", self.path, self.query, self.hash)
    }

    /// Names and values of the query, decoded.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        let query = self.query.strip_prefix('?').unwrap_or_default();
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let decoded = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        };
        pairs.map(decoded).collect()
    }

    /// Adds a parameter to the query.
    pub(crate) fn push_parameter(&mut self, name: &str, value: &str) {
        let pairs = self.parameters();
        let all = pairs.iter().map(|(name, value)| (&**name, &**value)).chain([(name, value)]);
        let all: Vec<String> =
            all.map(|(name, value)| format!("{}={}", form(name), form(value))).collect();
        self.query = format!("?{}", all.join("&"));
    }
}

/// Cuts a text before the first of these characters.
fn split(text: &str, at: char) -> (&str, &str) {
    let place = text.find(at).unwrap_or(text.len());
    text.split_at_checked(place).unwrap_or((text, ""))
}

/// The scheme in lower case, and what stands behind its colon.
fn scheme(text: &str) -> (Option<String>, &str) {
    let Some((scheme, rest)) = text.split_once(':') else { return (None, text) };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    if is_scheme { (Some(scheme.to_ascii_lowercase()), rest) } else { (None, text) }
}

/// The host with its port, and the path.
fn authority_and_path(text: &str, scheme: &str) -> Option<(String, String)> {
    let (authority, path) = split(text, '/');
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match host_and_port.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (host_and_port, ""),
    };
    let host = decode_bytes(host.as_bytes(), false).to_ascii_lowercase();
    let is_bracketed = host.starts_with('[') && host.ends_with(']');
    let is_host = host.chars().all(|c| c.is_ascii_graphic() && !FORBIDDEN.contains(c));
    if host.is_empty() || !(is_host || is_bracketed) {
        return None;
    }
    let default = SPECIAL.iter().find(|(name, _)| *name == scheme).map(|(_, port)| *port);
    let port = match port {
        "" => None,
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse::<u16>().ok()?).filter(|port| Some(*port) != default)
        }
        _ => return None,
    };
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    Some((format!("{host}{port}"), path.to_owned()))
}

/// The path without `.` and `..`, beginning with a slash.
fn normalised(path: &str) -> String {
    let path = path.strip_prefix('/').unwrap_or(path);
    let mut kept: Vec<String> = Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment.to_ascii_lowercase().replace("%2e", ".").as_str() {
            ".." => {
                kept.pop();
                kept.extend(is_last.then(String::new));
            }
            "." => kept.extend(is_last.then(String::new)),
            _ => kept.push(encoded(segment, " \"#<>?`{}")),
        }
    }
    format!("/{}", kept.join("/"))
}

fn encoded_behind(text: &str, reserved: &str) -> String {
    // A lone separator is no part of the URL's query or fragment.
    if text.len() < 2 { String::new() } else { encoded(text, reserved) }
}

fn encoded(text: &str, reserved: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_control() || !character.is_ascii() || reserved.contains(character) {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                escape(byte, &mut out);
            }
        } else {
            out.push(character);
        }
    }
    out
}

/// A name or value as forms write it.
fn form(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'*' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => escape(byte, &mut out),
        }
    }
    out
}

fn escape(byte: u8, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(out, "%{byte:02X}");
}

fn decode(text: &str) -> String {
    decode_bytes(text.as_bytes(), true)
}

fn decode_bytes(bytes: &[u8], is_form: bool) -> String {
    let mut out = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while let Some(byte) = bytes.get(place) {
        let digit = |offset| char::from(*bytes.get(place + offset)?).to_digit(16);
        let escaped = if *byte == b'%' { digit(1).zip(digit(2)) } else { None };
        match escaped {
            Some((high, low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or_default());
                place += 2;
            }
            None if *byte == b'+' && is_form => out.push(b' '),
            None => out.push(*byte),
        }
        place += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Schemes whose URLs have hosts and paths, and their ports.
const SPECIAL: [(&str, u16); 5] =
    [("http", 80), ("https", 443), ("ws", 80), ("wss", 443), ("ftp", 21)];
const FORBIDDEN: &str = " #/:<>?@[\\]^|%";
