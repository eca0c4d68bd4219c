//! Delivery of the outbox over SMTP.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart};
use lettre::{SmtpTransport, Transport as _};

use super::store::{self, Sent};
use crate::base::clock::Instant;
use crate::base::ids::MailId;
use crate::base::network::{is_this_machine, without_port};
use crate::db::Db;
use crate::fault::Fault;
use crate::files::FileStore;
use crate::sealed;

/// How long a mail server may stay silent.
const PATIENCE: Duration = Duration::from_secs(20);

/// How mail leaves.
pub enum Transport {
    Smtp {
        relay: Box<SmtpTransport>,
        from: Mailbox,
    },
    /// The demonstration keeps its mails where its visitors read them.
    Kept,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Smtp { .. } => "Smtp",
            Self::Kept => "Kept",
        })
    }
}

impl Transport {
    /// # Errors
    /// Says which of the two settings is wrong, and what was expected.
    pub fn smtp(url: &str, from: &str) -> Result<Self, String> {
        let relay = relay(url).map_err(|expected| format!("mail relay: expected {expected}"))?;
        let from = sender(from).map_err(|e| format!("sender of mails: {e}"))?;
        Ok(Self::Smtp { relay: Box::new(relay), from })
    }

    fn send(&self, db: &Db, files: &FileStore, mail: &Sent) -> Result<(), String> {
        let Self::Smtp { relay, from } = self else { return Ok(()) };
        let address = mail.recipient.parse().map_err(|e| format!("recipient address: {e}"))?;
        let envelope = lettre::Message::builder()
            .message_id(Some(message_id(mail, from)))
            .from(from.clone())
            .to(Mailbox::new(Some(mail.recipient_name.clone()), address))
            .subject(mail.subject.clone());
        let words = MultiPart::alternative_plain_html(mail.body.clone(), mail.html.clone());
        let message = match mail.document {
            None => envelope.multipart(words),
            Some(id) => {
                let (name, bytes) = db.read(|conn| sealed::bytes(conn, files, id)).map_err(|e| e.to_string())?;
                let pdf = ContentType::parse("application/pdf").map_err(|e| e.to_string())?;
                envelope
                    .multipart(MultiPart::mixed().multipart(words).singlepart(Attachment::new(name).body(bytes, pdf)))
            }
        }
        .map_err(|e| e.to_string())?;
        relay.send(&message).map(|_| ()).map_err(|e| e.to_string())
    }
}

/// A relay: `smtps://…`, `smtp+starttls://…`, `smtp://…` in clear on this machine, `smtp+clear://…` in clear to another.
/// The address has the credentials, when the relay asks for them. Mails carry letters and links that open accounts:
/// nothing goes in clear to another machine unless the address says so.
///
/// # Errors
/// What was expected.
pub fn relay(url: &str) -> Result<SmtpTransport, String> {
    const SCHEMES: &str = "smtps://HOST:PORT, smtp+starttls://HOST:PORT, or smtp://HOST:PORT";
    let url = match url.split_once("://") {
        Some(("smtps", _)) => url.to_owned(),
        Some(("smtp+starttls", place)) => format!("smtp://{place}?tls=required"),
        Some(("smtp+clear", place)) => format!("smtp://{place}"),
        Some(("smtp", place)) if is_this_machine(host(place)) => url.to_owned(),
        Some(("smtp", _)) => {
            return Err(
                "smtps:// or smtp+starttls://, for a relay on another machine; smtp+clear:// on a network that \
                        nobody else reads"
                    .to_owned(),
            );
        }
        _ => return Err(SCHEMES.to_owned()),
    };
    let relay = SmtpTransport::from_url(&url).map_err(|_| SCHEMES.to_owned())?;
    Ok(relay.timeout(Some(PATIENCE)).build())
}

/// The host of an address without scheme: after name and password, before port and path.
fn host(place: &str) -> &str {
    let authority = place.split(['/', '?', '#']).next().unwrap_or_default();
    without_port(authority.rsplit('@').next().unwrap_or_default())
}

/// # Errors
/// Why this is no mailbox.
pub fn sender(text: &str) -> Result<Mailbox, lettre::address::AddressError> {
    text.parse()
}

/// The same at every attempt: a process killed between the relay's « taken » and our note of it sends that one mail
/// again, and mail systems that know its identifier keep one.
fn message_id(mail: &Sent, from: &Mailbox) -> String {
    format!("<{}.{}@{}>", mail.id, mail.created_at.0, from.email.domain())
}

/// What became of one mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    Left,
    /// Noted on the mail, which waits and is tried again.
    Failed,
}

/// Sends the oldest mail that is due, if any.
///
/// # Errors
/// When the database refuses; a refusal of the mail server is noted on the mail.
pub fn deliver_next(db: &Db, files: &FileStore, transport: &Transport, now: Instant) -> Result<Option<Attempt>, Fault> {
    let Some(mail) = db.write(|conn| store::lease(conn, now))? else { return Ok(None) };
    match transport.send(db, files, &mail) {
        Ok(()) => {
            note_sent(db, mail.id, now, matches!(transport, Transport::Kept))?;
            Ok(Some(Attempt::Left))
        }
        Err(error) => {
            tracing::warn!(mail = mail.id.0, %error, "mail not delivered");
            db.write(|conn| store::mark_failed(conn, &mail, now, &error))?;
            Ok(Some(Attempt::Failed))
        }
    }
}

/// A mail that has left must be noted, or it would leave again when its lease ends: a database that is away or busy is
/// asked again for a minute.
fn note_sent(db: &Db, id: MailId, now: Instant, keeping_words: bool) -> Result<(), Fault> {
    let note = || db.write(|conn| store::mark_sent(conn, id, now, keeping_words));
    const ATTEMPTS: usize = 60;
    for _ in 1..ATTEMPTS {
        match note() {
            Err(fault) if fault.is_of_service() => {
                tracing::warn!(mail = id.0, %fault, "a mail has left and cannot be noted yet");
                std::thread::sleep(Duration::from_secs(1));
            }
            noted => return noted,
        }
    }
    note()
}

/// Sends all that is due; answers how many left.
///
/// # Errors
/// As [`deliver_next`].
pub fn deliver_due(db: &Db, files: &FileStore, transport: &Transport, now: Instant) -> Result<usize, Fault> {
    let mut sent = 0;
    while let Some(attempt) = deliver_next(db, files, transport, now)? {
        sent += usize::from(attempt == Attempt::Left);
    }
    Ok(sent)
}
