//! The desk of a call's decisions: to sign, to notify, notified. One step at a time.

use std::collections::HashSet;

use serde::Serialize;

use super::desk_rows::{Row, letter_rows, sign_rows, table};
use super::shared::call_crumbs;
use super::store;
use crate::access::{Actor, Role};
use crate::base::ids::{DossierId, InstitutionId};
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::decisions::basis;
use crate::decisions::model::LetterKind;
use crate::dossiers::{self, Outcome};
use crate::fault::Fault;
use crate::web::list::{Column, Filter, Format, ListRequest, ListView};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct Tab {
    label: String,
    href: String,
    current: bool,
}

#[derive(Serialize)]
struct DeskView {
    call_title: String,
    step: &'static str,
    signs: bool,
    notifies: bool,
    to_sign: usize,
    to_notify: i64,
    sent: i64,
    read: i64,
    tabs: Vec<Tab>,
    list: ListView,
    rows: Vec<Row>,
    sign_href: String,
    batches_href: String,
    waitlist_href: String,
    archive_href: String,
    notify_href: String,
}

/// What this reader may see of a call's decisions.
pub(super) struct Reader {
    pub closed: HashSet<DossierId>,
    /// Institutions in whose name they sign.
    pub authorities: Vec<InstitutionId>,
    pub manages: bool,
}

impl Reader {
    pub fn of(conn: &mut Conn, actor: &Actor, call: &Call) -> Result<Self, Fault> {
        Ok(Self {
            closed: dossiers::closed_by_interest(conn, actor, call.id)?,
            authorities: basis::authorities_of(conn, actor, call)?,
            manages: actor.holds_in(call.id, &[Role::CallManager]),
        })
    }

    /// What awaits a signature: this reader's own, or everything for the call's manager.
    pub fn to_sign(&self, conn: &mut Conn, call: &Call) -> Result<Vec<store::ToSign>, Fault> {
        let mut waiting = store::to_sign(conn, call)?;
        waiting.retain(|line| !self.closed.contains(&line.dossier) && (self.manages || self.signs(line)));
        Ok(waiting)
    }

    pub fn signs(&self, line: &store::ToSign) -> bool {
        line.pending.iter().any(|authority| self.authorities.contains(authority))
    }
}

const SIGN: &[Column] = &[
    Column::plain("Choisir"),
    Column::plain("Dossier"),
    Column::plain("Porteur"),
    Column::plain("Proposition"),
    Column::number("Montant proposé\u{A0}(€)", ""),
    Column::plain("Autorités"),
    Column::plain("Suite"),
];
const WAITING: &[Column] = &[
    Column::plain("Courrier"),
    Column::plain("Dossier"),
    Column::plain("Sens"),
    Column::number("Montant\u{A0}(€)", ""),
    Column::plain("Scellé le"),
    Column::plain("Envoi"),
    Column::plain("Suite"),
];
const SENT: &[Column] = &[
    Column::plain("Courrier"),
    Column::plain("Dossier"),
    Column::plain("Sens"),
    Column::number("Montant\u{A0}(€)", ""),
    Column::plain("Notifiée le"),
    Column::plain("Lecture"),
    Column::plain("Suite"),
];

/// Which step of the desk is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Sign,
    Notify,
    Sent,
}

impl Step {
    fn code(self) -> &'static str {
        match self {
            Self::Sign => "signer",
            Self::Notify => "notifier",
            Self::Sent => "notifiees",
        }
    }

    fn request(self, visit: &Visit, path: &str) -> ListRequest {
        let codes = |all: &[(&'static str, &'static str)]| -> Vec<(String, String)> {
            all.iter().map(|(code, label)| ((*code).to_owned(), (*label).to_owned())).collect()
        };
        let outcomes: Vec<_> =
            [Outcome::Selected, Outcome::Waitlisted, Outcome::Rejected, Outcome::NotShortlisted, Outcome::Ineligible]
                .iter()
                .map(|o| (o.code(), o.label()))
                .collect();
        let kinds: Vec<_> = LetterKind::ALL.iter().map(|kind| (kind.code(), kind.label())).collect();
        let request = match self {
            Self::Sign => {
                let filters = vec![Filter::new("sens", "Proposition", "Toutes", codes(&outcomes))];
                ListRequest::parse(path, &visit.query, SIGN, filters)
            }
            Self::Notify | Self::Sent => {
                let ways = [("electronique", "Par voie électronique"), ("poste", "Par la poste")];
                let filters = vec![
                    Filter::new("nature", "Nature", "Toutes", codes(&kinds)),
                    Filter::new("envoi", "Envoi", "Tous", codes(&ways)),
                ];
                let columns = if self == Self::Sent { SENT } else { WAITING };
                ListRequest::parse(path, &visit.query, columns, filters).without_search()
            }
        };
        request.keep("etape", self.code())
    }
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let code: String = visit.param("call")?;
    let actor = visit.actor()?;
    let (call, view, format, step) = visit.read(|conn| {
        let call = calls::by_code(conn, &code)?;
        let (view, format, step) = desk(conn, visit, actor, &call)?;
        Ok((call, view, format, step))
    })?;
    if let Some(format) = format {
        return table(&call, step, &view.rows).answer(format, visit.now);
    }
    let answer = Answer::page(format!("Décisions – {}", call.title), "decisions/desk.html", &view)?.desk();
    Ok(call_crumbs(answer, &call, ""))
}

fn desk(conn: &mut Conn, visit: &Visit, actor: &Actor, call: &Call) -> Result<(DeskView, Option<Format>, Step), Fault> {
    let reader = Reader::of(conn, actor, call)?;
    let waiting = reader.to_sign(conn, call)?;
    let to_sign = if reader.manages && reader.authorities.is_empty() {
        waiting.len()
    } else {
        waiting.iter().filter(|line| reader.signs(line)).count()
    };
    let all = store::Wanted::default();
    let (to_notify, _) = store::in_call_page(conn, call.id, false, &reader.closed, all, (0, 0))?;
    let (sent, read) = store::counts(conn, call.id, &reader.closed)?;
    let base = format!("/appels/{}/decisions", call.code);
    let step = match visit.query.text("etape") {
        "signer" => Step::Sign,
        "notifier" => Step::Notify,
        "notifiees" => Step::Sent,
        // What this person has to do comes first.
        _ if to_sign > 0 => Step::Sign,
        _ if to_notify > 0 && reader.manages => Step::Notify,
        _ if sent > 0 => Step::Sent,
        _ => Step::Sign,
    };
    let request = step.request(visit, &base);
    let awaiting = waiting.len();
    let (list, rows) = match step {
        Step::Sign => {
            let outcome = request.chosen("sens").and_then(Outcome::from_code);
            let narrowed = outcome.is_some() || !request.search().is_empty();
            let (total, rows) = if narrowed {
                let mut rows = sign_rows(conn, &reader, &waiting)?;
                rows.retain(|row| {
                    outcome.is_none_or(|outcome| row.outcome.starts_with(outcome.label()))
                        && request.finds(&format!("{} {} {}", row.reference, row.title, row.organisation))
                });
                request.slice(rows)
            } else {
                let (total, lines) = request.slice(waiting);
                (total, sign_rows(conn, &reader, &lines)?)
            };
            (request.view(total, "décision à signer", "décisions à signer"), rows)
        }
        Step::Notify | Step::Sent => {
            let wanted = store::Wanted {
                kind: request.chosen("nature").and_then(LetterKind::from_code),
                electronic: request.chosen("envoi").map(|way| way == "electronique"),
            };
            let sent = step == Step::Sent;
            let (total, _) = store::in_call_page(conn, call.id, sent, &reader.closed, wanted, (0, 0))?;
            let window = request.window(total);
            let window = (window.offset, window.limit);
            let (_, letters) = store::in_call_page(conn, call.id, sent, &reader.closed, wanted, window)?;
            (request.view(total, "lettre", "lettres"), letter_rows(conn, call, &reader, &letters)?)
        }
    };
    let tab = |at: Step, label: String| Tab { label, href: format!("{base}?etape={}", at.code()), current: at == step };
    let view = DeskView {
        call_title: call.title.clone(),
        step: step.code(),
        signs: !reader.authorities.is_empty(),
        notifies: reader.manages,
        to_sign,
        to_notify,
        sent,
        read,
        tabs: vec![
            tab(Step::Sign, format!("À signer ({awaiting})")),
            tab(Step::Notify, format!("À notifier ({to_notify})")),
            tab(Step::Sent, format!("Notifiées ({sent})")),
        ],
        list,
        rows,
        sign_href: format!("{base}/signer"),
        batches_href: format!("{base}/envois"),
        waitlist_href: format!("{base}/liste-complementaire"),
        archive_href: format!("{base}/lettres.zip"),
        notify_href: if reader.manages && to_notify > 0 { format!("{base}/notifier") } else { String::new() },
    };
    Ok((view, request.format(), step))
}
