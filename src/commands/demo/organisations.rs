//! The organisations of the dossiers and the accounts of those who bring them, with identifiers nobody bears.

use std::collections::HashMap;

use super::data;
use super::people::People;
use crate::access::{Author, load_actor};
use crate::accounts::actions::{NewOrganisation, NewUser, add_organisation, add_user};
use crate::base::ids::{AccountId, OrganisationId};
use crate::base::text::fold;
use crate::fault::Fault;
use crate::service::Service;

/// Low numbers stay free, for the organisations that visitors declare.
const FIRST_NUMBER: u32 = 101;

/// An organisation and the account that brings its dossiers.
#[derive(Clone, Debug)]
pub struct Holder {
    pub organisation: OrganisationId,
    pub account: AccountId,
    pub legal_form: String,
    pub telephone: String,
}

/// Organisations by name.
pub type Holders = HashMap<String, Holder>;

/// Declares an organisation unless another dossier brought it before.
///
/// # Errors
/// When an operation refuses.
pub fn declare(
    service: &Service,
    people: &People,
    holders: &mut Holders,
    file: &data::Organisation,
) -> Result<Holder, Fault> {
    if let Some(known) = holders.get(&file.name) {
        return Ok(known.clone());
    }
    let number = FIRST_NUMBER + u32::try_from(holders.len()).unwrap_or_default();
    let new = NewOrganisation {
        name: file.name.clone(),
        siret: file.siret.clone().unwrap_or_else(|| siret(number)),
        rna: file.rna.clone(),
        legal_form: file.legal_form.clone(),
        street: file.street.clone(),
        postal_code: file.postal_code.clone(),
        city: file.city.clone(),
        representative_name: file.representative_name.clone(),
        representative_quality: file.representative_quality.clone(),
        demonstration: true,
    };
    let now = service.clock.now();
    let (account, author) = match people.holders.get(&file.name) {
        Some(account) => (Some(*account), service.read(|conn| load_actor(conn, *account))?.author()),
        None => (None, Author::console()),
    };
    let (organisation, account) = service.perform(author, now, |op| {
        let account = match account {
            Some(account) => account,
            None => add_user(op, &contact(file))?,
        };
        Ok((add_organisation(op, account, &new)?, account))
    })?;
    let telephone = format!("04 65 71 {:02} {:02}", 31 + number / 100, number % 100);
    let holder = Holder { organisation, account, legal_form: file.legal_form.clone(), telephone };
    holders.insert(file.name.clone(), holder.clone());
    Ok(holder)
}

/// The account of the person who fills the form. It has no password: nobody signs in with it.
fn contact(file: &data::Organisation) -> NewUser {
    let name = file.contact_name.trim();
    let (given_name, surname) = name.rsplit_once(' ').unwrap_or(("", name));
    NewUser {
        email: format!("{}@{}.example", slug(name, "."), slug(&file.name, "-")),
        given_name: given_name.to_owned(),
        surname: surname.to_owned(),
        password: None,
        administrator: false,
    }
}

/// Letters and digits of a name, its words joined: what an address may hold.
fn slug(name: &str, joint: &str) -> String {
    const LONGEST: usize = 48;
    let folded = fold(name);
    let words: Vec<&str> = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let mut slug = String::new();
    for word in words {
        if slug.len() + word.len() > LONGEST {
            break;
        }
        if !slug.is_empty() {
            slug.push_str(joint);
        }
        slug.push_str(word);
    }
    slug
}

/// A SIRET with a right key that starts with more zeros than any real one.
fn siret(number: u32) -> String {
    let siren = with_key(&format!("{number:08}"));
    with_key(&format!("{siren}0001"))
}

/// Digits with their Luhn key.
fn with_key(digits: &str) -> String {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, byte)| {
            let digit = u32::from(byte - b'0');
            if i % 2 == 1 { digit } else { digit * 2 / 10 + digit * 2 % 10 }
        })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::siret;
    use crate::base::identifiers::parse_siret;

    #[test]
    fn invented_numbers_pass_the_key_and_look_invented() {
        for number in [1, 6, 101, 295, 4_321] {
            let siret = siret(number);
            assert_eq!(parse_siret(&siret).as_deref(), Ok(siret.as_str()));
            assert!(siret.starts_with("0000"), "{siret}");
        }
        assert_eq!(siret(6), "00000006700017");
    }
}
