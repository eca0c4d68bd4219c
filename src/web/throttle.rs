//! Slows down guessing at doors that anyone may knock on: sign-in, sign-up, password reset.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::DefaultClock;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::fault::Fault;

type Keyed = RateLimiter<String, HashMapStateStore<String>, DefaultClock>;

pub struct Throttle {
    by_subject: Keyed,
    by_address: Keyed,
}

impl std::fmt::Debug for Throttle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Throttle")
    }
}

/// Attempts allowed in a burst, then per minute.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub per_subject: NonZeroU32,
    pub per_address: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        const TEN: NonZeroU32 = NonZeroU32::new(10).unwrap();
        const HUNDRED: NonZeroU32 = NonZeroU32::new(100).unwrap();
        Self { per_subject: TEN, per_address: HUNDRED }
    }
}

/// One subscriber has a whole IPv6 network of 64 bits: its addresses count as one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
        address => address,
    }
}

impl Throttle {
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            by_subject: RateLimiter::hashmap(Quota::per_minute(limits.per_subject)),
            by_address: RateLimiter::hashmap(Quota::per_minute(limits.per_address)),
        }
    }

    /// Counts one attempt at `door` for a subject (an e-mail address, folded) from an address.
    ///
    /// # Errors
    /// [`Fault::Denied`] when too many came in the last minute; the same words whether the subject exists or not.
    pub fn attempt(&self, door: &str, subject: &str, address: IpAddr) -> Result<(), Fault> {
        if self.by_subject.len() + self.by_address.len() > 10_000 {
            self.by_subject.retain_recent();
            self.by_address.retain_recent();
        }
        let subject = self.by_subject.check_key(&format!("{door}:{subject}"));
        let address = self.by_address.check_key(&format!("{door}:{}", network(address)));
        if subject.is_ok() && address.is_ok() {
            return Ok(());
        }
        Err(Fault::Denied("Trop d’essais en peu de temps. Patientez une minute, puis recommencez.".to_owned()))
    }
}
