//! Hashes of contexts that leave the application.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::context::{InvalidContext, Kinds};

/// The hash by which a server vouches for a context of its client (secure mode).
///
/// # Errors
///
/// The context is invalid.
///
/// ```
/// use flagkit_dialects::launchdarkly::secure_mode_hash;
/// use serde_json::json;
///
/// // RFC 4231, test case 2.
/// let context = json!({ "kind": "user", "key": "what do ya want for nothing?" });
/// let hash = secure_mode_hash("Jefe", &context)?;
/// assert_eq!(hash, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
/// # Ok::<(), flagkit_dialects::launchdarkly::InvalidContext>(())
/// ```
pub fn secure_mode_hash(
    sdk_key: &str,
    context: &serde_json::Value,
) -> Result<String, InvalidContext> {
    let key = Kinds::read(context)?.qualified_key();
    // A key of any length is fine for an HMAC.
    let mac = Hmac::<Sha256>::new_from_slice(sdk_key.as_bytes());
    let mac = mac.map_err(|_| InvalidContext::new("the SDK key cannot be used"))?;
    let digest = mac.chain_update(key.as_bytes()).finalize().into_bytes();
    Ok(digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

/// What a store of big segments is asked for: the SHA-256 of the key in Base64.
pub(super) fn membership_key(key: &str) -> String {
    base64(&Sha256::digest(key.as_bytes()))
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |place: usize| u32::from(chunk.get(place).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4_usize {
            let digit = bits >> (18 - 6 * place) & 63;
            let letter = LETTERS.get(digit as usize).copied().filter(|_| place <= chunk.len());
            text.push(char::from(letter.unwrap_or(b'=')));
        }
    }
    text
}

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, section 10.
    #[test]
    fn base64_pads_what_is_left_over() {
        for (text, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(text.as_bytes()), expected, "{text}");
        }
    }
}
