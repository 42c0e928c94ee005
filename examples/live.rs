//! Flags that change while they are read: views, listeners, and edits that are refused.
//!
//! `cargo run --example live`

use std::error::Error;

use flagkit::{Client, Context};

fn flags(percentage: u32) -> String {
    format!(
        "schema: flagkit/1\nflags: {{beta: {{enabled: true, rollout_percentage: {percentage}}}}}"
    )
}

fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::from_text(&flags(10))?;
    let _subscription = client.subscribe(|change| println!("changed: {:?}", change.flags));
    let users: Vec<Context> = (0..1_000).map(|n| Context::new(format!("user-{n}"))).collect();
    let count = || users.iter().filter(|user| client.is_enabled("beta", *user)).count();

    println!("at 10 %: {} of 1,000", count());
    let view = client.view();
    client.replace(&flags(25))?;
    println!("at 25 %: {} of 1,000", count());
    let left = users
        .iter()
        .filter(|user| view.is_enabled("beta", *user) && !client.is_enabled("beta", *user));
    println!("who left: {}", left.count());

    let refused = client.replace("flags: {beta: {enabled: maybe}}");
    println!("a broken edit is refused: {}", refused.is_err());
    println!("and nothing changes: {} of 1,000", count());
    Ok(())
}
