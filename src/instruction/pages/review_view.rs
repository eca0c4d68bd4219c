//! View models of reviews: the grid to fill and the sheet to read.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Opened;
use crate::base::ids::DossierVersionId;
use crate::base::money::Cents;
use crate::calls::Call;
use crate::calls::definition::{CallDefinition, Criterion};
use crate::db::Conn;
use crate::dossiers::{self, Version};
use crate::fault::{Fault, FieldError};
use crate::instruction::model::{CriterionInput, FunderProposal, Mark, ReviewInput, ReviewOpinion};
use crate::instruction::proposals::{self, Asked, amount_field, opinion_field};
use crate::instruction::rules::{self, field_of};
use crate::instruction::store::{self, Review};
use crate::web::Form;

/// A fact with its name.
#[derive(Serialize)]
pub(super) struct Row {
    pub key: String,
    pub value: String,
}

impl Row {
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

/// One criterion of a review being read.
#[derive(Serialize)]
pub(super) struct SheetRow {
    code: String,
    label: String,
    weight: u32,
    level: String,
    meaning: String,
    abstained: bool,
    zero: bool,
    blocking: bool,
    comment: String,
}

/// A review being read.
#[derive(Serialize)]
pub(super) struct Sheet {
    id: i64,
    author: String,
    institution: String,
    score: String,
    opinion: &'static str,
    opinion_tone: &'static str,
    proposed: String,
    comment: String,
    /// « Avis rendu le … sur la version 1 du dossier ».
    when: String,
    rows: Vec<SheetRow>,
}

impl Sheet {
    pub fn is(&self, review: i64) -> bool {
        self.id == review
    }
}

fn sheet_rows(definition: &CallDefinition, criteria: &[&Criterion], input: &ReviewInput) -> Vec<SheetRow> {
    criteria
        .iter()
        .map(|criterion| {
            let answer = input.scores.get(&criterion.code).cloned().unwrap_or_default();
            let level = answer.mark.and_then(Mark::level);
            SheetRow {
                code: criterion.code.clone(),
                label: criterion.label.clone(),
                weight: criterion.weight,
                level: level.map_or(String::new(), |l| format!("{l}/{}", definition.maximum_level())),
                meaning: level.and_then(|l| definition.descriptor(criterion, l)).unwrap_or_default().to_owned(),
                abstained: answer.mark == Some(Mark::Abstained),
                zero: level == Some(0),
                blocking: criterion.blocking,
                comment: answer.comment,
            }
        })
        .collect()
}

/// A review on the version it names.
pub(super) fn sheet(conn: &mut Conn, call: &Call, review: &Review) -> Result<Sheet, Fault> {
    sheets_of(conn, call, std::slice::from_ref(review))?.pop().ok_or(Fault::NotFound)
}

/// Reviews, each on the version it names.
fn sheets_of(conn: &mut Conn, call: &Call, reviews: &[Review]) -> Result<Vec<Sheet>, Fault> {
    let versions: Vec<DossierVersionId> = reviews.iter().map(|review| review.dossier_version).collect();
    let versions = dossiers::versions_by_ids(conn, &versions)?;
    let names = store::names(conn, &reviews.iter().map(|review| review.author).collect::<Vec<_>>())?;
    let institutions = store::institution_names(conn)?;
    reviews
        .iter()
        .map(|review| {
            let version = versions.get(&review.dossier_version).ok_or(Fault::NotFound)?;
            let author = names.get(&review.author).cloned().unwrap_or_default();
            let institution = institutions.get(&review.institution).cloned().unwrap_or_default();
            Ok(sheet_on(call, review, version, author, institution))
        })
        .collect()
}

fn sheet_on(call: &Call, review: &Review, version: &Version, author: String, institution: String) -> Sheet {
    let axes: Vec<String> = version.content.many("axes").into_iter().map(str::to_owned).collect();
    let criteria = call.definition.criteria_for_axes(&axes);
    let score = rules::score_of(&call.definition, &criteria, |criterion| review.input.mark(criterion));
    let opinion = review.input.opinion;
    let when = match review.submitted_at {
        Some(at) => format!("Avis rendu le {} sur la version {} du dossier", at.short(call.zone()), version.number),
        None => format!("Brouillon sur la version {} du dossier", version.number),
    };
    Sheet {
        id: review.id.0,
        author,
        institution,
        score: score.map_or("Sans note".to_owned(), |s| format!("{s}\u{A0}/\u{A0}100")),
        opinion: opinion.map_or("Sans avis", ReviewOpinion::label),
        opinion_tone: opinion.map_or("neutral", ReviewOpinion::tone),
        proposed: proposals::words(&call.definition, &review.input.proposed, None),
        comment: review.input.comment.clone(),
        when,
        rows: sheet_rows(&call.definition, &criteria, &review.input),
    }
}

/// Every submitted review of a dossier, but those of people recused since.
pub(super) fn sheets(conn: &mut Conn, opened: &Opened) -> Result<Vec<Sheet>, Fault> {
    let dossier = opened.view.dossier.id;
    let recused = store::recused_from(conn, dossier)?;
    let mut reviews = store::submitted_on(conn, &[dossier])?;
    reviews.retain(|review| !recused.contains(&review.author));
    sheets_of(conn, &opened.call, &reviews)
}

/// What the form sent, read as far as it can be.
pub(super) struct TypedReview {
    pub input: ReviewInput,
    /// Amounts as typed, by funder, to be shown again when they are no amounts.
    amounts: BTreeMap<String, String>,
    pub amount_mistakes: Vec<FieldError>,
    /// Version of the review the author was shown; 0 before the first save.
    pub version: i64,
}

impl TypedReview {
    pub fn read(form: &Form, criteria: &[&Criterion], asked: &[Asked<'_>]) -> Self {
        let scores: BTreeMap<_, _> = criteria
            .iter()
            .map(|criterion| {
                let mark = match form.text(&field_of(criterion)) {
                    "abstention" => Some(Mark::Abstained),
                    level => level.parse().ok().map(Mark::Level),
                };
                let comment = form.text(&comment_field(criterion)).to_owned();
                (criterion.code.clone(), CriterionInput { mark, comment })
            })
            .collect();
        let mut amounts = BTreeMap::new();
        let mut amount_mistakes = Vec::new();
        let mut proposed = Vec::new();
        for funder in asked.iter().map(|a| &a.funder.code) {
            let field = amount_field(funder);
            let typed = form.text(&field).trim().to_owned();
            let amount = match Cents::parse(&typed) {
                _ if typed.is_empty() => None,
                Ok(amount) => Some(amount),
                Err(error) => {
                    amount_mistakes.push(FieldError { field, message: error.to_string() });
                    None
                }
            };
            let opinion = ReviewOpinion::from_code(form.text(&opinion_field(funder)));
            proposed.push(FunderProposal { funder: funder.clone(), opinion, proposed: amount });
            amounts.insert(funder.clone(), typed);
        }
        let input = ReviewInput {
            scores,
            opinion: ReviewOpinion::from_code(form.text("opinion")),
            proposed: proposals::tidied(asked, &proposed),
            comment: form.text("comment").to_owned(),
        };
        Self { input, amounts, amount_mistakes, version: form.text("version").parse().unwrap_or(0) }
    }

    pub fn saved(review: Option<&Review>) -> Self {
        let input = review.map(|r| r.input.clone()).unwrap_or_default();
        let amounts = input.proposed.iter().filter_map(|p| Some((p.funder.clone(), p.proposed?.plain()))).collect();
        Self { input, amounts, amount_mistakes: Vec::new(), version: review.map_or(0, |r| r.version) }
    }
}

/// What the form asks about one funder's part.
#[derive(Serialize)]
pub(super) struct PartRow {
    /// Of the funder, shown when there are several.
    label: String,
    amount_name: String,
    amount: String,
    hint: String,
    opinion_name: String,
    opinions: Vec<PartOpinion>,
}

#[derive(Serialize)]
struct PartOpinion {
    value: &'static str,
    label: &'static str,
    checked: bool,
}

pub(super) fn parts(asked: &[Asked<'_>], typed: &TypedReview) -> Vec<PartRow> {
    asked
        .iter()
        .map(|Asked { funder, requested }| {
            let given = typed.input.proposed.iter().find(|p| p.funder == funder.code);
            let option = |value: ReviewOpinion| PartOpinion {
                value: value.code(),
                label: value.label(),
                checked: given.and_then(|p| p.opinion) == Some(value),
            };
            PartRow {
                label: funder.label.clone(),
                amount_name: amount_field(&funder.code),
                amount: typed.amounts.get(&funder.code).cloned().unwrap_or_default(),
                hint: format!("Au plus la demande, {requested}. Facultatif si l’avis est défavorable."),
                opinion_name: opinion_field(&funder.code),
                opinions: ReviewOpinion::ALL.iter().copied().map(option).collect(),
            }
        })
        .collect()
}

pub(super) fn comment_field(criterion: &Criterion) -> String {
    format!("comment-{}", criterion.code)
}

#[derive(Serialize)]
struct Level {
    level: u32,
    /// The criterion's own words for this level, else the grid's.
    label: String,
    checked: bool,
}

/// One criterion of the grid to fill.
#[derive(Serialize)]
pub(super) struct GridRow {
    name: String,
    legend: String,
    weight: String,
    hint: String,
    levels: Vec<Level>,
    abstained: bool,
    comment_name: String,
    comment: String,
}

pub(super) fn grid(definition: &CallDefinition, criteria: &[&Criterion], input: &ReviewInput) -> Vec<GridRow> {
    criteria
        .iter()
        .map(|criterion| {
            let answer = input.scores.get(&criterion.code).cloned().unwrap_or_default();
            let levels = (0..=definition.maximum_level())
                .map(|level| {
                    let words = definition.descriptor(criterion, level).unwrap_or_default().to_owned();
                    Level { level, label: words, checked: answer.mark == Some(Mark::Level(level)) }
                })
                .collect();
            let hint = if criterion.blocking {
                "Critère bloquant\u{A0}: un 0 est signalé au comité, sans écarter le dossier.".to_owned()
            } else {
                String::new()
            };
            GridRow {
                name: field_of(criterion),
                legend: format!("{}. {}", criterion.code, criterion.label),
                weight: format!("poids {}", criterion.weight),
                hint,
                levels,
                abstained: answer.mark == Some(Mark::Abstained),
                comment_name: comment_field(criterion),
                comment: answer.comment,
            }
        })
        .collect()
}

/// Where what was typed differs from what was saved in between.
pub(super) fn differences(
    definition: &CallDefinition,
    criteria: &[&Criterion],
    typed: &TypedReview,
    saved: &ReviewInput,
) -> Vec<Row> {
    let mut rows = Vec::new();
    let mark = |answer: &CriterionInput| match answer.mark {
        None => "non noté".to_owned(),
        Some(Mark::Abstained) => "je ne me prononce pas".to_owned(),
        Some(Mark::Level(level)) => format!("niveau {level}"),
    };
    for criterion in criteria {
        let mine = typed.input.scores.get(&criterion.code).cloned().unwrap_or_default();
        let theirs = saved.scores.get(&criterion.code).cloned().unwrap_or_default();
        if mine.mark != theirs.mark || mine.comment.trim() != theirs.comment {
            let comment =
                if theirs.comment.is_empty() { "sans commentaire".to_owned() } else { theirs.comment.clone() };
            rows.push(Row::new(format!("Critère {}", criterion.code), format!("{}, {comment}", mark(&theirs))));
        }
    }
    if typed.input.opinion != saved.opinion {
        rows.push(Row::new("Avis général", saved.opinion.map_or("", ReviewOpinion::label)));
    }
    if typed.input.proposed != saved.proposed {
        rows.push(Row::new("Montant proposé", proposals::words(definition, &saved.proposed, None)));
    }
    if typed.input.comment.trim() != saved.comment {
        rows.push(Row::new("Commentaire général", saved.comment.clone()));
    }
    rows
}

/// What a review says on one point, before and after it was reopened.
#[derive(Serialize)]
pub(super) struct Change {
    what: String,
    before: String,
    after: String,
}

/// Where two submissions of one review differ.
pub(super) fn changes(
    definition: &CallDefinition,
    criteria: &[&Criterion],
    before: &ReviewInput,
    after: &ReviewInput,
) -> Vec<Change> {
    let score = |input: &ReviewInput| {
        let score = rules::score_of(definition, criteria, |criterion| input.mark(criterion));
        score.map_or("Sans note".to_owned(), |s| s.to_string())
    };
    let mark = |input: &ReviewInput, criterion: &Criterion| {
        let answer = input.scores.get(&criterion.code).cloned().unwrap_or_default();
        let level = match answer.mark {
            None => "non noté".to_owned(),
            Some(Mark::Abstained) => "abstention".to_owned(),
            Some(Mark::Level(level)) => format!("niveau {level}"),
        };
        if answer.comment.is_empty() { level } else { format!("{level}. {}", answer.comment) }
    };
    let opinion = |input: &ReviewInput| input.opinion.map_or("", ReviewOpinion::label).to_owned();
    let amounts = |input: &ReviewInput| proposals::words(definition, &input.proposed, None);
    let mut rows = vec![
        ("Note sur 100".to_owned(), score(before), score(after)),
        ("Avis général".to_owned(), opinion(before), opinion(after)),
        ("Montant proposé".to_owned(), amounts(before), amounts(after)),
    ];
    rows.extend(
        criteria
            .iter()
            .map(|criterion| (format!("Critère {}", criterion.code), mark(before, criterion), mark(after, criterion))),
    );
    rows.push(("Commentaire général".to_owned(), before.comment.clone(), after.comment.clone()));
    rows.into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(what, before, after)| Change { what, before, after })
        .collect()
}
