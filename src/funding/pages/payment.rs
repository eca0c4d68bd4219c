//! Recording a payment: the form, the page that shows what will be recorded, the record.

use serde::Serialize;

use super::{Row, by_field, dossier::crumbs, row};
use crate::base::clock::{french_date, parse_date};
use crate::base::identifiers::show_siret;
use crate::base::ids::DossierId;
use crate::base::money::Cents;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::funding::actions::{self, NewPayment, check_payment, payment_facts};
use crate::funding::rules::{PaymentKind, SIRET_MISSING};
use crate::funding::store::FundingFile;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct FormView {
    reference: String,
    heading: &'static str,
    action: String,
    back: String,
    kind: &'static str,
    amount: String,
    payment_reference: String,
    paid_on: String,
    version: i64,
    committed: String,
    paid: String,
    left: String,
    planned: String,
    error_list: Vec<FieldError>,
    errors: std::collections::BTreeMap<String, String>,
}

fn heading(kind: PaymentKind) -> &'static str {
    match kind {
        PaymentKind::Advance => "Enregistrer le versement de l’avance",
        PaymentKind::Balance => "Enregistrer le versement du solde",
    }
}

fn file(visit: &Visit) -> Result<FundingFile, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    visit.read(|conn| actions::file_for_funder(conn, actor, id))
}

fn path(file: &FundingFile) -> String {
    format!("/dossiers/{}/financement", file.dossier.id)
}

pub(super) fn form(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new())
}

fn page(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let file = file(visit)?;
    let facts = payment_facts(&file, visit.now)?;
    if !facts.has_siret {
        return Err(Fault::refused(SIRET_MISSING));
    }
    let Some(kind) = facts.next_kind() else {
        return Ok(Answer::redirect(path(&file)).flash_as("info", "Tout ce qui pouvait être versé l’a été."));
    };
    let expected = facts.expected(kind);
    let view = FormView {
        reference: file.dossier.reference_or_draft(),
        heading: heading(kind),
        action: format!("{}/versement", path(&file)),
        back: path(&file),
        kind: kind.code(),
        amount: visit.form.get("amount").map_or_else(|| expected.plain(), str::to_owned),
        payment_reference: visit.form.text("reference").to_owned(),
        paid_on: visit.form.text("paid_on").to_owned(),
        version: visit.form.text("version").parse().unwrap_or(file.dossier.version),
        committed: facts.committed.to_string(),
        paid: facts.paid.to_string(),
        left: facts.left().to_string(),
        planned: expected.to_string(),
        errors: by_field(&errors),
        error_list: errors,
    };
    let answer = Answer::page(view.heading, "funding/payment.html", &view)?;
    Ok(crumbs(answer, &file).crumb(view.reference, view.back).crumb(view.heading, ""))
}

fn typed(visit: &Visit) -> Result<NewPayment, Fault> {
    let mut mistakes = Mistakes::default();
    let amount = mistakes.take("amount", Cents::parse(visit.form.text("amount")));
    let reference = mistakes.line(
        "reference",
        visit.form.text("reference"),
        80,
        "Saisissez la référence du versement, par exemple le numéro de mandat 2022-4417.",
    );
    let paid_on = parse_date(visit.form.text("paid_on"));
    if paid_on.is_none() {
        mistakes.add("paid_on", "Saisissez la date du versement, par exemple 28/02/2022.");
    }
    mistakes.finish()?;
    let kind = PaymentKind::from_code(visit.form.text("kind"));
    match (kind, amount, paid_on, visit.form.text("version").parse()) {
        (Some(kind), Some(amount), Some(paid_on), Ok(version)) => {
            Ok(NewPayment { kind, amount, reference, paid_on, version })
        }
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
    let payment = typed(visit)?;
    if visit.form.text("step") != "record" {
        return review(visit, &payment);
    }
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    visit.perform(|op| actions::record_payment(op, actor, id, &payment))?;
    let flash = format!("Versement de {} enregistré sous la référence {}.", payment.amount, payment.reference);
    Ok(Answer::redirect(format!("/dossiers/{id}/financement")).flash(flash))
}

/// A second click: the payment that was typed is one already recorded for this dossier.
fn already(visit: &Visit) -> Result<Option<Answer>, Fault> {
    let file = file(visit)?;
    let reference = crate::base::text::clean_line(visit.form.text("reference"));
    let amount = Cents::parse(visit.form.text("amount")).ok();
    let same = file.payments.iter().any(|p| p.reference == reference && Some(p.amount) == amount);
    Ok(same.then(|| Answer::redirect(path(&file)).flash_as("info", "Ce versement est enregistré, une seule fois.")))
}

#[derive(Serialize)]
struct ReviewView {
    reference: String,
    action: String,
    rows: Vec<Row>,
    kind: &'static str,
    amount: String,
    payment_reference: String,
    paid_on: String,
    version: i64,
}

fn review(visit: &Visit, payment: &NewPayment) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let file = visit.read(|conn| {
        let file = actions::file_for_funder(conn, actor, id)?;
        if file.dossier.version != payment.version {
            return Err(Fault::Stale);
        }
        check_payment(conn, &file, payment, visit.now)?;
        Ok(file)
    })?;
    let facts = payment_facts(&file, visit.now)?;
    let view = ReviewView {
        reference: file.dossier.reference_or_draft(),
        action: format!("{}/versement", path(&file)),
        rows: vec![
            row("Dossier", format!("{}, {}", file.dossier.reference_or_draft(), file.dossier.title_or_untitled())),
            row("Organisme payé", &file.payee.name),
            row("SIRET", file.payee.siret.as_deref().map(show_siret).unwrap_or_default()),
            row("Nature", payment.kind.label()),
            row("Montant versé", payment.amount.to_string()),
            row("Versé le", french_date(payment.paid_on)),
            row("Référence", &payment.reference),
            row("Restera à verser", (facts.left() - payment.amount).to_string()),
        ],
        kind: payment.kind.code(),
        amount: visit.form.text("amount").to_owned(),
        payment_reference: payment.reference.clone(),
        paid_on: visit.form.text("paid_on").to_owned(),
        version: payment.version,
    };
    let answer = Answer::page("Vérifier le versement avant de l’enregistrer", "funding/payment_review.html", &view)?;
    Ok(crumbs(answer, &file).crumb(view.reference, path(&file)).crumb("Vérifier le versement", ""))
}
