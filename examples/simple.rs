//! The paved road: load a file once, ask anywhere.
//!
//! `cargo run --example simple`

use std::error::Error;

use flagkit::Context;

const FLAGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/flags.yaml");

fn main() -> Result<(), Box<dyn Error>> {
    // Keeps the file watched until it is dropped: edits arrive within a second.
    let _flags = flagkit::init_from_file(FLAGS)?;

    let context = Context::new("u-7").with("country", "DE").with("plan", "pro").with("age", 37);
    for flag in ["checkout-enabled", "payments-v2", "new-search", "dark-mode"] {
        println!("{flag}: {}", if flagkit::is_enabled(flag, &context) { "on" } else { "off" });
    }

    let layout = flagkit::string_details("checkout-layout", &context, "classic");
    println!("checkout-layout: {} ({})", layout.value, layout.reason);

    println!("\nwhy?\n{}", flagkit::explain("payments-v2", &context));
    Ok(())
}
