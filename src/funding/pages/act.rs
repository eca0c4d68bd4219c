//! Recording an act: the form, the page that shows what will be recorded, the record.

use serde::Serialize;

use super::{Row, by_field, dossier::crumbs, row};
use crate::base::clock::{french_date, parse_date};
use crate::base::ids::DossierId;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::funding::actions::{self, NewAct, act_facts, check_act};
use crate::funding::rules::{ActKind, Schedule};
use crate::funding::store::FundingFile;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: &'static str,
    hint: &'static str,
    checked: bool,
}

#[derive(Serialize)]
struct FormView {
    reference: String,
    action: String,
    back: String,
    explanation: String,
    amount: String,
    kinds: Vec<Choice>,
    act_reference: String,
    dated_on: String,
    version: i64,
    error_list: Vec<FieldError>,
    errors: std::collections::BTreeMap<String, String>,
}

pub(super) fn form(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new())
}

fn file(visit: &Visit) -> Result<FundingFile, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    visit.read(|conn| actions::file_for_funder(conn, actor, id))
}

fn path(file: &FundingFile) -> String {
    format!("/dossiers/{}/financement", file.dossier.id)
}

fn page(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let file = file(visit)?;
    if file.act.is_some() {
        return Ok(Answer::redirect(path(&file)).flash_as("info", "L’acte de ce dossier est déjà enregistré."));
    }
    let facts = act_facts(&file, visit.now)?;
    let chosen = ActKind::from_code(visit.form.text("kind")).unwrap_or_else(|| facts.proposed());
    let proposed = facts.proposed();
    let hint = |kind: ActKind| match kind {
        kind if kind == proposed && facts.agreement_is_mandatory() => "Obligatoire pour ce dossier",
        kind if kind == proposed => "Proposé pour ce dossier",
        ActKind::Order => "Ne suffit pas pour ce dossier",
        ActKind::Agreement => "Toujours possible",
    };
    let view = FormView {
        reference: file.dossier.reference_or_draft(),
        action: format!("{}/acte", path(&file)),
        back: path(&file),
        explanation: facts.explanation(),
        amount: facts.amount.to_string(),
        kinds: ActKind::ALL
            .iter()
            .map(|kind| Choice { value: kind.code(), label: kind.label(), hint: hint(*kind), checked: *kind == chosen })
            .collect(),
        act_reference: visit.form.text("reference").to_owned(),
        dated_on: visit.form.text("dated_on").to_owned(),
        version: visit.form.text("version").parse().unwrap_or(file.dossier.version),
        errors: by_field(&errors),
        error_list: errors,
    };
    let answer = Answer::page("Enregistrer l’acte", "funding/act.html", &view)?;
    Ok(crumbs(answer, &file).crumb(view.reference, view.back).crumb("Enregistrer l’acte", ""))
}

fn typed(visit: &Visit) -> Result<NewAct, Fault> {
    let mut mistakes = Mistakes::default();
    let kind = ActKind::from_code(visit.form.text("kind"));
    if kind.is_none() {
        mistakes.add("kind", "Choisissez la forme de l’acte.");
    }
    let reference = mistakes.line(
        "reference",
        visit.form.text("reference"),
        80,
        "Saisissez la référence de l’acte, par exemple ARS-2022-0107.",
    );
    let dated_on = parse_date(visit.form.text("dated_on"));
    if dated_on.is_none() {
        mistakes.add("dated_on", "Saisissez la date de l’acte, par exemple 15/02/2022.");
    }
    mistakes.finish()?;
    match (kind, dated_on, visit.form.text("version").parse()) {
        (Some(kind), Some(dated_on), Ok(version)) => Ok(NewAct { kind, reference, dated_on, version }),
        _ => Err(Fault::Stale),
    }
}

pub(super) fn post(visit: &Visit) -> Result<Answer, Fault> {
    if visit.form.text("step") == "edit" {
        return page(visit, Vec::new());
    }
    match submit(visit) {
        Err(fault) => match already(visit)? {
            Some(answer) => Ok(answer),
            None => visit.with_mistakes(fault, page),
        },
        answered => answered,
    }
}

fn submit(visit: &Visit) -> Result<Answer, Fault> {
    let act = typed(visit)?;
    if visit.form.text("step") != "record" {
        return review(visit, &act);
    }
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    visit.perform(|op| actions::record_act(op, actor, id, &act))?;
    Ok(Answer::redirect(format!("/dossiers/{id}/financement")).flash(format!(
        "{} enregistrée sous la référence {}.",
        kind_words(act.kind),
        act.reference
    )))
}

fn kind_words(kind: ActKind) -> &'static str {
    match kind {
        ActKind::Order => "Décision prise par arrêté,",
        ActKind::Agreement => "Convention",
    }
}

/// A second click: the act that was typed is the one already recorded.
fn already(visit: &Visit) -> Result<Option<Answer>, Fault> {
    let file = file(visit)?;
    let reference = crate::base::text::clean_line(visit.form.text("reference"));
    let same = file.act.as_ref().is_some_and(|act| act.reference == reference);
    Ok(same.then(|| Answer::redirect(path(&file)).flash_as("info", "Cet acte est enregistré, une seule fois.")))
}

#[derive(Serialize)]
struct ReviewView {
    reference: String,
    action: String,
    rows: Vec<Row>,
    kind: &'static str,
    act_reference: String,
    dated_on: String,
    version: i64,
}

fn review(visit: &Visit, act: &NewAct) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let file = visit.read(|conn| {
        let file = actions::file_for_funder(conn, actor, id)?;
        if file.act.is_some() || file.dossier.version != act.version {
            return Err(Fault::Stale);
        }
        check_act(conn, &file, act, visit.now)?;
        Ok(file)
    })?;
    let amount = act_facts(&file, visit.now)?.amount;
    let schedule = Schedule::of(amount);
    let view = ReviewView {
        reference: file.dossier.reference_or_draft(),
        action: format!("{}/acte", path(&file)),
        rows: vec![
            row("Dossier", format!("{}, {}", file.dossier.reference_or_draft(), file.dossier.title_or_untitled())),
            row("Organisme", &file.payee.name),
            row("Forme de l’acte", act.kind.label()),
            row("Référence", &act.reference),
            row("Daté du", french_date(act.dated_on)),
            row("Montant", amount.to_string()),
            row("Échéancier", format!("avance de {}, puis solde de {}", schedule.advance, schedule.balance())),
        ],
        kind: act.kind.code(),
        act_reference: act.reference.clone(),
        dated_on: visit.form.text("dated_on").to_owned(),
        version: act.version,
    };
    let answer = Answer::page("Vérifier l’acte avant de l’enregistrer", "funding/act_review.html", &view)?;
    Ok(crumbs(answer, &file).crumb(view.reference, path(&file)).crumb("Vérifier l’acte", ""))
}
