//! The reviews of a call for its manager: who owes what, what is late, what was said; reminders and exports.

use std::collections::HashMap;

use serde::Serialize;

use crate::access::Actor;
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, AssignmentId, DossierId};
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::dossiers::{self, StaffView};
use crate::fault::Fault;
use crate::instruction::store::{self, Asked, Order, Wanted};
use crate::instruction::{self, Assessment, ReviewSight, SubmittedReview, actions};
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Column, Filter, ListRequest, ListView, Visit};

const COLUMNS: &[Column] = &[
    Column::plain("Relancer"),
    Column::sorted("Dossier", "dossier"),
    Column::sorted("Instructeur", "instructeur"),
    Column::sorted("Échéance", "echeance"),
    Column::plain("État"),
    Column::number("Note", ""),
    Column::plain("Avis"),
    Column::plain("Montant proposé"),
];

#[derive(Serialize)]
struct Row {
    assignment: AssignmentId,
    late: bool,
    href: String,
    reference: String,
    title: String,
    name: String,
    institution: String,
    due: String,
    status: &'static str,
    tone: &'static str,
    reminded: String,
    score: String,
    opinion: &'static str,
    opinion_tone: &'static str,
    proposed: String,
}

#[derive(Serialize)]
struct View {
    call: String,
    path: String,
    remind_path: String,
    late: i64,
    list: ListView,
    rows: Vec<Row>,
}

fn filters(institutions: Vec<(String, String)>) -> Vec<Filter> {
    let states = [("retard", "En retard"), ("attendu", "À rendre"), ("rendu", "Rendus")];
    vec![
        Filter::new(
            "etat",
            "État",
            "Tous les avis",
            states.into_iter().map(|(value, label)| (value.to_owned(), label.to_owned())),
        ),
        Filter::new("institution", "Institution", "Toutes les institutions", institutions),
    ]
}

/// A row of the list with what may be shown of its review.
struct Item {
    asked: Asked,
    view: StaffView,
    review: Option<SubmittedReview>,
    applicant: String,
}

struct Facts {
    call: Call,
    request: ListRequest,
    total: i64,
    late: i64,
    items: Vec<Item>,
    institutions: HashMap<crate::base::ids::InstitutionId, String>,
    names: HashMap<AccountId, String>,
}

/// How many reviews of a call are late, on the dossiers this manager sees.
pub(super) fn late(conn: &mut Conn, actor: &Actor, call: &Call, now: Instant) -> Result<i64, Fault> {
    let wanted = Wanted {
        call: call.id,
        closed: dossiers::closed_by_interest(conn, actor, call.id)?.into_iter().collect(),
        state: "retard".to_owned(),
        institution: None,
        words: Vec::new(),
        order: Order::Due,
        descending: false,
        now,
    };
    store::count_asked(conn, &wanted)
}

fn facts(visit: &Visit, conn: &mut Conn) -> Result<Facts, Fault> {
    let actor = visit.actor()?;
    let code: String = visit.param("call")?;
    let call = calls::by_code(conn, &code)?;
    actor.require_in(call.id, super::MANAGERS)?;
    let mut known: Vec<(String, String)> = store::holders(conn, call.id, crate::access::Role::Instructor)?
        .into_iter()
        .map(|i| (i.institution_code, i.institution_name))
        .collect();
    known.sort();
    known.dedup();
    let request = ListRequest::read(visit, COLUMNS, filters(known)).sorted_by("echeance", false);
    let (order, descending) = request.order();
    let wanted = Wanted {
        call: call.id,
        closed: dossiers::closed_by_interest(conn, actor, call.id)?.into_iter().collect(),
        state: request.chosen("etat").unwrap_or_default().to_owned(),
        institution: request.chosen("institution").map(str::to_owned),
        words: request.words(),
        order: match order {
            "dossier" => Order::Dossier,
            "instructeur" => Order::Instructor,
            _ => Order::Due,
        },
        descending,
        now: visit.now,
    };
    let total = store::count_asked(conn, &wanted)?;
    let late = late(conn, actor, &call, visit.now)?;
    let rows = store::asked(conn, &wanted, request.window(total), total)?;
    let ids: Vec<DossierId> = rows.iter().map(|row| row.dossier).collect();
    let mut views: HashMap<DossierId, StaffView> = HashMap::new();
    for view in dossiers::visible_among(conn, actor, call.id, &ids, super::MANAGERS)? {
        views.insert(view.dossier.id, view);
    }
    let sight = ReviewSight::load(conn, actor, &call, &ids)?;
    let shown: Vec<DossierId> = views.values().filter(|view| sight.shows(view)).map(|view| view.dossier.id).collect();
    let assessed: HashMap<DossierId, Assessment> = instruction::assessments(conn, &call, &shown)?;
    let applicants = store::applicants_of(conn, &ids)?;
    let people: Vec<AccountId> = rows.iter().map(|row| row.account).collect();
    let names = store::names(conn, &people)?;
    let institutions = store::institution_names(conn)?;
    let items = rows
        .into_iter()
        .filter_map(|asked| {
            let view = views.get(&asked.dossier)?.clone();
            let review = assessed
                .get(&asked.dossier)
                .and_then(|assessment| assessment.reviews.iter().find(|r| r.account == asked.account).cloned());
            let applicant = applicants.get(&asked.dossier).cloned().unwrap_or_default();
            Some(Item { asked, view, review, applicant })
        })
        .collect();
    Ok(Facts { call, request, total, late, items, institutions, names })
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let facts = visit.read(|conn| facts(visit, conn))?;
    if let Some(format) = facts.request.format() {
        return table(&facts, visit.now).answer(format, visit.now);
    }
    let path = format!("/appels/{}/gestion/avis", facts.call.code);
    let view = View {
        call: facts.call.title.clone(),
        remind_path: format!("/appels/{}/gestion/relances", facts.call.code),
        path,
        late: facts.late,
        list: facts.request.view(facts.total, "avis", "avis"),
        rows: facts.items.iter().map(|item| row(item, &facts, visit.now)).collect(),
    };
    Ok(Answer::page(format!("Avis – {}", facts.call.title), "instruction/reviews.html", &view)?
        .desk()
        .crumb("Gestion", "/gestion")
        .crumb(&facts.call.code, format!("/appels/{}/gestion", facts.call.code)))
}

fn status(asked: &Asked, now: Instant) -> (&'static str, &'static str) {
    match asked.submitted_at {
        Some(_) => ("Rendu", "success"),
        None if asked.due_at.is_some_and(|due| due < now) => ("En retard", "danger"),
        None => ("À rendre", "neutral"),
    }
}

fn row(item: &Item, facts: &Facts, now: Instant) -> Row {
    let zone = facts.call.zone();
    let (status, tone) = status(&item.asked, now);
    let review = item.review.as_ref();
    Row {
        assignment: item.asked.assignment,
        late: status == "En retard",
        href: format!("{}/gestion", super::path(item.asked.dossier)),
        reference: item.view.dossier.reference_or_draft(),
        title: item.view.dossier.title.clone(),
        name: facts.names.get(&item.asked.account).cloned().unwrap_or_default(),
        institution: facts.institutions.get(&item.asked.institution).cloned().unwrap_or_default(),
        due: item.asked.due_at.map_or("Sans échéance".to_owned(), |due| due.day(zone)),
        status,
        tone,
        reminded: item
            .asked
            .reminded_at
            .filter(|_| item.asked.submitted_at.is_none())
            .map_or(String::new(), |at| format!("Relancé le {}", at.day(zone))),
        score: review.and_then(|r| r.score).map_or(String::new(), |score| score.to_string()),
        opinion: review.map_or("", |r| r.opinion.label()),
        opinion_tone: review.map_or("neutral", |r| r.opinion.tone()),
        proposed: review.map_or(String::new(), |r| r.proposed_words.clone()),
    }
}

/// One row a review, with one column of opinion and amount a funder.
fn table(facts: &Facts, now: Instant) -> Table {
    let zone = facts.call.zone();
    let funders = &facts.call.definition.funders;
    let mut columns: Vec<String> = [
        "Référence",
        "Projet",
        "Porteur",
        "Instructeur",
        "Institution",
        "Échéance",
        "État",
        "Rendu le",
        "Note sur 100",
        "Avis",
        "Montant proposé (€)",
    ]
    .map(str::to_owned)
    .into();
    if funders.len() > 1 {
        for funder in funders {
            columns.push(format!("Avis, {}", funder.label));
            columns.push(format!("Montant proposé, {} (€)", funder.label));
        }
    }
    columns.push("Commentaire".to_owned());
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut table = Table::new(format!("Avis {}", facts.call.code), &names);
    for item in &facts.items {
        let review = item.review.as_ref();
        let text = |text: Option<String>| text.map_or_else(|| Cell::text(""), Cell::text);
        let mut cells: Vec<Cell> = vec![
            item.view.dossier.reference_or_draft().into(),
            item.view.dossier.title.as_str().into(),
            item.applicant.as_str().into(),
            facts.names.get(&item.asked.account).cloned().unwrap_or_default().into(),
            facts.institutions.get(&item.asked.institution).cloned().unwrap_or_default().into(),
            Cell::day(item.asked.due_at, zone),
            status(&item.asked, now).0.into(),
            Cell::day(item.asked.submitted_at, zone),
            text(review.and_then(|r| r.score).map(|score| score.to_string())),
            text(review.map(|r| r.opinion.label().to_owned())),
            review.and_then(SubmittedReview::proposed_total).into(),
        ];
        if funders.len() > 1 {
            for funder in funders {
                let part = review.and_then(|r| r.proposed.iter().find(|p| p.funder == funder.code));
                cells.push(text(part.and_then(|p| p.opinion).map(|o| o.label().to_owned())));
                cells.push(part.and_then(|p| p.proposed).into());
            }
        }
        cells.push(text(review.map(|r| r.comment.clone())));
        table.push(cells);
    }
    table
}

/// Reminds the holders of the rows ticked, or of every late review of the call.
pub(super) fn remind(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code: String = visit.param("call")?;
    let call = visit.read(|conn| calls::by_code(conn, &code))?;
    let back = format!("/appels/{}/gestion/avis?etat=retard", call.code);
    let chosen: Vec<AssignmentId> = if visit.form.text("intent") == "tous" {
        visit.read(|conn| Ok(store::active_in_call(conn, call.id)?.into_iter().map(|a| a.id).collect()))?
    } else {
        visit.form.all("assignment").into_iter().filter_map(|id| id.parse().ok()).collect()
    };
    if chosen.is_empty() {
        return Ok(Answer::redirect(back).flash_as("warning", "Cochez d’abord les avis à relancer."));
    }
    match visit.perform(|op| actions::remind(op, actor, call.id, &chosen)) {
        Ok(done) => Ok(Answer::redirect(back).flash(done.to_string())),
        Err(Fault::Refused(why)) => Ok(Answer::redirect(back).flash_as("info", why)),
        Err(fault) => Err(fault),
    }
}
