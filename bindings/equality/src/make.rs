//! Making up cases.

use std::fs;
use std::path::Path;

use flagkit::Client;
use flagkit_testkit::Choices;
use flagkit_testkit::generate::{context, document, hostile_document};
use serde_json::Value;

use crate::Outcome;
use crate::cases::{self, Attribute, Case};

/// Writes cases with this many pairs of a flag and a user, or a few more. Equal counts give equal
/// files.
pub(crate) fn write(path: &Path, pairs: usize) -> Outcome {
    let (mut choices, mut file, mut made) = (Choices::from_seed(SEED), Vec::new(), 0);
    while made < pairs {
        let document = if choices.chance(20) {
            hostile_document(&mut choices)
        } else {
            document(&mut choices)
        };
        let text = document.to_string();
        // Whoever cannot be loaded cannot be asked.
        let Ok(client) = Client::from_text(&text) else { continue };
        let mut keys: Vec<String> = client.view().keys().map(str::to_owned).collect();
        keys.sort_unstable();
        keys.push("no-such-flag".to_owned());
        let users = (0..USERS).map(|_| user(&context(&mut choices))).collect();
        made += keys.len() * USERS;
        cases::write(&Case { document: text, keys, users }, &mut file)?;
    }
    fs::write(path, file)?;
    println!("{made} pairs of a flag and a user");
    Ok(())
}

fn user(context: &Value) -> Vec<(String, Attribute)> {
    let attributes = context.as_object().into_iter().flatten();
    attributes.map(|(name, value)| (name.clone(), Attribute::of(value))).collect()
}

const SEED: u64 = 6;
/// How many users ask each document.
const USERS: usize = 40;
