//! Flags through OpenFeature: the application knows its API, and FlagKit answers.
//!
//! `cargo run --example openfeature --features openfeature-provider`

use std::error::Error;

use flagkit::Client;
use flagkit::provider::Provider;
use open_feature::{EvaluationContext, OpenFeature};

const FLAGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/flags.yaml");

fn main() -> Result<(), Box<dyn Error>> {
    // Any async runtime will do: answers are there at once.
    tokio::runtime::Builder::new_current_thread().build()?.block_on(ask())
}

async fn ask() -> Result<(), Box<dyn Error>> {
    let (client, _watching) = Client::from_file(FLAGS)?;
    OpenFeature::singleton_mut().await.set_provider(Provider::new(client)).await;

    let flags = OpenFeature::singleton().await.create_client();
    let context = EvaluationContext::default()
        .with_targeting_key("u-7")
        .with_custom_field("country", "DE")
        .with_custom_field("plan", "pro")
        .with_custom_field("age", 37);

    // The crate leaves the default to its caller: `unwrap_or`.
    let is_on = flags.get_bool_value("payments-v2", Some(&context), None).await.unwrap_or(false);
    println!("payments-v2: {}", if is_on { "on" } else { "off" });

    match flags.get_string_details("checkout-layout", Some(&context), None).await {
        Ok(layout) => {
            println!("checkout-layout: {} ({:?})", layout.value, layout.reason);
            println!("metadata: {:?}", layout.flag_metadata.values);
        }
        Err(error) => println!("checkout-layout: {} ({:?})", error.code, error.message),
    }
    Ok(())
}
