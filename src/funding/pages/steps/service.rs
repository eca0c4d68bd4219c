//! Certifying that what an instalment waits for was done.

use jiff::civil::Date;

use super::{Field, Form, Review, Step, date, dossier_row, plain_form, slot_name};
use crate::base::clock::{french_date, parse_date};
use crate::base::ids::InstalmentId;
use crate::db::Conn;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::funding::actions::{self, Hand, check_service_done};
use crate::funding::pages::{dossier, row};
use crate::funding::rules::{InstalmentState, PAYMENT_SOURCE};
use crate::funding::store::Instalment;
use crate::web::{Answer, Visit};

pub(super) struct Certifying {
    hand: Hand,
    instalment: Instalment,
    label: String,
    version: i64,
}

pub(super) struct Certified {
    on: Date,
    version: i64,
}

impl Step for Certifying {
    type Typed = Certified;

    fn load(visit: &Visit, _: &mut Conn, hand: Hand) -> Result<Self, Fault> {
        let id: InstalmentId = visit.param("instalment")?;
        let instalment = hand.file.instalment(id).ok_or(Fault::NotFound)?.clone();
        let act = hand.file.act(instalment.act).ok_or(Fault::NotFound)?;
        hand.require_acts_for(act.authority)?;
        if hand.file.state_of(&instalment, hand.today) != InstalmentState::AwaitingService {
            return Err(Fault::refused("Le service fait de cette échéance n’est pas, ou n’est plus, à constater."));
        }
        let (label, version) = (dossier::instalment_label(&hand.file, &instalment), act.version);
        Ok(Self { hand, instalment, label, version })
    }

    fn hand(&self) -> &Hand {
        &self.hand
    }

    fn form(&self, visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
        let form = Form {
            title: "Constater le service fait".to_owned(),
            lead: format!(
                "Ce que l’acte attend de l’organisme est fait\u{A0}: l’échéance devient payable, dans les soixante jours \
                 ({PAYMENT_SOURCE})."
            ),
            facts: vec![
                row("Échéance", format!("{}, {}", self.label, slot_name(&self.hand, self.instalment.slot()))),
                row("Montant", self.instalment.amount.to_string()),
            ],
            fields: vec![
                Field::new("hidden", "version", "").filled(visit, self.version.to_string()),
                Field::new("date", "done_on", "Date du service fait")
                    .hint("Par exemple le jour où un compte rendu complet a été reçu.")
                    .example("30/06/2023")
                    .filled(visit, ""),
            ],
            next: "Vérifier le constat",
        };
        plain_form(visit, &self.hand, form, errors)
    }

    fn typed(&self, visit: &Visit, mistakes: &mut Mistakes) -> Option<Certified> {
        let on = date(visit, mistakes, "done_on", "Saisissez la date du service fait, par exemple 30/06/2023.");
        Some(Certified { on: on?, version: visit.form.text("version").parse().ok()? })
    }

    fn check(&self, _: &mut Conn, typed: &Certified) -> Result<(), Fault> {
        check_service_done(&self.hand, self.instalment.id, typed.version, typed.on)
    }

    fn review(&self, typed: &Certified) -> Review {
        Review {
            title: "Vérifier le service fait avant de le constater",
            lead: "Le constat engage l’autorité\u{A0}: le délai de paiement court à partir de cette date.",
            rows: vec![
                dossier_row(&self.hand),
                row("Échéance", format!("{}, {}", self.label, slot_name(&self.hand, self.instalment.slot()))),
                row("Montant", self.instalment.amount.to_string()),
                row("Service fait le", french_date(typed.on)),
            ],
            record: "Constater le service fait",
            context: "la date du service fait",
        }
    }

    fn record(&self, visit: &Visit, typed: &Certified) -> Result<String, Fault> {
        let actor = visit.actor()?;
        let (dossier, id) = (self.hand.file.dossier.id, self.instalment.id);
        visit.perform(|op| actions::record_service_done(op, actor, dossier, id, typed.version, typed.on))?;
        Ok("Le service fait est constaté\u{A0}: l’échéance est à verser.".to_owned())
    }

    fn already(visit: &Visit, hand: &Hand) -> Option<&'static str> {
        let instalment = hand.file.instalment(visit.param("instalment").ok()?)?;
        let on = parse_date(visit.form.text("done_on"))?;
        (instalment.service_done_on == Some(on)).then_some("Le service fait est constaté, une seule fois.")
    }
}
