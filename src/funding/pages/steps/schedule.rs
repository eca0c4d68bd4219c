//! Changing an act's schedule, as long as nothing was paid on it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Choice, Review, Step, dossier_row, path, slot_name};
use crate::base::clock::{french_date, parse_date};
use crate::base::ids::ActId;
use crate::base::money::Cents;
use crate::db::Conn;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::funding::actions::{self, Hand, check_schedule, open_act, to_schedule};
use crate::funding::pages::{by_field, dossier::crumbs, row};
use crate::funding::rules::{Due, DueRule, Planned, SlotKey, label};
use crate::funding::store::Act;
use crate::web::{Answer, Visit};

/// Instalments of one line in one year, at most: more would be a payroll.
const MOST: usize = 6;
/// Empty rows offered beside those in force.
const SPARE: usize = 2;

pub(super) struct Editing {
    hand: Hand,
    act: Act,
    expected: BTreeMap<SlotKey, Cents>,
}

pub(super) struct Schedule {
    planned: Vec<Planned>,
    version: i64,
}

#[derive(Serialize)]
struct RowView {
    number: usize,
    amount_name: String,
    amount: String,
    amount_error: String,
    rule_name: String,
    rules: Vec<Choice>,
    date_name: String,
    date: String,
    date_error: String,
}

#[derive(Serialize)]
struct SlotView {
    name: String,
    id: String,
    total: String,
    error: String,
    rows: Vec<RowView>,
}

#[derive(Serialize)]
struct View {
    reference: String,
    act: String,
    action: String,
    back: String,
    version: String,
    slots: Vec<SlotView>,
    error_list: Vec<FieldError>,
}

fn names(slot: SlotKey, index: usize) -> (String, String, String) {
    let end = format!("{}-{}-{index}", slot.0, slot.1);
    (format!("amount-{end}"), format!("rule-{end}"), format!("on-{end}"))
}

impl Editing {
    fn rows(&self, visit: &Visit, slot: SlotKey, errors: &BTreeMap<String, String>) -> Vec<RowView> {
        let current: Vec<_> =
            self.hand.file.instalments.iter().filter(|i| i.act == self.act.id && i.slot() == slot).collect();
        let typed = !visit.form.is_empty();
        let filled = (0..MOST).filter(|i| !visit.form.text(&names(slot, *i).0).is_empty()).count();
        let count = (if typed { filled.max(current.len()) } else { current.len() } + SPARE).min(MOST);
        let error = |name: &str| errors.get(name).cloned().unwrap_or_default();
        (0..count)
            .map(|i| {
                let (amount_name, rule_name, date_name) = names(slot, i);
                let now = current.get(i).filter(|_| !typed);
                let rule = DueRule::from_code(visit.form.text(&rule_name))
                    .or(now.map(|i| i.due.rule()))
                    .unwrap_or(DueRule::Service);
                let date = match now.map(|i| i.due) {
                    Some(Due::On(date)) => date.strftime("%d/%m/%Y").to_string(),
                    _ => visit.form.text(&date_name).to_owned(),
                };
                RowView {
                    number: i + 1,
                    amount: now.map_or_else(|| visit.form.text(&amount_name).to_owned(), |i| i.amount.plain()),
                    amount_error: error(&amount_name),
                    rules: DueRule::ALL
                        .iter()
                        .map(|of| Choice {
                            value: of.code().to_owned(),
                            label: of.label().to_owned(),
                            hint: String::new(),
                            checked: false,
                            selected: *of == rule,
                        })
                        .collect(),
                    date,
                    date_error: error(&date_name),
                    amount_name,
                    rule_name,
                    date_name,
                }
            })
            .collect()
    }
}

impl Step for Editing {
    type Typed = Schedule;

    fn load(visit: &Visit, _: &mut Conn, hand: Hand) -> Result<Self, Fault> {
        let id: ActId = visit.param("act")?;
        let act = open_act(&hand, id)?.clone();
        let expected = to_schedule(&hand.file, &act);
        Ok(Self { hand, act, expected })
    }

    fn hand(&self) -> &Hand {
        &self.hand
    }

    fn form(&self, visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
        let by_name = by_field(&errors);
        let reference = self.hand.file.dossier.reference_or_draft();
        let slots = self
            .expected
            .iter()
            .map(|(slot, total)| {
                let id = format!("slot-{}-{}", slot.0, slot.1);
                SlotView {
                    name: slot_name(&self.hand, *slot),
                    total: total.to_string(),
                    error: by_name.get(&id).cloned().unwrap_or_default(),
                    rows: self.rows(visit, *slot, &by_name),
                    id,
                }
            })
            .collect();
        let view = View {
            reference: reference.clone(),
            act: format!("{} {}", self.act.label(), self.act.reference),
            action: visit.path.clone(),
            back: path(&self.hand),
            version: visit.form.get("version").map_or_else(|| self.act.version.to_string(), str::to_owned),
            slots,
            error_list: errors,
        };
        let answer = Answer::page("Modifier l’échéancier", "funding/schedule.html", &view)?;
        Ok(crumbs(answer, &self.hand.file).crumb(reference, path(&self.hand)).crumb("Modifier l’échéancier", ""))
    }

    fn typed(&self, visit: &Visit, mistakes: &mut Mistakes) -> Option<Schedule> {
        let mut planned = Vec::new();
        for slot in self.expected.keys() {
            for index in 0..MOST {
                let (amount_name, rule_name, date_name) = names(*slot, index);
                let amount = visit.form.text(&amount_name);
                if amount.trim().is_empty() {
                    continue;
                }
                let amount = mistakes.take(&amount_name, Cents::parse(amount));
                if amount.is_some_and(Cents::is_zero) {
                    mistakes.add(&amount_name, "Saisissez un montant supérieur à zéro, ou videz la case.");
                }
                let due = match DueRule::from_code(visit.form.text(&rule_name)) {
                    Some(DueRule::Notification) => Some(Due::Notification),
                    Some(DueRule::Service) => Some(Due::Service),
                    Some(DueRule::Date) => {
                        let date = parse_date(visit.form.text(&date_name));
                        if date.is_none() {
                            mistakes.add(&date_name, "Saisissez la date de cette échéance, par exemple 30/06/2023.");
                        } else if date.is_some_and(|date| date < self.act.dated_on) {
                            mistakes.add(&date_name, "Cette échéance ne peut pas précéder l’acte.");
                        }
                        date.map(Due::On)
                    }
                    None => None,
                };
                if let (Some(amount), Some(due)) = (amount, due) {
                    planned.push(Planned { line: slot.0, year: slot.1, amount, due });
                }
            }
        }
        Some(Schedule { planned, version: visit.form.text("version").parse().ok()? })
    }

    fn check(&self, _: &mut Conn, typed: &Schedule) -> Result<(), Fault> {
        check_schedule(&self.hand, self.act.id, typed.version, &typed.planned)
    }

    fn review(&self, typed: &Schedule) -> Review {
        let mut rows = vec![dossier_row(&self.hand)];
        for slot in self.expected.keys() {
            let of_slot: Vec<_> = typed.planned.iter().filter(|p| (p.line, p.year) == *slot).collect();
            for (i, planned) in of_slot.iter().enumerate() {
                let when = match planned.due {
                    Due::On(date) => format!("le {}", french_date(date)),
                    other => other.rule().label().to_lowercase(),
                };
                rows.push(row(
                    &format!("{}, {}", label(i, of_slot.len()), slot_name(&self.hand, *slot)),
                    format!("{}, {when}", planned.amount),
                ));
            }
        }
        Review {
            title: "Vérifier l’échéancier avant de l’enregistrer",
            lead: "Il remplace l’échéancier de l’acte et paraît dans l’espace du porteur.",
            rows,
            record: "Enregistrer l’échéancier",
            context: "l’échéancier",
        }
    }

    fn record(&self, visit: &Visit, typed: &Schedule) -> Result<String, Fault> {
        let actor = visit.actor()?;
        let dossier = self.hand.file.dossier.id;
        visit.perform(|op| actions::edit_schedule(op, actor, dossier, self.act.id, typed.version, &typed.planned))?;
        Ok("L’échéancier est enregistré.".to_owned())
    }

    /// The version posted is the one just before this one, and the amounts are those in force.
    fn already(visit: &Visit, hand: &Hand) -> Option<&'static str> {
        let act = hand.file.act(visit.param("act").ok()?)?;
        let posted: i64 = visit.form.text("version").parse().ok()?;
        let amounts: Vec<Cents> = visit
            .form
            .fields()
            .iter()
            .filter(|(name, value)| name.starts_with("amount-") && !value.trim().is_empty())
            .filter_map(|(_, value)| Cents::parse(value).ok())
            .collect();
        let current: Vec<Cents> = hand.file.instalments.iter().filter(|i| i.act == act.id).map(|i| i.amount).collect();
        (posted.checked_add(1) == Some(act.version) && amounts == current)
            .then_some("Cet échéancier est enregistré, une seule fois.")
    }
}
