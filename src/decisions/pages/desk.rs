//! The desk of a call's decisions: to sign, to notify, notified. One step at a time, fifty lines a page.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::shared::{call_crumbs, outcome_label, plain};
use super::store;
use crate::access::{Actor, Role};
use crate::base::ids::{DossierId, InstitutionId, LetterId};
use crate::base::money::Cents;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::decisions::basis;
use crate::decisions::model::{Decision, Letter};
use crate::dossiers::{self, Outcome, State};
use crate::fault::Fault;
use crate::web::{Answer, Visit};

pub(super) const PER_PAGE: usize = 50;

/// A line of the desk; `href` opens the dossier's decisions.
#[derive(Serialize)]
struct Row {
    dossier: i64,
    /// May be signed with others, as proposed.
    selectable: bool,
    href: String,
    reference: String,
    title: String,
    organisation: String,
    number: String,
    outcome: String,
    tone: &'static str,
    amount: String,
    /// When it was signed or notified.
    when: String,
    /// Who signed and who has still to sign, how it leaves, or whether it was read.
    note: String,
    note_tone: &'static str,
    action: &'static str,
    action_href: String,
}

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
    rows: Vec<Row>,
    sign_href: String,
    batches_href: String,
    waitlist_href: String,
    archive_href: String,
    notify_href: String,
    current_page: usize,
    pages: usize,
    previous: String,
    next: String,
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

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let code: String = visit.param("call")?;
    let actor = visit.actor()?;
    let page = visit.query.text("page").parse().unwrap_or(1).max(1);
    let (call, view) = visit.read(|conn| {
        let call = calls::by_code(conn, &code)?;
        let view = desk(conn, actor, &call, visit.query.text("etape"), page)?;
        Ok((call, view))
    })?;
    let answer = Answer::page(format!("Décisions – {}", call.title), "decisions/desk.html", &view)?.desk();
    Ok(call_crumbs(answer, &call, ""))
}

fn desk(conn: &mut Conn, actor: &Actor, call: &Call, step: &str, page: usize) -> Result<DeskView, Fault> {
    let reader = Reader::of(conn, actor, call)?;
    let waiting = reader.to_sign(conn, call)?;
    let to_sign = if reader.manages && reader.authorities.is_empty() {
        waiting.len()
    } else {
        waiting.iter().filter(|line| reader.signs(line)).count()
    };
    let (to_notify, _) = store::in_call_page(conn, call.id, false, &reader.closed, (0, 0))?;
    let (sent, read) = store::counts(conn, call.id, &reader.closed)?;
    let base = format!("/appels/{}/decisions", call.code);
    let step = match step {
        "signer" => "signer",
        "notifier" => "notifier",
        "notifiees" => "notifiees",
        // What this person has to do comes first.
        _ if to_sign > 0 => "signer",
        _ if to_notify > 0 && reader.manages => "notifier",
        _ if sent > 0 => "notifiees",
        _ => "signer",
    };
    let offset = (page - 1) * PER_PAGE;
    let (total, rows) = match step {
        "signer" => {
            let lines: Vec<store::ToSign> = waiting.iter().skip(offset).take(PER_PAGE).cloned().collect();
            (waiting.len(), sign_rows(conn, &reader, &lines)?)
        }
        step => {
            let window = (i64::try_from(offset).unwrap_or(i64::MAX), i64::try_from(PER_PAGE).unwrap_or(50));
            let (total, letters) = store::in_call_page(conn, call.id, step == "notifiees", &reader.closed, window)?;
            (usize::try_from(total).unwrap_or_default(), letter_rows(conn, call, &reader, &letters)?)
        }
    };
    let pages = total.div_ceil(PER_PAGE).max(1);
    let at = |page: usize| format!("{base}?etape={step}&page={page}");
    let tab = |key: &str, label: String| Tab { label, href: format!("{base}?etape={key}"), current: key == step };
    Ok(DeskView {
        call_title: call.title.clone(),
        step,
        signs: !reader.authorities.is_empty(),
        notifies: reader.manages,
        to_sign,
        to_notify,
        sent,
        read,
        tabs: vec![
            tab("signer", format!("À signer ({})", waiting.len())),
            tab("notifier", format!("À notifier ({to_notify})")),
            tab("notifiees", format!("Notifiées ({sent})")),
        ],
        rows,
        sign_href: format!("{base}/signer"),
        batches_href: format!("{base}/envois"),
        waitlist_href: format!("{base}/liste-complementaire"),
        archive_href: format!("{base}/lettres.zip"),
        notify_href: if reader.manages && to_notify > 0 { format!("{base}/notifier") } else { String::new() },
        current_page: page,
        pages,
        previous: if page > 1 { at(page - 1) } else { String::new() },
        next: if page < pages { at(page + 1) } else { String::new() },
    })
}

fn row(dossier: DossierId, named: Option<&store::Named>) -> Row {
    Row {
        dossier: dossier.0,
        selectable: false,
        href: format!("/dossiers/{dossier}/decision"),
        reference: named.map(|n| n.reference.clone()).unwrap_or_default(),
        title: named.map(|n| n.title.clone()).unwrap_or_default(),
        organisation: named.map(|n| n.organisation.clone()).unwrap_or_default(),
        number: String::new(),
        outcome: String::new(),
        tone: "neutral",
        amount: "–".to_owned(),
        when: String::new(),
        note: String::new(),
        note_tone: "neutral",
        action: "Lire",
        action_href: format!("/dossiers/{dossier}/decision"),
    }
}

fn sign_rows(conn: &mut Conn, reader: &Reader, lines: &[store::ToSign]) -> Result<Vec<Row>, Fault> {
    let ids: Vec<DossierId> = lines.iter().map(|line| line.dossier).collect();
    let named = store::named(conn, &ids)?;
    let proposals = store::proposals(conn, &ids)?;
    let everyone: Vec<InstitutionId> = lines.iter().flat_map(|l| l.pending.iter().chain(&l.signed)).copied().collect();
    let names = store::institution_names(conn, &everyone)?;
    let list =
        |ids: &[InstitutionId]| ids.iter().filter_map(|id| names.get(id)).cloned().collect::<Vec<_>>().join(", ");
    Ok(lines
        .iter()
        .map(|line| {
            let proposal = proposals.get(&line.dossier);
            let (outcome, rank) = match (line.state, proposal) {
                (State::Ineligible, _) => (Outcome::Ineligible, None),
                (State::NotShortlisted, _) => (Outcome::NotShortlisted, None),
                (_, Some(proposal)) => (proposal.outcome, proposal.rank),
                (_, None) => (Outcome::Rejected, None),
            };
            let mine = reader.signs(line);
            // Each authority reads its own part; the manager the whole.
            let amount: Cents = proposal.map_or(Cents::ZERO, |p| {
                p.amounts
                    .iter()
                    .filter(|(authority, _)| !mine || reader.authorities.contains(authority))
                    .map(|(_, amount)| *amount)
                    .sum()
            });
            let several = line.pending.len() + line.signed.len() > 1;
            Row {
                outcome: outcome_label(outcome, rank),
                tone: outcome.tone(),
                amount: plain(amount.is_positive().then_some(amount)),
                note: match (several, line.signed.is_empty()) {
                    (false, _) => list(&line.pending),
                    (true, true) => format!("À signer\u{A0}: {}", list(&line.pending)),
                    (true, false) => {
                        format!("Signé\u{A0}: {}. Reste\u{A0}: {}", list(&line.signed), list(&line.pending))
                    }
                },
                action: if mine { "Préparer la décision" } else { "Lire l’avis" },
                selectable: mine,
                ..row(line.dossier, named.get(&line.dossier))
            }
        })
        .collect())
}

fn letter_rows(conn: &mut Conn, call: &Call, reader: &Reader, letters: &[Letter]) -> Result<Vec<Row>, Fault> {
    let ids: Vec<DossierId> = letters.iter().map(|letter| letter.dossier).collect();
    let named = store::named(conn, &ids)?;
    let letter_ids: Vec<LetterId> = letters.iter().map(|letter| letter.id).collect();
    let mut carried: HashMap<LetterId, Vec<Decision>> = HashMap::new();
    for decision in store::of_letters(conn, &letter_ids)? {
        if let Some(letter) = decision.letter {
            carried.entry(letter).or_default().push(decision);
        }
    }
    Ok(letters
        .iter()
        .map(|letter| {
            let decisions = carried.remove(&letter.id).unwrap_or_default();
            let outcome = basis::overall(&decisions);
            let rank = decisions.iter().find_map(|d| d.rank);
            let total: Option<Cents> = decisions.iter().filter_map(Decision::total).reduce(|a, b| a + b);
            let row = row(letter.dossier, named.get(&letter.dossier));
            let (note, note_tone) = match (letter.notified_at, letter.read_at, letter.replaced_by) {
                (None, _, _) if letter.electronic => ("Par voie électronique".to_owned(), "neutral"),
                (None, _, _) => ("À imprimer et poster".to_owned(), "neutral"),
                (_, _, Some(_)) => ("Remplacée".to_owned(), "neutral"),
                (_, Some(at), _) => (format!("Lue le {}", at.short(call.zone())), "success"),
                (_, None, _) => ("Pas encore lue".to_owned(), "neutral"),
            };
            let notifies = reader.manages && letter.notified_at.is_none();
            Row {
                number: letter.number.clone(),
                outcome: match (letter.kind, outcome) {
                    (crate::decisions::LetterKind::Notification, Some(outcome)) => outcome_label(outcome, rank),
                    (kind, _) => kind.label().to_owned(),
                },
                tone: outcome.map_or("neutral", Outcome::tone),
                amount: plain(total),
                when: letter.notified_at.unwrap_or(letter.issued_at).short(call.zone()),
                note,
                note_tone,
                action: if notifies { "Notifier" } else { "Lire" },
                action_href: if notifies { format!("/dossiers/{}/notifier", letter.dossier) } else { row.href.clone() },
                ..row
            }
        })
        .collect())
}
