//! Generated users: the same ones in every run, in a believable mixture.
//!
//! [`User`] is a plain struct that lends its fields to evaluations, as an application's
//! own type does: evaluating it copies and allocates nothing.

use std::fmt;
use std::thread;

use flagkit_core::{Attributes, List, ValueRef};

/// A customer of the shop.
#[derive(Debug)]
pub(super) struct User {
    id: String,
    email: String,
    account_id: String,
    ip: String,
    country: &'static str,
    plan: &'static str,
    app_version: &'static str,
    device: Device,
    groups: &'static [&'static str],
    age: u32,
    orders: u32,
    cart_total: f64,
    registered_at: i64,
    beta: bool,
}

/// What the customer uses.
#[derive(Debug)]
struct Device {
    os: &'static str,
    model: &'static str,
}

/// The users 1 to `count`, made by several threads.
pub(super) fn generate(count: usize, threads: usize) -> Vec<User> {
    let share = count.div_ceil(threads);
    let make = |first: usize| (first..(first + share).min(count + 1)).map(User::generate).collect();
    thread::scope(|scope| {
        let starts = (1..=count).step_by(share);
        let threads: Vec<_> = starts.map(|first| scope.spawn(move || make(first))).collect();
        // A thread cannot fail; without its users the others are still a demonstration.
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_else(|_| Vec::new()))
            .collect()
    })
}

impl User {
    /// The user of this number.
    pub(super) fn generate(number: usize) -> Self {
        let mut dice = Dice::new(number);
        let is_staff = dice.below(200) == 0;
        let domain = if is_staff { "shop.example" } else { dice.pick(DOMAINS) };
        let network = if is_staff { "10.20.7" } else { dice.pick(NETWORKS) };
        let (os, model) = dice.pick(DEVICES);
        Self {
            id: format!("u-{number}"),
            email: format!("{}.{number}@{domain}", dice.pick(NAMES)),
            account_id: format!("a-{}", number.div_ceil(2)),
            ip: format!("{network}.{}", dice.below(254) + 1),
            country: dice.pick(COUNTRIES),
            plan: dice.pick(PLANS),
            app_version: dice.pick(VERSIONS),
            device: Device { os, model },
            groups: dice.pick(GROUPS),
            age: 16 + dice.below(30) + dice.below(30),
            orders: dice.below(5) * dice.below(8),
            cart_total: f64::from(dice.below(20_000)) / 100.0,
            registered_at: JANUARY_2021 + i64::from(dice.below(SECONDS_UNTIL_DECEMBER_2026)),
            beta: dice.below(20) == 0,
        }
    }

    /// The id by which rollouts know the user.
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

impl Attributes for User {
    #[inline]
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        Some(match name {
            "user_id" => (&self.id).into(),
            "country" => self.country.into(),
            "plan" => self.plan.into(),
            "app_version" => self.app_version.into(),
            "device" => ValueRef::Structure(&self.device),
            "email" => (&self.email).into(),
            "account_id" => (&self.account_id).into(),
            "age" => self.age.into(),
            "orders" => self.orders.into(),
            "cart_total" => self.cart_total.into(),
            "registered_at" => self.registered_at.into(),
            "groups" => ValueRef::List(List::Texts(self.groups)),
            "ip" => (&self.ip).into(),
            // Only those who take part carry the mark.
            "beta" if self.beta => true.into(),
            _ => return None,
        })
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        for name in NAMES_OF_ATTRIBUTES {
            if let Some(value) = self.attribute(name) {
                visit(name, value);
            }
        }
    }
}

impl Attributes for Device {
    #[inline]
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        match name {
            "os" => Some(self.os.into()),
            "model" => Some(self.model.into()),
            _ => None,
        }
    }

    fn each_attribute(&self, visit: &mut dyn FnMut(&str, ValueRef<'_>)) {
        visit("os", self.os.into());
        visit("model", self.model.into());
    }
}

/// The attributes that tell most about a user.
impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, country, plan, age, orders, .. } = self;
        write!(f, "user_id={id} country={country} plan={plan} age={age} orders={orders}")
    }
}

/// Numbers that look random and are the same for the same user.
struct Dice(u64);

impl Dice {
    fn new(number: usize) -> Self {
        Self(number as u64)
    }

    /// `SplitMix64`; the high half times the bound is as even as a demonstration needs.
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let high = u64::from(u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or_default());
        u32::try_from((high * u64::from(bound)) >> 32).unwrap_or_default()
    }

    /// One of these, each as often as its number says.
    fn pick<T: Copy + Default>(&mut self, choices: &[(u32, T)]) -> T {
        let mut left = self.below(choices.iter().map(|(weight, _)| weight).sum());
        for (weight, choice) in choices {
            if left < *weight {
                return *choice;
            }
            left -= weight;
        }
        T::default()
    }
}

const JANUARY_2021: i64 = 1_609_459_200;
const SECONDS_UNTIL_DECEMBER_2026: u32 = 186_710_400;

const COUNTRIES: &[(u32, &str)] = &[
    (28, "US"),
    (16, "DE"),
    (11, "FR"),
    (11, "GB"),
    (10, "IN"),
    (8, "BR"),
    (6, "ES"),
    (5, "NL"),
    (5, "JP"),
];
const PLANS: &[(u32, &str)] = &[(71, "free"), (24, "pro"), (5, "enterprise")];
const VERSIONS: &[(u32, &str)] = &[
    (4, "3.8.2"),
    (8, "3.9.4"),
    (14, "4.0.1"),
    (22, "4.1.2"),
    (2, "4.2.0-rc.1"),
    (28, "4.2.0"),
    (22, "4.3.1"),
];
const DEVICES: &[(u32, (&str, &str))] = &[
    (30, ("android", "Pixel 9")),
    (10, ("android", "Fairphone 5")),
    (32, ("ios", "iPhone 17")),
    (28, ("web", "browser")),
];
const GROUPS: &[(u32, &[&str])] = &[
    (60, &[]),
    (30, &["newsletter"]),
    (5, &["newsletter", "reviewer"]),
    (3, &["no-ai"]),
    (2, &["no-chat"]),
];
const DOMAINS: &[(u32, &str)] =
    &[(55, "example.com"), (30, "example.org"), (14, "mail.example"), (1, "agency.example")];
const NETWORKS: &[(u32, &str)] = &[(5, "192.0.2"), (3, "198.51.100"), (2, "203.0.113")];
const NAMES: &[(u32, &str)] =
    &[(1, "ada"), (1, "ben"), (1, "chen"), (1, "dina"), (1, "emre"), (1, "fay"), (1, "gil")];
const NAMES_OF_ATTRIBUTES: [&str; 14] = [
    "user_id",
    "email",
    "account_id",
    "ip",
    "country",
    "plan",
    "app_version",
    "device",
    "groups",
    "age",
    "orders",
    "cart_total",
    "registered_at",
    "beta",
];
