//! The outbox: what waits, what left, what was given up and why. Words are not shown: they may hold a personal link.

use serde::Serialize;

use super::page;
use crate::base::clock::PARIS;
use crate::base::ids::MailId;
use crate::fault::Fault;
use crate::journal::Entry;
use crate::mail::{self, Outbox, Standing};
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Column, Filter, ListRequest, ListView, Visit};

const PATH: &str = "/administration/courriels";

const COLUMNS: &[Column] = &[
    Column::sorted("Objet", "objet"),
    Column::sorted("Destinataire", "destinataire"),
    Column::sorted("Écrit le", "date"),
    Column::plain("État"),
    Column::number("Essais", ""),
    Column::plain("Action"),
];

#[derive(Serialize)]
struct Row {
    subject: String,
    recipient: String,
    written: String,
    state: &'static str,
    tone: &'static str,
    /// When it left or is tried again.
    detail: String,
    error: String,
    attempts: i32,
    /// Empty once it has left.
    retry: String,
}

#[derive(Serialize)]
struct View {
    given_up: i64,
    given_up_href: String,
    list: ListView,
    rows: Vec<Row>,
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let standings = Standing::ALL.iter().map(|s| (s.code().to_owned(), s.label().to_owned()));
    let filters = vec![Filter::new("etat", "État", "Tous les états", standings)];
    let request = ListRequest::read(visit, COLUMNS, filters).sorted_by("date", true);
    let standing = request.chosen("etat").and_then(Standing::from_code);
    let words = request.words();
    let (given_up, total, mails) = visit.read(|conn| {
        let total = mail::outbox_count(conn, standing, &words)?;
        let mails = mail::outbox(conn, standing, &words, request.order(), request.window(total))?;
        Ok((mail::outbox_count(conn, Some(Standing::GivenUp), &[])?, total, mails))
    })?;
    if let Some(format) = request.format() {
        return table(&mails).answer(format, visit.now);
    }
    let view = View {
        given_up,
        given_up_href: format!("{PATH}?etat={}", Standing::GivenUp.code()),
        list: request.view(total, "courriel", "courriels"),
        rows: mails.into_iter().map(row).collect(),
    };
    page("Courriels", "administration/mails.html", &view)
}

fn row(mail: Outbox) -> Row {
    let standing = mail.standing();
    let (tone, detail) = match standing {
        Standing::Waiting => ("info", String::new()),
        Standing::Retrying => ("warning", format!("le {}", mail.not_before.short(PARIS))),
        Standing::Sent => ("success", mail.sent_at.map_or(String::new(), |at| format!("le {}", at.short(PARIS)))),
        Standing::GivenUp => ("danger", mail.failed_at.map_or(String::new(), |at| format!("le {}", at.short(PARIS)))),
    };
    Row {
        retry: match standing {
            Standing::Retrying | Standing::GivenUp => format!("{PATH}/{}/relancer", mail.id),
            Standing::Waiting | Standing::Sent => String::new(),
        },
        recipient: mail.recipient,
        subject: mail.subject,
        written: mail.created_at.short(PARIS),
        state: standing.label(),
        tone,
        detail,
        error: mail.last_error,
        attempts: mail.attempts,
    }
}

fn table(mails: &[Outbox]) -> Table {
    let mut table = Table::new(
        "Courriels",
        &["Objet", "Destinataire", "Écrit le", "État", "Essais", "Envoyé le", "Dernière erreur"],
    );
    for mail in mails {
        table.push(vec![
            mail.subject.as_str().into(),
            mail.recipient.as_str().into(),
            Cell::day(Some(mail.created_at), PARIS),
            mail.standing().label().into(),
            i64::from(mail.attempts).into(),
            Cell::day(mail.sent_at, PARIS),
            mail.last_error.as_str().into(),
        ]);
    }
    table
}

pub(super) fn retry(visit: &Visit) -> Result<Answer, Fault> {
    let id: MailId = visit.param("mail")?;
    visit.perform(|op| {
        mail::retry(op.conn, id, op.now)?;
        op.record(Entry::new("mail.retry", format!("Courriel n° {id} remis à l’envoi")));
        Ok(())
    })?;
    Ok(Answer::redirect(PATH).flash("Le courriel est remis à l’envoi."))
}
