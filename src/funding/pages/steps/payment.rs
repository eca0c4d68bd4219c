//! Recording the payment of an instalment.

use super::{Field, Form, Review, Step, date, dossier_row, plain_form, slot_name};
use crate::base::clock::french_date;
use crate::base::identifiers::show_siret;
use crate::base::ids::InstalmentId;
use crate::base::money::Cents;
use crate::base::text::clean_line;
use crate::db::Conn;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::funding::actions::{self, Hand, NewPayment, check_payment};
use crate::funding::pages::{dossier, row};
use crate::funding::rules::PaymentFacts;
use crate::funding::store::Instalment;
use crate::web::{Answer, Visit};

pub(super) struct Paying {
    hand: Hand,
    instalment: Instalment,
    facts: PaymentFacts,
    label: String,
    version: i64,
}

impl Step for Paying {
    type Typed = NewPayment;

    fn load(visit: &Visit, _: &mut Conn, hand: Hand) -> Result<Self, Fault> {
        let id: InstalmentId = visit.param("instalment")?;
        let instalment = hand.file.instalment(id).ok_or(Fault::NotFound)?.clone();
        hand.require_pays_from(instalment.line)?;
        let facts = hand.file.payment_facts(&instalment, hand.today)?;
        facts.payable().map_err(Fault::Refused)?;
        let label = dossier::instalment_label(&hand.file, &instalment);
        let version = hand.file.act(instalment.act).ok_or(Fault::NotFound)?.version;
        Ok(Self { hand, instalment, facts, label, version })
    }

    fn hand(&self) -> &Hand {
        &self.hand
    }

    fn form(&self, visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
        let expected = self.facts.expected();
        let form = Form {
            title: format!("Enregistrer le versement\u{A0}: {}", self.label.to_lowercase()),
            lead: slot_name(&self.hand, self.instalment.slot()),
            facts: vec![
                row("Engagé sur cette ligne", self.facts.committed.to_string()),
                row("Déjà versé", self.facts.paid.to_string()),
                row("Reste à verser", (self.facts.committed - self.facts.paid).to_string()),
                row("Échéance", self.instalment.amount.to_string()),
            ],
            fields: vec![
                Field::new("hidden", "version", "").filled(visit, self.version.to_string()),
                Field::new("money", "amount", "Montant versé")
                    .hint(format!("Attendu\u{A0}: {expected}."))
                    .filled(visit, expected.plain()),
                Field::new("date", "paid_on", "Date du versement").example("28/02/2022").filled(visit, ""),
                Field::new("text", "reference", "Référence du versement")
                    .hint("Numéro de mandat ou de virement. Elle n’est donnée qu’une fois.")
                    .filled(visit, ""),
            ],
            next: "Vérifier le versement",
        };
        plain_form(visit, &self.hand, form, errors)
    }

    fn typed(&self, visit: &Visit, mistakes: &mut Mistakes) -> Option<NewPayment> {
        let amount = mistakes.take("amount", Cents::parse(visit.form.text("amount")));
        let reference = mistakes.line(
            "reference",
            visit.form.text("reference"),
            80,
            "Saisissez la référence du versement, par exemple le numéro de mandat 2022-4417.",
        );
        let paid_on = date(visit, mistakes, "paid_on", "Saisissez la date du versement, par exemple 28/02/2022.");
        Some(NewPayment {
            instalment: self.instalment.id,
            amount: amount?,
            reference,
            paid_on: paid_on?,
            version: visit.form.text("version").parse().ok()?,
        })
    }

    fn check(&self, conn: &mut Conn, typed: &NewPayment) -> Result<(), Fault> {
        check_payment(conn, &self.hand, typed).map(drop)
    }

    fn review(&self, typed: &NewPayment) -> Review {
        let file = &self.hand.file;
        let left = self.facts.committed - self.facts.paid - typed.amount;
        let mut rows = vec![
            dossier_row(&self.hand),
            row("Organisme payé", &file.payee.name),
            row("SIRET", file.payee.siret.as_deref().map(show_siret).unwrap_or_default()),
            row("Échéance", format!("{}, {}", self.label, slot_name(&self.hand, self.instalment.slot()))),
            row("Montant versé", typed.amount.to_string()),
            row("Versé le", french_date(typed.paid_on)),
            row("Référence", &typed.reference),
            row("Restera à verser sur cette ligne pour l’année", left.to_string()),
        ];
        if let Some(due) = file.due_by(&self.instalment).filter(|due| typed.paid_on > *due) {
            rows.push(row("Retard", format!("Le versement était dû le {} au plus tard", french_date(due))));
        }
        Review {
            title: "Vérifier le versement avant de l’enregistrer",
            lead: "Essaim garde la trace du versement\u{A0}: il ne déplace pas d’argent. Le porteur le verra dans son \
                   espace.",
            rows,
            record: "Enregistrer le versement",
            context: "le versement",
        }
    }

    fn record(&self, visit: &Visit, typed: &NewPayment) -> Result<String, Fault> {
        let actor = visit.actor()?;
        visit.perform(|op| actions::record_payment(op, actor, self.hand.file.dossier.id, typed))?;
        Ok(format!("Versement de {} enregistré sous la référence {}.", typed.amount, typed.reference))
    }

    fn already(visit: &Visit, hand: &Hand) -> Option<&'static str> {
        let reference = clean_line(visit.form.text("reference"));
        let amount = Cents::parse(visit.form.text("amount")).ok();
        let same = hand.file.payments.iter().any(|p| p.reference == reference && Some(p.amount) == amount);
        same.then_some("Ce versement est enregistré, une seule fois.")
    }
}
