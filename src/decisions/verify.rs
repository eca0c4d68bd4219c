//! What `check` asks of decisions on a live database.

use std::collections::BTreeMap;

use super::model::{Decision, Kind, Letter};
use super::{actions, store};
use crate::base::ids::{DossierId, EnvelopeId};
use crate::base::money::Cents;
use crate::db::Conn;
use crate::dossiers::{self, State};
use crate::fault::Fault;
use crate::files::FileStore;
use crate::ledger::{self, EntryKind};
use crate::sealed::{self, DocumentKind};

/// Every decision has its sealed letter, the shares in force are committed on the ledger to the cent, and both agree with
/// the state of the dossier. Answers how many decisions there are and what is wrong, in French.
///
/// # Errors
/// When the database refuses.
pub fn verify(conn: &mut Conn, files: &FileStore) -> Result<(usize, Vec<String>), Fault> {
    let decisions = store::all(conn)?;
    let count = decisions.len();
    let mut by_dossier: BTreeMap<DossierId, Vec<Decision>> = BTreeMap::new();
    for decision in decisions {
        by_dossier.entry(decision.dossier).or_default().push(decision);
    }
    let mut problems = Vec::new();
    for (dossier, decisions) in by_dossier {
        let state = dossiers::get(conn, dossier)?.state;
        for decision in &decisions {
            let found = letter(conn, files, decision, state)?;
            problems.extend(found.into_iter().map(|problem| format!("décision {}\u{A0}: {problem}", decision.number)));
        }
        let last = decisions.last().map(|d| d.number.clone()).unwrap_or_default();
        let mut found = money(conn, dossier, &decisions, state)?;
        found.extend(standing(conn, dossier, &decisions, state)?);
        problems.extend(found.into_iter().map(|problem| format!("décision {last}\u{A0}: {problem}")));
    }
    Ok((count, problems))
}

fn letter(conn: &mut Conn, files: &FileStore, decision: &Decision, state: State) -> Result<Vec<String>, Fault> {
    let letter: Letter = match store::letter_of(conn, decision.id) {
        Ok(letter) => letter,
        // Another authority has still to sign.
        Err(Fault::NotFound) if actions::is_to_sign(state) && decision.notified_at.is_none() => return Ok(Vec::new()),
        Err(Fault::NotFound) => return Ok(vec!["sans lettre".to_owned()]),
        Err(other) => return Err(other),
    };
    let mut problems = Vec::new();
    if letter.notified_at != decision.notified_at {
        problems.push("la lettre et la décision n’ont pas la même date de notification".to_owned());
    }
    if letter.dossier != decision.dossier || letter.kind != decision.kind.letter() {
        problems.push("sa lettre est celle d’une autre décision".to_owned());
    }
    match sealed::get(conn, letter.document) {
        Err(Fault::NotFound) => problems.push("lettre non scellée".to_owned()),
        Err(other) => return Err(other),
        Ok(sealed) => {
            if sealed.kind != DocumentKind::Letter || sealed.dossier != Some(decision.dossier) {
                problems.push("le document scellé n’est pas la lettre de ce dossier".to_owned());
            }
            if files.get(&sealed.sha256).is_err() {
                problems.push("lettre absente ou modifiée".to_owned());
            }
        }
    }
    Ok(problems)
}

/// The firm shares in force against the ledger, envelope by envelope. What was clawed back left the ledger, not the
/// decision; a closed dossier keeps only what it used.
fn money(conn: &mut Conn, dossier: DossierId, decisions: &[Decision], state: State) -> Result<Vec<String>, Fault> {
    let Some(call) = decisions.first().map(|d| d.call) else { return Ok(Vec::new()) };
    let mut granted: BTreeMap<EnvelopeId, Cents> = BTreeMap::new();
    let mut problems = Vec::new();
    // An envelope that an earlier decision used must be empty once nothing of it is in force.
    for share in decisions.iter().flat_map(|d| &d.shares).filter(|g| g.firm) {
        match ledger::envelope_at(conn, call, share.share.line, share.share.year)? {
            Some(envelope) => {
                granted.entry(envelope).or_default();
            }
            None => problems.push(format!("une part ferme de {} sans enveloppe", share.share.year)),
        }
    }
    for share in store::current_shares(conn, dossier)?.into_iter().filter(|s| s.firm) {
        if let Some(envelope) = ledger::envelope_at(conn, call, share.share.line, share.share.year)? {
            *granted.entry(envelope).or_default() += share.share.amount;
        }
    }
    for (envelope, granted) in granted {
        let committed = ledger::total(conn, envelope, dossier, EntryKind::Commitment)?
            + store::clawed_back(conn, envelope, dossier)?;
        let agrees = granted == committed || (state == State::Closed && committed < granted);
        if !agrees {
            problems.push(format!("{granted} attribués, mais {committed} engagés"));
        }
    }
    Ok(problems)
}

fn standing(conn: &mut Conn, dossier: DossierId, decisions: &[Decision], state: State) -> Result<Vec<String>, Fault> {
    // What the dossier became at the last change of its fate, once every authority had signed.
    let fate = |d: &&Decision| matches!(d.kind, Kind::Promotion | Kind::ListEnd);
    let first: Vec<Decision> = decisions.iter().filter(|d| d.kind == Kind::Initial).cloned().collect();
    let outcome = decisions
        .iter()
        .rev()
        .find(fate)
        .map(|d| d.outcome)
        .or_else(|| super::basis::overall(&first).filter(|_| first.iter().all(|d| d.letter.is_some())));
    let mut problems = Vec::new();
    // A waitlisted dossier may be withdrawn once notified.
    if let Some(outcome) = outcome.filter(|outcome| state != State::Withdrawn && state.outcome() != Some(*outcome)) {
        problems.push(format!(
            "le dossier est dans l’état «\u{202F}{}\u{202F}» pour une décision «\u{202F}{}\u{202F}»",
            state.label(),
            outcome.label()
        ));
    }
    let waits = store::waiting_of(conn, dossier)?;
    let signed = state.outcome().is_some() && !state.is_notified();
    let first_waits = waits.as_ref().is_some_and(|letter| letter.kind == super::model::LetterKind::Notification);
    if signed != first_waits && state != State::Withdrawn {
        problems.push(format!(
            "le dossier est dans l’état «\u{202F}{}\u{202F}», ses lettres disent autre chose",
            state.label()
        ));
    }
    Ok(problems)
}
