//! What is recorded about a dossier's money, always in the same three steps: a form, a page that shows back what will
//! be recorded, the record. A second click finds the first one's work and says so.

mod act;
mod claim;
mod clawback;
mod closure;
mod payment;
mod report;
mod schedule;
mod service;

use serde::Serialize;

use super::{Row, by_field, dossier::crumbs};
use crate::access::Permission;
use crate::base::ids::DossierId;
use crate::db::Conn;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::funding::actions::{Hand, hand};
use crate::web::{Answer, Page, Visit};

pub(super) fn pages() -> Vec<Page> {
    const FUNDER: Permission = Permission::AnyCall(&[crate::access::Role::Funder]);
    macro_rules! step {
        ($path:literal, $step:ty) => {
            [Page::get($path, FUNDER, get::<$step>), Page::post($path, FUNDER, post::<$step>)]
        };
    }
    [
        step!("/dossiers/{dossier}/financement/acte/{authority}", act::Recording),
        step!("/dossiers/{dossier}/financement/actes/{act}/echeancier", schedule::Editing),
        step!("/dossiers/{dossier}/financement/echeances/{instalment}/service-fait", service::Certifying),
        step!("/dossiers/{dossier}/financement/echeances/{instalment}/versement", payment::Paying),
        step!("/dossiers/{dossier}/financement/reversements/nouveau", claim::Noticing),
        step!("/dossiers/{dossier}/financement/reversements/{clawback}/ordre", clawback::Ordering),
        step!("/dossiers/{dossier}/financement/reversements/{clawback}/reception", clawback::Receiving),
        step!("/dossiers/{dossier}/financement/reversements/{clawback}/abandon", clawback::Abandoning),
        step!("/dossiers/{dossier}/financement/compte-rendu", report::Reporting),
        step!("/dossiers/{dossier}/financement/solde/{authority}", closure::Closing),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// One thing to record.
trait Step: Sized {
    /// The form as it was understood.
    type Typed;

    /// What the form is about; a fault when it has no place now.
    fn load(visit: &Visit, conn: &mut Conn, hand: Hand) -> Result<Self, Fault>;

    fn hand(&self) -> &Hand;

    /// The form, with what was typed.
    fn form(&self, visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault>;

    /// `None` when a mistake was noted, or when a hidden field is not what the page had put there.
    fn typed(&self, visit: &Visit, mistakes: &mut Mistakes) -> Option<Self::Typed>;

    fn check(&self, conn: &mut Conn, typed: &Self::Typed) -> Result<(), Fault>;

    /// What will be recorded, shown back.
    fn review(&self, typed: &Self::Typed) -> Review;

    /// Records, and answers what to say of it.
    fn record(&self, visit: &Visit, typed: &Self::Typed) -> Result<String, Fault>;

    /// What to say when `hand` already holds what was typed: a second click.
    fn already(_visit: &Visit, _hand: &Hand) -> Option<&'static str> {
        None
    }
}

struct Review {
    title: &'static str,
    lead: &'static str,
    rows: Vec<Row>,
    /// Verb and object: « Enregistrer l’acte ».
    record: &'static str,
    /// End of « Modifier … », for those who do not see the page.
    context: &'static str,
}

fn path(hand: &Hand) -> String {
    format!("/dossiers/{}/financement", hand.file.dossier.id)
}

fn read_hand(visit: &Visit) -> Result<Hand, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    visit.read(|conn| hand(conn, actor, id, visit.now))
}

fn load<S: Step>(visit: &Visit) -> Result<S, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    visit.read(|conn| {
        let hand = hand(conn, actor, id, visit.now)?;
        S::load(visit, conn, hand)
    })
}

fn get<S: Step>(visit: &Visit) -> Result<Answer, Fault> {
    load::<S>(visit)?.form(visit, Vec::new())
}

fn post<S: Step>(visit: &Visit) -> Result<Answer, Fault> {
    let page = |visit: &Visit, errors: Vec<FieldError>| load::<S>(visit)?.form(visit, errors);
    if visit.form.text("step") == "edit" {
        return page(visit, Vec::new());
    }
    match submit::<S>(visit) {
        Err(fault) => {
            let hand = read_hand(visit)?;
            match S::already(visit, &hand) {
                Some(words) => Ok(Answer::redirect(path(&hand)).flash_as("info", words)),
                None => visit.with_mistakes(fault, page),
            }
        }
        answered => answered,
    }
}

fn submit<S: Step>(visit: &Visit) -> Result<Answer, Fault> {
    let step = load::<S>(visit)?;
    let mut mistakes = Mistakes::default();
    let typed = step.typed(visit, &mut mistakes);
    mistakes.finish()?;
    let typed = typed.ok_or(Fault::Stale)?;
    if visit.form.text("step") != "record" {
        visit.read(|conn| step.check(conn, &typed))?;
        return review(visit, &step, step.review(&typed));
    }
    let said = step.record(visit, &typed)?;
    Ok(Answer::redirect(path(step.hand())).flash(said))
}

#[derive(Serialize)]
struct Hidden {
    name: String,
    value: String,
}

#[derive(Serialize)]
struct ReviewView<'a> {
    reference: String,
    title: &'a str,
    lead: &'a str,
    action: &'a str,
    rows: Vec<Row>,
    fields: Vec<Hidden>,
    record: &'a str,
    context: &'a str,
}

fn review<S: Step>(visit: &Visit, step: &S, review: Review) -> Result<Answer, Fault> {
    let file = &step.hand().file;
    let reference = file.dossier.reference_or_draft();
    let view = ReviewView {
        reference: reference.clone(),
        title: review.title,
        lead: review.lead,
        action: &visit.path,
        rows: review.rows,
        fields: visit
            .form
            .fields()
            .iter()
            .filter(|(name, _)| name != "step")
            .map(|(name, value)| Hidden { name: name.clone(), value: value.clone() })
            .collect(),
        record: review.record,
        context: review.context,
    };
    let answer = Answer::page(review.title, "funding/review.html", &view)?;
    Ok(crumbs(answer, file).crumb(reference, path(step.hand())).crumb(review.title, ""))
}

/// A plain form: fields one under the other.
struct Form {
    title: String,
    lead: String,
    /// What the form starts from, beside what is typed.
    facts: Vec<Row>,
    fields: Vec<Field>,
    /// Verb and object of the button that shows the review.
    next: &'static str,
}

#[derive(Clone, Serialize)]
struct Choice {
    value: String,
    label: String,
    hint: String,
    checked: bool,
    selected: bool,
}

#[derive(Default, Serialize)]
struct Field {
    /// `text`, `money`, `date`, `area`, `choice`, `select` or `hidden`.
    kind: &'static str,
    name: &'static str,
    label: &'static str,
    hint: String,
    value: String,
    error: String,
    example: &'static str,
    optional: bool,
    options: Vec<Choice>,
}

impl Field {
    fn new(kind: &'static str, name: &'static str, label: &'static str) -> Self {
        Self { kind, name, label, ..Self::default() }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    fn example(mut self, example: &'static str) -> Self {
        self.example = example;
        self
    }

    fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    fn options(mut self, options: Vec<Choice>) -> Self {
        self.options = options;
        self
    }

    /// What was typed, or else what the form proposes.
    fn filled(mut self, visit: &Visit, proposed: impl Into<String>) -> Self {
        self.value = visit.form.get(self.name).map_or_else(|| proposed.into(), str::to_owned);
        self
    }
}

#[derive(Serialize)]
struct FormView<'a> {
    reference: String,
    title: &'a str,
    lead: &'a str,
    facts: &'a [Row],
    action: &'a str,
    back: String,
    fields: &'a [Field],
    next: &'a str,
    error_list: Vec<FieldError>,
}

fn plain_form(visit: &Visit, hand: &Hand, mut form: Form, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let by_name = by_field(&errors);
    for field in &mut form.fields {
        field.error = by_name.get(field.name).cloned().unwrap_or_default();
    }
    let reference = hand.file.dossier.reference_or_draft();
    let view = FormView {
        reference: reference.clone(),
        title: &form.title,
        lead: &form.lead,
        facts: &form.facts,
        action: &visit.path,
        back: path(hand),
        fields: &form.fields,
        next: form.next,
        error_list: errors,
    };
    let answer = Answer::page(&form.title, "funding/step.html", &view)?;
    Ok(crumbs(answer, &hand.file).crumb(reference, path(hand)).crumb(&form.title, ""))
}

fn date(visit: &Visit, mistakes: &mut Mistakes, field: &str, empty: &str) -> Option<jiff::civil::Date> {
    let read = crate::base::clock::parse_date(visit.form.text(field));
    if read.is_none() {
        mistakes.add(field, empty);
    }
    read
}

fn dossier_row(hand: &Hand) -> Row {
    let dossier = &hand.file.dossier;
    super::row("Dossier", format!("{}, {}", dossier.reference_or_draft(), dossier.title_or_untitled()))
}

/// `FIR – Ségur mesure 27, 2022`.
fn slot_name(hand: &Hand, slot: crate::funding::rules::SlotKey) -> String {
    super::dossier::slot_name(&hand.file, slot)
}
