//! The demonstration's outbox: what a mail server would have carried, readable by every visitor.

use serde::Serialize;

use crate::access::Permission;
use crate::base::clock::PARIS;
use crate::base::ids::MailId;
use crate::fault::Fault;
use crate::web::{Answer, Page, Visit};
use crate::{mail, sealed};

/// Added by the `demo` command only.
#[must_use]
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/demo/courriels", Permission::Public, list),
        Page::get("/demo/courriels/{mail}", Permission::Public, show),
        Page::get("/demo/courriels/{mail}/mise-en-forme", Permission::Public, formatted),
        Page::get("/demo/courriels/{mail}/piece-jointe", Permission::Public, attachment),
    ]
}

#[derive(Serialize)]
struct Row {
    href: String,
    subject: String,
    recipient: String,
    when: String,
}

#[derive(Serialize)]
struct ListView {
    mails: Vec<Row>,
}

fn list(visit: &Visit) -> Result<Answer, Fault> {
    const LATEST: i64 = 100;
    let mails = visit
        .read(|conn| mail::latest(conn, LATEST))?
        .into_iter()
        .map(|m| Row {
            href: format!("/demo/courriels/{}", m.id),
            subject: m.subject,
            recipient: format!("{} <{}>", m.recipient_name, m.recipient),
            when: m.created_at.short(PARIS),
        })
        .collect();
    Answer::page("Courriels envoyés", "site/outbox.html", &ListView { mails })
}

/// A line of the body; addresses of the service become links.
#[derive(Serialize)]
struct Line {
    text: String,
    href: String,
}

#[derive(Serialize)]
struct MailView {
    subject: String,
    recipient: String,
    when: String,
    lines: Vec<Line>,
    formatted: String,
    attachment: String,
}

fn show(visit: &Visit) -> Result<Answer, Fault> {
    let id: MailId = visit.param("mail")?;
    let mail = visit.read(|conn| mail::get(conn, id))?;
    let base_url = &visit.service().settings.base_url;
    let lines = mail
        .body
        .lines()
        .map(|line| Line {
            text: line.to_owned(),
            href: line.trim().strip_prefix(base_url.as_str()).map(str::to_owned).unwrap_or_default(),
        })
        .collect();
    let view = MailView {
        recipient: format!("{} <{}>", mail.recipient_name, mail.recipient),
        when: mail.created_at.short(PARIS),
        lines,
        formatted: format!("/demo/courriels/{id}/mise-en-forme"),
        attachment: mail.document.map(|_| format!("/demo/courriels/{id}/piece-jointe")).unwrap_or_default(),
        subject: mail.subject.clone(),
    };
    Ok(Answer::page(mail.subject, "site/mail.html", &view)?.crumb("Courriels envoyés", "/demo/courriels"))
}

/// The mail as a mail program shows it.
fn formatted(visit: &Visit) -> Result<Answer, Fault> {
    let id: MailId = visit.param("mail")?;
    Ok(Answer::document(visit.read(|conn| mail::get(conn, id))?.html))
}

fn attachment(visit: &Visit) -> Result<Answer, Fault> {
    let id: MailId = visit.param("mail")?;
    let (name, bytes) = visit.read(|conn| {
        let document = mail::get(conn, id)?.document.ok_or(Fault::NotFound)?;
        sealed::bytes(conn, &visit.service().files, document)
    })?;
    Ok(Answer::pdf(name, bytes))
}
