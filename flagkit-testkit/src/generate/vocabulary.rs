//! The words that documents and contexts share.

use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};

use super::NOW;
use crate::Choices;

/// Attributes that are text, with the values they take.
pub(crate) const TEXTS: [(&str, &[&str]); 6] = [
    ("country", &["DE", "FR", "US", "GB", "de"]),
    ("plan", &["free", "pro", "Pro", "enterprise", "enterprise-plus"]),
    ("email", &["ann@example.com", "bob@EXAMPLE.com", "eve@example.org", "root@localhost", ""]),
    (
        "city",
        &[
            "München",
            "MÜNCHEN",
            "Straße",
            "STRASSE",
            "ΣΊΣΥΦΟΣ",
            "σίσυφος",
            "İstanbul",
            "istanbul",
            "ısparta",
            "ISPARTA",
            "\u{212a}elvin",
            "kelvin",
            "ſet",
            "ǅ",
            "ﬁ",
            "東京",
            "🚀",
        ],
    ),
    ("device.os", &["ios", "iOS", "android", "web"]),
    ("user_id", &["u-1", "u-2", "u-3", "u-7", "u-8", "u-9", "anonymous"]),
];

pub(crate) const NUMBERS: [&str; 4] = ["age", "score", "cart.total", "logins"];

pub(crate) const BOOLEANS: [&str; 2] = ["beta", "verified"];

pub(crate) const LISTS: [&str; 2] = ["roles", "groups"];

pub(crate) const ROLES: [&str; 6] = ["admin", "Admin", "editor", "viewer", "qa", "größe"];

pub(crate) const VERSIONS: [&str; 9] = [
    "1.0.0",
    "1.4.2",
    "1.4.2+build.5",
    "1.5.0",
    "2.0.0-alpha.1",
    "2.0.0-alpha.2",
    "2.0.0",
    "0.9.0",
    "10.0.0",
];

pub(crate) const REQUIREMENTS: [&str; 6] =
    ["^1.4", ">=2, <3", "*", "=1.0.0", "~1.4.2", "<2.0.0-beta"];

pub(crate) const ADDRESSES: [&str; 8] = [
    "10.0.0.1",
    "10.0.1.200",
    "192.168.1.77",
    "203.0.113.9",
    "::1",
    "2001:db8::1",
    "2001:db8:1::ff",
    "::ffff:10.0.0.1",
];

pub(crate) const NETWORKS: [&str; 9] = [
    "10.0.0.0/8",
    "10.0.0.77/24",
    "192.168.1.77",
    "0.0.0.0/0",
    "203.0.113.8/31",
    "::/0",
    "2001:db8::/32",
    "2001:db8::1",
    "::ffff:0:0/96",
];

pub(crate) const PATTERNS: [&str; 8] = [
    "^u-[0-9]+$",
    "[a-z]+@example",
    ".*@example\\.com$",
    "pro|free",
    "(?i)de",
    "",
    "\\p{Lu}",
    "straße",
];

pub(crate) const HOURS: [&str; 6] = [
    "02:00-04:00",
    "22:00-02:00",
    "00:00-12:00",
    "09:30:15-17:45:30",
    "12:00-12:00",
    "12:00-00:00",
];

pub(crate) const WEEKDAYS: [&str; 7] =
    ["monday", "Tue", "WEDNESDAY", "thu", "Friday", "SAT", "sunday"];

/// A user; documents list and override the first ones.
pub(crate) fn user(choices: &mut Choices) -> String {
    format!("u-{}", choices.below(60))
}

pub(crate) fn text_of(choices: &mut Choices, attribute: &str) -> Value {
    let texts = TEXTS.iter().find(|(name, _)| *name == attribute);
    Value::from(*choices.pick(texts.map_or(&ROLES[..], |(_, texts)| texts)))
}

/// Small ones that meet each other, and the neighbours of 2^53.
pub(crate) fn number(choices: &mut Choices) -> Value {
    let odd = [
        json!(42.0),
        json!(99.5),
        json!(0.1),
        json!(-3),
        json!(-0.5),
        json!(1e3),
        json!(1e21),
        json!(9_007_199_254_740_992_u64),
        json!(9_007_199_254_740_993_u64),
        json!(9_007_199_254_740_992.0),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(-0.0),
    ];
    if choices.chance(35) { choices.pick(&odd).clone() } else { json!(choices.between(0, 60)) }
}

pub(crate) fn numeric_text(choices: &mut Choices) -> Value {
    json!(choices.pick(&[
        "42",
        " 42 ",
        "1e3",
        "-3.5",
        "007",
        "18",
        "9007199254740993",
        "\t21\n",
        "+5",
        ".5"
    ]))
}

/// Any time in a form the format can read; whole seconds, so that no rounding differs.
pub(crate) fn time(choices: &mut Choices) -> Value {
    let days = choices.between(-45, 45);
    time_on(choices, NOW + days * 86_400)
}

pub(crate) fn time_on(choices: &mut Choices, seconds: i64) -> Value {
    let date = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    match choices.below(4) {
        0 | 1 => json!(date.to_rfc3339_opts(SecondsFormat::Secs, true)),
        2 => json!(seconds),
        _ => {
            let moved = DateTime::from_timestamp(seconds + 7_200, 0).unwrap_or_default();
            json!(moved.to_rfc3339_opts(SecondsFormat::Secs, true).replace('Z', "+02:00"))
        }
    }
}
