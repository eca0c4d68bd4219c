//! The lines of the desk: decisions to sign, letters to notify or notified, and the same as a table to take away.

use std::collections::HashMap;

use serde::Serialize;

use super::desk::{Reader, Step};
use super::shared::{outcome_label, plain};
use super::store;
use crate::base::ids::{DossierId, InstitutionId, LetterId};
use crate::base::money::Cents;
use crate::calls::Call;
use crate::db::Conn;
use crate::decisions::basis;
use crate::decisions::model::{Decision, Letter, LetterKind};
use crate::dossiers::{Outcome, State};
use crate::fault::Fault;
use crate::web::export::{Cell, Table};

/// A line of the desk; `href` opens the dossier's decisions.
#[derive(Serialize)]
pub(super) struct Row {
    dossier: i64,
    /// May be signed with others, as proposed.
    selectable: bool,
    href: String,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    number: String,
    pub outcome: String,
    tone: &'static str,
    amount: String,
    #[serde(skip)]
    cents: Option<Cents>,
    /// When it was signed or notified.
    when: String,
    /// Who signed and who has still to sign, how it leaves, or whether it was read.
    note: String,
    note_tone: &'static str,
    action: &'static str,
    action_href: String,
}

/// The list as it leaves the service, with every row of the filters.
pub(super) fn table(call: &Call, step: Step, rows: &[Row]) -> Table {
    let (name, columns): (_, &[&str]) = match step {
        Step::Sign => (
            format!("Décisions à signer {}", call.code),
            &["Dossier", "Projet", "Porteur", "Proposition", "Montant proposé (€)", "Autorités"],
        ),
        Step::Notify => (
            format!("Lettres à notifier {}", call.code),
            &["Dossier", "Projet", "Porteur", "Sens", "Montant (€)", "Courrier", "Scellé le", "Envoi"],
        ),
        Step::Sent => (
            format!("Lettres notifiées {}", call.code),
            &["Dossier", "Projet", "Porteur", "Sens", "Montant (€)", "Courrier", "Notifiée le", "Lecture"],
        ),
    };
    let mut table = Table::new(name, columns);
    for row in rows {
        let mut cells: Vec<Cell> = vec![
            row.reference.as_str().into(),
            row.title.as_str().into(),
            row.organisation.as_str().into(),
            row.outcome.as_str().into(),
            row.cents.into(),
        ];
        if step != Step::Sign {
            cells.push(row.number.as_str().into());
            cells.push(row.when.as_str().into());
        }
        cells.push(row.note.as_str().into());
        table.push(cells);
    }
    table
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
        cents: None,
        when: String::new(),
        note: String::new(),
        note_tone: "neutral",
        action: "Lire",
        action_href: format!("/dossiers/{dossier}/decision"),
    }
}

pub(super) fn sign_rows(conn: &mut Conn, reader: &Reader, lines: &[store::ToSign]) -> Result<Vec<Row>, Fault> {
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
                cents: amount.is_positive().then_some(amount),
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

pub(super) fn letter_rows(
    conn: &mut Conn,
    call: &Call,
    reader: &Reader,
    letters: &[Letter],
) -> Result<Vec<Row>, Fault> {
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
            let mut row = row(letter.dossier, named.get(&letter.dossier));
            // Another authority's decisions are closed to a signatory; the letter that tells them is not.
            if !reader.manages && !decisions.iter().any(|decision| reader.authorities.contains(&decision.authority)) {
                row.href = format!("/dossiers/{}/courriers/{}", letter.dossier, letter.id);
            }
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
                    (LetterKind::Notification, Some(outcome)) => outcome_label(outcome, rank),
                    (kind, _) => kind.label().to_owned(),
                },
                tone: outcome.map_or("neutral", Outcome::tone),
                amount: plain(total),
                cents: total,
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
