//! Dossiers brought, one operation after the other, as far as their file says.

use std::collections::BTreeMap;

use super::data::{self, Dossier, PIECE};
use super::people::People;
use super::replay::{Replay, paris};
use crate::access::{Actor, load_actor};
use crate::base::clock::Instant;
use crate::base::ids::DossierId;
use crate::base::money::Cents;
use crate::calls::{self, Call};
use crate::dossiers::actions::{attach_piece, create_draft, save_section, submit};
use crate::dossiers::content::{budget_field, indicator_field};
use crate::dossiers::drafts::Typed;
use crate::fault::Fault;
use crate::service::{Operation, Service};

/// Submits every dossier in the order of the calendar, then replays what became of each.
///
/// # Errors
/// When an operation refuses.
pub fn seed(service: &Service, people: &People, today: Instant) -> Result<(), Fault> {
    let file = data::dossiers()?;
    let (mut past, live): (Vec<_>, Vec<_>) = file.dossiers.iter().partition(|d| d.submitted.is_some());
    past.sort_by_key(|d| d.submitted.clone());
    let replay = Replay { service, people };
    let mut placed = Vec::new();
    for dossier in past {
        service.clock.set(paris(dossier.submitted.as_deref().unwrap_or_default())?);
        placed.push((dossier, enter(service, people, dossier)?));
    }
    if let Some((first, _)) = placed.first() {
        replay.call_of_2021(*people.calls.get(&first.call).ok_or(Fault::NotFound)?, &placed)?;
    }
    for dossier in live {
        service.clock.set(today.plus_days(-3));
        let id = enter(service, people, dossier)?;
        if !dossier.levels.is_empty() {
            service.clock.set(today.plus_days(-2));
            replay.eligible(id)?;
            replay.assign(id, today.plus_days(12))?;
            service.clock.set(today.plus_days(-1));
            replay.review(dossier, id)?;
        }
    }
    Ok(())
}

/// Fills a draft and, unless it stays one, submits it.
fn enter(service: &Service, people: &People, dossier: &Dossier) -> Result<DossierId, Fault> {
    let call_id = *people.calls.get(&dossier.call).ok_or(Fault::NotFound)?;
    let owner = people.organisations.get(&dossier.organisation).ok_or(Fault::NotFound)?;
    let (call, actor) = service.read(|conn| Ok((calls::by_id(conn, call_id)?, load_actor(conn, owner.account)?)))?;
    service.perform(actor.author(), service.clock.now(), |op| {
        let id = create_draft(op, &actor, call_id, owner.organisation)?;
        for (section, typed) in answers(&call, &actor, dossier) {
            save_section(op, &actor, id, section, &typed, 0)?;
        }
        if !dossier.draft {
            attach(op, &actor, &call, id, &owner.legal_form, Cents::from_euros(dossier.request))?;
            submit(op, &actor, id)?;
        }
        Ok(id)
    })
}

/// Joins every piece that is asked of this applicant, on this day, for this request.
fn attach(
    op: &mut Operation<'_>,
    actor: &Actor,
    call: &Call,
    id: DossierId,
    legal_form: &str,
    request: Cents,
) -> Result<(), Fault> {
    let filed_on = op.now.in_zone(call.zone()).date();
    for piece in call.definition.pieces_for(legal_form, filed_on, request) {
        if piece.required {
            attach_piece(op, actor, id, &piece.code, &format!("{}-fictif.pdf", piece.code), PIECE)?;
        }
    }
    Ok(())
}

/// Answers by section, as a person would type them.
fn answers(call: &Call, actor: &Actor, dossier: &Dossier) -> Vec<(&'static str, Typed)> {
    let year = call.definition.budget.years.first().copied().unwrap_or_default();
    let date = |written: &str, month: u8, day: u8| {
        if written.is_empty() { format!("{day:02}/{month:02}/{year}") } else { written.to_owned() }
    };
    let request_line = call.definition.request_lines().next().map(|line| line.code.clone()).unwrap_or_default();
    let project = typed(&[
        ("title", &[&dossier.title]),
        ("summary", &[&dossier.summary]),
        ("axes", &dossier.axes.iter().map(String::as_str).collect::<Vec<_>>()),
        ("departments", &dossier.departments.iter().map(String::as_str).collect::<Vec<_>>()),
        ("scale", &[&dossier.scale]),
        ("audience", &[&dossier.audience]),
        ("duration", &["1"]),
        ("start", &[&date(&dossier.start, dossier.start_month, 1)]),
        ("end", &[&date(&dossier.end, dossier.end_month, 28)]),
    ]);
    if dossier.draft {
        return vec![("project", typed(&[("title", &[&dossier.title]), ("summary", &[&dossier.summary])]))];
    }
    let amount = |euros: i64| vec![euros.to_string()];
    let budget: Typed = [
        ("61-locations", dossier.rent),
        ("60-prestations", dossier.services),
        ("64-remunerations", dossier.staff),
        (request_line.as_str(), dossier.request),
        ("74-communes", dossier.town),
        ("75-cotisations", dossier.members),
        ("86-benevolat", dossier.volunteers),
        ("87-benevolat", dossier.volunteers),
    ]
    .into_iter()
    .filter(|(_, euros)| *euros > 0)
    .map(|(line, euros)| (budget_field(year, line), amount(euros)))
    .collect();
    vec![
        (
            "identity",
            typed(&[
                ("contact_name", &[&actor.name()]),
                ("contact_email", &[&actor.email]),
                ("contact_telephone", &["01 99 00 12 34"]),
            ]),
        ),
        ("project", project),
        (
            "reading",
            typed(&[
                ("mechanism", &[&dossier.mechanism]),
                ("lever", &[&dossier.lever]),
                ("impact", &[&dossier.impact]),
                ("outreach", &[&dossier.outreach]),
                ("participation", &[&dossier.participation]),
            ]),
        ),
        ("budget", budget),
        (
            "indicators",
            BTreeMap::from([
                (indicator_field("indicator", 0), vec![dossier.indicator.clone()]),
                (indicator_field("detail", 0), vec![dossier.indicator_detail.clone()]),
                (indicator_field("target", 0), vec![dossier.target.to_string()]),
            ]),
        ),
        (
            "attestations",
            typed(&[("attestation", &["exactness", "regularity", "privacy"]), ("notification", &["electronique"])]),
        ),
    ]
}

fn typed(values: &[(&str, &[&str])]) -> Typed {
    values.iter().map(|(name, values)| ((*name).to_owned(), values.iter().map(|v| (*v).to_owned()).collect())).collect()
}
