//! The reviews of a call for its manager: who owes what, what is late, what was said; reminders and exports.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use crate::access::Actor;
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, AssignmentId, DossierId, InstitutionId};
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::dossiers::{self, Dossier, StaffView};
use crate::fault::Fault;
use crate::instruction::rules::is_late;
use crate::instruction::store::{self, Asked, Order, Wanted};
use crate::instruction::{self, Assessment, ReviewSight, SubmittedReview, actions};
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Column, Filter, ListRequest, ListView, Visit};

/// The first is for the boxes of late reviews.
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
struct Row<'a> {
    assignment: AssignmentId,
    late: bool,
    href: String,
    reference: String,
    title: &'a str,
    name: &'a str,
    institution: &'a str,
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
struct View<'a> {
    call: &'a str,
    path: String,
    remind_path: String,
    late: i64,
    list: ListView,
    rows: Vec<Row<'a>>,
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
struct Item<'a> {
    asked: &'a Asked,
    dossier: &'a Dossier,
    applicant: &'a str,
    name: &'a str,
    institution: &'a str,
    review: Option<&'a SubmittedReview>,
}

struct Facts {
    call: Call,
    request: ListRequest,
    total: i64,
    late: i64,
    rows: Vec<Asked>,
    views: HashMap<DossierId, StaffView>,
    assessed: HashMap<DossierId, Assessment>,
    applicants: HashMap<DossierId, String>,
    institutions: HashMap<InstitutionId, String>,
    names: HashMap<AccountId, String>,
}

impl Facts {
    /// Rows of dossiers that the reader sees.
    fn items(&self) -> impl Iterator<Item = Item<'_>> {
        let said = |asked: &Asked| {
            self.assessed.get(&asked.dossier)?.reviews.iter().find(|review| review.account == asked.account)
        };
        self.rows.iter().filter_map(move |asked| {
            Some(Item {
                asked,
                dossier: &self.views.get(&asked.dossier)?.dossier,
                applicant: self.applicants.get(&asked.dossier).map_or("", String::as_str),
                name: self.names.get(&asked.account).map_or("", String::as_str),
                institution: self.institutions.get(&asked.institution).map_or("", String::as_str),
                review: said(asked),
            })
        })
    }
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
    let late = late(conn, actor, &call, visit.now)?;
    let columns = COLUMNS.get(usize::from(late == 0)..).unwrap_or(COLUMNS);
    let request = ListRequest::read(visit, columns, filters(known)).sorted_by("echeance", false);
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
    let rows = store::asked(conn, &wanted, request.window(total), total)?;
    // A dossier has several reviews, and a person gives many.
    let ids: Vec<DossierId> = rows.iter().map(|row| row.dossier).collect::<BTreeSet<_>>().into_iter().collect();
    let people: Vec<AccountId> = rows.iter().map(|row| row.account).collect::<BTreeSet<_>>().into_iter().collect();
    let mut views: HashMap<DossierId, StaffView> = HashMap::new();
    for view in dossiers::visible_among(conn, actor, call.id, &ids, super::MANAGERS)? {
        views.insert(view.dossier.id, view);
    }
    let sight = ReviewSight::load(conn, actor, &call, &ids)?;
    let shown: Vec<DossierId> = views.values().filter(|view| sight.shows(view)).map(|view| view.dossier.id).collect();
    let assessed = instruction::assessments(conn, &call, &shown)?;
    let applicants = store::applicants_of(conn, &ids)?;
    let names = store::names(conn, &people)?;
    let institutions = store::institution_names(conn)?;
    Ok(Facts { call, request, total, late, rows, views, assessed, applicants, institutions, names })
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let facts = visit.read(|conn| facts(visit, conn))?;
    if let Some(format) = facts.request.format() {
        return table(&facts, visit.now).answer(format, visit.now);
    }
    let path = format!("/appels/{}/gestion/avis", facts.call.code);
    let view = View {
        call: &facts.call.title,
        remind_path: format!("/appels/{}/gestion/relances", facts.call.code),
        path,
        late: facts.late,
        list: facts.request.view(facts.total, "avis", "avis"),
        rows: facts.items().map(|item| row(&item, &facts.call, visit.now)).collect(),
    };
    Ok(Answer::page(format!("Avis – {}", facts.call.title), "instruction/reviews.html", &view)?
        .desk()
        .crumb("Gestion", "/gestion")
        .crumb(&facts.call.code, format!("/appels/{}/gestion", facts.call.code)))
}

fn status(asked: &Asked, now: Instant) -> (&'static str, &'static str) {
    match asked.submitted_at {
        Some(_) => ("Rendu", "success"),
        None if is_late(asked.due_at, asked.submitted_at, now) => ("En retard", "danger"),
        None => ("À rendre", "neutral"),
    }
}

fn row<'a>(item: &Item<'a>, call: &Call, now: Instant) -> Row<'a> {
    let zone = call.zone();
    let (status, tone) = status(item.asked, now);
    let review = item.review;
    Row {
        assignment: item.asked.assignment,
        late: is_late(item.asked.due_at, item.asked.submitted_at, now),
        href: format!("{}/gestion", super::path(item.asked.dossier)),
        reference: item.dossier.reference_or_draft(),
        title: &item.dossier.title,
        name: item.name,
        institution: item.institution,
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
        proposed: review.map_or(String::new(), |r| r.proposed_words(&call.definition)),
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
    for item in facts.items() {
        let review = item.review;
        let text = |text: Option<String>| text.map_or_else(|| Cell::text(""), Cell::text);
        let mut cells: Vec<Cell> = vec![
            item.dossier.reference_or_draft().into(),
            item.dossier.title.as_str().into(),
            item.applicant.into(),
            item.name.into(),
            item.institution.into(),
            Cell::day(item.asked.due_at, zone),
            status(item.asked, now).0.into(),
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
        Ok(done) if done.people == 0 => Ok(Answer::redirect(back).flash_as("info", done.to_string())),
        Ok(done) => Ok(Answer::redirect(back).flash(done.to_string())),
        Err(Fault::Refused(why)) => Ok(Answer::redirect(back).flash_as("info", why)),
        Err(fault) => Err(fault),
    }
}
