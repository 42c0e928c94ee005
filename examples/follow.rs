//! An application that follows a server: what a user gets, change by change.
//!
//! In one terminal `cargo run --release -- serve --dev`, in another
//! `FLAGKIT_URL=http://127.0.0.1:4290 FLAGKIT_KEY=fk_server_dev cargo run --example follow`, and
//! in a third `flagkit rollout new-checkout 100%`.

use std::env;
use std::error::Error;

use flagkit::Context;

fn main() -> Result<(), Box<dyn Error>> {
    if env::var_os("FLAGKIT_URL").is_none() {
        println!("start `flagkit serve --dev`, and set FLAGKIT_URL and FLAGKIT_KEY as it says");
        return Ok(());
    }
    let _flags = flagkit::init()?;
    let user = Context::new("user-1").with("country", "DE").with("plan", "free");
    let tell = || println!("new-checkout: {}", flagkit::is_enabled("new-checkout", &user));
    tell();
    for change in flagkit::client().changes() {
        println!("changed: {:?}", change.flags);
        tell();
    }
    Ok(())
}
