//! Public pages: the list of calls, and a call as anyone may read it before applying.

use serde::Serialize;

use super::definition::{self, CallDefinition, Phase, Source, SourceKind, reference};
use super::store::{self, Call};
use crate::access::{Actor, Permission, Role};
use crate::base::clock::Instant;
use crate::base::money::Cents;
use crate::fault::Fault;
use crate::web::{Answer, Link, Page, Visit};

#[must_use]
pub fn pages() -> Vec<Page> {
    vec![Page::get("/appels", Permission::Public, list), Page::get("/appels/{call}", Permission::Public, show)]
}

/// A call in a list.
#[derive(Serialize)]
pub struct Card {
    href: String,
    kind: &'static str,
    title: String,
    summary: String,
    phase: &'static str,
    tone: &'static str,
    dates: String,
}

#[derive(Serialize)]
struct ListView {
    open: Vec<Card>,
    announced: Vec<Card>,
    closed: Vec<Card>,
}

/// Calls of one phase, for this list and for the home page.
///
/// # Errors
/// When the database refuses.
pub fn cards(visit: &Visit, phase: Phase) -> Result<Vec<Card>, Fault> {
    let calls = visit.read(store::list)?;
    Ok(calls.iter().filter(|c| c.definition.phase(visit.now) == phase).map(|c| card(c, phase)).collect())
}

fn card(call: &Call, phase: Phase) -> Card {
    let zone = call.zone();
    Card {
        href: format!("/appels/{}", call.code),
        kind: call.definition.call.kind.label(),
        title: call.title.clone(),
        summary: call.definition.call.summary.clone(),
        phase: phase.label(),
        tone: phase_tone(phase),
        dates: match phase {
            Phase::Announced => format!("Ouvre le {}", call.opens_at.long(zone)),
            Phase::Open => format!("Dépôt jusqu’au {}", call.closes_at.long(zone)),
            Phase::Closed => format!("Clos depuis le {}", call.closes_at.date(zone)),
        },
    }
}

fn phase_tone(phase: Phase) -> &'static str {
    match phase {
        Phase::Announced => "info",
        Phase::Open => "success",
        Phase::Closed => "neutral",
    }
}

fn list(visit: &Visit) -> Result<Answer, Fault> {
    let view = ListView {
        open: cards(visit, Phase::Open)?,
        announced: cards(visit, Phase::Announced)?,
        closed: cards(visit, Phase::Closed)?,
    };
    Answer::page("Appels", "calls/list.html", &view)
}

#[derive(Serialize)]
struct Dated {
    label: &'static str,
    when: String,
    iso: String,
    origin: String,
}

#[derive(Serialize)]
struct AxisRow {
    label: String,
    aliases: Vec<String>,
}

#[derive(Serialize)]
struct CriterionRow {
    code: String,
    label: String,
    weight: u32,
    axis: String,
    descriptors: Vec<String>,
    blocking: bool,
}

#[derive(Serialize)]
struct PieceRow {
    label: String,
    hint: String,
    condition: String,
}

#[derive(Serialize)]
struct EnvelopeRow {
    funder: String,
    line: String,
    year: i16,
    amount: String,
    origin: String,
}

#[derive(Serialize)]
struct MilestoneRow {
    date: String,
    label: String,
    figure: String,
    source: String,
}

#[derive(Serialize)]
struct CallView<'a> {
    code: &'a str,
    kind: &'static str,
    title: &'a str,
    summary: &'a str,
    demonstration: bool,
    phase: &'static str,
    tone: &'static str,
    deadline: String,
    is_open: bool,
    signed_in: bool,
    purpose: &'a [String],
    priorities: &'a [String],
    axes: Vec<AxisRow>,
    several_axes: bool,
    levels: &'a [String],
    criteria: Vec<CriterionRow>,
    applicants: &'a [String],
    departments: Vec<String>,
    exclusions: &'a [String],
    pieces: Vec<PieceRow>,
    sections: Vec<String>,
    calendar: Vec<Dated>,
    stages: Vec<&'static str>,
    seats: Vec<String>,
    quorum: u32,
    envelopes: Vec<EnvelopeRow>,
    milestones: Vec<MilestoneRow>,
    silence_months: u8,
    contact: &'a definition::Contact,
    desk_links: Vec<Link>,
    apply_href: String,
    sign_in_href: String,
    sign_up_href: String,
}

fn show(visit: &Visit) -> Result<Answer, Fault> {
    let code: String = visit.param("call")?;
    let call = visit.read(|conn| store::by_code(conn, &code))?;
    let definition = &call.definition;
    let phase = definition.phase(visit.now);
    let path = format!("/appels/{code}");
    let view = CallView {
        code: &call.code,
        kind: definition.call.kind.label(),
        title: &call.title,
        summary: &definition.call.summary,
        demonstration: definition.call.demonstration,
        phase: phase.label(),
        tone: phase_tone(phase),
        deadline: card(&call, phase).dates,
        is_open: phase == Phase::Open,
        signed_in: visit.actor.is_some(),
        purpose: &definition.call.purpose,
        priorities: &definition.call.priorities,
        axes: axes(definition),
        several_axes: definition.axes.choice == definition::AxesChoice::Several,
        levels: &definition.grid.levels,
        criteria: criteria(definition),
        applicants: &definition.eligibility.applicants,
        departments: definition.eligibility.departments.iter().map(|d| reference::department_label(d)).collect(),
        exclusions: &definition.eligibility.exclusions,
        pieces: pieces(definition),
        sections: definition.sections.iter().map(|s| s.title.clone()).collect(),
        calendar: calendar(definition),
        stages: definition.stages.iter().map(|s| s.label()).collect(),
        seats: definition.committee.seats.iter().map(seat).collect(),
        quorum: definition.committee.quorum,
        envelopes: envelopes(definition),
        milestones: milestones(definition),
        silence_months: definition.decision.silence_months,
        contact: &definition.contact,
        desk_links: visit.actor.as_ref().map(|actor| desk_links(actor, &call)).unwrap_or_default(),
        apply_href: format!("{path}/deposer"),
        sign_in_href: format!("/connexion?retour={path}"),
        sign_up_href: "/inscription".to_owned(),
    };
    Ok(Answer::page(call.title.clone(), "calls/call.html", &view)?.crumb("Appels", "/appels").crumb(&call.code, ""))
}

/// The desks of this call that the visitor's roles open.
pub fn desk_links(actor: &Actor, call: &Call) -> Vec<Link> {
    let holds = |roles: &[Role]| actor.holds_in(call.id, roles);
    let path = format!("/appels/{}", call.code);
    let mut links = Vec::new();
    if holds(&[Role::CallManager]) {
        links.push(Link::new("Gérer les dossiers", format!("{path}/gestion")));
    }
    if holds(&[Role::Instructor]) {
        links.push(Link::new("Instruire mes dossiers", "/instruction"));
    }
    if holds(&[Role::CallManager, Role::CommitteeMember]) {
        links.push(Link::new("Comité de sélection", format!("{path}/comite")));
    }
    if holds(&[Role::CallManager, Role::Signatory]) {
        links.push(Link::new("Décisions et courriers", format!("{path}/decisions")));
    }
    if holds(&[Role::CallManager, Role::Signatory, Role::Funder]) {
        links.push(Link::new("Financement", format!("{path}/financement")));
    }
    if holds(&[Role::CallManager, Role::Funder]) {
        links.push(Link::new("Suivi des projets", format!("{path}/suivi")));
    }
    if actor.grants.iter().any(|grant| grant.call == call.id) {
        links.push(Link::new("Fiches de pratique", format!("{path}/fiches")));
        links.push(Link::new("Capitalisation", format!("{path}/capitalisation")));
    }
    links
}

fn axes(definition: &CallDefinition) -> Vec<AxisRow> {
    definition
        .axes
        .list
        .iter()
        .map(|axis| AxisRow {
            label: axis.label.clone(),
            aliases: axis.aliases.iter().map(|a| format!("{} ({})", a.label, a.source.reference)).collect(),
        })
        .collect()
}

fn criteria(definition: &CallDefinition) -> Vec<CriterionRow> {
    definition
        .grid
        .criteria
        .iter()
        .map(|criterion| CriterionRow {
            code: criterion.code.clone(),
            label: criterion.label.clone(),
            weight: criterion.weight,
            axis: criterion
                .axis
                .as_deref()
                .and_then(|code| definition.axis(code))
                .map(|axis| axis.label.clone())
                .unwrap_or_default(),
            descriptors: (0..=definition.maximum_level())
                .filter_map(|level| definition.descriptor(criterion, level))
                .map(str::to_owned)
                .collect(),
            blocking: criterion.blocking,
        })
        .collect()
}

fn pieces(definition: &CallDefinition) -> Vec<PieceRow> {
    definition
        .pieces
        .iter()
        .map(|piece| {
            let mut conditions = Vec::new();
            if !piece.legal_forms.is_empty() {
                conditions.push(format!("pour {}", reference::describe_forms(&piece.legal_forms)));
            }
            if let Some(date) = piece.from_date() {
                conditions
                    .push(format!("pour les dossiers déposés à partir du {}", crate::base::clock::french_date(date)));
            }
            if let Some(euros) = piece.above_euros {
                conditions.push(format!("pour une demande supérieure à {}", Cents::from_euros(euros)));
            }
            let duty = if piece.required { "Obligatoire" } else { "Facultative" };
            let condition = std::iter::once(duty.to_owned()).chain(conditions).collect::<Vec<_>>().join(", ");
            PieceRow { label: piece.label.clone(), hint: piece.hint.clone(), condition }
        })
        .collect()
}

fn calendar(definition: &CallDefinition) -> Vec<Dated> {
    let calendar = &definition.calendar;
    let dated = |label, code: &str, at: Instant| Dated {
        label,
        when: at.long(&calendar.zone),
        iso: at.iso(),
        origin: calendar.source(code).map(origin).unwrap_or_default(),
    };
    [
        Some(dated("Ouverture", "opening", calendar.opening)),
        Some(dated("Clôture", "closing", calendar.closing)),
        calendar.committee.map(|at| dated("Comité de sélection", "committee", at)),
        calendar.notification.map(|at| dated("Notification des décisions", "notification", at)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn envelopes(definition: &CallDefinition) -> Vec<EnvelopeRow> {
    definition
        .envelopes
        .iter()
        .map(|envelope| EnvelopeRow {
            funder: definition.funder(&envelope.funder).map(|f| f.label.clone()).unwrap_or_default(),
            line: envelope.line.clone(),
            year: envelope.year,
            amount: envelope.amount.map_or_else(|| "Non connu".to_owned(), |amount| amount.to_string()),
            origin: origin(&envelope.source),
        })
        .collect()
}

fn milestones(definition: &CallDefinition) -> Vec<MilestoneRow> {
    definition
        .milestones
        .iter()
        .map(|milestone| MilestoneRow {
            date: milestone.date.clone(),
            label: milestone.label.clone(),
            figure: [
                milestone.count.map(|n| n.to_string()),
                milestone.euros.map(|euros| Cents::from_euros(euros).to_string()),
            ]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" — "),
            source: milestone.source.reference.clone(),
        })
        .collect()
}

fn seat(seat: &definition::Seat) -> String {
    if seat.chair { format!("{} (présidence)", seat.label) } else { seat.label.clone() }
}

/// Where a date or an amount comes from, in words: what is invented is never shown as fact.
fn origin(source: &Source) -> String {
    match source.kind {
        SourceKind::Sourced => format!("Source\u{A0}: {}", source.reference),
        SourceKind::Proposed => format!("Proposition\u{A0}: {}", source.reference),
        SourceKind::Fictitious => format!("Donnée de démonstration\u{A0}: {}", source.reference),
    }
}
