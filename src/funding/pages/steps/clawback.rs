//! The turns of a clawback after its notice: order, receipt, abandonment.

use jiff::civil::Date;

use super::{Field, Form, Review, Step, date, dossier_row, plain_form};
use crate::base::clock::french_date;
use crate::base::ids::ClawbackId;
use crate::base::money::Cents;
use crate::base::text::clean_line;
use crate::db::Conn;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::funding::actions::{self, Hand, Order, check_order, check_received};
use crate::funding::pages::{Row, row};
use crate::funding::rules::{ClawbackEvent, ClawbackState, next_clawback};
use crate::funding::store::Clawback;
use crate::web::{Answer, Visit};

/// A clawback at a turn that it may take.
struct Turn {
    hand: Hand,
    clawback: Clawback,
}

impl Turn {
    fn load(visit: &Visit, hand: Hand, event: ClawbackEvent) -> Result<Self, Fault> {
        let id: ClawbackId = visit.param("clawback")?;
        let clawback = hand.file.clawback(id).ok_or(Fault::NotFound)?.clone();
        next_clawback(clawback.state, event).map_err(Fault::refused)?;
        Ok(Self { hand, clawback })
    }

    fn version_field(&self, visit: &Visit) -> Field {
        Field::new("hidden", "version", "").filled(visit, self.clawback.version.to_string())
    }

    fn facts(&self) -> Vec<Row> {
        let clawback = &self.clawback;
        let mut rows = vec![
            row("Organisme", &self.hand.file.payee.name),
            row("Montant demandé", clawback.asked.to_string()),
            row("Motif", &clawback.reason),
            row("Mise en demeure du", french_date(clawback.noticed_on)),
            row("Observations jusqu’au", french_date(clawback.observations_until)),
        ];
        if let (Some(amount), Some(reference)) = (clawback.ordered, &clawback.reference) {
            rows.push(row("Reversement ordonné", format!("{amount}, référence {reference}")));
        }
        rows
    }
}

/// The state in which the clawback of the address is now.
fn state_of(visit: &Visit, hand: &Hand) -> Option<(ClawbackState, Option<String>)> {
    let clawback = hand.file.clawback(visit.param("clawback").ok()?)?;
    Some((clawback.state, clawback.reference.clone()))
}

pub(super) struct Ordering(Turn);

impl Step for Ordering {
    type Typed = Order;

    fn load(visit: &Visit, _: &mut Conn, hand: Hand) -> Result<Self, Fault> {
        Turn::load(visit, hand, ClawbackEvent::Order).map(Self)
    }

    fn hand(&self) -> &Hand {
        &self.0.hand
    }

    fn form(&self, visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
        let clawback = &self.0.clawback;
        let form = Form {
            title: "Ordonner le reversement".to_owned(),
            lead: "Après les observations de l’organisme, ou la fin du délai laissé pour les présenter.".to_owned(),
            facts: self.0.facts(),
            fields: vec![
                self.0.version_field(visit),
                Field::new("area", "observations", "Observations de l’organisme")
                    .hint("Ce qu’il a répondu, et ce que vous en retenez. Vide si le délai a passé sans réponse.")
                    .optional()
                    .filled(visit, ""),
                Field::new("money", "amount", "Montant ordonné")
                    .hint(format!("{} au plus.", clawback.asked))
                    .filled(visit, clawback.asked.plain()),
                Field::new("date", "ordered_on", "Date de l’ordre").example("15/03/2023").filled(visit, ""),
                Field::new("text", "reference", "Référence de l’ordre de reversement")
                    .hint("Numéro du titre de perception. Elle n’est donnée qu’une fois.")
                    .filled(visit, ""),
            ],
            next: "Vérifier l’ordre",
        };
        plain_form(visit, &self.0.hand, form, errors)
    }

    fn typed(&self, visit: &Visit, mistakes: &mut Mistakes) -> Option<Order> {
        let amount = mistakes.take("amount", Cents::parse(visit.form.text("amount")));
        let on = date(visit, mistakes, "ordered_on", "Saisissez la date de l’ordre, par exemple 15/03/2023.");
        let reference = mistakes.line(
            "reference",
            visit.form.text("reference"),
            80,
            "Saisissez la référence de l’ordre, par exemple TITRE-2023-0031.",
        );
        Some(Order {
            amount: amount?,
            on: on?,
            reference,
            observations: visit.form.text("observations").to_owned(),
            version: visit.form.text("version").parse().ok()?,
        })
    }

    fn check(&self, conn: &mut Conn, typed: &Order) -> Result<(), Fault> {
        check_order(conn, &self.0.hand, self.0.clawback.id, typed)
    }

    fn review(&self, typed: &Order) -> Review {
        let answered = !typed.observations.trim().is_empty();
        Review {
            title: "Vérifier l’ordre de reversement avant de l’enregistrer",
            lead: "Le porteur le lira dans son espace.",
            rows: vec![
                dossier_row(&self.0.hand),
                row("Organisme", &self.0.hand.file.payee.name),
                row("Observations", if answered { typed.observations.as_str() } else { "Aucune dans le délai laissé" }),
                row("Montant ordonné", typed.amount.to_string()),
                row("Ordonné le", french_date(typed.on)),
                row("Référence", &typed.reference),
            ],
            record: "Enregistrer l’ordre de reversement",
            context: "l’ordre",
        }
    }

    fn record(&self, visit: &Visit, typed: &Order) -> Result<String, Fault> {
        let actor = visit.actor()?;
        let dossier = self.0.hand.file.dossier.id;
        visit.perform(|op| actions::order_clawback(op, actor, dossier, self.0.clawback.id, typed))?;
        Ok(format!("Reversement de {} ordonné sous la référence {}.", typed.amount, typed.reference))
    }

    fn already(visit: &Visit, hand: &Hand) -> Option<&'static str> {
        let (state, reference) = state_of(visit, hand)?;
        let same = state == ClawbackState::Ordered && reference == Some(clean_line(visit.form.text("reference")));
        same.then_some("Ce reversement est ordonné, une seule fois.")
    }
}

pub(super) struct Receiving(Turn);

pub(super) struct Received {
    on: Date,
    version: i64,
}

impl Step for Receiving {
    type Typed = Received;

    fn load(visit: &Visit, _: &mut Conn, hand: Hand) -> Result<Self, Fault> {
        Turn::load(visit, hand, ClawbackEvent::Receive).map(Self)
    }

    fn hand(&self) -> &Hand {
        &self.0.hand
    }

    fn form(&self, visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
        let form = Form {
            title: "Enregistrer le reversement reçu".to_owned(),
            lead: "La somme n’est plus ni versée ni engagée\u{A0}: elle revient à l’enveloppe.".to_owned(),
            facts: self.0.facts(),
            fields: vec![
                self.0.version_field(visit),
                Field::new("date", "received_on", "Date de réception").example("30/04/2023").filled(visit, ""),
            ],
            next: "Vérifier la réception",
        };
        plain_form(visit, &self.0.hand, form, errors)
    }

    fn typed(&self, visit: &Visit, mistakes: &mut Mistakes) -> Option<Received> {
        let on = date(visit, mistakes, "received_on", "Saisissez la date de réception, par exemple 30/04/2023.");
        Some(Received { on: on?, version: visit.form.text("version").parse().ok()? })
    }

    fn check(&self, _: &mut Conn, typed: &Received) -> Result<(), Fault> {
        check_received(&self.0.hand, self.0.clawback.id, typed.version, typed.on).map(drop)
    }

    fn review(&self, typed: &Received) -> Review {
        Review {
            title: "Vérifier la réception avant de l’enregistrer",
            lead: "La somme reviendra à l’enveloppe.",
            rows: vec![
                dossier_row(&self.0.hand),
                row("Organisme", &self.0.hand.file.payee.name),
                row("Montant reçu", self.0.clawback.amount().to_string()),
                row("Reçu le", french_date(typed.on)),
            ],
            record: "Enregistrer la réception",
            context: "la date",
        }
    }

    fn record(&self, visit: &Visit, typed: &Received) -> Result<String, Fault> {
        let actor = visit.actor()?;
        let (dossier, id) = (self.0.hand.file.dossier.id, self.0.clawback.id);
        visit.perform(|op| actions::receive_clawback(op, actor, dossier, id, typed.version, typed.on))?;
        Ok(format!("Reversement de {} reçu\u{A0}: il revient à l’enveloppe.", self.0.clawback.amount()))
    }

    fn already(visit: &Visit, hand: &Hand) -> Option<&'static str> {
        let (state, _) = state_of(visit, hand)?;
        (state == ClawbackState::Received).then_some("Ce reversement est reçu, une seule fois.")
    }
}

pub(super) struct Abandoning(Turn);

pub(super) struct Abandoned {
    reason: String,
    version: i64,
}

impl Step for Abandoning {
    type Typed = Abandoned;

    fn load(visit: &Visit, _: &mut Conn, hand: Hand) -> Result<Self, Fault> {
        Turn::load(visit, hand, ClawbackEvent::Abandon).map(Self)
    }

    fn hand(&self) -> &Hand {
        &self.0.hand
    }

    fn form(&self, visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
        let form = Form {
            title: "Abandonner le reversement".to_owned(),
            lead: "Le porteur lira que la somme ne lui est plus demandée.".to_owned(),
            facts: self.0.facts(),
            fields: vec![
                self.0.version_field(visit),
                Field::new("text", "abandon_reason", "Motif de l’abandon").filled(visit, ""),
            ],
            next: "Vérifier l’abandon",
        };
        plain_form(visit, &self.0.hand, form, errors)
    }

    fn typed(&self, visit: &Visit, mistakes: &mut Mistakes) -> Option<Abandoned> {
        let empty = "Dites pourquoi le reversement est abandonné.";
        let reason = mistakes.line("abandon_reason", visit.form.text("abandon_reason"), 300, empty);
        Some(Abandoned { reason, version: visit.form.text("version").parse().ok()? })
    }

    fn check(&self, _: &mut Conn, typed: &Abandoned) -> Result<(), Fault> {
        self.0.hand.require_acts_for(self.0.clawback.authority)?;
        if typed.version == self.0.clawback.version { Ok(()) } else { Err(Fault::Stale) }
    }

    fn review(&self, typed: &Abandoned) -> Review {
        Review {
            title: "Vérifier l’abandon avant de l’enregistrer",
            lead: "Un reversement abandonné ne reprend pas\u{A0}: il faudrait une nouvelle mise en demeure.",
            rows: vec![
                dossier_row(&self.0.hand),
                row("Montant abandonné", self.0.clawback.amount().to_string()),
                row("Motif de l’abandon", &typed.reason),
            ],
            record: "Abandonner le reversement",
            context: "le motif",
        }
    }

    fn record(&self, visit: &Visit, typed: &Abandoned) -> Result<String, Fault> {
        let actor = visit.actor()?;
        let (dossier, id) = (self.0.hand.file.dossier.id, self.0.clawback.id);
        visit.perform(|op| actions::abandon_clawback(op, actor, dossier, id, typed.version, &typed.reason))?;
        Ok("Le reversement est abandonné.".to_owned())
    }

    fn already(visit: &Visit, hand: &Hand) -> Option<&'static str> {
        let (state, _) = state_of(visit, hand)?;
        (state == ClawbackState::Abandoned).then_some("Ce reversement est abandonné, une seule fois.")
    }
}
