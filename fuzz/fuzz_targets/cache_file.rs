//! Cache files: bytes as they are, and behind a first line that is right for them.
#![no_main]

use flagkit_client::Entry;
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};

fuzz_target!(|bytes: &[u8]| {
    let _ = Entry::parse(bytes);
    let digits: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let file = [b"flagkit-cache/1 ", digits.as_bytes(), b"\n", bytes].concat();
    let Ok(entry) = Entry::parse(&file) else { return };
    assert_eq!(Entry::parse(&entry.to_bytes()), Ok(entry));
});
