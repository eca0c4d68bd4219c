//! Closing an authority's part of a dossier.

use super::{Field, Form, Review, Step, dossier_row, plain_form};
use crate::base::ids::InstitutionId;
use crate::base::money::Cents;
use crate::db::Conn;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::funding::actions::{self, Hand, check_closure, closure_facts};
use crate::funding::pages::{report, row};
use crate::funding::rules::{ClawbackState, ClosureFacts};
use crate::funding::store::Clawback;
use crate::web::{Answer, Visit};

pub(super) struct Closing {
    hand: Hand,
    authority: InstitutionId,
    facts: ClosureFacts,
}

pub(super) struct Closed {
    kept: Cents,
    reason: String,
    left: Cents,
}

impl Closing {
    fn given_back(&self) -> Cents {
        let received = |c: &&Clawback| c.authority == self.authority && c.state == ClawbackState::Received;
        self.hand.file.clawbacks.iter().filter(received).map(Clawback::amount).sum()
    }

    /// Years that nobody will commit once the part is closed.
    fn planned(&self) -> Cents {
        let Some(award) = self.hand.file.award(self.authority) else { return Cents::ZERO };
        award.granted.iter().filter(|(slot, _)| !award.firm.contains_key(slot)).map(|(_, amount)| *amount).sum()
    }
}

impl Step for Closing {
    type Typed = Closed;

    fn load(visit: &Visit, _: &mut Conn, hand: Hand) -> Result<Self, Fault> {
        let authority: InstitutionId = visit.param("authority")?;
        hand.file.award(authority).ok_or(Fault::NotFound)?;
        hand.require_acts_for(authority)?;
        let facts = closure_facts(&hand, authority)?;
        match facts.obstacles().first() {
            Some(obstacle) => Err(Fault::refused(*obstacle)),
            None => Ok(Self { hand, authority, facts }),
        }
    }

    fn hand(&self) -> &Hand {
        &self.hand
    }

    fn form(&self, visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
        let file = &self.hand.file;
        let mut facts = vec![
            row("Autorité", file.name(self.authority)),
            row("Engagé", self.facts.committed.to_string()),
            row("Versé", self.facts.paid.to_string()),
            row("Ne sera pas versé, revient à l’enveloppe", self.facts.given_up().to_string()),
            row("Déjà reversé par l’organisme", self.given_back().to_string()),
        ];
        if self.planned().is_positive() {
            facts.push(row("Prévu sous réserve de crédits, ne sera pas engagé", self.planned().to_string()));
        }
        facts.extend(report::summary(file));
        let form = Form {
            title: "Solder la part de l’autorité".to_owned(),
            lead: "Versez d’abord le solde s’il est dû. Solder ramène l’engagement à ce qui est versé\u{A0}: le reste est \
                   libéré, et peut profiter à la liste complémentaire."
                .to_owned(),
            facts,
            fields: vec![
                Field::new("hidden", "left", "").filled(visit, self.facts.given_up().0.to_string()),
                Field::new("money", "kept", "Part versée, non dépensée, que l’organisme garde")
                    .hint(
                        "Si l’acte le permet (fonds dédiés, excédent raisonnable). Ce qui doit être rendu se demande \
                         par un reversement, avant de solder.",
                    )
                    .filled(visit, "0"),
                Field::new("area", "reason", "Explication")
                    .hint("Obligatoire si tout n’est pas versé ou si une part est gardée. Le porteur la lira.")
                    .optional()
                    .filled(visit, ""),
            ],
            next: "Vérifier le solde",
        };
        plain_form(visit, &self.hand, form, errors)
    }

    fn typed(&self, visit: &Visit, mistakes: &mut Mistakes) -> Option<Closed> {
        let kept = mistakes.take("kept", Cents::parse(visit.form.text("kept")));
        let left = visit.form.text("left").parse().ok().map(Cents);
        Some(Closed { kept: kept?, reason: visit.form.text("reason").to_owned(), left: left? })
    }

    fn check(&self, _: &mut Conn, typed: &Closed) -> Result<(), Fault> {
        check_closure(&self.hand, self.authority, typed.kept, &typed.reason, typed.left).map(drop)
    }

    fn review(&self, typed: &Closed) -> Review {
        let file = &self.hand.file;
        let last = file.awards.iter().all(|a| a.authority == self.authority || file.closure(a.authority).is_some());
        let mut rows = vec![
            dossier_row(&self.hand),
            row("Organisme", &file.payee.name),
            row("Autorité", file.name(self.authority)),
            row("Versé", self.facts.paid.to_string()),
            row("Ne sera pas versé, revient à l’enveloppe", typed.left.to_string()),
            row("Gardé par l’organisme", typed.kept.to_string()),
            row("Explication", &typed.reason),
        ];
        if self.planned().is_positive() {
            rows.push(row("Prévu sous réserve de crédits, ne sera pas engagé", self.planned().to_string()));
        }
        Review {
            title: "Vérifier le solde avant de l’enregistrer",
            lead: if last {
                "Le dossier sera soldé\u{A0}: plus aucun versement n’y sera possible."
            } else {
                "La part de cette autorité sera soldée\u{A0}; le dossier le sera avec la dernière."
            },
            rows,
            record: "Solder",
            context: "le solde",
        }
    }

    fn record(&self, visit: &Visit, typed: &Closed) -> Result<String, Fault> {
        let actor = visit.actor()?;
        let dossier = self.hand.file.dossier.id;
        visit
            .perform(|op| actions::close(op, actor, dossier, self.authority, typed.kept, &typed.reason, typed.left))?;
        Ok(if typed.left.is_positive() {
            format!("La part est soldée\u{A0}: {} reviennent à l’enveloppe.", typed.left)
        } else {
            "La part est soldée\u{A0}: tout ce qui était engagé a été versé.".to_owned()
        })
    }

    fn already(visit: &Visit, hand: &Hand) -> Option<&'static str> {
        let authority: InstitutionId = visit.param("authority").ok()?;
        let closed = hand.file.closure(authority)?;
        let kept = Cents::parse(visit.form.text("kept")).ok()?;
        (closed.kept == kept).then_some("Cette part est soldée, une seule fois.")
    }
}
