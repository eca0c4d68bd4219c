//! Submitting: once, in time, and for good.

use diesel::prelude::*;

use super::advance;
use crate::access::Actor;
use crate::base::ids::{CallId, DossierId, DossierVersionId};
use crate::base::text::fold_for_index;
use crate::calls::definition::Phase;
use crate::calls::{self, Call};
use crate::db::schema::{calls as calls_table, dossier_versions, dossiers, indicators};
use crate::dossiers::completion;
use crate::dossiers::content;
use crate::dossiers::drafts;
use crate::dossiers::excerpt;
use crate::dossiers::model::{Content, Event, State};
use crate::dossiers::receipt::Acknowledgement;
use crate::dossiers::sight::for_member;
use crate::dossiers::store::{self, Dossier};
use crate::dossiers::tags::tag;
use crate::dossiers::validate::Problem;
use crate::fault::{Fault, FieldError};
use crate::files::sha256_hex;
use crate::journal::Entry;
use crate::notify;
use crate::sealed::{self, DocumentKind};
use crate::service::Operation;

/// Freezes the draft as a version, gives it its reference and sends the receipt.
///
/// # Errors
/// [`Fault::Refused`] out of time, or when it was submitted before; [`Fault::Invalid`] with what is missing, fields
/// written `section/field`.
pub fn submit(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId) -> Result<Dossier, Fault> {
    let draft_row = for_member(op.conn, actor, dossier)?;
    if let Some(reference) = &draft_row.reference {
        return Err(Fault::refused(format!("Ce dossier est déjà déposé, sous la référence {reference}.")));
    }
    let call = calls::of_dossier(op.conn, dossier)?;
    in_time(op, &call)?;
    // From here on nobody else writes the draft, nor submits it.
    drafts::take(op.conn, dossier, &[State::Draft], op.now)?;
    let draft = content::assemble(op.conn, &call.definition, &draft_row)?;
    let filed_on = op.now.in_zone(call.zone()).date();
    let problems = draft.problems(&call.definition, filed_on);
    if !problems.is_empty() {
        let error = |p: Problem| FieldError { field: format!("{}/{}", p.section, p.field), message: p.message };
        return Err(Fault::Invalid(problems.into_iter().map(error).collect()));
    }
    let version = freeze(op, actor, dossier, &call, &draft.content)?;
    let reference = next_reference(op, call.id, &call.code)?;
    let content = &draft.content;
    let search_text = fold_for_index(&format!("{} {} {reference}", content.title(), content.applicant.name));
    diesel::update(dossiers::table.filter(dossiers::id.eq(dossier)))
        .set((
            dossiers::reference.eq(Some(&reference)),
            dossiers::title.eq(content.title()),
            dossiers::search_text.eq(search_text),
            dossiers::requested_cents.eq(Some(content.requested(&call.definition))),
            dossiers::submitted_at.eq(Some(op.now)),
            dossiers::current_version_id.eq(Some(version.0)),
        ))
        .execute(op.conn)?;
    tag(op.conn, dossier, content)?;
    set_targets(op, dossier, version, &call, content)?;
    let submitted = advance(op, dossier, Event::Submit)?;
    acknowledge(op, actor, &submitted, &call)?;
    let entry = Entry::new("dossier.submit", format!("Dossier déposé sous la référence {reference}"));
    op.record(entry.call(call.id).dossier(dossier).for_everyone());
    Ok(submitted)
}

/// The arrival of the request decides, whenever it is worked on.
fn in_time(op: &Operation<'_>, call: &Call) -> Result<(), Fault> {
    match call.definition.phase(op.now) {
        Phase::Open => Ok(()),
        Phase::Announced => Err(Fault::refused(format!(
            "L’appel ouvre le {}\u{202F}; votre brouillon est conservé.",
            call.opens_at.long(call.zone())
        ))),
        Phase::Closed => Err(Fault::refused(format!(
            "L’appel est clos depuis le {}\u{202F}; votre brouillon est conservé.",
            call.closes_at.long(call.zone())
        ))),
    }
}

pub(super) fn freeze(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    call: &Call,
    content: &Content,
) -> Result<DossierVersionId, Fault> {
    let body = serde_json::to_string(content)?;
    let requested = content.requested(&call.definition);
    let number =
        dossier_versions::table.filter(dossier_versions::dossier_id.eq(dossier)).count().get_result::<i64>(op.conn)?
            + 1;
    let version = diesel::insert_into(dossier_versions::table)
        .values((
            dossier_versions::dossier_id.eq(dossier),
            dossier_versions::number.eq(number),
            dossier_versions::content.eq(&body),
            dossier_versions::sha256.eq(sha256_hex(body.as_bytes())),
            dossier_versions::requested_cents.eq(requested),
            dossier_versions::submitted_at.eq(op.now),
            dossier_versions::submitted_by.eq(actor.id),
        ))
        .returning(dossier_versions::id)
        .get_result(op.conn)?;
    excerpt::keep(op.conn, version, content, requested)?;
    Ok(version)
}

/// Counted in the call's own row: two submissions at once wait for each other, and no number is skipped.
fn next_reference(op: &mut Operation<'_>, call: CallId, code: &str) -> Result<String, Fault> {
    let number: i64 = diesel::update(calls_table::table.filter(calls_table::id.eq(call)))
        .set(calls_table::last_reference.eq(calls_table::last_reference + 1))
        .returning(calls_table::last_reference)
        .get_result(op.conn)?;
    Ok(format!("{code}-{number:04}"))
}

pub(super) fn set_targets(
    op: &mut Operation<'_>,
    dossier: DossierId,
    version: DossierVersionId,
    call: &Call,
    content: &Content,
) -> Result<(), Fault> {
    for chosen in &content.indicators {
        let choice = call.definition.indicator(&chosen.code).ok_or_else(|| Fault::internal("unknown indicator"))?;
        diesel::insert_into(indicators::table)
            .values((
                indicators::dossier_id.eq(dossier),
                indicators::dossier_version_id.eq(version),
                indicators::code.eq(&chosen.code),
                indicators::label.eq(&choice.label),
                indicators::unit.eq(&choice.unit),
                indicators::target.eq(chosen.target),
            ))
            .execute(op.conn)?;
    }
    Ok(())
}

/// Seals the receipt and mails it to who submitted and to the contact of the project.
pub(super) fn acknowledge(op: &mut Operation<'_>, actor: &Actor, dossier: &Dossier, call: &Call) -> Result<(), Fault> {
    debug_assert_eq!(dossier.state, State::Submitted);
    let version = store::current_version(op.conn, dossier)?;
    let suspended = completion::suspended_days(&completion::of_dossier(op.conn, dossier.id)?, call.zone(), op.now);
    let came_in = Acknowledgement { call, dossier, version: &version, suspended_days: suspended };
    let bytes = came_in.pdf(&actor.name(), op.settings.demo)?;
    let reference = dossier.reference_or_draft();
    let sealed = sealed::seal(
        op.conn,
        op.files,
        op.now,
        DocumentKind::Receipt,
        Some(dossier.id),
        &format!("accuse-de-reception-{reference}.pdf"),
        &bytes,
    )?;
    let told = format!("Le dossier {reference} est déposé par {}.", actor.name());
    let path = format!("/mes-dossiers/{}", dossier.id);
    notify::tell_organisation(op, dossier.organisation, "dossier.submit", &told, &path)?;
    let link = op.url(&path);
    let contact = &version.content.applicant;
    let mut recipients = vec![(actor.email.clone(), actor.name())];
    if !contact.contact_email.eq_ignore_ascii_case(&actor.email) {
        recipients.push((contact.contact_email.clone(), contact.contact_name.clone()));
    }
    for (recipient, name) in recipients {
        let message = came_in.mail(&link, sealed.id, recipient, name);
        op.send(&message)?;
    }
    Ok(())
}
