//! Encrypted documents: AES-128-CBC with PKCS#7 padding, all in Base64.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The text behind `base64(iv).base64(ciphertext)`; `None` if the key or the text is wrong.
///
/// Keys have 16 bytes, or 24 or 32, which browsers take as well. Bytes that are no UTF-8 become
/// replacement characters.
///
/// ```
/// use flagkit_dialects::growthbook::decrypt;
///
/// assert_eq!(decrypt("not encrypted", "Zvwv/+uhpFDznZ6SX28Yjg=="), None);
/// ```
pub fn decrypt(encrypted: &str, key: &str) -> Option<String> {
    let mut parts = encrypted.split('.');
    let (iv, text) = (bytes(parts.next()?)?, bytes(parts.next()?)?);
    let key = bytes(key)?;
    let plain = match key.len() {
        16 => plain::<aes::Aes128>(&key, &iv, &text),
        24 => plain::<aes::Aes192>(&key, &iv, &text),
        32 => plain::<aes::Aes256>(&key, &iv, &text),
        _ => None,
    }?;
    let plain = plain.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&plain);
    Some(String::from_utf8_lossy(plain).into_owned())
}

fn plain<C>(key: &[u8], iv: &[u8], text: &[u8]) -> Option<Vec<u8>>
where
    C: BlockCipherDecrypt + KeyInit,
{
    let cipher = cbc::Decryptor::<C>::new_from_slices(key, iv).ok()?;
    cipher.decrypt_padded_vec::<Pkcs7>(text).ok()
}

/// As browsers decode: blanks are skipped, padding may be missing but not be incomplete.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|c| !"\t\n\u{c}\r ".contains(*c)).collect();
    let once = |text: &str| text.strip_suffix('=').unwrap_or(text).to_owned();
    let text = if text.len().is_multiple_of(4) { once(&once(&text)) } else { text };
    BASE64.decode(text).ok()
}

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);
