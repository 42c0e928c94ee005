//! See `flagkit_fuzz::decode`; the native format and the two older shapes.
#![no_main]

use flagkit_dialects::Dialect;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for dialect in [Dialect::Native, Dialect::RolloutRules, Dialect::FeatureFlags] {
        flagkit_fuzz::decode(dialect, bytes);
    }
});
