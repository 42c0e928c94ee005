//! Values as deterministic CBOR (RFC 8949, section 4.2.1).
//!
//! Numbers without fraction are integers (`1.0` is `1`, `-0.0` is `0`), other
//! floats take the shortest of 16, 32 and 64 bits that keeps their value, the
//! keys of a map are sorted by their encoded bytes.

use crate::value::{Number, ValueRef};

/// Calls `then` with the bytes of a value. Only objects and long values need the heap.
pub(super) fn with_encoded<R>(value: ValueRef<'_>, then: impl FnOnce(&[u8]) -> R) -> R {
    let mut bytes = Bytes::new();
    write(value, &mut bytes);
    then(bytes.as_slice())
}

fn write(value: ValueRef<'_>, out: &mut Bytes) {
    match value {
        ValueRef::Null => out.extend(&[0xf6]),
        ValueRef::Boolean(value) => out.extend(&[0xf4 + u8::from(value)]),
        ValueRef::Integer(value) => write_integer(value, out),
        ValueRef::Unsigned(value) => write_head(0, value, out),
        ValueRef::Float(value) => write_number(value, out),
        ValueRef::String(text) => write_text(text, out),
        ValueRef::List(list) => {
            write_head(4, list.iter().count() as u64, out);
            list.iter().for_each(|item| write(item, out));
        }
        ValueRef::Structure(attributes) => {
            let mut entries: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
            attributes.each_attribute(&mut |name, value| {
                let encoded = |value| with_encoded(value, <[u8]>::to_vec);
                entries.push((encoded(ValueRef::String(name)), encoded(value)));
            });
            entries.sort();
            write_head(5, entries.len() as u64, out);
            for (name, value) in entries {
                out.extend(&name);
                out.extend(&value);
            }
        }
    }
}

fn write_text(text: &str, out: &mut Bytes) {
    write_head(3, text.len() as u64, out);
    out.extend(text.as_bytes());
}

fn write_integer(value: i64, out: &mut Bytes) {
    match u64::try_from(value) {
        Ok(positive) => write_head(0, positive, out),
        Err(_) => write_head(1, !value.cast_unsigned(), out),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a narrower form is used only if it is exact")]
fn write_number(value: f64, out: &mut Bytes) {
    let integer = Number::Float(value).to_integer();
    if let Some(integer) = integer.and_then(|integer| i64::try_from(integer).ok()) {
        return write_integer(integer, out);
    }
    if let Some(integer) = integer.and_then(|integer| u64::try_from(integer).ok()) {
        return write_head(0, integer, out);
    }
    let single = value as f32;
    if f64::from(single) != value && !value.is_nan() {
        out.extend(&[0xfb]);
        out.extend(&value.to_be_bytes());
    } else if let Some(half) = half(single) {
        out.extend(&[0xf9]);
        out.extend(&half.to_be_bytes());
    } else {
        out.extend(&[0xfa]);
        out.extend(&single.to_be_bytes());
    }
}

/// The 16-bit float that equals this one, if there is one (IEEE 754 binary16).
#[expect(clippy::cast_possible_truncation, reason = "only bits that fit are kept")]
fn half(value: f32) -> Option<u16> {
    let bits = value.to_bits();
    let sign = (bits >> 16) as u16 & 0x8000;
    let exponent = i32::try_from(bits >> 23 & 0xff).ok()? - 127;
    let fraction = bits & 0x7f_ffff;
    match exponent {
        128 if fraction == 0 => Some(sign | 0x7c00),
        128 => Some(0x7e00),
        -14..=15 if fraction.trailing_zeros() >= 13 => {
            let biased = u16::try_from(exponent + 15).ok()?;
            Some(sign | biased << 10 | (fraction >> 13) as u16)
        }
        -24..=-15 => {
            let whole = fraction | 0x80_0000;
            let shift = u32::try_from(-1 - exponent).ok()?;
            (whole.trailing_zeros() >= shift).then(|| sign | (whole >> shift) as u16)
        }
        _ => None,
    }
}

/// Major type and length or value, in the fewest bytes.
#[expect(clippy::decimal_bitwise_operands, reason = "the RFC says 24 to 27")]
#[expect(clippy::cast_possible_truncation, reason = "each arm has checked the range")]
fn write_head(major: u8, value: u64, out: &mut Bytes) {
    let major = major << 5;
    match value {
        0..=23 => out.extend(&[major | value as u8]),
        24..=0xff => out.extend(&[major | 24, value as u8]),
        0x100..=0xffff => {
            out.extend(&[major | 25]);
            out.extend(&(value as u16).to_be_bytes());
        }
        0x1_0000..=0xffff_ffff => {
            out.extend(&[major | 26]);
            out.extend(&(value as u32).to_be_bytes());
        }
        _ => {
            out.extend(&[major | 27]);
            out.extend(&value.to_be_bytes());
        }
    }
}

/// Bytes on the stack, or on the heap if they are many.
struct Bytes {
    short: [u8; SHORT],
    len: usize,
    long: Vec<u8>,
}

impl Bytes {
    fn new() -> Self {
        Self { short: [0; SHORT], len: 0, long: Vec::new() }
    }

    fn extend(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        match self.short.get_mut(self.len..end) {
            Some(place) if self.long.is_empty() => {
                place.copy_from_slice(bytes);
                self.len = end;
            }
            _ => {
                if self.long.is_empty() {
                    self.long.extend_from_slice(self.short.get(..self.len).unwrap_or_default());
                }
                self.long.extend_from_slice(bytes);
            }
        }
    }

    fn as_slice(&self) -> &[u8] {
        if self.long.is_empty() {
            self.short.get(..self.len).unwrap_or_default()
        } else {
            &self.long
        }
    }
}

const SHORT: usize = 256;
