//! The lines of a configuration with which HAProxy puts users into the buckets of a flag.

use std::fmt::Write as _;

use super::headers;

/// How users are known and which flag's buckets they get.
#[derive(Clone, Debug)]
pub struct Sticky {
    /// The route: the key of the map, and the beginning of the names of the backends.
    pub route: String,
    /// The arms, the control's first. Arm `canary` of route `shop` is the backend `shop-canary`.
    pub arms: Vec<String>,
    /// The map as HAProxy names it: the path of a file that is there.
    pub map: String,
    /// What HAProxy knows a user by: `req.fhdr(x-user-id)` (not `req.hdr`, which ends at commas),
    /// `req.cook(session)`, `src`. A request without it counts as the user `anonymous`, as in flag files.
    pub user: String,
    /// What is hashed in front of the user, as docs/flag-files.md says: `shop:release:variant:` for the
    /// rule `release` of the flag `shop`.
    pub salt: String,
    /// How many buckets there are: 10,000 as in flag files, or up to 1,000,000.
    pub buckets: u32,
    /// The headers, and cookies as `cookie:NAME`, by which requests may be sent to an arm whatever their bucket; the same
    /// as the driver's. More than a handful are better one header that something in front sets.
    pub headers: Vec<String>,
}

/// The lines for a `frontend`. They use nothing that HAProxy 2.6 with OpenSSL does not have.
///
/// MD5 is read as one number of 128 bits, in four steps of 32 bits, because HAProxy counts in 64:
/// `(((w₀ mod n) · 2³² + w₁) mod n · 2³² + w₂) …`, with `2³² mod n` in place of `2³²`.
///
/// ```
/// use flagkit_deploy::driver::haproxy::{Sticky, configuration};
///
/// let lines = configuration(&Sticky {
///     route: "shop".into(),
///     arms: vec!["stable".into(), "canary".into()],
///     map: "/etc/haproxy/flagkit.map".into(),
///     user: "req.fhdr(x-user-id)".into(),
///     salt: "shop:release:variant:".into(),
///     buckets: 10_000,
///     headers: vec!["x-canary".into()],
/// });
/// assert!(lines.contains("use_backend shop-%[var(txn.flagkit_arm)]"));
/// ```
pub fn configuration(sticky: &Sticky) -> String {
    let Sticky { route, arms, map, user, salt, buckets, headers } = sticky;
    let buckets = (*buckets).max(1);
    let carry = (1_u64 << 32) % u64::from(buckets);
    let mut lines = String::new();
    let mut line = |text: &str| {
        let _ = writeln!(lines, "    {text}");
    };
    line(&format!("http-request set-var(txn.flagkit_user) {user}"));
    line(
        "http-request set-var(txn.flagkit_user) str(anonymous) unless { var(txn.flagkit_user) -m len gt 0 }",
    );
    line(&format!(
        "http-request set-var(txn.flagkit_md5) str(\"{salt}\"),concat(,txn.flagkit_user,),digest(md5)"
    ));
    for (word, offset) in [(1, 4), (2, 8), (3, 12)] {
        line(&format!(
            "http-request set-var(txn.flagkit_w{word}) var(txn.flagkit_md5),bytes({offset},4),be2dec(,4)"
        ));
    }
    let step = |word: u32| format!("mul({carry}),add(txn.flagkit_w{word}),mod({buckets})");
    let steps = [1, 2, 3].map(step).join(",");
    line(&format!(
        "http-request set-var(txn.flagkit_bucket) var(txn.flagkit_md5),bytes(0,4),be2dec(,4),mod({buckets}),{steps}"
    ));
    line(&format!("http-request set-var(txn.flagkit_split) str({route}),map({map},0:0)"));
    let control = arms.first().map_or("", String::as_str);
    line(&format!("http-request set-var(txn.flagkit_arm) str({control})"));
    for (place, arm) in arms.iter().enumerate().skip(1) {
        let bound = |end: u32| format!("var(txn.flagkit_split),field({place},/),field({end},:)");
        line(&format!("http-request set-var(txn.flagkit_from) {},add(0)", bound(1)));
        line(&format!("http-request set-var(txn.flagkit_to) {},add(0)", bound(2)));
        line(&format!(
            "http-request set-var(txn.flagkit_arm) str({arm}) if {{ var(txn.flagkit_bucket),sub(txn.flagkit_from) ge 0 }} \
             {{ var(txn.flagkit_bucket),sub(txn.flagkit_to) lt 0 }}"
        ));
    }
    for text in headers::lines(route, arms, (map, headers)) {
        line(&text);
    }
    line(&format!("use_backend {route}-%[var(txn.flagkit_arm)]"));
    lines
}
