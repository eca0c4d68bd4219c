//! What a password must be, on the CNIL's advice.

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
