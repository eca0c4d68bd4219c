//! `essaim user add`

use std::io::{BufRead, IsTerminal};

use super::{Outcome, open};
use crate::access::Author;
use crate::accounts::actions::{NewUser, add_user};
use crate::config::Settings;
use crate::fault::Fault;

/// Opens an account; the password is the first line of standard input.
///
/// # Errors
/// When the service refuses, with every mistake.
pub fn add(
    settings: Settings,
    email: &str,
    given_name: &str,
    surname: &str,
    administrator: bool,
) -> Result<Outcome, String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        eprintln!("Mot de passe (il s’affiche à l’écran) :");
    }
    let mut password = String::new();
    input.lock().read_line(&mut password).map_err(|e| e.to_string())?;
    let user = NewUser {
        email: email.to_owned(),
        given_name: given_name.to_owned(),
        surname: surname.to_owned(),
        password: Some(password.trim_end_matches(['\r', '\n']).to_owned()),
        administrator,
    };
    let service = open(settings)?;
    match service.perform(Author::console(), service.clock.now(), |op| add_user(op, &user)) {
        Ok(_) => {
            println!("Le compte {email} est ouvert.");
            Ok(Outcome::Good)
        }
        Err(Fault::Invalid(errors)) => {
            for error in errors {
                println!("  {} : {}", error.field, error.message);
            }
            Ok(Outcome::Problems)
        }
        Err(other) => Err(other.to_string()),
    }
}
