//! Values as deterministic CBOR (RFC 8949, section 4.2.1).
//!
//! Numbers without fraction are integers (`1.0` is `1`, `-0.0` is `0`), other
//! floats take the shortest of 16, 32 and 64 bits that keeps their value, the
//! keys of a map are sorted by their encoded bytes.

use crate::value::{Number, ValueRef};

pub(super) fn encode(value: ValueRef<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(value, &mut bytes);
    bytes
}

fn write(value: ValueRef<'_>, out: &mut Vec<u8>) {
    match value {
        ValueRef::Null => out.push(0xf6),
        ValueRef::Boolean(value) => out.push(0xf4 + u8::from(value)),
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
                entries.push((encode(ValueRef::String(name)), encode(value)));
            });
            entries.sort();
            write_head(5, entries.len() as u64, out);
            for (name, value) in entries {
                out.extend(name);
                out.extend(value);
            }
        }
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    write_head(3, text.len() as u64, out);
    out.extend(text.as_bytes());
}

fn write_integer(value: i64, out: &mut Vec<u8>) {
    match u64::try_from(value) {
        Ok(positive) => write_head(0, positive, out),
        Err(_) => write_head(1, !value.cast_unsigned(), out),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a narrower form is used only if it is exact")]
fn write_number(value: f64, out: &mut Vec<u8>) {
    let integer = Number::Float(value).to_integer();
    if let Some(integer) = integer.and_then(|integer| i64::try_from(integer).ok()) {
        return write_integer(integer, out);
    }
    if let Some(integer) = integer.and_then(|integer| u64::try_from(integer).ok()) {
        return write_head(0, integer, out);
    }
    let single = value as f32;
    if f64::from(single).to_bits() != value.to_bits() {
        out.push(0xfb);
        out.extend(value.to_be_bytes());
    } else if let Some(half) = half(single) {
        out.push(0xf9);
        out.extend(half.to_be_bytes());
    } else {
        out.push(0xfa);
        out.extend(single.to_be_bytes());
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
fn write_head(major: u8, value: u64, out: &mut Vec<u8>) {
    let major = major << 5;
    match value {
        0..=23 => out.push(major | value as u8),
        24..=0xff => out.extend([major | 24, value as u8]),
        0x100..=0xffff => {
            out.push(major | 25);
            out.extend((value as u16).to_be_bytes());
        }
        0x1_0000..=0xffff_ffff => {
            out.push(major | 26);
            out.extend((value as u32).to_be_bytes());
        }
        _ => {
            out.push(major | 27);
            out.extend(value.to_be_bytes());
        }
    }
}
