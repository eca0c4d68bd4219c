//! Rows of accounts.

use diesel::prelude::*;

use crate::accounts::mails::Recipient;
use crate::base::clock::Instant;
use crate::base::ids::AccountId;
use crate::base::text::pattern;
use crate::db::schema::accounts;
use crate::db::{Conn, Dialect, Window};
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

crate::code_enum! {
    /// Where an account stands.
    pub enum AccountState {
        Active = "actif" => "Actif",
        Invited = "invite" => "Mot de passe à choisir",
        Unconfirmed = "a-confirmer" => "Adresse à confirmer",
        Disabled = "desactive" => "Désactivé",
    }
}

type People<'q> = accounts::BoxedQuery<'q, Dialect>;

fn narrowed<'q>(state: Option<AccountState>, words: &[String]) -> People<'q> {
    let mut query = accounts::table.into_boxed::<Dialect>();
    for word in words {
        query = query.filter(accounts::search_text.like(pattern(word)));
    }
    let open = |query: People<'q>| query.filter(accounts::disabled_at.is_null());
    match state {
        None => query,
        Some(AccountState::Disabled) => query.filter(accounts::disabled_at.is_not_null()),
        Some(AccountState::Unconfirmed) => open(query).filter(accounts::confirmed_at.is_null()),
        Some(AccountState::Invited) => {
            open(query).filter(accounts::confirmed_at.is_not_null()).filter(accounts::password_hash.is_null())
        }
        Some(AccountState::Active) => {
            open(query).filter(accounts::confirmed_at.is_not_null()).filter(accounts::password_hash.is_not_null())
        }
    }
}

/// How many people have every folded word in their name or address, in one state or in any.
///
/// # Errors
/// When the database refuses.
pub fn count_people(conn: &mut Conn, state: Option<AccountState>, words: &[String]) -> Result<i64, Fault> {
    Ok(narrowed(state, words).count().get_result(conn)?)
}

/// One window of them, sorted by `nom`, `adresse` or `ouvert`.
///
/// # Errors
/// When the database refuses.
pub fn people(
    conn: &mut Conn,
    state: Option<AccountState>,
    words: &[String],
    (sort, descending): (&str, bool),
    window: Window,
) -> Result<Vec<Person>, Fault> {
    let query = narrowed(state, words);
    let query = match (sort, descending) {
        ("adresse", false) => query.order(accounts::email.asc()),
        ("adresse", true) => query.order(accounts::email.desc()),
        ("ouvert", false) => query.order(accounts::created_at.asc()),
        ("ouvert", true) => query.order(accounts::created_at.desc()),
        (_, false) => query.order(accounts::search_text.asc()),
        (_, true) => query.order(accounts::search_text.desc()),
    };
    Ok(query.then_order_by(accounts::id.asc()).offset(window.offset).limit(window.limit).select(PERSON).load(conn)?)
}
