//! Evaluations of one flag.

use std::hint::black_box;
use std::ops::Range;

use flagkit::{Client, Context, ContextRef, FlagHandle};

use super::{Calls, times};
use crate::workloads;

pub(super) fn on_by_name() -> Calls {
    Question::new("w1", users(1..2)).expecting(|on, all| on == all).by_name()
}

pub(super) fn counted_by_name() -> Calls {
    Question::new("w1", users(1..2)).expecting(|on, all| on == all).counted().by_name()
}

pub(super) fn on_by_handle() -> Calls {
    by_handle(client(&workloads::document_of("w1")))
}

pub(super) fn counted_by_handle() -> Calls {
    let client = client(&workloads::document_of("w1"));
    client.count_usage();
    by_handle(client)
}

pub(super) fn counted_in_view() -> Calls {
    let Question { client, flag, users } = Question::new("w1", users(1..2)).counted();
    let view = client.view();
    assert!(users.iter().all(|user| view.is_enabled(&flag, user)));
    Box::new(move |n| {
        for user in users.iter().cycle().take(times(n)) {
            black_box(view.is_enabled(&flag, user));
        }
    })
}

fn by_handle(client: Client) -> Calls {
    static W1: FlagHandle<bool> = FlagHandle::new("w1", false);
    let user = black_box(Context::new("user-1"));
    assert!(W1.get_from(&client, &user));
    Box::new(move |n| {
        for _ in 0..n {
            black_box(black_box(&W1).get_from(&client, &user));
        }
    })
}

pub(super) fn on_with_new_context() -> Calls {
    let client = client(&workloads::document_of("w1"));
    let key = black_box("w1".to_owned());
    let texts = ["user-1", "DE", "pro", "a@b.example", "5.1.0"].map(str::to_owned);
    Box::new(move |n| {
        let [id, country, plan, email, version] = black_box(&texts);
        for _ in 0..n {
            let attributes = [
                ("country", country.into()),
                ("plan", plan.into()),
                ("email", email.into()),
                ("age", 37.into()),
                ("version", version.into()),
                ("beta", true.into()),
            ];
            let user = ContextRef::new(black_box(id), black_box(&attributes));
            black_box(client.is_enabled(&key, &user));
        }
    })
}

pub(super) fn half_by_md5() -> Calls {
    Question::new("w2", users(0..1_000)).expecting(is_about_half).by_name()
}

pub(super) fn half_by_xxh3() -> Calls {
    Question::new("w2-xxh3", users(0..1_000)).expecting(is_about_half).by_name()
}

pub(super) fn five_rules_with_pattern() -> Calls {
    Question::new("w3", users(0..1_000)).expecting_the_last_rule().by_name()
}

pub(super) fn five_rules_with_prefix() -> Calls {
    Question::new("w3s", users(0..1_000)).expecting_the_last_rule().by_name()
}

pub(super) fn counted_rules() -> Calls {
    Question::new("w3s", users(0..1_000)).expecting_the_last_rule().counted().by_name()
}

pub(super) fn details() -> Calls {
    let Question { client, flag, users } =
        Question::new("w3s", users(0..1_000)).expecting_the_last_rule();
    Box::new(move |n| {
        for user in users.iter().cycle().take(times(n)) {
            black_box(client.string_details(&flag, user, "none"));
        }
    })
}

pub(super) fn listed() -> Calls {
    let even = users(0..2_000).into_iter().step_by(2).collect();
    Question::new("w4", even).expecting(|on, all| on == all).by_name()
}

pub(super) fn unlisted() -> Calls {
    let odd = users(1..2_001).into_iter().step_by(2).collect();
    Question::new("w4", odd).expecting(|on, _| on == 0).by_name()
}

pub(super) fn random_flag() -> Calls {
    random_flag_of(client(&workloads::many_flags(RANDOM)))
}

pub(super) fn counted_random_flag() -> Calls {
    let client = client(&workloads::many_flags(RANDOM));
    client.count_usage();
    random_flag_of(client)
}

fn random_flag_of(client: Client) -> Calls {
    let count = RANDOM;
    let users = users(0..1_000);
    // Steps that share no factor with the counts visit everything in an order no cache expects.
    let flags = (0..count).map(|step| workloads::flag_name(step * 6_151 % count));
    let users = (0..count).filter_map(|step| users.get(step * 389 % users.len()).cloned());
    let questions: Vec<(String, Context)> = black_box(flags.zip(users).collect());
    let on = questions.iter().filter(|(flag, user)| client.is_enabled(flag, user)).count();
    assert!((8_000..8_700).contains(&on), "{on} of 10,000: a third by half, two thirds for all");
    Box::new(move |n| {
        for (flag, user) in questions.iter().cycle().take(times(n)) {
            black_box(client.is_enabled(flag, user));
        }
    })
}

pub(super) fn references() -> Calls {
    let client = client(&workloads::document_with_references());
    Question { client, flag: "checkout".to_owned(), users: users(0..1_000) }
        .expecting(|on, all| on == all)
        .by_name()
}

/// A flag, and the users it is asked for in turn.
struct Question {
    client: Client,
    flag: String,
    users: Vec<Context>,
}

impl Question {
    /// About a flag of [`workloads::document`], which is alone in its client.
    fn new(flag: &str, users: Vec<Context>) -> Self {
        let client = client(&workloads::document_of(flag));
        Self { client, flag: flag.to_owned(), users }
    }

    /// Goes on if the number of users for whom it is on, of all, is right.
    fn expecting(self, is_right: impl Fn(usize, usize) -> bool) -> Self {
        let on = self.users.iter().filter(|user| self.client.is_enabled(&self.flag, *user)).count();
        assert!(is_right(on, self.users.len()), "`{}` is on for {on}", self.flag);
        self
    }

    /// Goes on if it is the last of the five rules that decides for everyone.
    fn expecting_the_last_rule(self) -> Self {
        let details = |user| self.client.string_details(&self.flag, user, "none");
        assert!(self.users.iter().all(|user| details(user).rule.as_deref() == Some("phones")));
        self
    }

    /// Goes on with a client that counts.
    fn counted(self) -> Self {
        self.client.count_usage();
        self
    }

    fn by_name(self) -> Calls {
        let Self { client, flag, users } = black_box(self);
        Box::new(move |n| {
            for user in users.iter().cycle().take(times(n)) {
                black_box(client.is_enabled(&flag, user));
            }
        })
    }
}

fn is_about_half(on: usize, all: usize) -> bool {
    on.abs_diff(all / 2) < all / 14
}

/// Users whom only the last of the five rules matches.
fn users(numbers: Range<usize>) -> Vec<Context> {
    numbers.map(workloads::user).collect()
}

#[expect(clippy::expect_used, reason = "a scenario stops where its own document is not good")]
fn client(document: &str) -> Client {
    Client::from_text(document).expect("the document is good")
}

/// So many flags there are where a random one is asked for.
const RANDOM: usize = 10_000;
