//! The words of the mails about a dossier, and to whom they go.

use diesel::prelude::*;

use super::store::{Dossier, Version};
use crate::access::Role;
use crate::base::ids::{AccountId, CallId};
use crate::calls::Call;
use crate::db::Conn;
use crate::db::schema::{accounts, call_roles};
use crate::fault::Fault;
use crate::mail::Message;
use crate::notify;
use crate::service::Operation;

/// Who a mail goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Told in the service's pages as well, when it is known to have an account.
    pub account: Option<AccountId>,
    pub email: String,
    pub name: String,
}

/// A subject and the sentences between the greeting and the signature.
pub struct Words {
    pub kind: &'static str,
    pub subject: String,
    pub text: String,
}

/// Whoever submitted the version in force, and the contact it names.
///
/// # Errors
/// When the database refuses.
pub fn applicants(conn: &mut Conn, version: &Version) -> Result<Vec<Recipient>, Fault> {
    let (email, given_name, surname) = accounts::table
        .filter(accounts::id.eq(version.submitted_by))
        .select((accounts::email, accounts::given_name, accounts::surname))
        .first::<(String, String, String)>(conn)?;
    let mut recipients = vec![Recipient { account: None, email, name: format!("{given_name} {surname}") }];
    let contact = &version.content.applicant;
    if !recipients[0].email.eq_ignore_ascii_case(&contact.contact_email) {
        recipients.push(Recipient {
            account: None,
            email: contact.contact_email.clone(),
            name: contact.contact_name.clone(),
        });
    }
    Ok(recipients)
}

/// The managers of a call.
///
/// # Errors
/// When the database refuses.
pub fn managers(conn: &mut Conn, call: CallId) -> Result<Vec<Recipient>, Fault> {
    let mut rows = accounts::table
        .inner_join(call_roles::table)
        .filter(call_roles::call_id.eq(call))
        .filter(call_roles::role.eq(Role::CallManager))
        .filter(call_roles::revoked_at.is_null())
        .filter(accounts::disabled_at.is_null())
        .order(accounts::id)
        .select((accounts::id, accounts::email, accounts::given_name, accounts::surname))
        .load::<(AccountId, String, String, String)>(conn)?;
    rows.dedup();
    Ok(rows
        .into_iter()
        .map(|(id, email, given_name, surname)| Recipient {
            account: Some(id),
            email,
            name: format!("{given_name} {surname}"),
        })
        .collect())
}

/// Puts the same words in the outbox for each recipient, signed by the service in charge of the call, and tells those who
/// have an account in the service's pages: `href` is where it leads them.
///
/// # Errors
/// When the database refuses.
pub fn send(
    op: &mut Operation<'_>,
    call: &Call,
    dossier: &Dossier,
    recipients: &[Recipient],
    words: &Words,
    href: &str,
) -> Result<(), Fault> {
    let contact = &call.definition.contact;
    for to in recipients {
        if let Some(account) = to.account {
            notify::tell(op, account, words.kind, &words.subject, href)?;
        }
        let greeting = if to.name.is_empty() { "Bonjour,".to_owned() } else { format!("Bonjour {},", to.name) };
        let body = format!(
            "{greeting}\n\n{}\n\nUne question\u{202F}? {}, {}, {}.\n",
            words.text, contact.service, contact.email, contact.telephone
        );
        op.send(&Message {
            kind: words.kind,
            recipient: to.email.clone(),
            recipient_name: to.name.clone(),
            subject: words.subject.clone(),
            body,
            document: None,
            dossier: Some(dossier.id),
        })?;
    }
    Ok(())
}

/// « le dossier AMI-ISS-2021-0001, « Titre » ».
#[must_use]
pub fn named(dossier: &Dossier) -> String {
    format!("{} («\u{202F}{}\u{202F}»)", dossier.reference_or_draft(), dossier.title_or_untitled())
}
