//! The summary of the financial report: forecast and realised, group by group.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Review, Step, date, dossier_row, path};
use crate::base::clock::french_date;
use crate::base::money::Cents;
use crate::db::Conn;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::funding::actions::{self, Hand, NewReport, check_report};
use crate::funding::pages::{by_field, dossier::crumbs, report, row};
use crate::funding::rules::Side;
use crate::web::{Answer, Visit};

pub(super) struct Reporting {
    hand: Hand,
}

#[derive(Serialize)]
struct GroupView {
    label: String,
    forecast: String,
    name: String,
    realised: String,
    error: String,
    sum: &'static str,
}

#[derive(Serialize)]
struct SideView {
    code: &'static str,
    label: &'static str,
    error: String,
    groups: Vec<GroupView>,
    forecast: String,
    realised: String,
}

#[derive(Serialize)]
struct View {
    reference: String,
    action: String,
    back: String,
    version: String,
    received_on: String,
    comment: String,
    sides: Vec<SideView>,
    errors: BTreeMap<String, String>,
    error_list: Vec<FieldError>,
}

fn field(side: Side, class: &str) -> String {
    format!("realised-{}-{class}", side.code())
}

impl Step for Reporting {
    type Typed = NewReport;

    fn load(_: &Visit, _: &mut Conn, hand: Hand) -> Result<Self, Fault> {
        if hand.file.acts.is_empty() || !hand.file.dossier.state.is_running() {
            return Err(Fault::refused(
                "Le compte rendu financier se reçoit pendant que la subvention est en cours, une fois l’acte pris.",
            ));
        }
        if !hand.file.awards.iter().any(|award| hand.acts_for(award.authority)) {
            return Err(Fault::Denied(
                "Le compte rendu est reçu par les agents des autorités qui financent ce dossier.".to_owned(),
            ));
        }
        Ok(Self { hand })
    }

    fn hand(&self) -> &Hand {
        &self.hand
    }

    fn form(&self, visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
        let file = &self.hand.file;
        let by_name = by_field(&errors);
        let before = file.report.as_ref();
        let error = |name: &str| by_name.get(name).cloned().unwrap_or_default();
        let sides = Side::ALL
            .iter()
            .map(|side| {
                let groups = report::groups(file, *side);
                let realised: Vec<Cents> = groups.iter().filter_map(|group| group.realised).collect();
                SideView {
                    code: side.code(),
                    label: side.label(),
                    error: error(side.code()),
                    forecast: groups.iter().filter_map(|g| g.forecast).sum::<Cents>().to_string(),
                    realised: realised.iter().copied().sum::<Cents>().to_string(),
                    groups: groups
                        .into_iter()
                        .map(|group| {
                            let name = field(*side, &group.class);
                            GroupView {
                                label: group.label,
                                forecast: group.forecast.map(|f| f.to_string()).unwrap_or_default(),
                                realised: visit.form.get(&name).map_or_else(
                                    || group.realised.map(Cents::plain).unwrap_or_default(),
                                    str::to_owned,
                                ),
                                error: error(&name),
                                sum: side.code(),
                                name,
                            }
                        })
                        .collect(),
                }
            })
            .collect();
        let reference = file.dossier.reference_or_draft();
        let typed = |name: &str, saved: String| visit.form.get(name).map_or(saved, str::to_owned);
        let view = View {
            reference: reference.clone(),
            action: visit.path.clone(),
            back: path(&self.hand),
            version: typed("version", before.map_or(0, |report| report.version).to_string()),
            received_on: typed(
                "received_on",
                before.map(|r| r.received_on.strftime("%d/%m/%Y").to_string()).unwrap_or_default(),
            ),
            comment: typed("comment", before.map(|report| report.comment.clone()).unwrap_or_default()),
            sides,
            errors: by_name.clone(),
            error_list: errors,
        };
        let answer = Answer::page("Compte rendu financier", "funding/report.html", &view)?;
        Ok(crumbs(answer, file).crumb(reference, path(&self.hand)).crumb("Compte rendu financier", ""))
    }

    fn typed(&self, visit: &Visit, mistakes: &mut Mistakes) -> Option<NewReport> {
        let received_on =
            date(visit, mistakes, "received_on", "Saisissez la date de réception, par exemple 30/06/2023.");
        let mut realised = BTreeMap::new();
        for side in Side::ALL {
            for group in report::groups(&self.hand.file, *side) {
                let name = field(*side, &group.class);
                let text = visit.form.text(&name);
                if text.trim().is_empty() {
                    continue;
                }
                if let Some(amount) = mistakes.take(&name, Cents::parse(text)) {
                    realised.insert((*side, group.class), amount);
                }
            }
        }
        Some(NewReport {
            received_on: received_on?,
            comment: visit.form.text("comment").to_owned(),
            realised,
            version: visit.form.text("version").parse().ok()?,
        })
    }

    fn check(&self, _: &mut Conn, typed: &NewReport) -> Result<(), Fault> {
        check_report(&self.hand, typed)
    }

    fn review(&self, typed: &NewReport) -> Review {
        let mut rows = vec![dossier_row(&self.hand), row("Reçu le", french_date(typed.received_on))];
        for side in Side::ALL {
            let of_side = typed.realised.iter().filter(|((of, _), _)| of == side);
            let total: Cents = of_side.map(|(_, amount)| *amount).sum();
            rows.push(row(
                &format!("{} réalisées", side.label()).replace("Produits réalisées", "Produits réalisés"),
                total.to_string(),
            ));
        }
        rows.push(row("Commentaire", &typed.comment));
        Review {
            title: "Vérifier le compte rendu avant de l’enregistrer",
            lead: "Il reste modifiable jusqu’au solde du dossier. Le porteur en lira la date et le total.",
            rows,
            record: "Enregistrer le compte rendu",
            context: "le compte rendu",
        }
    }

    fn record(&self, visit: &Visit, typed: &NewReport) -> Result<String, Fault> {
        let actor = visit.actor()?;
        visit.perform(|op| actions::save_report(op, actor, self.hand.file.dossier.id, typed))?;
        Ok("Le compte rendu financier est enregistré.".to_owned())
    }

    fn already(visit: &Visit, hand: &Hand) -> Option<&'static str> {
        let report = hand.file.report.as_ref()?;
        let posted: i64 = visit.form.text("version").parse().ok()?;
        let typed = visit
            .form
            .fields()
            .iter()
            .filter(|(name, value)| name.starts_with("realised-") && !value.trim().is_empty());
        let mut count = 0;
        for (name, value) in typed {
            count += 1;
            let (side, class) = name.strip_prefix("realised-")?.split_once('-')?;
            let known = report.realised.get(&(Side::from_code(side)?, class.to_owned()));
            if known.copied() != Cents::parse(value).ok() {
                return None;
            }
        }
        (posted + 1 == report.version && count == report.realised.len())
            .then_some("Ce compte rendu est enregistré, une seule fois.")
    }
}
