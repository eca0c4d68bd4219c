//! Rows of accounts.

use diesel::prelude::*;

use crate::accounts::mails::Recipient;
use crate::base::clock::Instant;
use crate::base::ids::AccountId;
use crate::base::text::fold;
use crate::db::Conn;
use crate::db::schema::accounts;
use crate::fault::Fault;

/// What sign-in needs to know.
#[derive(Clone, Debug, Queryable)]
pub struct Login {
    pub id: AccountId,
    pub given_name: String,
    pub surname: String,
    pub password_hash: Option<String>,
    pub confirmed_at: Option<Instant>,
    pub disabled_at: Option<Instant>,
}

impl Login {
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.given_name, self.surname)
    }
}

/// # Errors
/// When the database refuses.
pub fn login_by_email(conn: &mut Conn, folded_email: &str) -> Result<Option<Login>, Fault> {
    Ok(accounts::table
        .filter(accounts::email.eq(folded_email))
        .select((
            accounts::id,
            accounts::given_name,
            accounts::surname,
            accounts::password_hash,
            accounts::confirmed_at,
            accounts::disabled_at,
        ))
        .first(conn)
        .optional()?)
}

/// An account as its holder and administrators see it.
#[derive(Clone, Debug, Queryable)]
pub struct Person {
    pub id: AccountId,
    pub email: String,
    pub given_name: String,
    pub surname: String,
    pub password_hash: Option<String>,
    pub administrator: bool,
    pub confirmed_at: Option<Instant>,
    pub disabled_at: Option<Instant>,
    pub created_at: Instant,
}

impl Person {
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.given_name, self.surname)
    }

    #[must_use]
    pub fn recipient(&self) -> Recipient {
        Recipient { email: self.email.clone(), name: self.name() }
    }
}

const PERSON: (
    accounts::id,
    accounts::email,
    accounts::given_name,
    accounts::surname,
    accounts::password_hash,
    accounts::administrator,
    accounts::confirmed_at,
    accounts::disabled_at,
    accounts::created_at,
) = (
    accounts::id,
    accounts::email,
    accounts::given_name,
    accounts::surname,
    accounts::password_hash,
    accounts::administrator,
    accounts::confirmed_at,
    accounts::disabled_at,
    accounts::created_at,
);

/// # Errors
/// [`Fault::NotFound`] when there is no such account.
pub fn person(conn: &mut Conn, id: AccountId) -> Result<Person, Fault> {
    Ok(accounts::table.filter(accounts::id.eq(id)).select(PERSON).first(conn)?)
}

/// People whose name or address has every word of `search`, case and accents apart; one page of them, and how many
/// there are.
///
/// # Errors
/// When the database refuses.
pub fn search(conn: &mut Conn, search: &str, offset: i64, limit: i64) -> Result<(Vec<Person>, i64), Fault> {
    let folded = fold(search);
    // What LIKE reads as a wildcard is no part of a name.
    let plain: String = folded.chars().filter(|c| !matches!(c, '%' | '\\')).collect();
    let words: Vec<_> = plain.split_whitespace().take(10).map(|word| format!("%{word}%")).collect();
    let filtered = || {
        words.iter().fold(accounts::table.into_boxed(), |query, word| query.filter(accounts::search_text.like(word)))
    };
    let found = filtered()
        .order((accounts::search_text, accounts::id))
        .offset(offset)
        .limit(limit)
        .select(PERSON)
        .load(conn)?;
    Ok((found, filtered().count().get_result(conn)?))
}
