//! Versions of the library, and of the interface between it and a program.

use crate::boundary::boundary;
use crate::strings::flagkit_str;

/// The version of the interface that this header describes. See `flagkit_abi_version`.
///
/// It grows by one with everything that is added. What is there is never changed or removed within
/// one `SONAME`.
pub const FLAGKIT_ABI_VERSION: u32 = 1;

/// The version of the interface that the library has. A program works with every library that says
/// at least the `FLAGKIT_ABI_VERSION` that the program was compiled with.
#[unsafe(no_mangle)]
pub extern "C" fn flagkit_abi_version() -> u32 {
    boundary!(0, { FLAGKIT_ABI_VERSION })
}

/// The version of the library, for people: `0.1.0`. Lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn flagkit_version() -> flagkit_str {
    boundary!(flagkit_str::NONE, { flagkit_str::of(env!("CARGO_PKG_VERSION")) })
}
