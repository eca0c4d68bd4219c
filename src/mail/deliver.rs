//! Delivery of the outbox over SMTP.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart};
use lettre::{SmtpTransport, Transport as _};

use super::store::{self, Sent};
use crate::base::clock::Instant;
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
    /// `smtp://host:25` (clear, for a relay on the same machine), `smtp+starttls://…` or `smtps://…`, with
    /// credentials in the URL when the relay asks for them.
    ///
    /// # Errors
    /// Says which of the two settings is wrong.
    pub fn smtp(url: &str, from: &str) -> Result<Self, String> {
        let relay = match url.strip_prefix("smtp+starttls://") {
            Some(rest) => SmtpTransport::from_url(&format!("smtp://{rest}?tls=required")),
            None => SmtpTransport::from_url(url),
        }
        .map_err(|e| format!("SMTP URL: {e}"))?
        .timeout(Some(PATIENCE));
        let from = from.parse().map_err(|e| format!("sender address: {e}"))?;
        Ok(Self::Smtp { relay: Box::new(relay.build()), from })
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
            db.write(|conn| store::mark_sent(conn, mail.id, now, matches!(transport, Transport::Kept)))?;
            Ok(Some(Attempt::Left))
        }
        Err(error) => {
            tracing::warn!(mail = mail.id.0, %error, "mail not delivered");
            db.write(|conn| store::mark_failed(conn, &mail, now, &error))?;
            Ok(Some(Attempt::Failed))
        }
    }
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
