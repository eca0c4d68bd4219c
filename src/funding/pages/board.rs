//! The money of one call, or of all those an agent reads: by funder, year, department and axis. Every figure opens the
//! lines behind it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::ids::EnvelopeId;
use crate::base::money::Cents;
use crate::calls::definition::reference::department_label;
use crate::dossiers::tags;
use crate::fault::Fault;
use crate::funding::store::{self, EnvelopeRow, Purview};
use crate::ledger::EntryKind;
use crate::web::form::encode;
use crate::web::{Answer, Visit};

/// Sums of a group. A vote is missing where none is known, or where the group has none of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    voted: Option<Cents>,
    reserved: Cents,
    committed: Cents,
    paid: Cents,
}

impl Sums {
    fn add(&mut self, kind: EntryKind, amount: Cents) {
        match kind {
            EntryKind::Vote => self.voted = Some(self.voted.unwrap_or_default() + amount),
            EntryKind::Reservation => self.reserved += amount,
            EntryKind::Commitment => self.committed += amount,
            EntryKind::Payment => self.paid += amount,
        }
    }

    fn available(&self) -> Option<Cents> {
        self.voted.map(|voted| voted - self.reserved - self.committed)
    }
}

#[derive(Serialize)]
struct Figure {
    label: &'static str,
    value: String,
    href: String,
}

#[derive(Serialize)]
struct GroupView {
    label: String,
    figures: Vec<Figure>,
}

#[derive(Serialize)]
struct Bar {
    label: String,
    value: i64,
    max: i64,
    text: String,
    tone: &'static str,
}

#[derive(Serialize)]
struct BoardView {
    id: &'static str,
    title: &'static str,
    note: &'static str,
    caption: String,
    heading: &'static str,
    columns: Vec<&'static str>,
    groups: Vec<GroupView>,
    total: Vec<Figure>,
    bars: Vec<Bar>,
    bars_title: String,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    selected: bool,
}

#[derive(Serialize)]
struct Tab {
    label: &'static str,
    href: String,
}

#[derive(Serialize)]
struct View {
    lead: String,
    path: String,
    calls: Vec<Choice>,
    boards: Vec<BoardView>,
    tabs: Vec<Tab>,
    unknown_votes: bool,
    partial: bool,
}

/// The part of an address that keeps to a group.
type Part = (&'static str, String);

fn href(call: &str, part: &[Part], amount: &str) -> String {
    let mut pairs = vec![format!("montant={amount}")];
    if !call.is_empty() {
        pairs.push(format!("appel={}", encode(call)));
    }
    pairs.extend(part.iter().map(|(name, value)| format!("{name}={}", encode(value))));
    format!("/financements/lignes?{}", pairs.join("&"))
}

fn figures(sums: &Sums, votes: bool, call: &str, part: &[Part]) -> Vec<Figure> {
    let figure = |label, amount: Option<Cents>, code: &str| Figure {
        label,
        value: amount.map_or_else(|| "non connu".to_owned(), |cents| cents.to_string()),
        href: href(call, part, code),
    };
    let mut figures = Vec::new();
    if votes {
        figures.push(figure("Voté", sums.voted, "vote"));
    }
    figures.push(figure("Réservé", Some(sums.reserved), "reservation"));
    figures.push(figure("Engagé", Some(sums.committed), "engagement"));
    figures.push(figure("Versé", Some(sums.paid), "versement"));
    figures.push(figure("Reste à verser", Some(sums.committed - sums.paid), "reste"));
    if votes {
        figures.push(figure("Disponible", sums.available(), "disponible"));
    }
    figures
}

/// What a board groups by, and how it says it.
struct Dimension {
    id: &'static str,
    title: &'static str,
    heading: &'static str,
    note: &'static str,
    votes: bool,
}

const FUNDERS: Dimension =
    Dimension { id: "financeurs", title: "Par financeur", heading: "Financeur", note: "", votes: true };
const YEARS: Dimension = Dimension { id: "annees", title: "Par année", heading: "Année", note: "", votes: true };
const DEPARTMENTS: Dimension = Dimension {
    id: "departements",
    title: "Par département",
    heading: "Département",
    note: "Un dossier qui concerne plusieurs départements compte en entier dans chacun d’eux : les lignes ne \
           s’additionnent pas. Le total compte chaque dossier une fois.",
    votes: false,
};
const AXES: Dimension = Dimension {
    id: "axes",
    title: "Par axe",
    heading: "Axe",
    note: "Un dossier qui relève de plusieurs axes compte en entier dans chacun d’eux : les lignes ne s’additionnent \
           pas. Le total compte chaque dossier une fois.",
    votes: false,
};

struct Group {
    label: String,
    part: Vec<Part>,
    sums: Sums,
}

fn board(dimension: &Dimension, call: &str, groups: Vec<Group>, total: &Sums) -> BoardView {
    let largest = groups.iter().map(|group| group.sums.committed).max().unwrap_or_default();
    let bars = groups
        .iter()
        .map(|group| {
            let Sums { committed, voted, .. } = group.sums;
            let (max, text) = match voted.filter(|_| dimension.votes) {
                Some(voted) => (voted.max(committed), format!("{committed} engagés sur {voted} votés")),
                None => (largest, format!("{committed} engagés")),
            };
            Bar { label: group.label.clone(), value: committed.0, max: max.0, text, tone: "accent" }
        })
        .collect();
    let columns = figures(total, dimension.votes, call, &[]);
    BoardView {
        id: dimension.id,
        title: dimension.title,
        note: dimension.note,
        heading: dimension.heading,
        caption: format!("{}, en euros", dimension.title),
        columns: columns.iter().map(|figure| figure.label).collect(),
        total: columns,
        groups: groups
            .into_iter()
            .map(|group| GroupView {
                figures: figures(&group.sums, dimension.votes, call, &group.part),
                label: group.label,
            })
            .collect(),
        bars,
        bars_title: format!("Engagé {}", dimension.title.to_lowercase()),
    }
}

/// Sums by a key of the envelopes, with the label and the address part of each.
fn by_envelope<K: Ord + Clone>(
    envelopes: &[EnvelopeRow],
    sums: &[(EnvelopeId, EntryKind, Cents)],
    key: impl Fn(&EnvelopeRow) -> K,
    words: impl Fn(&EnvelopeRow) -> (String, Part),
) -> Vec<Group> {
    let mut groups: BTreeMap<K, Group> = BTreeMap::new();
    for envelope in envelopes {
        let group = groups.entry(key(envelope)).or_insert_with(|| {
            let (label, part) = words(envelope);
            Group { label, part: vec![part], sums: Sums::default() }
        });
        for (_, kind, amount) in sums.iter().filter(|(id, ..)| *id == envelope.id) {
            group.sums.add(*kind, *amount);
        }
    }
    groups.into_values().collect()
}

fn axis_label(purview: &Purview, call: crate::base::ids::CallId, code: &str) -> String {
    let Some(call) = purview.call(call) else { return code.to_owned() };
    let label = call.definition.axes.list.iter().find(|axis| axis.code == code).map(|axis| axis.label.as_str());
    let named = label.map_or_else(|| code.to_owned(), |label| format!("{code} – {label}"));
    if purview.calls.len() > 1 { format!("{}\u{A0}: {named}", call.code) } else { named }
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let asked = visit.query.text("appel").to_owned();
    let only = (!asked.is_empty()).then_some(asked.as_str());
    let (all, purview, envelopes, sums, departments, axes) = visit.read(|conn| {
        let all = store::purview(conn, actor, None)?;
        let purview = store::purview(conn, actor, only)?;
        let envelopes = store::envelope_rows(conn, &purview.ids())?;
        let sums = store::sums_by_envelope(conn, &purview)?;
        let departments = store::sums_by_tag(conn, &purview, tags::DEPARTMENT)?;
        let axes = store::sums_by_tag(conn, &purview, tags::AXIS)?;
        Ok((all, purview, envelopes, sums, departments, axes))
    })?;
    let mut total = Sums::default();
    for (_, kind, amount) in &sums {
        total.add(*kind, *amount);
    }
    let funders = by_envelope(
        &envelopes,
        &sums,
        |e| (e.funder_name.clone(), e.funder),
        |e| (e.funder_name.clone(), ("financeur", e.funder.to_string())),
    );
    let years = by_envelope(&envelopes, &sums, |e| e.year, |e| (e.year.to_string(), ("annee", e.year.to_string())));
    let mut by_department: BTreeMap<String, Group> = BTreeMap::new();
    for (_, code, kind, amount) in departments {
        let group = by_department.entry(code.clone()).or_insert_with(|| Group {
            label: department_label(&code),
            part: vec![("departement", code.clone())],
            sums: Sums::default(),
        });
        group.sums.add(kind, amount);
    }
    let mut by_axis: BTreeMap<(String, String), Group> = BTreeMap::new();
    for (envelope, code, kind, amount) in axes {
        let Some(call) = envelopes.iter().find(|row| row.id == envelope).map(|row| row.call) else { continue };
        let call_code = purview.call(call).map(|call| call.code.clone()).unwrap_or_default();
        let group = by_axis.entry((call_code.clone(), code.clone())).or_insert_with(|| Group {
            label: axis_label(&purview, call, &code),
            part: vec![("axe", format!("{call_code}/{code}"))],
            sums: Sums::default(),
        });
        group.sums.add(kind, amount);
    }
    let boards = vec![
        board(&FUNDERS, &asked, funders, &total),
        board(&YEARS, &asked, years, &total),
        board(&DEPARTMENTS, &asked, by_department.into_values().collect(), &total),
        board(&AXES, &asked, by_axis.into_values().collect(), &total),
    ];
    let everything = Choice { value: String::new(), label: "Tous vos appels".to_owned(), selected: asked.is_empty() };
    let calls = std::iter::once(everything)
        .chain(all.calls.iter().map(|call| Choice {
            value: call.code.clone(),
            label: call.title.clone(),
            selected: call.code == asked,
        }))
        .collect();
    let end = if asked.is_empty() { String::new() } else { format!("?appel={}", encode(&asked)) };
    let tab = |label, name: &str| Tab { label, href: format!("/financements/{name}{end}") };
    let view = View {
        lead: match purview.calls.as_slice() {
            [only] if !asked.is_empty() => only.title.clone(),
            calls => format!("{} appels que vous suivez.", calls.len()),
        },
        path: visit.path.clone(),
        calls,
        boards,
        tabs: vec![
            tab("Lignes", "lignes"),
            tab("Enveloppes", "enveloppes"),
            tab("Plan pluriannuel", "plan"),
            tab("Actes", "actes"),
            tab("Versements", "versements"),
            tab("Données essentielles", "donnees-essentielles"),
        ],
        unknown_votes: envelopes.iter().any(|envelope| envelope.voted.is_none()),
        partial: !purview.closed.is_empty(),
    };
    Ok(Answer::page("Tableau de bord financier", "funding/board.html", &view)?.desk().crumb("Financements", ""))
}
