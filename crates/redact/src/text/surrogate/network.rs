//! Network addresses that nobody has: 240.0.0.0/8, reserved for future use (RFC 1112 section 4), and `3fff::/20`, for
//! documents (RFC 9637). The ranges for documents of version 4 are too small to tell addresses apart, and texts hold them as
//! examples of what has to go. The last part is a check of those before it.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Draw;

/// The address with this number, of the version that `text` is of; none for hardware addresses.
pub(super) fn of(text: &str, number: u32, draw: &Draw) -> Option<String> {
    if text.parse::<Ipv4Addr>().is_ok() {
        let [.., high, low] = draw.place(number, 1 << 16)?.to_be_bytes();
        return Some(format!("240.{high}.{low}.{}", check_v4(high, low)));
    }
    text.parse::<Ipv6Addr>().ok()?;
    let place = u32::try_from(draw.place(number, 1 << 28)?).ok()?;
    let (high, low) = ((place >> 16) as u16, (place & 0xffff) as u16);
    Some(Ipv6Addr::new(0x3fff, high, low, check_v6(high, low), 0, 0, 0, 1).to_string())
}

fn check_v4(high: u8, low: u8) -> u8 {
    high.wrapping_mul(3).wrapping_add(low.wrapping_mul(7)).wrapping_add(41)
}

fn check_v6(high: u16, low: u16) -> u16 {
    // Never a group of zeros, which would be written in another way.
    high.wrapping_mul(31).wrapping_add(low.wrapping_mul(17)).wrapping_add(0x5a5a) | 1
}

/// The length of the address that `text` begins with.
pub(super) fn read_v4(text: &str) -> Option<usize> {
    let written = run(text, |byte| byte.is_ascii_digit() || byte == b'.').trim_end_matches('.');
    let [first, high, low, check] = written.parse::<Ipv4Addr>().ok()?.octets();
    (first == 240 && check == check_v4(high, low)).then_some(written.len())
}

/// The length of the address that `text` begins with.
pub(super) fn read_v6(text: &str) -> Option<usize> {
    let written = run(text, |byte| byte.is_ascii_hexdigit() || byte == b':').trim_end_matches(':');
    let address = written.parse::<Ipv6Addr>().ok()?;
    let [first, high, low, check, rest @ ..] = address.segments();
    let is_ours = first == 0x3fff && high < 0x1000 && check == check_v6(high, low) && rest == [0, 0, 0, 1];
    (is_ours && address.to_string() == written).then_some(written.len())
}

/// The bytes of a kind that `text` begins with, as many as an address may have.
fn run(text: &str, is_part: fn(u8) -> bool) -> &str {
    const ADDRESS_BYTES_MAX: usize = 45;
    let length = text.bytes().take(ADDRESS_BYTES_MAX).take_while(|byte| is_part(*byte)).count();
    text.get(..length).unwrap_or_default()
}
