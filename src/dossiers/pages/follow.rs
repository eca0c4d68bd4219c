//! A submitted dossier as its applicant reads and follows it.

use serde::Serialize;

use super::{Opened, list};
use crate::base::ids::DossierId;
use crate::calls;
use crate::calls::definition::SectionKind;
use crate::dossiers::completion::{self, Completion};
use crate::dossiers::drafts::{self, Attachment};
use crate::dossiers::model::{Event, PieceRef};
use crate::dossiers::present::{self, PresentedSection};
use crate::dossiers::receipt::{first_received, implicit_rejection, next_steps};
use crate::dossiers::rules::allows;
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
    /// What silence means, and when.
    silence: String,
    request: Vec<RequestView>,
    versions_href: String,
    /// Empty when the dossier may not be taken back, or not by this person.
    withdraw_href: String,
    team_href: String,
    /// Empty for who is no member of the organisation.
    copy_href: String,
    sections: Vec<PresentedSection>,
    hash: String,
    receipt_href: String,
    journal_href: String,
    contact_service: String,
    contact_email: String,
    contact_telephone: String,
    dossier_id: DossierId,
}

/// What is asked again of a submitted dossier.
#[derive(Serialize)]
struct RequestView {
    message: String,
    due: String,
    tone: &'static str,
    tasks: Vec<RequestTask>,
    check_href: String,
}

#[derive(Serialize)]
struct RequestTask {
    label: String,
    href: String,
    hint: String,
    status: &'static str,
    tone: &'static str,
}

fn request_view(visit: &Visit, opened: &Opened, request: &Completion) -> RequestView {
    let definition = &opened.call.definition;
    let open = definition.sections.iter().filter(|section| opened.opens(&section.code));
    let tasks = open.map(|section| {
        let pieces = definition.pieces.iter().filter(|p| request.targets.pieces.contains(&p.code));
        let labels: Vec<_> = pieces.map(|piece| piece.label.as_str()).collect();
        let is_pieces = section.kind == SectionKind::Pieces;
        let wrong = opened.problems_in(&section.code).next().is_some();
        let touched = match opened.draft.sections.get(&section.code) {
            _ if is_pieces => opened.draft.attachments.iter().any(|a| !request.snapshot.attachments.contains(&a.id)),
            Some(saved) => request.snapshot.sections.get(&section.code) != Some(&saved.typed),
            None => false,
        };
        let (status, tone) = match (wrong, touched) {
            (true, _) => ("À corriger", "warning"),
            (false, true) => ("Modifiée", "success"),
            (false, false) => ("À compléter", "info"),
        };
        RequestTask {
            label: section.title.clone(),
            href: opened.section_path(&section.code),
            hint: if is_pieces { labels.join(", ") } else { String::new() },
            status,
            tone,
        }
    });
    RequestView {
        message: request.message.clone(),
        due: opened.deadline(visit).text,
        tone: if request.is_late(visit.now) { "danger" } else { "warning" },
        tasks: tasks.collect(),
        check_href: format!("{}/verifier", opened.path()),
    }
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

pub(super) fn show(visit: &Visit, dossier: &Dossier, opened: Option<&Opened>) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let (call, version, attachments, entries, requests) = visit.read(|conn| {
        let call = calls::of_dossier(conn, dossier.id)?;
        let version = store::current_version(conn, dossier)?;
        let attachments = drafts::all_attachments(conn, dossier.id)?;
        let entries = journal::of_dossier(conn, dossier.id, Audience::Everyone)?;
        Ok((call, version, attachments, entries, completion::of_dossier(conn, dossier.id)?))
    })?;
    let suspended = completion::suspended_days(&requests, call.zone(), visit.now);
    let rejection = implicit_rejection(&call.definition, first_received(dossier, &version), suspended)?;
    let request = opened.and_then(|opened| opened.request.as_ref());
    let member = actor.belongs_to(dossier.organisation);
    let may_withdraw = member && allows(dossier.state, Event::Withdraw, &call.definition.stages);
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
        silence: match request {
            Some(request) => format!(
                "Le délai au terme duquel le silence vaut rejet est suspendu depuis le {}, jusqu’à votre réponse.",
                request.asked_at.date(call.zone())
            ),
            None => format!(
                "Sans réponse au {rejection}, la demande est considérée comme rejetée. Une décision peut encore vous être \
                 notifiée après cette date."
            ),
        },
        request: opened
            .into_iter()
            .filter_map(|opened| Some(request_view(visit, opened, opened.request.as_ref()?)))
            .collect(),
        versions_href: if version.number > 1 { format!("{path}/versions") } else { String::new() },
        withdraw_href: if may_withdraw { format!("{path}/retirer") } else { String::new() },
        team_href: format!("{path}/equipe"),
        copy_href: if member { format!("{path}/copier") } else { String::new() },
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
