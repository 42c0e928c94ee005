//! Flags declared in the code: types, defaults and owners in one place, checked at start.
//!
//! `cargo run --example declared`

use std::error::Error;

use flagkit::{Attributes, ctx};

flagkit::flags! {
    /// The search engine of next year. Remove when everyone has it.
    pub NEW_SEARCH: bool = false, owner = "search", expires = "2099-12-31";
    /// How the checkout looks.
    pub CHECKOUT_LAYOUT: enum Layout {
        Classic = "classic",
        OnePage = "one-page",
        Express = "express",
    } = Layout::Classic;
}

/// The application's own user is the context: nothing is copied.
#[derive(Attributes)]
struct User {
    #[flag(key)]
    id: String,
    country: String,
    #[flag(private)]
    email: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/flags.yaml");
    let _flags = flagkit::init_from_file(file)?;
    if let Err(mismatches) = flagkit::verify(DECLARED_FLAGS) {
        println!("worth a look:\n{mismatches}\n");
    }

    let email = "ada@shop.example".to_owned();
    let user = User { id: "u-4".into(), country: "FR".into(), email };
    println!("new search for {}: {}", user.email, NEW_SEARCH.get(&user));
    match CHECKOUT_LAYOUT.get(&user) {
        Layout::Classic => println!("the classic checkout"),
        Layout::OnePage => println!("one page"),
        Layout::Express => println!("express"),
    }

    // A context for one call, borrowed from wherever the values are.
    println!("new search for u-5: {}", NEW_SEARCH.get(ctx!("u-5", "country" => user.country)));
    Ok(())
}
