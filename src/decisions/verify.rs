//! What `check` asks of decisions on a live database.

use super::model::Decision;
use super::store;
use crate::base::money::Cents;
use crate::db::Conn;
use crate::dossiers;
use crate::fault::Fault;
use crate::files::FileStore;
use crate::ledger::{self, EntryKind};
use crate::sealed::{self, DocumentKind};

/// Every decision has its sealed letter, commits on the ledger exactly what it grants, and agrees with the state of
/// its dossier. Answers how many there are and what is wrong, in French.
///
/// # Errors
/// When the database refuses.
pub fn verify(conn: &mut Conn, files: &FileStore) -> Result<(usize, Vec<String>), Fault> {
    let decisions = store::all(conn)?;
    let mut problems = Vec::new();
    for decision in &decisions {
        let number = &decision.number;
        let mut found = letter(conn, files, decision)?;
        found.extend(money(conn, decision)?);
        found.extend(state(conn, decision)?);
        problems.extend(found.into_iter().map(|problem| format!("décision {number}\u{A0}: {problem}")));
    }
    Ok((decisions.len(), problems))
}

fn letter(conn: &mut Conn, files: &FileStore, decision: &Decision) -> Result<Vec<String>, Fault> {
    let letter = match store::letter_of(conn, decision.id) {
        Ok(letter) => letter,
        Err(Fault::NotFound) => return Ok(vec!["sans lettre".to_owned()]),
        Err(other) => return Err(other),
    };
    let mut problems = Vec::new();
    if letter.notified_at != decision.notified_at {
        problems.push("la lettre et la décision n’ont pas la même date de notification".to_owned());
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

fn money(conn: &mut Conn, decision: &Decision) -> Result<Vec<String>, Fault> {
    let granted = decision.amount.unwrap_or(Cents::ZERO);
    let committed = match decision.envelope {
        Some(envelope) => ledger::total(conn, envelope, decision.dossier, EntryKind::Commitment)?,
        None => Cents::ZERO,
    };
    Ok(if granted == committed { Vec::new() } else { vec![format!("{granted} attribués, mais {committed} engagés")] })
}

fn state(conn: &mut Conn, decision: &Decision) -> Result<Vec<String>, Fault> {
    use dossiers::State;
    let state = dossiers::get(conn, decision.dossier)?.state;
    let waiting = matches!(state, State::Selected | State::Waitlisted | State::Rejected);
    // A waitlisted dossier may be withdrawn once notified.
    let agrees = state == State::Withdrawn
        || state.outcome() == Some(decision.outcome) && waiting == decision.notified_at.is_none();
    Ok(if agrees {
        Vec::new()
    } else {
        vec![format!(
            "«\u{202F}{}\u{202F}», mais le dossier est «\u{202F}{}\u{202F}»",
            decision.outcome.label(),
            state.label()
        )]
    })
}
