//! The ranking, made to be projected: exact order, envelope line, instructors' scores, the committee's opinion, and what
//! would change if a dossier moved.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::money::{self, MoneyRow, Simulation};
use super::shared::{HiddenRow, Room, scored, shown};
use crate::base::money::Cents;
use crate::base::text;
use crate::calls::DepartmentMap;
use crate::calls::definition::reference::department_label;
use crate::committee::model::Opinion;
use crate::committee::rules::{self, Ranked};
use crate::committee::sealing::{self, Judged};
use crate::db::Conn;
use crate::fault::Fault;
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Column, Filter, ListRequest, ListView, Visit};

const COLUMNS: [Column; 1] = [Column::plain("Dossier")];
/// A session is read whole, and has tens of dossiers: pages are for one that no committee would judge in a day.
const LINES: i64 = 200;

#[derive(Serialize)]
struct Line<'a> {
    /// Opens the lines past what is available.
    cut: bool,
    beyond: bool,
    rank: String,
    href: String,
    reference: String,
    title: &'a str,
    applicant: &'a str,
    score: String,
    scored: bool,
    spread: String,
    divergent: bool,
    blocking: Vec<String>,
    reviews: Vec<GivenScore<'a>>,
    requested: String,
    cumulated: String,
    outcome: String,
    tone: &'static str,
    amount: String,
    prepared: bool,
    /// What trying it the other way round is called, and where it is seen; empty once the session is closed.
    try_label: &'static str,
    try_href: String,
    moved: bool,
}

/// What an instructor says, in a line.
#[derive(Serialize)]
struct GivenScore<'a> {
    institution: &'a str,
    score: String,
    opinion: String,
    proposed: String,
}

#[derive(Serialize)]
struct DepartmentRow {
    label: String,
    count: i64,
}

/// Facts on the dossiers that would be funded; no score is changed by them.
#[derive(Serialize)]
struct Portfolio {
    dossiers: String,
    applicants: String,
    departments: String,
    axes: Vec<DepartmentRow>,
    rows: Vec<DepartmentRow>,
    map: DepartmentMap,
}

#[derive(Serialize)]
struct RankingView<'a> {
    overline: String,
    title: String,
    path: String,
    list: ListView,
    filtered: bool,
    count: String,
    selection: bool,
    available: String,
    requested: String,
    /// For the year whose envelopes are voted, as what is left to propose.
    proposed: String,
    /// For the years after, subject to credits.
    planned: Option<String>,
    /// The year that the running total counts; empty where the call has only one.
    year: String,
    left: String,
    money: Vec<MoneyRow>,
    simulated: Vec<String>,
    stop: String,
    portfolio: Option<Portfolio>,
    lines: Vec<Line<'a>>,
    hidden: Vec<HiddenRow>,
    sealed: bool,
}

pub fn show(visit: &Visit) -> Result<Answer, Fault> {
    let room = Room::of(visit)?;
    let definition = &room.call.definition;
    let simulation = Simulation::read(visit, &room);
    let axes = definition.axes.list.iter().map(|a| (a.code.clone(), a.label.clone()));
    let departments = definition.eligibility.departments.iter().map(|code| (code.clone(), department_label(code)));
    let mut request = ListRequest::read(
        visit,
        &COLUMNS,
        vec![
            Filter::new("axe", "Axe", "Tous les axes", axes),
            Filter::new("departement", "Département", "Tous les départements", departments),
        ],
    )
    .without_search()
    .paged_by(LINES);
    for (name, value) in simulation.kept() {
        request = request.keep(name, value);
    }
    let view = visit.read(|conn| match request.format() {
        Some(format) => export(conn, &room, &request)?.answer(format, visit.now),
        None => {
            let judged = judged(conn, &room)?;
            let view = view(conn, &room, &judged, &request, &simulation)?;
            Answer::page(format!("Classement – {}", room.title()), "committee/ranking.html", &view)
        }
    })?;
    Ok(if request.format().is_some() { view } else { room.crumbs(view, "Classement") })
}

fn judged<'a>(conn: &mut Conn, room: &'a Room) -> Result<Vec<Ranked<Judged<'a>>>, Fault> {
    let judged = sealing::judge(conn, &room.call, &room.seen.board)?;
    Ok(judged.into_iter().filter(|line| !line.item.item.is_withdrawn()).collect())
}

fn matches(line: &Ranked<Judged<'_>>, request: &ListRequest) -> bool {
    let version = &line.item.item.version;
    let has = |codes: Vec<&str>, chosen: Option<&str>| chosen.is_none_or(|code| codes.contains(&code));
    has(version.axes(), request.chosen("axe")) && has(version.departments(), request.chosen("departement"))
}

fn view<'a>(
    conn: &mut Conn,
    room: &Room,
    judged: &'a [Ranked<Judged<'a>>],
    request: &ListRequest,
    simulation: &Simulation,
) -> Result<RankingView<'a>, Fault> {
    let selection = room.seen.board.session.kind == crate::committee::SessionKind::Selection;
    let envelopes = if selection { money::envelopes(conn, room)? } else { Vec::new() };
    let firm: Vec<Cents> = envelopes.iter().filter(|e| e.firm).filter_map(|e| e.available).collect();
    let available: Option<Cents> = (!firm.is_empty()).then(|| firm.into_iter().sum());
    let requested: Cents = judged.iter().map(|line| line.item.item.requested).sum();
    let firm_requests: Vec<Cents> = judged.iter().map(|line| first_year_request(room, &line.item)).collect();
    let totals = rules::envelope_line(&firm_requests, available);
    let proposals = money::proposals(conn, room, judged, simulation)?;
    let proposed: Cents = proposals.iter().flat_map(|p| &p.shares).map(|share| share.amount).sum();
    let firm_proposed: Cents = proposals
        .iter()
        .flat_map(|p| &p.shares)
        .filter(|share| Some(share.year) == crate::committee::actions::firm_year(&room.call))
        .map(|share| share.amount)
        .sum();
    let matching: Vec<_> = judged.iter().zip(&totals).filter(|(line, _)| matches(line, request)).collect();
    let cut = matching.iter().find(|(_, (_, beyond))| *beyond).map(|(line, _)| line.item.item.dossier.id);
    let found = matching.len();
    let filtered = found < judged.len();
    let (total, shown) = request.slice(matching);
    let lines = shown.into_iter().map(|(line, (cumulated, beyond))| Line {
        cut: cut == Some(line.item.item.dossier.id),
        ..row(room, line, *cumulated, *beyond, request, simulation)
    });
    let funded = simulation.funded(&proposals);
    Ok(RankingView {
        overline: room.overline(),
        title: format!("Classement – {}", room.title()),
        path: room.path(),
        list: request.view(total, "dossier", "dossiers"),
        filtered,
        selection,
        count: if filtered {
            format!("{found} sur {}", text::count(judged.len(), "dossier", "dossiers"))
        } else {
            text::count(judged.len(), "dossier", "dossiers")
        },
        available: available.map_or_else(|| "Non connu".to_owned(), |amount| amount.to_string()),
        requested: requested.to_string(),
        proposed: firm_proposed.to_string(),
        planned: (proposed > firm_proposed).then(|| (proposed - firm_proposed).to_string()),
        year: crate::committee::actions::firm_year(&room.call)
            .filter(|_| room.call.definition.budget.years.len() > 1)
            .map(|year| year.to_string())
            .unwrap_or_default(),
        left: available.map_or_else(|| "Non connu".to_owned(), |amount| (amount - firm_proposed).to_string()),
        money: if selection { money::rows(&envelopes, &proposals, simulation) } else { Vec::new() },
        simulated: simulation.words(judged),
        stop: request.keeping(&[]),
        portfolio: (!funded.is_empty()).then(|| portfolio(room, judged, &funded)),
        lines: lines.collect(),
        hidden: room.hidden(),
        sealed: room.seen.board.session.state.is_closed(),
    })
}

/// What a dossier asks of the year whose envelopes are voted: later years wait for their own vote.
fn first_year_request(room: &Room, judged: &Judged<'_>) -> Cents {
    let definition = &room.call.definition;
    let year = definition.budget.years.first();
    year.map_or(judged.item.requested, |year| judged.item.version.requested_in(definition, *year))
}

fn portfolio(room: &Room, judged: &[Ranked<Judged<'_>>], kept: &HashSet<crate::base::ids::DossierId>) -> Portfolio {
    let definition = &room.call.definition;
    let kept: Vec<&Judged<'_>> =
        judged.iter().map(|line| &line.item).filter(|j| kept.contains(&j.item.dossier.id)).collect();
    let applicants: HashSet<_> = kept.iter().map(|j| j.item.dossier.organisation).collect();
    let mut figures: BTreeMap<String, i64> =
        definition.eligibility.departments.iter().map(|code| (code.clone(), 0)).collect();
    let mut axes: BTreeMap<&str, i64> = BTreeMap::new();
    for j in &kept {
        for code in j.item.version.departments() {
            *figures.entry(code.to_owned()).or_default() += 1;
        }
        for axis in j.item.version.axes() {
            *axes.entry(axis).or_default() += 1;
        }
    }
    let covered = figures.values().filter(|count| **count > 0).count();
    Portfolio {
        dossiers: text::count(kept.len(), "dossier proposé", "dossiers proposés"),
        applicants: text::count(applicants.len(), "porteur différent", "porteurs différents"),
        departments: format!(
            "{} sur {}",
            text::count(covered, "département concerné", "départements concernés"),
            figures.len()
        ),
        axes: definition
            .axes
            .list
            .iter()
            .map(|axis| DepartmentRow {
                label: axis.label.clone(),
                count: axes.get(axis.code.as_str()).copied().unwrap_or(0),
            })
            .collect(),
        rows: figures
            .iter()
            .map(|(code, count)| DepartmentRow { label: department_label(code), count: *count })
            .collect(),
        map: DepartmentMap::new("carte", "Dossiers proposés par département", &figures, |n| n.to_string()),
    }
}

fn row<'a>(
    room: &Room,
    line: &'a Ranked<Judged<'a>>,
    total: Cents,
    beyond: bool,
    request: &ListRequest,
    simulation: &Simulation,
) -> Line<'a> {
    let Judged { item, assessment } = &line.item;
    let opinion = item.opinion.as_ref();
    let id = item.dossier.id;
    let selected = opinion.is_some_and(|o| !o.shares.is_empty());
    let (try_label, moved) = simulation.offer(id, selected);
    Line {
        cut: false,
        beyond,
        rank: line.rank.map(|rank| rank.to_string()).unwrap_or_default(),
        href: format!("{}/dossiers/{id}", room.path()),
        reference: item.dossier.reference_or_draft(),
        title: item.dossier.title_or_untitled(),
        applicant: item.version.applicant(),
        score: scored(assessment.score),
        scored: assessment.score.is_some(),
        spread: assessment.spread.map(|spread| spread.to_string()).unwrap_or_default(),
        divergent: assessment.divergent,
        blocking: short_flags(&assessment.blocking),
        reviews: assessment
            .reviews
            .iter()
            .map(|review| GivenScore {
                institution: &review.institution,
                score: scored(review.score),
                opinion: review.opinion.label().to_lowercase(),
                proposed: review.proposed_words(&room.call.definition),
            })
            .collect(),
        requested: item.requested.to_string(),
        cumulated: total.to_string(),
        outcome: opinion.map(|o| room.outcome(o)).unwrap_or_default(),
        tone: opinion.map_or("neutral", |o| o.outcome.tone()),
        amount: shown(opinion.and_then(Opinion::total)),
        prepared: item.is_prepared(&room.seen.board.session),
        try_label,
        try_href: if try_label.is_empty() {
            String::new()
        } else {
            format!("{}#montants", request.keeping(&simulation.toggled(id, selected).kept()))
        },
        moved,
    }
}

fn export(conn: &mut Conn, room: &Room, request: &ListRequest) -> Result<Table, Fault> {
    let columns = [
        "Rang",
        "Référence",
        "Titre",
        "Porteur",
        "Note /100",
        "Écart",
        "Demande",
        "Cumul des demandes de la première année",
        "Avis du comité",
        "Montant proposé",
        "Vote",
        "Motif",
    ];
    let name = format!("classement-{}-seance-{}", room.call.code, room.seen.board.session.number);
    let mut table = Table::new(name, &columns);
    let judged = judged(conn, room)?;
    let mut total = Cents::ZERO;
    for line in &judged {
        total += first_year_request(room, &line.item);
        if !matches(line, request) {
            continue;
        }
        let Judged { item, assessment } = &line.item;
        let opinion = item.opinion.as_ref();
        table.push(vec![
            Cell::text(line.rank.map(|rank| rank.to_string()).unwrap_or_default()),
            Cell::text(item.dossier.reference_or_draft()),
            Cell::text(item.dossier.title_or_untitled()),
            Cell::text(item.version.applicant()),
            Cell::text(assessment.score.map(|score| score.to_string()).unwrap_or_default()),
            Cell::text(assessment.spread.map(|spread| spread.to_string()).unwrap_or_default()),
            Cell::Cents(item.requested),
            Cell::Cents(total),
            Cell::text(opinion.map(|o| room.outcome(o)).unwrap_or_default()),
            opinion.and_then(Opinion::total).map_or_else(|| Cell::text(""), Cell::Cents),
            Cell::text(opinion.and_then(|o| o.vote).map(|vote| vote.to_string()).unwrap_or_default()),
            Cell::text(opinion.map(|o| o.motive.as_str()).unwrap_or_default()),
        ]);
    }
    Ok(table)
}

/// Codes of the blocking criteria, once each: their words are on the dossier's own page.
fn short_flags(blocking: &[String]) -> Vec<String> {
    let mut codes: Vec<String> =
        blocking.iter().map(|flag| flag.split(" – ").next().unwrap_or_default().to_owned()).collect();
    codes.dedup();
    codes
}
