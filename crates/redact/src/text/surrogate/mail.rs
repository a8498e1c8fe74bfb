//! Addresses of nobody at `example.org`, which is reserved for examples (RFC 2606 section 3).

use super::{Draw, name};

const HOST: &str = "@example.org";

/// The address with this number.
pub(super) fn of(number: u32, draw: &Draw) -> Option<String> {
    let (given, surname) = name::parts(number, draw)?;
    Some(name::login(&given, &surname) + HOST)
}

/// The length of the address that `text` begins with.
pub(super) fn read(text: &str) -> Option<usize> {
    let login = name::read_login(text)?;
    text.get(login..)?.starts_with(HOST).then_some(login + HOST.len())
}
