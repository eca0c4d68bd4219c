//! Password hashes: argon2id, a few at a time.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use crate::fault::Fault;

/// Computes and verifies hashes, as many at once as there are processors: each takes 19 MiB and a processor, and doors
/// that anyone may knock on must not take all the memory.
#[derive(Debug)]
pub struct Passwords {
    free: Mutex<usize>,
    freed: Condvar,
    computed: AtomicU64,
}

impl Default for Passwords {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self { free: Mutex::new(processors), freed: Condvar::new(), computed: AtomicU64::new(0) }
    }
}

impl Passwords {
    /// # Errors
    /// When the system has no randomness to give.
    pub fn hash(&self, password: &str) -> Result<String, Fault> {
        self.compute(|| hash_by(&self.argon2(), password))
    }

    /// Whether this is the password of an account. One without a password, or no account at all (`None`), takes the
    /// same computation, so that an unknown address answers no faster than a known one.
    #[must_use]
    pub fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        self.compute(|| match hash.and_then(|hash| PasswordHash::new(hash).ok()) {
            Some(hash) => self.argon2().verify_password(password.as_bytes(), &hash).is_ok(),
            None => {
                let _ = hash_by(&self.argon2(), password);
                false
            }
        })
    }

    /// Hashes computed so far, one for each verification.
    #[must_use]
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::SeqCst)
    }

    /// Counted as it is taken in hand, so that a branch that computes nothing counts for nothing.
    fn argon2(&self) -> Argon2<'static> {
        self.computed.fetch_add(1, Ordering::SeqCst);
        Argon2::default()
    }

    fn compute<T>(&self, work: impl FnOnce() -> T) -> T {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.freed.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        drop(free);
        let answer = work();
        *self.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.freed.notify_one();
        answer
    }
}

/// For the console and the seed, which nobody can flood.
///
/// # Errors
/// When the system has no randomness to give.
pub fn hash(password: &str) -> Result<String, Fault> {
    hash_by(&Argon2::default(), password)
}

fn hash_by(argon2: &Argon2<'_>, password: &str) -> Result<String, Fault> {
    argon2
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|e| Fault::internal(format!("password hash: {e}")))
}
