//! A submitted dossier as its applicant reads and follows it.

use serde::Serialize;

use super::list;
use crate::base::ids::DossierId;
use crate::calls;
use crate::dossiers::drafts::{self, Attachment};
use crate::dossiers::model::PieceRef;
use crate::dossiers::present::{self, PresentedSection};
use crate::dossiers::receipt::{implicit_rejection, next_steps};
use crate::dossiers::sight::for_applicant;
use crate::dossiers::store::{self, Dossier};
use crate::fault::Fault;
use crate::journal::{self, Audience};
use crate::web::{Answer, Link, Visit};

/// Journal entries of the writing, left out of the follow-up.
const WRITING: [&str; 5] = ["dossier.create", "dossier.reopen", "dossier.save", "dossier.attach", "dossier.detach"];

#[derive(Serialize)]
struct TimelineItem {
    when: String,
    iso: String,
    title: String,
    detail: String,
    who: String,
}

impl TimelineItem {
    fn new(read: journal::Read, zone: &str) -> Self {
        Self {
            when: read.at.short(zone),
            iso: read.at.iso(),
            title: read.summary,
            detail: read.reason,
            who: read.actor_name,
        }
    }
}

#[derive(Serialize)]
struct Fact {
    key: &'static str,
    value: String,
}

#[derive(Serialize)]
struct FollowView {
    title: String,
    call: String,
    status: &'static str,
    tone: &'static str,
    next: String,
    facts: Vec<Fact>,
    timeline: Vec<TimelineItem>,
    steps: Vec<String>,
    awaiting: bool,
    /// Empty before notification.
    decision_href: String,
    /// Act, payments and indicators; empty unless an award is notified.
    award_links: Vec<Link>,
    implicit_rejection: String,
    sections: Vec<PresentedSection>,
    hash: String,
    receipt_href: String,
    journal_href: String,
    contact_service: String,
    contact_email: String,
    contact_telephone: String,
    dossier_id: DossierId,
}

/// Where each frozen piece is downloaded.
pub(super) fn piece_links<'a>(
    dossier: &'a Dossier,
    attachments: &'a [Attachment],
) -> impl Fn(&PieceRef) -> String + 'a {
    move |piece| {
        attachments
            .iter()
            .find(|a| a.piece == piece.piece && a.sha256 == piece.sha256 && a.file_name == piece.file_name)
            .map_or(String::new(), |a| format!("{}/pieces/{}", super::path(dossier.id), a.id))
    }
}

pub(super) fn show(visit: &Visit, dossier: &Dossier) -> Result<Answer, Fault> {
    let (call, version, attachments, entries) = visit.read(|conn| {
        let call = calls::of_dossier(conn, dossier.id)?;
        let version = store::current_version(conn, dossier)?;
        let attachments = drafts::attachments(conn, dossier.id)?;
        let entries = journal::of_dossier(conn, dossier.id, Audience::Everyone)?;
        Ok((call, version, attachments, entries))
    })?;
    let definition = &call.definition;
    let links = piece_links(dossier, &attachments);
    let path = super::path(dossier.id);
    let view = FollowView {
        title: dossier.title.clone(),
        call: call.title.clone(),
        status: dossier.state.label_for_applicant(),
        tone: dossier.state.tone_for_applicant(),
        next: list::next(dossier, &call, visit.now),
        facts: vec![
            Fact { key: "Référence", value: dossier.reference_or_draft() },
            Fact { key: "Déposé le", value: version.submitted_at.long(call.zone()) },
            Fact { key: "Organisme", value: version.content.applicant.name.clone() },
            Fact { key: "Subvention demandée", value: version.requested.to_string() },
        ],
        timeline: entries
            .into_iter()
            .filter(|entry| !WRITING.contains(&entry.action.as_str()))
            .map(|entry| TimelineItem::new(entry, call.zone()))
            .collect(),
        steps: next_steps(definition),
        awaiting: dossier.state.awaits_decision(),
        decision_href: if dossier.state.is_notified() { format!("{path}/decision") } else { String::new() },
        award_links: if dossier.state.is_awarded() {
            vec![
                Link::new("Acte et versements", format!("{path}/financement")),
                Link::new("Indicateurs à renseigner", format!("{path}/indicateurs")),
            ]
        } else {
            Vec::new()
        },
        implicit_rejection: implicit_rejection(definition, version.submitted_at)?,
        sections: present::sections_with_links(definition, &version.content, &links, None),
        hash: version.sha256.clone(),
        receipt_href: format!("{path}/accuse-de-reception"),
        journal_href: format!("{path}/journal"),
        contact_service: definition.contact.service.clone(),
        contact_email: definition.contact.email.clone(),
        contact_telephone: definition.contact.telephone.clone(),
        dossier_id: dossier.id,
    };
    let title = format!("{} – {}", dossier.reference_or_draft(), dossier.title);
    Ok(Answer::page(title, "dossiers/follow.html", &view)?.crumb("Mes dossiers", "/mes-dossiers"))
}

#[derive(Serialize)]
struct JournalView {
    title: String,
    reference: String,
    timeline: Vec<TimelineItem>,
}

pub(super) fn journal(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id = visit.param("dossier")?;
    let (dossier, call, entries) = visit.read(|conn| {
        let dossier = for_applicant(conn, actor, id)?;
        let call = calls::of_dossier(conn, id)?;
        Ok((dossier, call, journal::of_dossier(conn, id, Audience::Everyone)?))
    })?;
    let view = JournalView {
        title: dossier.title_or_untitled().to_owned(),
        reference: dossier.reference_or_draft(),
        timeline: entries.into_iter().rev().map(|entry| TimelineItem::new(entry, call.zone())).collect(),
    };
    Ok(Answer::page("Journal du dossier", "dossiers/journal.html", &view)?
        .crumb("Mes dossiers", "/mes-dossiers")
        .crumb(dossier.title_or_untitled(), super::path(id)))
}
