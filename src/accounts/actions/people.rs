//! Accounts as administrators open them.

use diesel::prelude::*;

use crate::accounts::password;
use crate::base::ids::AccountId;
use crate::base::text::{fold, fold_email, looks_like_email};
use crate::db::schema::accounts;
use crate::fault::{Fault, Mistakes};
use crate::journal::Entry;
use crate::service::Operation;

#[derive(Clone, Debug, Default)]
pub struct NewUser {
    pub email: String,
    pub given_name: String,
    pub surname: String,
    /// Absent: the person chooses one through the password reset.
    pub password: Option<String>,
    pub administrator: bool,
}

/// Adds an account whose address the administrator vouches for.
///
/// # Errors
/// [`Fault::Invalid`] for a bad address, name or password, or an address already taken.
pub fn add_user(op: &mut Operation<'_>, user: &NewUser) -> Result<AccountId, Fault> {
    let mut mistakes = Mistakes::default();
    let email = fold_email(&user.email);
    if !looks_like_email(&email) {
        mistakes.add("email", "Saisissez une adresse électronique, par exemple prenom.nom@exemple.fr.");
    } else if email_taken(op, &email)? {
        mistakes.add("email", "Un compte existe déjà avec cette adresse.");
    }
    let given_name = mistakes.line("given_name", &user.given_name, 80, "Saisissez le prénom.");
    let surname = mistakes.line("surname", &user.surname, 80, "Saisissez le nom.");
    if let Some(password) = &user.password {
        mistakes.take("password", password::check_strength(password, &email));
    }
    mistakes.finish()?;
    let hash = user.password.as_deref().map(password::hash).transpose()?;
    let id = diesel::insert_into(accounts::table)
        .values((
            accounts::email.eq(&email),
            accounts::given_name.eq(&given_name),
            accounts::surname.eq(&surname),
            accounts::password_hash.eq(hash),
            accounts::administrator.eq(user.administrator),
            accounts::confirmed_at.eq(Some(op.now)),
            accounts::search_text.eq(fold(&format!("{given_name} {surname} {email}"))),
            accounts::created_at.eq(op.now),
        ))
        .returning(accounts::id)
        .get_result(op.conn)?;
    op.record(Entry::new("account.add", format!("Compte ouvert pour {given_name} {surname}")));
    Ok(id)
}

pub(super) fn email_taken(op: &mut Operation<'_>, email: &str) -> Result<bool, Fault> {
    let found = accounts::table.filter(accounts::email.eq(email)).count().get_result::<i64>(op.conn)?;
    Ok(found > 0)
}
