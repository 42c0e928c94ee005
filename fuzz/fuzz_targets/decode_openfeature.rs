//! See `flagkit_fuzz::decode`.
#![no_main]

use flagkit_dialects::Dialect;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| flagkit_fuzz::decode(Dialect::OpenFeature, bytes));
