//! Who asks: an id and six attributes.

use super::expected::Served;

/// A user as an application has it in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "an application's own type")]
pub struct User {
    /// The id.
    pub id: String,
    /// `US` and the like.
    pub country: String,
    /// `free` or `pro`.
    pub plan: String,
    /// The e-mail address.
    pub email: String,
    /// The age in years.
    pub age: u32,
    /// The age as text, for those who only know text.
    pub age_text: String,
    /// The version of the application.
    pub version: String,
    /// The device.
    pub device: String,
}

/// The id of a user.
pub fn id(number: usize) -> String {
    format!("user-{number}")
}

/// A user for whom none of the first four of five rules holds, and the last does.
pub(super) fn user(number: usize) -> User {
    let pick =
        |texts: &[&'static str]| texts.get(number % texts.len()).copied().unwrap_or_default();
    let age = u32::try_from(18 + number % 43).unwrap_or_default();
    User {
        id: id(number),
        country: pick(&["US", "GB", "CA", "JP", "BR", "IN", "AU"]).to_owned(),
        plan: pick(&["free", "pro", "team"]).to_owned(),
        email: format!("someone-{number}@elsewhere.org"),
        age,
        age_text: age.to_string(),
        version: format!("4.{}.{}", number % 20, number % 7),
        device: format!("iphone1{}", number % 10),
    }
}

/// Users that make each of the five rules hold on its own, or just not.
pub(super) fn probes() -> Vec<(User, Served)> {
    let nobody = || User { device: "pixel9".to_owned(), ..user(7) };
    let text = str::to_owned;
    let aged = |age: u32| User { age, age_text: age.to_string(), ..nobody() };
    let european = || User { country: text("SE"), plan: text("pro"), ..nobody() };
    vec![
        (european(), Served::A),
        (User { country: text("NO"), ..european() }, Served::Off),
        (User { plan: text("free"), ..european() }, Served::Off),
        (User { email: text("ann@example.com"), ..nobody() }, Served::B),
        (User { email: text("ann@example.com.org"), ..nobody() }, Served::Off),
        (aged(61), Served::C),
        (aged(60), Served::Off),
        (User { version: text("5.0.0"), ..nobody() }, Served::D),
        (User { version: text("4.20.9"), ..nobody() }, Served::Off),
        (nobody(), Served::Off),
    ]
}
