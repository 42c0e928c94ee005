//! Networks as Unleash's engine reads them.

use std::net::{IpAddr, Ipv4Addr};

/// The network in the core's notation; `None` if it cannot be read.
///
/// An address alone is itself; the length behind the slash may be a netmask for IPv4.
pub(super) fn network(text: &str) -> Option<String> {
    let Some((address, prefix)) = text.split_once('/') else {
        return text.parse::<IpAddr>().ok().map(|address| address.to_string());
    };
    let address: IpAddr = address.parse().ok()?;
    let (prefix, longest) = match address {
        IpAddr::V4(_) => (prefix_v4(prefix)?, 32),
        IpAddr::V6(_) => (prefix.parse::<u8>().ok()?, 128),
    };
    (prefix <= longest).then(|| format!("{address}/{prefix}"))
}

fn prefix_v4(text: &str) -> Option<u8> {
    let Ok(mask) = text.parse::<Ipv4Addr>() else { return text.parse().ok() };
    let mask = u32::from(mask);
    let ones = mask.leading_ones();
    let is_contiguous = mask.count_ones() == ones;
    is_contiguous.then(|| u8::try_from(ones).ok()).flatten()
}
