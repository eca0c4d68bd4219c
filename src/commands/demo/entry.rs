//! A dossier written section by section as its organisation would, then submitted.

use super::data::{Answer, BudgetYear, Dossier, PIECE};
use super::organisations::Holder;
use crate::access::Actor;
use crate::base::clock::parse_date;
use crate::base::ids::{CallId, DossierId};
use crate::base::money::Cents;
use crate::calls::definition::{CallDefinition, Section, SectionKind};
use crate::calls::{self, Call};
use crate::dossiers::actions::{attach_piece, create_draft, save_section, submit};
use crate::dossiers::content::{budget_field, indicator_field};
use crate::dossiers::drafts::Typed;
use crate::fault::Fault;
use crate::service::Operation;

/// How many years a dossier written for another year is moved by.
fn shift(definition: &CallDefinition, dossier: &Dossier) -> i16 {
    let written = dossier.budget.first().map(|budget| budget.year);
    match (definition.budget.years.first(), written) {
        (Some(asked), Some(written)) => asked - written,
        _ => 0,
    }
}

/// Fills a draft and, unless it stays one, submits it: one sitting, one transaction.
///
/// # Errors
/// When an operation refuses, or when the file answers a question that the call does not ask.
pub fn enter(
    op: &mut Operation<'_>,
    actor: &Actor,
    call: CallId,
    holder: &Holder,
    dossier: &Dossier,
) -> Result<DossierId, Fault> {
    let call = calls::by_id(op.conn, call)?;
    check_questions(&call.definition, dossier)?;
    let id = create_draft(op, actor, call.id, holder.organisation)?;
    for section in &call.definition.sections {
        let typed = typed(&call.definition, section, actor, holder, dossier);
        if !typed.is_empty() {
            save_section(op, actor, id, &section.code, &typed, 0)?;
        }
    }
    if !dossier.draft {
        attach(op, actor, &call, id, holder, dossier)?;
        submit(op, actor, id)?;
    }
    Ok(id)
}

fn check_questions(definition: &CallDefinition, dossier: &Dossier) -> Result<(), Fault> {
    let asked = |code: &String| definition.sections.iter().any(|s| s.fields.iter().any(|field| field.code == *code));
    match dossier.answers.keys().find(|code| !asked(code)) {
        Some(code) => Err(Fault::internal(format!("{} answers {code}, which the call does not ask", dossier.key))),
        None => Ok(()),
    }
}

/// Joins every piece that is asked of this applicant, on this day, for this request.
fn attach(
    op: &mut Operation<'_>,
    actor: &Actor,
    call: &Call,
    id: DossierId,
    holder: &Holder,
    dossier: &Dossier,
) -> Result<(), Fault> {
    let filed_on = op.now.in_zone(call.zone()).date();
    let lines: Vec<&str> = call.definition.request_lines().map(|line| line.code.as_str()).collect();
    let euros: i64 = dossier
        .budget
        .iter()
        .flat_map(|year| &year.products)
        .filter(|(line, _)| lines.contains(&line.as_str()))
        .map(|(_, euros)| euros)
        .sum();
    for piece in call.definition.pieces_for(&holder.legal_form, filed_on, Cents::from_euros(euros)) {
        if piece.required {
            attach_piece(op, actor, id, &piece.code, &format!("{}-fictif.pdf", piece.code), PIECE)?;
        }
    }
    Ok(())
}

/// Answers of a section, as a person would type them.
fn typed(definition: &CallDefinition, section: &Section, actor: &Actor, holder: &Holder, dossier: &Dossier) -> Typed {
    let mut typed = Typed::new();
    let mut set = |name: String, value: &str| drop(typed.insert(name, vec![value.to_owned()]));
    match section.kind {
        SectionKind::Identity => {
            set("contact_name".to_owned(), &dossier.organisation.contact_name);
            set("contact_email".to_owned(), &actor.email);
            set("contact_telephone".to_owned(), &holder.telephone);
        }
        SectionKind::Fields => {
            let years = shift(definition, dossier);
            for field in &section.fields {
                if let Some(answer) = dossier.answers.get(&field.code) {
                    typed.insert(field.code.clone(), values(answer, years));
                }
            }
        }
        SectionKind::Budget => {
            let years = shift(definition, dossier);
            for year in dossier.budget.iter().filter(|year| definition.budget.years.contains(&(year.year + years))) {
                budget(&mut typed, year, years);
            }
        }
        SectionKind::Indicators => {
            for (slot, indicator) in dossier.indicators.iter().enumerate() {
                set(indicator_field("indicator", slot), &indicator.code);
                set(indicator_field("detail", slot), &indicator.detail);
                set(indicator_field("target", slot), &indicator.target.to_string());
            }
        }
        SectionKind::Partners => {
            for (slot, partner) in dossier.partners.iter().enumerate() {
                set(indicator_field("partner-name", slot), &partner.name);
                set(indicator_field("partner-role", slot), &partner.role);
                set(indicator_field("partner-kind", slot), &partner.kind);
            }
        }
        SectionKind::Pieces => {}
        SectionKind::Attestations if dossier.draft => {}
        SectionKind::Attestations => {
            let all = definition.attestations.iter().map(|attestation| attestation.code.clone()).collect();
            set("notification".to_owned(), "electronique");
            typed.insert("attestation".to_owned(), all);
        }
    }
    typed
}

fn values(answer: &Answer, years: i16) -> Vec<String> {
    match answer {
        Answer::Text(text) => vec![moved(text, years)],
        Answer::Number(number) => vec![number.to_string()],
        Answer::List(values) => values.clone(),
    }
}

/// A date moved by whole years; any other text as it is.
fn moved(text: &str, years: i16) -> String {
    match parse_date(text) {
        Some(date) if years != 0 => {
            let day = date.day().min(28);
            format!("{day:02}/{:02}/{:04}", date.month(), date.year() + years)
        }
        _ => text.to_owned(),
    }
}

fn budget(typed: &mut Typed, year: &BudgetYear, years: i16) {
    let in_kind = [("86-benevolat".to_owned(), year.volunteers), ("87-benevolat".to_owned(), year.volunteers)];
    let lines = year.charges.iter().chain(&year.products).map(|(line, euros)| (line.clone(), *euros));
    for (line, euros) in lines.chain(in_kind).filter(|(_, euros)| *euros > 0) {
        typed.insert(budget_field(year.year + years, &line), vec![euros.to_string()]);
    }
}
