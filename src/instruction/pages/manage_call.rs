//! The call manager's desk: every dossier of a call, where it stands and what to do next.

use std::collections::HashMap;

use serde::Serialize;

use crate::access::Role;
use crate::base::clock::Instant;
use crate::base::ids::DossierId;
use crate::base::text::{count, fold};
use crate::calls::definition::Stage;
use crate::calls::definition::reference::department_label;
use crate::calls::{self, Call};
use crate::dossiers::{self, Dossier, State};
use crate::fault::Fault;
use crate::instruction::store::{self, Assignment};
use crate::web::form::encode;
use crate::web::{Answer, Form, Visit};

const ROWS_PER_PAGE: usize = 50;

#[derive(Serialize)]
struct CallRow {
    href: String,
    title: String,
    code: String,
    dossiers: String,
    closing: String,
}

#[derive(Serialize)]
struct CallsView {
    calls: Vec<CallRow>,
}

/// The calls one manages; straight to the only one.
pub(super) fn calls(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let rows = visit.read(|conn| {
        let mut rows = Vec::new();
        for id in actor.calls_with(super::MANAGERS) {
            let call = calls::by_id(conn, id)?;
            let visible = dossiers::visible_in_call(conn, actor, id, super::MANAGERS)?;
            rows.push(CallRow {
                href: format!("/appels/{}/gestion", call.code),
                dossiers: count(visible.len(), "dossier déposé", "dossiers déposés"),
                closing: call.closes_at.long(call.zone()),
                title: call.title,
                code: call.code,
            });
        }
        Ok(rows)
    })?;
    if let [only] = rows.as_slice() {
        return Ok(Answer::redirect(&only.href));
    }
    Ok(Answer::page("Gestion des appels", "instruction/calls.html", &CallsView { calls: rows })?.desk())
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    selected: bool,
}

#[derive(Serialize)]
struct StateCount {
    label: String,
    count: usize,
    href: String,
}

#[derive(Serialize)]
struct Row {
    href: String,
    read_href: String,
    reference: String,
    title: String,
    applicant: String,
    axes: String,
    departments: String,
    requested: String,
    status: &'static str,
    tone: &'static str,
    reviews: String,
    next: String,
}

#[derive(Serialize)]
struct View {
    call: String,
    code: String,
    path: String,
    total: String,
    shown: String,
    counts: Vec<StateCount>,
    states: Vec<Choice>,
    axes: Vec<Choice>,
    departments: Vec<Choice>,
    sorts: Vec<Choice>,
    search: String,
    filtered: bool,
    rows: Vec<Row>,
    previous: String,
    following: String,
    page_number: usize,
    pages: usize,
}

/// A dossier with what the list filters, sorts and shows.
struct Item {
    dossier: Dossier,
    applicant: String,
    tags: Vec<(String, String)>,
    assignments: Vec<Assignment>,
}

impl Item {
    fn has(&self, kind: &str, code: &str) -> bool {
        code.is_empty() || self.tags.iter().any(|(k, c)| k == kind && c == code)
    }

    fn codes(&self, kind: &str) -> impl Iterator<Item = &str> {
        self.tags.iter().filter(move |(k, _)| k == kind).map(|(_, code)| code.as_str())
    }
}

/// What the manager asked to see, from the address.
struct Filters {
    state: String,
    axis: String,
    department: String,
    search: String,
    sort: String,
}

impl Filters {
    fn read(query: &Form) -> Self {
        let text = |name: &str| query.text(name).trim().to_owned();
        Self {
            state: text("etat"),
            axis: text("axe"),
            department: text("departement"),
            search: text("recherche"),
            sort: text("tri"),
        }
    }

    fn keeps(&self, item: &Item) -> bool {
        let dossier = &item.dossier;
        let text = fold(&format!("{} {} {}", dossier.reference_or_draft(), dossier.title, item.applicant));
        (self.state.is_empty() || dossier.state.code() == self.state)
            && item.has("axis", &self.axis)
            && item.has("department", &self.department)
            && fold(&self.search).split_whitespace().all(|word| text.contains(word))
    }

    fn sort(&self, items: &mut [Item]) {
        match self.sort.as_str() {
            "titre" => items.sort_by_cached_key(|i| fold(&i.dossier.title)),
            "porteur" => items.sort_by_cached_key(|i| fold(&i.applicant)),
            "demande" => items.sort_by_key(|i| std::cmp::Reverse(i.dossier.requested)),
            // The list comes in the order submitted.
            _ => {}
        }
    }

    fn address(&self, path: &str, page: usize) -> String {
        let mut parts: Vec<String> = [
            ("etat", &self.state),
            ("axe", &self.axis),
            ("departement", &self.department),
            ("recherche", &self.search),
            ("tri", &self.sort),
        ]
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
        if page > 1 {
            parts.push(format!("page={page}"));
        }
        if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
    }
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code: String = visit.param("call")?;
    let (call, items) = visit.read(|conn| {
        let call = calls::by_code(conn, &code)?;
        actor.require_in(call.id, super::MANAGERS)?;
        let mut applicants = store::applicants_in_call(conn, call.id)?;
        let mut tags = store::tags_in_call(conn, call.id)?;
        let mut assignments: HashMap<DossierId, Vec<Assignment>> = HashMap::new();
        for assignment in store::active_in_call(conn, call.id)? {
            assignments.entry(assignment.dossier).or_default().push(assignment);
        }
        let items: Vec<Item> = dossiers::visible_in_call(conn, actor, call.id, &[Role::CallManager])?
            .into_iter()
            .map(|view| Item {
                applicant: applicants.remove(&view.dossier.id).unwrap_or_default(),
                tags: tags.remove(&view.dossier.id).unwrap_or_default(),
                assignments: assignments.remove(&view.dossier.id).unwrap_or_default(),
                dossier: view.dossier,
            })
            .collect();
        Ok((call, items))
    })?;
    let path = format!("/appels/{}/gestion", call.code);
    let filters = Filters::read(&visit.query);
    let view = view_of(visit, &call, &path, &filters, items);
    Ok(Answer::page(format!("Gestion – {}", call.title), "instruction/manage_call.html", &view)?
        .desk()
        .crumb("Gestion", "/gestion"))
}

fn view_of(visit: &Visit, call: &Call, path: &str, filters: &Filters, items: Vec<Item>) -> View {
    let definition = &call.definition;
    let number_in = |state: State| items.iter().filter(|i| i.dossier.state == state).count();
    let present: Vec<State> = State::ALL.iter().copied().filter(|state| number_in(*state) > 0).collect();
    let choice =
        |value: &str, label: String, chosen: &str| Choice { selected: value == chosen, value: value.to_owned(), label };
    let all = |label: &str, chosen: &str| choice("", label.to_owned(), chosen);
    let counts = present
        .iter()
        .map(|state| StateCount {
            label: state.label().to_owned(),
            count: number_in(*state),
            href: format!("{path}?etat={}", state.code()),
        })
        .collect();
    let mut states = vec![all("Tous les états", &filters.state)];
    states.extend(present.iter().map(|s| choice(s.code(), s.label().to_owned(), &filters.state)));
    let mut axes = vec![all("Tous les axes", &filters.axis)];
    axes.extend(
        definition.axes.list.iter().map(|a| choice(&a.code, format!("{} – {}", a.code, a.label), &filters.axis)),
    );
    let mut departments = vec![all("Tous les départements", &filters.department)];
    let known = &definition.eligibility.departments;
    departments.extend(known.iter().map(|d| choice(d, department_label(d), &filters.department)));
    let sorts =
        [("", "Ordre de dépôt"), ("titre", "Titre"), ("porteur", "Porteur"), ("demande", "Demande la plus forte")]
            .map(|(value, label)| choice(value, label.to_owned(), &filters.sort));
    let total = count(items.len(), "dossier déposé", "dossiers déposés");
    let mut kept: Vec<Item> = items.into_iter().filter(|i| filters.keeps(i)).collect();
    filters.sort(&mut kept);
    let pages = kept.len().div_ceil(ROWS_PER_PAGE).max(1);
    let page = visit.query.text("page").parse().unwrap_or(1).clamp(1, pages);
    let rows = kept
        .iter()
        .skip((page - 1) * ROWS_PER_PAGE)
        .take(ROWS_PER_PAGE)
        .map(|item| row(item, call, visit.now))
        .collect();
    View {
        call: call.title.clone(),
        code: call.code.clone(),
        path: path.to_owned(),
        total,
        shown: count(kept.len(), "dossier affiché", "dossiers affichés"),
        counts,
        states,
        axes,
        departments,
        sorts: sorts.into(),
        search: filters.search.clone(),
        filtered: filters.address(path, 1) != path,
        rows,
        previous: if page > 1 { filters.address(path, page - 1) } else { String::new() },
        following: if page < pages { filters.address(path, page + 1) } else { String::new() },
        page_number: page,
        pages,
    }
}

fn row(item: &Item, call: &Call, now: Instant) -> Row {
    let dossier = &item.dossier;
    let read_href = super::path(dossier.id);
    let submitted = item.assignments.iter().filter(|a| a.submitted_at.is_some()).count();
    Row {
        href: format!("{read_href}/gestion"),
        read_href,
        reference: dossier.reference_or_draft(),
        title: dossier.title.clone(),
        applicant: item.applicant.clone(),
        axes: item.codes("axis").collect::<Vec<_>>().join(", "),
        departments: item.codes("department").collect::<Vec<_>>().join(", "),
        requested: dossier.requested.map_or(String::new(), |r| r.plain()),
        status: dossier.state.label(),
        tone: dossier.state.tone(),
        reviews: if item.assignments.is_empty() {
            String::new()
        } else {
            format!("{submitted} sur {}", item.assignments.len())
        },
        next: next_action(item, call, now),
    }
}

/// What the manager does next with a dossier, or waits for.
fn next_action(item: &Item, call: &Call, now: Instant) -> String {
    let needed = usize::try_from(call.definition.instruction.reviewers_per_dossier).unwrap_or(usize::MAX);
    match item.dossier.state {
        State::Submitted => "Vérifier la recevabilité".to_owned(),
        State::Eligible if call.definition.has_stage(Stage::Shortlisting) => "Présélectionner ou non".to_owned(),
        State::Eligible | State::Shortlisted => "Affecter à des instructeurs".to_owned(),
        State::UnderInstruction if item.assignments.len() < needed => {
            format!("Affecter encore {}", count(needed - item.assignments.len(), "instructeur", "instructeurs"))
        }
        State::UnderInstruction => {
            let due = item.assignments.iter().filter(|a| a.is_due()).count();
            let late = item.assignments.iter().filter(|a| a.is_late(now)).count();
            let late = if late > 0 { format!(", {late} en retard") } else { String::new() };
            format!("Attendre {due}\u{A0}avis{late}")
        }
        State::Instructed => "Inscrire au comité".to_owned(),
        _ => String::new(),
    }
}
