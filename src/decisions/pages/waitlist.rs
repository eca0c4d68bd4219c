//! The waiting list: who is next, what is free on each line, and granting money to one of its dossiers.

use std::collections::BTreeMap;

use serde::Serialize;

use super::desk::Reader;
use super::shared::{AmountField, ShareView, call_crumbs, crumbs, read_amounts, share_views, slot_fields};
use super::store;
use crate::access::Actor;
use crate::base::ids::DossierId;
use crate::base::money::Cents;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::decisions::actions::{self, Candidate, Promotion};
use crate::decisions::basis;
use crate::decisions::rules::MAX_TEXT;
use crate::dossiers;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::ledger;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct FreeView {
    label: String,
    left: String,
}

#[derive(Serialize)]
struct Row {
    rank: i64,
    reference: String,
    title: String,
    organisation: String,
    requested: String,
    next: bool,
    href: String,
}

#[derive(Serialize)]
struct ListView {
    call_title: String,
    free: Vec<FreeView>,
    rows: Vec<Row>,
    next: String,
    signs: bool,
    back: String,
}

/// What is left on each line in its firm year; sums hidden from whoever must not know of a dossier.
fn free(conn: &mut Conn, actor: &Actor, call: &Call) -> Result<Vec<FreeView>, Fault> {
    let partial = dossiers::sees_partially(conn, actor, call.id)?;
    let mut free = Vec::new();
    let Some(year) = basis::firm_year(call) else { return Ok(free) };
    for line in ledger::lines_of_call(conn, call.id)? {
        let left = match ledger::envelope_at(conn, call.id, line.line, year)? {
            None => "Aucune enveloppe".to_owned(),
            Some(_) if partial => "Montants masqués".to_owned(),
            Some(envelope) => match ledger::counters(conn, envelope)?.left() {
                Some(left) => left.to_string(),
                None => "Vote inconnu".to_owned(),
            },
        };
        free.push(FreeView { label: format!("{}, {}, {year}", line.funder_name, line.name), left });
    }
    Ok(free)
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let code: String = visit.param("call")?;
    let actor = visit.actor()?;
    let (call, view) = visit.read(|conn| {
        let call = calls::by_code(conn, &code)?;
        let reader = Reader::of(conn, actor, &call)?;
        let mut waiting = actions::waiting_list(conn, &call)?;
        waiting.retain(|line| !reader.closed.contains(&line.dossier.id));
        let ids: Vec<DossierId> = waiting.iter().map(|line| line.dossier.id).collect();
        let named = store::named(conn, &ids)?;
        let rows: Vec<Row> = waiting
            .iter()
            .enumerate()
            .map(|(index, line)| Row {
                rank: line.rank,
                reference: line.dossier.reference_or_draft(),
                title: line.dossier.title_or_untitled().to_owned(),
                organisation: named.get(&line.dossier.id).map(|n| n.organisation.clone()).unwrap_or_default(),
                requested: line.dossier.requested.map_or_else(|| "–".to_owned(), Cents::plain),
                next: index == 0,
                href: format!("/dossiers/{}/promotion", line.dossier.id),
            })
            .collect();
        let next = rows.first().map(|row| format!("{}, rang {}", row.reference, row.rank)).unwrap_or_default();
        let view = ListView {
            call_title: call.title.clone(),
            free: free(conn, actor, &call)?,
            next,
            rows,
            signs: !reader.authorities.is_empty(),
            back: format!("/appels/{}/decisions", call.code),
        };
        Ok((call, view))
    })?;
    let answer = Answer::page("Liste complémentaire", "decisions/waitlist.html", &view)?.desk();
    Ok(call_crumbs(answer, &call, "Liste complémentaire"))
}

#[derive(Clone, Default, Serialize)]
struct Typed {
    amounts: Vec<(String, String)>,
    motive: String,
    out_of_order: String,
}

#[derive(Serialize)]
struct PromoteView {
    reference: String,
    title: String,
    organisation: String,
    rank: i64,
    /// « le rang 1 », or empty when nobody waits before.
    before: String,
    free: Vec<FreeView>,
    amounts: Vec<AmountField>,
    typed: Typed,
    checking: bool,
    shares: Vec<ShareView>,
    total: String,
    signing_as: String,
    /// Whether the reader may also close the wait.
    closes: bool,
    max_text: usize,
    errors: Vec<FieldError>,
    error_of: BTreeMap<String, String>,
    action: String,
    end_action: String,
    end_motive: String,
    back: String,
}

fn candidate(visit: &Visit) -> Result<Candidate, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    let candidate = visit.read(|conn| actions::candidate(conn, actor, dossier))?;
    if candidate.may_sign { Ok(candidate) } else { Err(Fault::NotFound) }
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let candidate = candidate(visit)?;
    page(visit, &candidate, &Typed::default(), None, Vec::new())
}

pub(super) fn post(visit: &Visit) -> Result<Answer, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    let candidate = match candidate(visit) {
        // A second click: the first one signed.
        Err(Fault::NotFound) => return signed_already(visit, dossier),
        other => other?,
    };
    let actor = visit.actor()?;
    let typed = Typed {
        amounts: candidate.slots.iter().map(|s| (s.field(), visit.form.text(&s.field()).to_owned())).collect(),
        motive: visit.form.text("motive").to_owned(),
        out_of_order: visit.form.text("out_of_order").to_owned(),
    };
    let asked = read(visit, &candidate, &typed);
    let code = candidate.call.code.clone();
    let answer = match visit.form.text("action") {
        "edit" => return page(visit, &candidate, &typed, None, Vec::new()),
        "sign" => asked.and_then(|asked| {
            let decision = visit.perform(|op| actions::promote(op, actor, dossier, &asked))?;
            Ok(Answer::redirect(format!("/appels/{code}/decisions?etape=notifier")).flash(format!(
                "La décision {} est signée. Le porteur ne le saura qu’à la notification.",
                decision.number
            )))
        }),
        "preview" => asked.and_then(|asked| {
            let settings = &visit.service().settings;
            let bytes = visit.read(|conn| {
                let checked = actions::promotion(conn, actor, &candidate, &asked, visit.now)?;
                actions::preview_promotion(conn, settings, actor, &candidate, &checked, visit.now)
            })?;
            Ok(Answer::pdf(format!("projet-{}.pdf", candidate.dossier.reference_or_draft()), bytes))
        }),
        _ => asked.and_then(|asked| {
            let (terms, delegation) =
                visit.read(|conn| actions::promotion(conn, actor, &candidate, &asked, visit.now))?;
            page(visit, &candidate, &typed, Some((&terms, &delegation)), Vec::new())
        }),
    };
    match answer {
        Err(fault @ Fault::Invalid(_)) => {
            visit.with_mistakes(fault, |visit, errors| page(visit, &candidate, &typed, None, errors))
        }
        other => other,
    }
}

fn signed_already(visit: &Visit, dossier: DossierId) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    visit.read(|conn| actions::case(conn, actor, dossier))?;
    Ok(Answer::redirect(format!("/dossiers/{dossier}/decision"))
        .flash_as("info", "Ce dossier n’attend plus sur la liste complémentaire."))
}

fn read(visit: &Visit, candidate: &Candidate, typed: &Typed) -> Result<Promotion, Fault> {
    let mut mistakes = Mistakes::default();
    let shares = read_amounts(&mut mistakes, &visit.form, slot_fields(&candidate.slots));
    mistakes.finish()?;
    Ok(Promotion { shares, motive: typed.motive.clone(), out_of_order: typed.out_of_order.clone() })
}

/// The wait of one dossier ends without money.
pub(super) fn end(visit: &Visit) -> Result<Answer, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    let candidate = match candidate(visit) {
        Err(Fault::NotFound) => return signed_already(visit, dossier),
        other => other?,
    };
    let motive = visit.form.text("end_motive");
    match visit.perform(|op| actions::end_wait(op, actor, dossier, motive)) {
        Ok(decision) => Ok(Answer::redirect(format!("/appels/{}/decisions?etape=notifier", candidate.call.code))
            .flash(format!(
                "La décision {} est signée. Le porteur ne le saura qu’à la notification.",
                decision.number
            ))),
        Err(Fault::Invalid(mut errors)) => {
            for error in &mut errors {
                error.field = "end_motive".to_owned();
            }
            visit.with_mistakes(Fault::Invalid(errors), |visit, errors| {
                page(visit, &candidate, &Typed::default(), None, errors)
            })
        }
        Err(fault) => Err(fault),
    }
}

fn page(
    visit: &Visit,
    candidate: &Candidate,
    typed: &Typed,
    checked: Option<(&crate::decisions::Terms, &crate::decisions::Delegation)>,
    errors: Vec<FieldError>,
) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id = candidate.dossier.id;
    let call = &candidate.call;
    let error_of: BTreeMap<String, String> = errors.iter().map(|e| (e.field.clone(), e.message.clone())).collect();
    let view = visit.read(|conn| {
        let ranks: Vec<String> = candidate.before.iter().map(i64::to_string).collect();
        Ok(PromoteView {
            reference: candidate.dossier.reference_or_draft(),
            title: candidate.dossier.title_or_untitled().to_owned(),
            organisation: candidate.version.content.applicant.name.clone(),
            rank: candidate.rank,
            before: match ranks.as_slice() {
                [] => String::new(),
                [rank] => format!("le rang {rank}"),
                ranks => format!("les rangs {}", ranks.join(", ")),
            },
            free: free(conn, actor, call)?,
            amounts: candidate
                .slots
                .iter()
                .map(|slot| {
                    let name = slot.field();
                    AmountField {
                        label: format!("Montant – {}", slot.label),
                        hint: format!(
                            "Demande\u{A0}: {}.{}",
                            slot.asked,
                            if slot.firm { "" } else { " Sous réserve de crédits." }
                        ),
                        value: typed
                            .amounts
                            .iter()
                            .find(|(n, _)| *n == name)
                            .map(|(_, v)| v.clone())
                            .unwrap_or_default(),
                        error: error_of.get(&name).cloned().unwrap_or_default(),
                        name,
                    }
                })
                .collect(),
            typed: typed.clone(),
            checking: checked.is_some(),
            shares: match checked {
                Some((terms, _)) => share_views(conn, call, &terms.shares)?,
                None => Vec::new(),
            },
            total: checked.and_then(|(terms, _)| terms.total()).map(|a| a.to_string()).unwrap_or_default(),
            signing_as: checked.map(|(_, d)| format!("{}, {}", d.quality, d.reference)).unwrap_or_default(),
            closes: basis::authorities_of(conn, actor, call)?.contains(&call.authority),
            max_text: MAX_TEXT,
            error_of,
            errors,
            action: format!("/dossiers/{id}/promotion"),
            end_action: format!("/dossiers/{id}/fin-de-liste"),
            end_motive: visit.form.text("end_motive").to_owned(),
            back: format!("/appels/{}/decisions/liste-complementaire", call.code),
        })
    })?;
    let title = format!("Retenir depuis la liste complémentaire – {}", view.reference);
    let answer = Answer::page(title, "decisions/promote.html", &view)?.desk();
    Ok(crumbs(answer, call, &view.reference, id, "Liste complémentaire"))
}
