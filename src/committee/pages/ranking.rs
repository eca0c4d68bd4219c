//! The ranking, made to be projected: exact order, envelope line, instructors' scores and the committee's opinion.

use serde::Serialize;

use super::shared::{HiddenRow, ReviewRow, Room, UNSCORED, reviews, shown};
use crate::base::money::Cents;
use crate::base::text;
use crate::calls::definition::reference;
use crate::committee::model::{EnvelopeChoice, Opinion};
use crate::committee::rules::{self, Ranked};
use crate::committee::sealing::{self, Judged};
use crate::committee::store;
use crate::db::Conn;
use crate::fault::Fault;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    selected: bool,
}

#[derive(Serialize)]
struct Line {
    /// Opens the lines past what is available.
    cut: bool,
    beyond: bool,
    rank: String,
    href: String,
    reference: String,
    title: String,
    applicant: String,
    score: String,
    scored: bool,
    spread: String,
    divergent: bool,
    blocking: Vec<String>,
    reviews: Vec<ReviewRow>,
    requested: String,
    cumulated: String,
    outcome: String,
    tone: &'static str,
    amount: String,
}

#[derive(Serialize)]
struct RankingView {
    overline: String,
    title: String,
    path: String,
    filtered: bool,
    axes: Vec<Choice>,
    departments: Vec<Choice>,
    count: String,
    available: String,
    requested: String,
    proposed: String,
    left: String,
    lines: Vec<Line>,
    hidden: Vec<HiddenRow>,
}

pub fn show(visit: &Visit) -> Result<Answer, Fault> {
    let room = Room::of(visit)?;
    let (axis, department) = (visit.query.text("axe"), visit.query.text("departement"));
    let view = visit.read(|conn| view(conn, &room, axis, department))?;
    let answer = Answer::page(format!("Classement – {}", room.title()), "committee/ranking.html", &view)?;
    Ok(room.crumbs(answer, "Classement"))
}

fn view(conn: &mut Conn, room: &Room, axis: &str, department: &str) -> Result<RankingView, Fault> {
    let judged = sealing::judge(conn, &room.call, &room.seen.board)?;
    let judged: Vec<_> = judged.into_iter().filter(|line| !line.item.item.is_withdrawn()).collect();
    let available = available(conn, room)?;
    let requests: Vec<Cents> = judged.iter().map(|line| line.item.item.requested).collect();
    let totals = rules::envelope_line(&requests, available);
    let proposed: Cents =
        judged.iter().filter_map(|line| line.item.item.opinion.as_ref()).filter_map(Opinion::total).sum();
    let matches = |line: &Ranked<Judged<'_>>| {
        let content = &line.item.version.content;
        (axis.is_empty() || content.many("axes").contains(&axis))
            && (department.is_empty() || content.many("departments").contains(&department))
    };
    let mut lines: Vec<Line> = judged
        .iter()
        .zip(&totals)
        .filter(|(line, _)| matches(line))
        .map(|(line, (total, beyond))| row(room, line, *total, *beyond))
        .collect();
    if let Some(first) = lines.iter_mut().find(|line| line.beyond) {
        first.cut = true;
    }
    let definition = &room.call.definition;
    let choice =
        |value: &str, label: String, chosen: &str| Choice { value: value.to_owned(), label, selected: value == chosen };
    let mut axes = vec![choice("", "Tous les axes".to_owned(), axis)];
    axes.extend(definition.axes.list.iter().map(|a| choice(&a.code, a.label.clone(), axis)));
    let mut departments = vec![choice("", "Tous les départements".to_owned(), department)];
    let codes = &definition.eligibility.departments;
    departments.extend(codes.iter().map(|code| choice(code, reference::department_label(code), department)));
    let filtered = lines.len() < judged.len();
    Ok(RankingView {
        overline: room.overline(),
        title: format!("Classement – {}", room.title()),
        path: room.path(),
        filtered,
        axes,
        departments,
        count: if filtered {
            format!("{} sur {}", lines.len(), text::count(judged.len(), "dossier", "dossiers"))
        } else {
            text::count(judged.len(), "dossier", "dossiers")
        },
        available: available.map_or_else(|| "Non connu".to_owned(), |amount| amount.to_string()),
        requested: requests.iter().copied().sum::<Cents>().to_string(),
        proposed: proposed.to_string(),
        left: available.map_or_else(|| "Non connu".to_owned(), |amount| (amount - proposed).to_string()),
        lines,
        hidden: room.hidden(),
    })
}

/// What this session may share out: the votes, less what other dossiers hold. Dossiers hidden from the visitor are
/// left out of both sides, so that no difference tells of them.
fn available(conn: &mut Conn, room: &Room) -> Result<Option<Cents>, Fault> {
    let envelopes: Vec<EnvelopeChoice> = store::envelopes_of_call(conn, room.call.id)?;
    let mut others = room.visible.clone();
    for item in &room.seen.board.items {
        others.remove(&item.dossier.id);
    }
    let held = store::held_by(conn, &envelopes, &others)?;
    let known: Vec<Cents> = envelopes
        .iter()
        .filter_map(|envelope| Some(envelope.voted? - held.get(&envelope.id).copied().unwrap_or(Cents::ZERO)))
        .collect();
    Ok((!known.is_empty()).then(|| known.into_iter().sum()))
}

fn row(room: &Room, line: &Ranked<Judged<'_>>, total: Cents, beyond: bool) -> Line {
    let Judged { item, version, assessment } = &line.item;
    let opinion = item.opinion.as_ref();
    Line {
        cut: false,
        beyond,
        rank: line.rank.map(|rank| rank.to_string()).unwrap_or_default(),
        href: format!("{}/dossiers/{}", room.path(), item.dossier.id),
        reference: item.dossier.reference_or_draft(),
        title: item.dossier.title_or_untitled().to_owned(),
        applicant: version.content.applicant.name.clone(),
        score: assessment.score.map_or_else(|| UNSCORED.to_owned(), |score| score.to_string()),
        scored: assessment.score.is_some(),
        spread: assessment.spread.map(|spread| spread.to_string()).unwrap_or_default(),
        divergent: assessment.divergent,
        blocking: short_flags(&assessment.blocking),
        reviews: reviews(assessment),
        requested: item.requested.to_string(),
        cumulated: total.to_string(),
        outcome: opinion.map(|o| room.outcome(o)).unwrap_or_default(),
        tone: opinion.map_or("neutral", |o| o.outcome.tone()),
        amount: shown(opinion.and_then(Opinion::total)),
    }
}

/// Codes of the blocking criteria, once each: their words are on the dossier's own page.
fn short_flags(blocking: &[String]) -> Vec<String> {
    let mut codes: Vec<String> =
        blocking.iter().map(|flag| flag.split(" – ").next().unwrap_or_default().to_owned()).collect();
    codes.dedup();
    codes
}
