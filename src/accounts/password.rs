//! Passwords: argon2id hashes, and the CNIL's advice on strength.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use crate::fault::Fault;

/// With throttled sign-in, CNIL recommendation 2022-100 asks for 50 bits; twelve characters are beyond it.
pub const MIN_LENGTH: usize = 12;
const MAX_LENGTH: usize = 200;

/// # Errors
/// What to do, in French.
pub fn check_strength(password: &str, email: &str) -> Result<(), String> {
    let length = password.chars().count();
    if length < MIN_LENGTH {
        return Err(format!(
            "Choisissez un mot de passe d’au moins {MIN_LENGTH} caractères, par exemple quatre mots sans lien entre eux."
        ));
    }
    if length > MAX_LENGTH {
        return Err(format!("Choisissez un mot de passe de {MAX_LENGTH} caractères au plus."));
    }
    let folded = password.to_lowercase();
    let local = email.split('@').next().unwrap_or_default().to_lowercase();
    let few_characters = folded.chars().collect::<std::collections::HashSet<_>>().len() < 5;
    let guessable = ["motdepasse", "password", "123456", "azerty", "essaim"].iter().any(|w| folded.contains(w));
    if few_characters || guessable || (local.len() > 3 && folded.contains(&local)) {
        return Err(
            "Ce mot de passe se devine trop facilement. Évitez votre nom, les suites et les mots courants.".into()
        );
    }
    Ok(())
}

/// # Errors
/// When the system has no randomness to give.
pub fn hash(password: &str) -> Result<String, Fault> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|e| Fault::internal(format!("password hash: {e}")))
}

#[must_use]
pub fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

static DECOY: LazyLock<String> = LazyLock::new(|| hash("a password nobody has").unwrap_or_default());

/// Spends the time of a verification, so that an unknown address answers no faster than a known one.
pub fn spend_time(password: &str) {
    let _ = verify(password, &DECOY);
}

/// Hashes the decoy now: the first unknown address after a start would take twice the time of a known one.
pub fn prepare() {
    LazyLock::force(&DECOY);
}
