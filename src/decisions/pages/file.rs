//! The signed decisions of a dossier as agents read them, its sealed letters, and what may follow.

use serde::Serialize;

use super::shared::{Fact, ShareView, crumbs, fact, outcome_label, share_views};
use super::{READERS, store};
use crate::access::Role;
use crate::base::ids::{DossierId, LetterId};
use crate::calls::Call;
use crate::db::Conn;
use crate::decisions::actions::{self, Case};
use crate::decisions::check_code;
use crate::decisions::model::{Decision, Kind, Letter};
use crate::dossiers::{self, State};
use crate::fault::Fault;
use crate::sealed;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct DecisionView {
    heading: String,
    anchor: String,
    outcome: String,
    tone: &'static str,
    facts: Vec<Fact>,
    shares: Vec<ShareView>,
    total: String,
}

#[derive(Serialize)]
struct LetterView {
    number: String,
    kind: &'static str,
    href: String,
    status: String,
    tone: &'static str,
    read: String,
    code: String,
}

#[derive(Serialize)]
struct Link {
    label: &'static str,
    href: String,
}

#[derive(Serialize)]
struct FileView {
    reference: String,
    title: String,
    organisation: String,
    /// Where the dossier stands.
    state: &'static str,
    tone: &'static str,
    decisions: Vec<DecisionView>,
    letters: Vec<LetterView>,
    /// Empty unless this person may notify now.
    notify_href: String,
    waiting: bool,
    by_post: bool,
    links: Vec<Link>,
}

pub(super) fn page(visit: &Visit, case: &Case) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id = case.dossier.id;
    let view = visit.read(|conn| {
        let roles = dossiers::for_staff(conn, actor, id)?;
        let decisions = store::of_dossier(conn, id)?;
        let letters = store::letters_of(conn, id)?;
        let waiting = letters.iter().find(|letter| letter.notified_at.is_none());
        let manages = roles.through(Role::CallManager);
        let mut shown = Vec::new();
        for decision in decisions.iter().rev() {
            shown.push(decision_view(conn, &case.call, case, decision, &decisions)?);
        }
        Ok(FileView {
            reference: case.dossier.reference_or_draft(),
            title: case.dossier.title_or_untitled().to_owned(),
            organisation: case.version.content.applicant.name.clone(),
            state: case.dossier.state.label(),
            tone: case.dossier.state.tone(),
            decisions: shown,
            letters: letters.iter().rev().map(|letter| letter_view(&case.call, letter, &letters)).collect(),
            notify_href: if manages && waiting.is_some() { format!("/dossiers/{id}/notifier") } else { String::new() },
            by_post: waiting.is_some_and(|letter| !letter.electronic),
            links: if roles.through(Role::Signatory) && waiting.is_none() {
                links(conn, visit, case, &decisions)?
            } else {
                Vec::new()
            },
            waiting: waiting.is_some(),
        })
    })?;
    let title = format!("Décisions – {}", view.reference);
    let answer = Answer::page(title, "decisions/file.html", &view)?.desk();
    Ok(crumbs(answer, &case.call, &view.reference, id, ""))
}

/// What a signatory may do next with a notified decision.
fn links(conn: &mut Conn, visit: &Visit, case: &Case, decisions: &[Decision]) -> Result<Vec<Link>, Fault> {
    let actor = visit.actor()?;
    let id = case.dossier.id;
    let mut links = Vec::new();
    let link = |label, page: &str| Link { label, href: format!("/dossiers/{id}/{page}") };
    if case.dossier.state.is_running() {
        let award = actions::award(conn, actor, id)?;
        if award.may_sign {
            if !award.planned_years().is_empty() {
                links.push(link("Prendre la décision de l’année", "decision-annuelle"));
            }
            links.push(link("Modifier l’attribution", "modification"));
            links.push(link("Mettre fin à l’attribution", "resiliation"));
        }
    }
    if case.dossier.state == State::WaitlistNotified {
        links.push(link("Retenir depuis la liste complémentaire", "promotion"));
    }
    let notified = decisions.iter().any(|d| d.notified_at.is_some());
    if notified && actions::rectifiable(conn, actor, id).is_ok() {
        links.push(link("Rectifier le dernier courrier", "rectification"));
    }
    Ok(links)
}

fn decision_view(
    conn: &mut Conn,
    call: &Call,
    case: &Case,
    decision: &Decision,
    all: &[Decision],
) -> Result<DecisionView, Fault> {
    let zone = call.zone();
    let delegation = store::delegation_by_id(conn, decision.delegation)?;
    let (given_name, surname) = store::person(conn, decision.signed_by)?;
    let (authority, _) = store::authority(conn, decision.authority)?;
    let mut facts = Vec::new();
    if !decision.motive.is_empty() {
        facts.push(fact("Motif", &decision.motive));
    }
    if decision.kind == Kind::Initial && case.basis.session.is_some() {
        let proposed = outcome_label(case.basis.outcome, case.basis.rank);
        let total = crate::ledger::Share::total(&case.basis.shares);
        facts.push(fact("Avis du comité", total.map_or_else(|| proposed.clone(), |a| format!("{proposed}, {a}"))));
    }
    if !decision.departure_reason.is_empty() {
        facts.push(fact("Raison de l’écart", &decision.departure_reason));
    }
    if let Some(procedure) = &decision.procedure {
        facts.push(fact("Mise en demeure", crate::base::clock::french_date(procedure.formal_notice_on)));
        facts.push(fact("Observations", &procedure.observations));
    }
    if let Some(replaced) = decision.replaces.and_then(|id| all.iter().find(|d| d.id == id)) {
        let key = if decision.kind == Kind::Correction { "Remplace" } else { "Fait suite à" };
        facts.push(fact(key, format!("Décision {}", replaced.number)));
    }
    facts.extend([
        fact("Autorité", authority),
        fact("Signataire", format!("{given_name} {surname}, {}", delegation.quality)),
        fact("Délégation", delegation.reference),
        fact("Signée le", decision.signed_at.short(zone)),
    ]);
    if let Some(at) = decision.notified_at {
        facts.push(fact("Notifiée le", at.short(zone)));
    }
    Ok(DecisionView {
        heading: format!("{} {}", decision.kind.label(), decision.number),
        anchor: format!("decision-{}", decision.id),
        outcome: outcome_label(decision.outcome, decision.rank),
        tone: decision.outcome.tone(),
        facts,
        shares: share_views(conn, call, &decision.shares)?,
        total: decision.total().map(|a| a.to_string()).unwrap_or_default(),
    })
}

fn letter_view(call: &Call, letter: &Letter, all: &[Letter]) -> LetterView {
    let zone = call.zone();
    let (status, tone) = match (letter.replaced_by, letter.notified_at) {
        (Some(by), _) => {
            let number = all.iter().find(|l| l.id == by).map(|l| l.number.clone()).unwrap_or_default();
            (format!("Remplacée par {number}"), "neutral")
        }
        (None, Some(at)) if letter.posted_on.is_some() => (format!("Postée le {}", at.date(zone)), "success"),
        (None, Some(at)) => (format!("Notifiée le {}", at.short(zone)), "success"),
        (None, None) => ("À notifier".to_owned(), "warning"),
    };
    LetterView {
        number: letter.number.clone(),
        kind: letter.kind.label(),
        href: format!("/dossiers/{}/courriers/{}", letter.dossier, letter.id),
        status,
        tone,
        read: match (letter.notified_at, letter.read_at) {
            (None, _) => "–".to_owned(),
            (_, Some(at)) => format!("Lue le {}", at.short(zone)),
            (_, None) => "Pas encore lue".to_owned(),
        },
        code: check_code::grouped(&letter.check_code),
    }
}

/// The sealed bytes of the last letter, for the institutions.
pub(super) fn last_letter(visit: &Visit) -> Result<Answer, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    sealed_letter(visit, dossier, None)
}

/// The sealed bytes of one letter.
pub(super) fn letter(visit: &Visit) -> Result<Answer, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    let letter: LetterId = visit.param("letter")?;
    sealed_letter(visit, dossier, Some(letter))
}

fn sealed_letter(visit: &Visit, dossier: DossierId, wanted: Option<LetterId>) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let files = &visit.service().files;
    let (name, bytes) = visit.read(|conn| {
        let view = dossiers::for_staff(conn, actor, dossier)?;
        if !READERS.iter().any(|role| view.through(*role)) {
            return Err(Fault::NotFound);
        }
        let mut letters = store::letters_of(conn, dossier)?;
        letters.retain(|letter| wanted.is_none_or(|id| letter.id == id));
        let letter = letters.pop().ok_or(Fault::NotFound)?;
        sealed::bytes(conn, files, letter.document)
    })?;
    Ok(Answer::pdf(name, bytes))
}
