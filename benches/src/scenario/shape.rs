//! What a flag is, before anybody has written it down.

/// A flag of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flag {
    /// Its name.
    pub name: String,
    /// What it does.
    pub shape: Shape,
}

/// What a flag does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "whoever writes documents writes all of them")]
pub enum Shape {
    /// On for everyone.
    On,
    /// On for 50 % of all user ids, the same ones each time.
    Half,
    /// Five rules in this order; the first that holds decides, and where none does, nothing is
    /// served (`off`, where something must be).
    ///
    /// 1. country in [`COUNTRIES`] and plan is [`PLAN`]: variant `a`
    /// 2. e-mail ends with [`STAFF`]: variant `b`
    /// 3. age greater than [`SENIOR`]: variant `c`
    /// 4. version at least [`VERSION`]: variant `d`
    /// 5. device matches a pattern or has a prefix: 50 % `a`, 30 % `b`, 20 % `c`, by user id
    FiveRules(Last),
    /// On for the [`ids`], off for everyone else.
    Ids,
}

/// What the last of five rules looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "whoever writes documents writes both")]
pub enum Last {
    /// The device matches [`PATTERN`].
    Pattern,
    /// The device begins with [`PREFIX`].
    Prefix,
}

/// What an application wants to know of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "evaluators have a call for each")]
pub enum Asked {
    /// Is it on?
    Switch,
    /// Which variant does it serve?
    Variant,
}

impl Shape {
    /// What an application asks of such a flag.
    pub fn asked(self) -> Asked {
        match self {
            Self::On | Self::Half | Self::Ids => Asked::Switch,
            Self::FiveRules(_) => Asked::Variant,
        }
    }
}

/// The countries of the first rule.
pub const COUNTRIES: [&str; 10] = ["DE", "FR", "IT", "ES", "NL", "BE", "AT", "PT", "SE", "DK"];
/// The plan of the first rule.
pub const PLAN: &str = "pro";
/// How e-mail addresses of the second rule end.
pub const STAFF: &str = "@example.com";
/// The age of the third rule, which must be exceeded.
pub const SENIOR: u32 = 60;
/// The least version of the fourth rule.
pub const VERSION: &str = "5.0.0";
/// The greatest version below [`VERSION`] that anybody has, for those who can only say "greater".
pub const VERSION_BELOW: &str = "4.99.99";
/// The pattern of the last rule, found anywhere.
pub const PATTERN: &str = "^iphone1[0-9]";
/// The prefix of the last rule.
pub const PREFIX: &str = "iphone";
/// The variants of the last rule and their shares in percent.
pub const SHARES: [(&str, u32); 3] = [("a", 50), ("b", 30), ("c", 20)];

/// The 10,000 ids of [`Shape::Ids`]: every user with an even number.
pub fn ids() -> impl Iterator<Item = String> {
    (0..10_000).map(|number| super::users::id(number * 2))
}
