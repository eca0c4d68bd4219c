//! Where an address leads: what goes to another machine does not go in clear unless somebody says so.

use std::net::IpAddr;

/// Whether a host, without port, is the loopback of this machine.
#[must_use]
pub fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `[::1]:5432` and `localhost:5432` without what follows the host.
#[must_use]
pub fn without_port(host: &str) -> &str {
    match host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or_default(),
    }
}
