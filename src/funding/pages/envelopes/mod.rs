//! What each envelope of a call holds; the lines behind each figure are in `lines`.

pub(super) mod lines;

use serde::Serialize;

use super::{Row, amount, row};
use crate::access::Role;
use crate::base::ids::DossierId;
use crate::base::money::Cents;
use crate::base::text::count;
use crate::calls;
use crate::dossiers::State;
use crate::fault::Fault;
use crate::funding::rules::{Figures, InstalmentState};
use crate::funding::store::{self, Envelope, READERS, SeenLine, Viewing};
use crate::ledger::EntryKind;
use crate::web::{Answer, Column, ListRequest, ListView, Visit};
/// Which lines a figure is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Selection {
    Voted,
    Reserved,
    Committed,
    Paid,
    Left,
}

impl Selection {
    const ALL: [Self; 5] = [Self::Voted, Self::Reserved, Self::Committed, Self::Paid, Self::Left];

    const fn code(self) -> &'static str {
        match self {
            Self::Voted => "vote",
            Self::Reserved => "reservation",
            Self::Committed => "engagement",
            Self::Paid => "versement",
            Self::Left => "disponible",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Voted => "Voté",
            Self::Reserved => "Réservé",
            Self::Committed => "Engagé",
            Self::Paid => "Versé",
            Self::Left => "Disponible",
        }
    }

    const fn explanation(self) -> &'static str {
        match self {
            Self::Voted => "Ce que le financeur met dans l’appel.",
            Self::Reserved => "Mis de côté sur avis du comité, dans l’attente d’une décision signée.",
            Self::Committed => "Accordé par des décisions signées.",
            Self::Paid => "Déjà versé sur ce qui est engagé.",
            Self::Left => "Voté, moins ce qui est réservé et ce qui est engagé.",
        }
    }

    fn of(self, figures: &Figures) -> Option<Cents> {
        match self {
            Self::Voted => figures.voted,
            Self::Reserved => Some(figures.reserved),
            Self::Committed => Some(figures.committed),
            Self::Paid => Some(figures.paid),
            Self::Left => figures.left(),
        }
    }

    /// The line's part in the figure; nothing when it has none.
    fn part(self, line: &SeenLine) -> Option<Cents> {
        match (self, line.kind) {
            (Self::Voted | Self::Left, EntryKind::Vote)
            | (Self::Reserved, EntryKind::Reservation)
            | (Self::Committed, EntryKind::Commitment)
            | (Self::Paid, EntryKind::Payment) => Some(line.amount),
            (Self::Left, EntryKind::Reservation | EntryKind::Commitment) => Some(-line.amount),
            _ => None,
        }
    }
}

#[derive(Serialize)]
struct FigureView {
    label: &'static str,
    value: String,
    href: String,
    detail: String,
    tone: &'static str,
    known: bool,
}

#[derive(Serialize)]
struct Segment {
    label: &'static str,
    value: i64,
    text: String,
    tone: &'static str,
}

#[derive(Serialize)]
struct EnvelopeView {
    title: String,
    bar_title: String,
    facts: Vec<Row>,
    figures: Vec<FigureView>,
    total: i64,
    segments: Vec<Segment>,
    known: bool,
    line: String,
    funder: String,
    year: i32,
}

fn figure_views(envelope: &Envelope, figures: &Figures) -> Vec<FigureView> {
    let share = |part: Cents| match figures.voted {
        Some(voted) if voted.is_positive() => format!("{}\u{A0}% du vote", percent(part, voted)),
        _ => String::new(),
    };
    Selection::ALL
        .into_iter()
        .map(|selection| FigureView {
            label: selection.label(),
            value: amount(selection.of(figures)),
            href: format!("/enveloppes/{}?lignes={}", envelope.id, selection.code()),
            detail: match selection {
                Selection::Voted => String::new(),
                Selection::Paid if figures.committed.is_positive() => {
                    format!("{}\u{A0}% de l’engagé", percent(figures.paid, figures.committed))
                }
                _ => selection.of(figures).map(share).unwrap_or_default(),
            },
            tone: if selection == Selection::Left { "success" } else { "" },
            known: selection.of(figures).is_some(),
        })
        .collect()
}

/// Whole percent, rounded down: a full envelope is full to the cent only.
fn percent(part: Cents, whole: Cents) -> i64 {
    i64::try_from(i128::from(part.0) * 100 / i128::from(whole.0)).unwrap_or(i64::MAX)
}

fn envelope_view(envelope: &Envelope, figures: &Figures) -> EnvelopeView {
    let unpaid = figures.committed - figures.paid;
    let mut segments = vec![
        segment("Versé", figures.paid, "success"),
        segment("Engagé, à verser", unpaid, "accent"),
        segment("Réservé", figures.reserved, "honey"),
    ];
    if let Some(left) = figures.left() {
        segments.push(segment("Disponible", left, "track"));
    }
    let mut facts = vec![row("Financeur", &envelope.funder.name)];
    if envelope.authority.id != envelope.funder.id {
        facts.push(row("Autorité signataire", &envelope.authority.name));
    }
    if envelope.payer.id != envelope.funder.id {
        facts.push(row("Payeur", &envelope.payer.name));
    }
    facts.push(row("Origine du montant", &envelope.source));
    EnvelopeView {
        title: envelope.label(),
        bar_title: format!("Emploi de l’enveloppe {}", envelope.label()),
        facts,
        figures: figure_views(envelope, figures),
        total: figures.voted.map_or(0, |voted| voted.0),
        segments,
        known: figures.voted.is_some(),
        line: envelope.line.clone(),
        funder: envelope.funder.name.clone(),
        year: envelope.year,
    }
}

fn segment(label: &'static str, value: Cents, tone: &'static str) -> Segment {
    Segment { label, value: value.0, text: value.to_string(), tone }
}

const GRANTS: &[Column] = &[
    Column::plain("Dossier"),
    Column::plain("Organisme"),
    Column::number("Accordé", ""),
    Column::number("Versé", ""),
    Column::plain("Suite"),
];

#[derive(Serialize)]
struct GrantView {
    reference: String,
    title: String,
    href: String,
    organisation: String,
    granted: String,
    paid: String,
    next: &'static str,
    tone: &'static str,
}

#[derive(Serialize)]
struct CallView {
    call_title: String,
    envelopes: Vec<EnvelopeView>,
    list: ListView,
    grants: Vec<GrantView>,
    partial: bool,
    board_href: String,
    plan_href: String,
    payments_href: String,
    /// What could go to the waiting list; empty when nothing is left or nobody waits.
    freed: String,
    /// Empty for whoever may not open the list.
    waitlist_href: String,
}

pub(super) fn of_call(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code: String = visit.param("call")?;
    let request = ListRequest::read(visit, GRANTS, Vec::new()).without_search();
    let (call, envelopes, (total, grants), waiting, partial) = visit.read(|conn| {
        let call = calls::by_code(conn, &code)?;
        actor.require_in(call.id, READERS)?;
        let viewing = store::view_of(conn, actor, call.id)?;
        let (mut views, mut left) = (Vec::new(), Cents::ZERO);
        for envelope in store::envelopes_of_call(conn, call.id)? {
            let lines = store::lines_seen(conn, &viewing, envelope.id)?;
            let figures = store::figures(&envelope, &lines);
            left += figures.left().unwrap_or_default();
            views.push(envelope_view(&envelope, &figures));
        }
        let funded: Vec<DossierId> = viewing.dossiers().iter().filter(|d| d.state.is_awarded()).map(|d| d.id).collect();
        let (total, funded) = request.slice(funded);
        let grants = (total, grants(conn, &viewing, &funded, visit.now)?);
        let waiting = store::in_states(conn, actor, call.id, READERS, &[State::WaitlistNotified])?.len();
        Ok((call, views, grants, (waiting, left), viewing.is_partial()))
    })?;
    let asked = format!("?appel={}", crate::web::form::encode(&call.code));
    let (waiting, left) = waiting;
    let view = CallView {
        call_title: call.title.clone(),
        envelopes,
        list: request.view(total, "subvention", "subventions"),
        grants,
        partial,
        board_href: format!("/financements{asked}"),
        plan_href: format!("/financements/plan{asked}"),
        payments_href: format!("/financements/versements{asked}"),
        freed: if waiting > 0 && left.is_positive() {
            format!(
                "{left} ne sont ni réservés ni engagés, et {} la liste complémentaire.",
                count(waiting, "dossier est sur", "dossiers sont sur")
            )
        } else {
            String::new()
        },
        waitlist_href: if actor.holds_in(call.id, &[Role::Signatory, Role::CallManager]) {
            format!("/appels/{}/decisions/liste-complementaire", call.code)
        } else {
            String::new()
        },
    };
    Ok(Answer::page("Financement", "funding/call.html", &view)?
        .desk()
        .crumb("Appels", "/appels")
        .crumb(call.title, format!("/appels/{}", call.code))
        .crumb("Financement", ""))
}

/// What the money of a dossier waits for.
fn next_step(file: &store::FundingFile, today: jiff::civil::Date) -> (&'static str, &'static str) {
    if !file.dossier.state.is_running() {
        return (file.dossier.state.label(), "neutral");
    }
    if file.awards.iter().any(|award| file.act_is_due(award)) {
        return ("Acte à prendre", "warning");
    }
    let states: Vec<InstalmentState> =
        file.instalments.iter().filter(|i| !i.ended).map(|i| file.state_of(i, today)).collect();
    let any = |wanted: fn(&InstalmentState) -> bool| states.iter().any(wanted);
    if any(|s| matches!(s, InstalmentState::Late(_) | InstalmentState::Payable(_))) && file.payee.siret.is_none() {
        ("SIRET attendu", "danger")
    } else if any(|s| matches!(s, InstalmentState::Late(_))) {
        ("Versement en retard", "danger")
    } else if any(|s| matches!(s, InstalmentState::Payable(_))) {
        ("À verser", "warning")
    } else if any(|s| matches!(s, InstalmentState::AwaitingService)) {
        ("Service fait attendu", "info")
    } else if any(|s| matches!(s, InstalmentState::Conditional)) {
        ("Année à engager", "info")
    } else {
        ("À solder", "success")
    }
}

fn grants(
    conn: &mut crate::db::Conn,
    viewing: &Viewing,
    shown: &[DossierId],
    now: crate::base::clock::Instant,
) -> Result<Vec<GrantView>, Fault> {
    let mut views = Vec::new();
    let dossiers = viewing.dossiers().into_iter().filter(|dossier| shown.contains(&dossier.id)).cloned().collect();
    for file in store::files_of(conn, dossiers)? {
        let dossier = &file.dossier;
        let (next, tone) = next_step(&file, now.in_zone(file.call.zone()).date());
        views.push(GrantView {
            reference: dossier.reference_or_draft(),
            title: dossier.title_or_untitled().to_owned(),
            href: format!("/dossiers/{}/financement", dossier.id),
            granted: file.awards.iter().map(crate::funding::Award::total).sum::<Cents>().to_string(),
            paid: file.total().paid.to_string(),
            organisation: file.payee.name,
            next,
            tone,
        });
    }
    Ok(views)
}
