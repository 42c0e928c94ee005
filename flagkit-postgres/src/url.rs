//! URLs of databases, as text.

/// A URL without the parameter of this name, and its value.
pub fn take_parameter(url: &str, name: &str) -> (String, Option<String>) {
    let Some((place, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let mut value = None;
    let mut rest = Vec::new();
    for parameter in query.split('&') {
        match parameter.split_once('=') {
            Some((known, found)) if known == name => value = Some(found.to_owned()),
            _ => rest.push(parameter),
        }
    }
    let separator = if rest.is_empty() { "" } else { "?" };
    (format!("{place}{separator}{}", rest.join("&")), value)
}

/// What may be shown of a URL: scheme, host, port and database. A password may be before the `@` and
/// in the query; where it is not sure that none is left, nothing of the place is shown.
pub fn shown(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", ""));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    let beyond_query = path.split(['?', '#']).next().unwrap_or_default();
    // An `@` further on: the password has one of `/?#` in it, and all of this may be a part of it.
    let is_split = path.contains('@');
    if is_split || !hosts.split(',').all(is_host) {
        return format!("{scheme}://…");
    }
    format!("{scheme}://{hosts}{beyond_query}")
}

/// `name`, `name:5432` or `[::1]:5432`.
fn is_host(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !text.ends_with(']') => (host, port),
        _ => (text, ""),
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-_[]:%".contains(&byte);
    host.bytes().all(is_name) && port.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
