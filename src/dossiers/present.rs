//! A content as people read it, the same for applicants and agents. What is missing is said to be missing.

use serde::Serialize;

use super::budget::{self, show_share};
use super::model::{Content, PieceRef, YearBudget};
use super::receipt::show_size;
use crate::base::clock::{french_date, parse_date};
use crate::base::identifiers::show_siret;
use crate::base::money::Cents;
use crate::calls::definition::reference::{department_label, legal_form};
use crate::calls::definition::{BudgetGroup, CallDefinition, Field, FieldKind, Section, SectionKind};

/// One section of the form with its answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PresentedSection {
    pub code: String,
    pub title: String,
    pub rows: Vec<PresentedRow>,
    pub tables: Vec<PresentedTable>,
    pub pieces: Vec<PresentedPiece>,
    /// Where the section is changed; empty when it is not.
    pub change: String,
}

/// One answer. An empty value is shown as not given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PresentedRow {
    pub key: String,
    pub value: String,
    /// Where the answer is changed; empty when it is not.
    pub href: String,
    /// What the link changes, in words.
    pub change: String,
}

/// One side of a year's budget, with the lines that are filled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PresentedTable {
    pub caption: String,
    pub groups: Vec<PresentedGroup>,
    pub totals: Vec<PresentedLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PresentedGroup {
    pub title: String,
    pub lines: Vec<PresentedLine>,
    pub subtotal: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PresentedLine {
    pub label: String,
    /// Without the unit, which the header carries.
    pub amount: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PresentedPiece {
    pub label: String,
    pub file_name: String,
    pub size: String,
    /// Where the file is downloaded; empty when it is only named.
    pub href: String,
}

/// Where an answer is changed, from the section's code and the field's name.
pub type ChangeLink<'a> = &'a dyn Fn(&str, &str) -> String;

/// Without links.
#[must_use]
pub fn sections(definition: &CallDefinition, content: &Content) -> Vec<PresentedSection> {
    sections_with_links(definition, content, &|_| String::new(), None)
}

/// With a link to each piece, and to each answer when it may be changed.
#[must_use]
pub fn sections_with_links(
    definition: &CallDefinition,
    content: &Content,
    piece_href: &dyn Fn(&PieceRef) -> String,
    change: Option<ChangeLink<'_>>,
) -> Vec<PresentedSection> {
    definition
        .sections
        .iter()
        .map(|section| {
            let mut presented = PresentedSection {
                code: section.code.clone(),
                title: section.title.clone(),
                rows: Vec::new(),
                tables: Vec::new(),
                pieces: Vec::new(),
                change: change.map_or(String::new(), |change| change(&section.code, "")),
            };
            let mut rows = Rows { section, change, rows: &mut presented.rows };
            match section.kind {
                SectionKind::Identity => identity(&mut rows, content),
                SectionKind::Fields => fields(&mut rows, definition, content),
                SectionKind::Budget => {
                    budget_rows(&mut rows, definition, content);
                    presented.tables = content.budget.iter().flat_map(|year| tables(definition, year)).collect();
                }
                SectionKind::Indicators => indicators(&mut rows, definition, content),
                SectionKind::Partners => partners(&mut rows, content),
                SectionKind::Pieces => presented.pieces = pieces(definition, content, piece_href),
                SectionKind::Attestations => attestations(&mut rows, definition, content),
            }
            if super::content::notification_section(definition) == section.code {
                let mut rows = Rows { section, change, rows: &mut presented.rows };
                let way =
                    if content.electronic_notification { "Par voie électronique" } else { "Par courrier postal" };
                rows.add("notification", "Notification de la décision", way);
            }
            presented
        })
        .collect()
}

struct Rows<'a> {
    section: &'a Section,
    change: Option<ChangeLink<'a>>,
    rows: &'a mut Vec<PresentedRow>,
}

impl Rows<'_> {
    fn add(&mut self, field: &str, key: impl Into<String>, value: impl Into<String>) {
        let key = key.into();
        let href = self.change.map_or(String::new(), |change| change(&self.section.code, field));
        self.rows.push(PresentedRow { change: key.clone(), key, value: value.into(), href });
    }

    /// An answer that this form does not change.
    fn fixed(&mut self, key: &str, value: impl Into<String>) {
        self.rows.push(PresentedRow {
            key: key.to_owned(),
            value: value.into(),
            href: String::new(),
            change: String::new(),
        });
    }
}

fn identity(rows: &mut Rows<'_>, content: &Content) {
    let applicant = &content.applicant;
    rows.fixed("Organisme", &applicant.name);
    if let Some(siret) = &applicant.siret {
        rows.fixed("Numéro SIRET", show_siret(siret));
    }
    if let Some(rna) = &applicant.rna {
        rows.fixed("Numéro RNA", rna);
    }
    let form = legal_form(&applicant.legal_form).map_or(applicant.legal_form.as_str(), |form| form.label.as_str());
    rows.fixed("Forme juridique", form);
    let place = format!("{} {}", applicant.postal_code, applicant.city);
    rows.fixed("Adresse du siège", format!("{}\n{}", applicant.street, place.trim()).trim());
    let representative: Vec<&str> = [&applicant.representative_name, &applicant.representative_quality]
        .into_iter()
        .map(String::as_str)
        .filter(|s| !s.is_empty())
        .collect();
    rows.fixed("Représentant légal", representative.join(", "));
    rows.add("contact_name", "Personne à contacter", &applicant.contact_name);
    rows.add("contact_email", "Adresse électronique", &applicant.contact_email);
    rows.add("contact_telephone", "Téléphone", &applicant.contact_telephone);
}

fn fields(rows: &mut Rows<'_>, definition: &CallDefinition, content: &Content) {
    for field in &rows.section.fields {
        if field.when.as_ref().is_some_and(|when| content.text(&when.field) != when.is) {
            continue;
        }
        rows.add(&field.code, &field.label, shown(definition, field, content));
    }
}

/// An answer in words: labels for codes, French dates, one choice per line.
fn shown(definition: &CallDefinition, field: &Field, content: &Content) -> String {
    let values = content.many(&field.code);
    let label = |value: &str| match field.kind {
        FieldKind::Axes => definition.axis(value).map(|axis| axis.label.clone()),
        FieldKind::Departments => Some(department_label(value)),
        FieldKind::Choice | FieldKind::Choices => {
            field.options.iter().find(|option| option.value == value).map(|option| option.label.clone())
        }
        FieldKind::Date => parse_date(value).map(french_date),
        FieldKind::Line | FieldKind::Text | FieldKind::Integer => None,
    };
    let shown: Vec<String> = values.into_iter().map(|v| label(v).unwrap_or_else(|| v.to_owned())).collect();
    shown.join("\n")
}

fn budget_rows(rows: &mut Rows<'_>, definition: &CallDefinition, content: &Content) {
    let plan = &definition.budget;
    let years = content.years(definition);
    let several = years.len() > 1;
    let said = |amount: Cents| if amount.is_positive() { amount.to_string() } else { String::new() };
    for year in years.iter().copied() {
        let found = content.budget.iter().find(|b| b.year == year);
        let totals = found.map(|b| budget::totals(plan, b));
        let suffix = if several { format!(" en {year}") } else { String::new() };
        let lines: Vec<_> = definition.request_lines().collect();
        let field = |line: &str| super::content::budget_field(year, line);
        let first = lines.first().map_or(String::new(), |line| field(&line.code));
        let requested = totals.map_or(String::new(), |t| said(t.requested));
        if several && found.is_none() {
            rows.add(&first, format!("Budget{suffix}"), "");
            continue;
        }
        rows.add(&first, format!("Subvention demandée{suffix}"), requested);
        if lines.len() > 1 {
            for line in lines {
                // A funder of whom nothing is asked is not a question left without answer.
                let Some(amount) = found.and_then(|b| b.amounts.get(&line.code)).filter(|a| a.is_positive()) else {
                    continue;
                };
                rows.add(&field(&line.code), format!("dont {}{suffix}", line.label), amount.to_string());
            }
        }
        let share = totals.and_then(|t| t.public_share()).map_or(String::new(), show_share);
        rows.fixed(&format!("Part des financements publics{suffix}"), share);
    }
    if several {
        rows.fixed("Subvention demandée en tout", said(content.requested(definition)));
    }
}

fn tables(definition: &CallDefinition, year: &YearBudget) -> [PresentedTable; 2] {
    let plan = &definition.budget;
    let totals = budget::totals(plan, year);
    let side = |name: &str, groups: &[BudgetGroup], own: Cents, in_kind: Cents| {
        let presented: Vec<PresentedGroup> = groups.iter().filter_map(|group| presented_group(group, year)).collect();
        let line = |label: String, amount: Cents| PresentedLine { label, amount: amount.plain() };
        let mut sums = vec![line(format!("Total des {name}"), own)];
        if !in_kind.is_zero() {
            sums.push(line(format!("Total des {name}, contributions en nature comprises"), own + in_kind));
        }
        PresentedTable {
            caption: format!("{} {}", super::validate::capital(name), year.year),
            groups: presented,
            totals: sums,
        }
    };
    [
        side("charges", &plan.charges, totals.charges, totals.in_kind_charges),
        side("produits", &plan.produits, totals.produits, totals.in_kind_produits),
    ]
}

fn presented_group(group: &BudgetGroup, year: &YearBudget) -> Option<PresentedGroup> {
    let subtotal = budget::subtotal(group, year)?;
    let lines = group
        .lines
        .iter()
        .filter_map(|line| {
            let amount = year.amounts.get(&line.code)?;
            Some(PresentedLine { label: line.label.clone(), amount: amount.plain() })
        })
        .collect();
    Some(PresentedGroup { title: group_title(group), lines, subtotal: subtotal.plain() })
}

/// `60 – Achats`; classes that are not of the chart of accounts go unnumbered.
#[must_use]
pub fn group_title(group: &BudgetGroup) -> String {
    if group.class.bytes().all(|b| b.is_ascii_digit()) {
        format!("{} – {}", group.class, group.label)
    } else {
        group.label.clone()
    }
}

fn indicators(rows: &mut Rows<'_>, definition: &CallDefinition, content: &Content) {
    if content.indicators.is_empty() {
        rows.add(&super::content::indicator_field("indicator", 0), "Indicateur et cible", "");
    }
    for (slot, chosen) in content.indicators.iter().enumerate() {
        let choice = definition.indicator(&chosen.code);
        let label = choice.map_or(chosen.code.as_str(), |c| c.label.as_str());
        let unit = choice.map_or("", |c| c.unit.as_str());
        let value = format!("Cible\u{A0}: {}\u{A0}{unit}\n{}", chosen.target, chosen.detail);
        rows.add(&super::content::indicator_field("indicator", slot), label, value.trim());
    }
}

fn partners(rows: &mut Rows<'_>, content: &Content) {
    if content.partners.is_empty() {
        rows.add(&super::content::indicator_field("partner-name", 0), "Partenaires", "Aucun partenaire nommé");
    }
    for (slot, partner) in content.partners.iter().enumerate() {
        let amount = partner.amount.map_or(String::new(), |amount| format!("\u{A0}: {amount}"));
        let value = format!("{}\n{}{amount}", partner.role, partner.kind.label());
        rows.add(&super::content::indicator_field("partner-name", slot), &partner.name, value.trim());
    }
}

fn pieces(definition: &CallDefinition, content: &Content, href: &dyn Fn(&PieceRef) -> String) -> Vec<PresentedPiece> {
    content
        .pieces
        .iter()
        .map(|piece| PresentedPiece {
            label: definition.piece(&piece.piece).map_or_else(|| piece.piece.clone(), |p| p.label.clone()),
            file_name: piece.file_name.clone(),
            size: show_size(piece.byte_size),
            href: href(piece),
        })
        .collect()
}

fn attestations(rows: &mut Rows<'_>, definition: &CallDefinition, content: &Content) {
    let labels = |ticked: bool| -> Vec<&str> {
        let all = definition.attestations.iter();
        all.filter(|a| content.attestations.contains(&a.code) == ticked).map(|a| a.label.as_str()).collect()
    };
    rows.add("attestation", "Attestations cochées", labels(true).join("\n"));
    let unticked = labels(false);
    if !unticked.is_empty() {
        rows.add("attestation", "Attestations non cochées", unticked.join("\n"));
    }
}
