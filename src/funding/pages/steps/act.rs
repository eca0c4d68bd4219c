//! Recording an authority's act.

use super::{Choice, Field, Form, Review, Step, date, dossier_row, plain_form};
use crate::base::clock::french_date;
use crate::base::ids::InstitutionId;
use crate::base::text::clean_line;
use crate::db::Conn;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::funding::actions::{self, Hand, NewAct, act_facts, default_schedule};
use crate::funding::awards::Award;
use crate::funding::pages::row;
use crate::funding::rules::{ActFacts, ActKind};
use crate::web::{Answer, Visit};

pub(super) struct Recording {
    hand: Hand,
    award: Award,
    facts: ActFacts,
}

impl Step for Recording {
    type Typed = NewAct;

    fn load(visit: &Visit, _: &mut Conn, hand: Hand) -> Result<Self, Fault> {
        let authority: InstitutionId = visit.param("authority")?;
        hand.file.award(authority).ok_or(Fault::NotFound)?;
        hand.require_acts_for(authority)?;
        let (award, facts) = act_facts(&hand, authority)?;
        let award = award.clone();
        Ok(Self { hand, award, facts })
    }

    fn hand(&self) -> &Hand {
        &self.hand
    }

    fn form(&self, visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
        let chosen = ActKind::from_code(visit.form.text("kind")).unwrap_or_else(|| self.facts.proposed());
        let proposed = self.facts.proposed();
        let hint = |kind: ActKind| match kind {
            kind if kind == proposed && self.facts.agreement_is_mandatory() => "Obligatoire pour ce dossier",
            kind if kind == proposed => "Proposé pour ce dossier",
            ActKind::Order => "Ne suffit pas pour ce dossier",
            ActKind::Agreement => "Toujours possible",
        };
        let kinds = ActKind::ALL
            .iter()
            .map(|kind| Choice {
                value: kind.code().to_owned(),
                label: self.facts.label_of(*kind).to_owned(),
                hint: hint(*kind).to_owned(),
                checked: *kind == chosen,
                selected: false,
            })
            .collect();
        let form = Form {
            title: if self.facts.amends.is_some() {
                "Enregistrer l’acte modificatif"
            } else {
                "Enregistrer l’acte"
            }
            .to_owned(),
            lead: self.facts.explanation(),
            facts: vec![
                row("Autorité", self.hand.file.name(self.award.authority)),
                row("Décision", format!("n°\u{A0}{}", self.award.number)),
                row("Montant de l’acte, celui de la décision", self.facts.amount().to_string()),
            ],
            fields: vec![
                Field::new("hidden", "decision", "").filled(visit, self.award.decision.to_string()),
                Field::new("choice", "kind", "Forme de l’acte").options(kinds),
                Field::new("text", "reference", "Référence de l’acte")
                    .hint("Celle qui figure sur l’acte signé. Elle n’est donnée qu’une fois.")
                    .filled(visit, ""),
                Field::new("date", "dated_on", "Date de l’acte").example("15/02/2022").filled(visit, ""),
            ],
            next: "Vérifier l’acte",
        };
        plain_form(visit, &self.hand, form, errors)
    }

    fn typed(&self, visit: &Visit, mistakes: &mut Mistakes) -> Option<NewAct> {
        let kind = ActKind::from_code(visit.form.text("kind"));
        if kind.is_none() {
            mistakes.add("kind", "Choisissez la forme de l’acte.");
        }
        let reference = mistakes.line(
            "reference",
            visit.form.text("reference"),
            80,
            "Saisissez la référence de l’acte, par exemple ARS-2022-0107.",
        );
        let dated_on = date(visit, mistakes, "dated_on", "Saisissez la date de l’acte, par exemple 15/02/2022.");
        Some(NewAct {
            authority: self.award.authority,
            decision: visit.form.text("decision").parse().ok()?,
            kind: kind?,
            reference,
            dated_on: dated_on?,
        })
    }

    fn check(&self, conn: &mut Conn, typed: &NewAct) -> Result<(), Fault> {
        actions::check_act(conn, &self.hand, typed)
    }

    fn review(&self, typed: &NewAct) -> Review {
        let file = &self.hand.file;
        let mut rows = vec![
            dossier_row(&self.hand),
            row("Organisme", &file.payee.name),
            row("Autorité", file.name(typed.authority)),
            row("Forme de l’acte", self.facts.label_of(typed.kind)),
            row("Référence", &typed.reference),
            row("Daté du", french_date(typed.dated_on)),
            row("Montant", self.facts.amount().to_string()),
        ];
        for planned in default_schedule(file, &self.award) {
            let slot = (planned.line, planned.year);
            let when = planned.due.rule().label().to_lowercase();
            rows.push(row(
                &format!("Échéance {}", super::slot_name(&self.hand, slot)),
                format!("{}, {when}", planned.amount),
            ));
        }
        Review {
            title: "Vérifier l’acte avant de l’enregistrer",
            lead: "Une fois enregistré, l’acte fixe l’échéancier et paraît dans l’espace du porteur. L’échéancier reste \
                   modifiable jusqu’au premier versement.",
            rows,
            record: "Enregistrer l’acte",
            context: "l’acte",
        }
    }

    fn record(&self, visit: &Visit, typed: &NewAct) -> Result<String, Fault> {
        let actor = visit.actor()?;
        let dossier = self.hand.file.dossier.id;
        visit.perform(|op| actions::record_act(op, actor, dossier, typed))?;
        Ok(format!("Acte enregistré\u{A0}: {} {}.", self.facts.label_of(typed.kind).to_lowercase(), typed.reference))
    }

    fn already(visit: &Visit, hand: &Hand) -> Option<&'static str> {
        let reference = clean_line(visit.form.text("reference"));
        let same = hand.file.acts.iter().any(|act| act.reference == reference);
        same.then_some("Cet acte est enregistré, une seule fois.")
    }
}
