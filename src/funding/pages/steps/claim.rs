//! Asking money back: the formal notice.

use super::{Choice, Field, Form, Review, Step, date, dossier_row, plain_form, slot_name};
use crate::base::clock::{french_date, parse_date};
use crate::base::ids::{EnvelopeId, FundingLineId};
use crate::base::money::Cents;
use crate::db::Conn;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::funding::actions::{self, Hand, NewNotice, check_notice, claimable, observation_days};
use crate::funding::pages::row;
use crate::funding::rules::SlotKey;
use crate::web::{Answer, Visit};

pub(super) struct Noticing {
    hand: Hand,
    slots: Vec<(SlotKey, EnvelopeId, Cents)>,
}

fn read_slot(text: &str) -> Option<SlotKey> {
    let (line, year) = text.split_once('-')?;
    Some((line.parse::<FundingLineId>().ok()?, year.parse().ok()?))
}

impl Step for Noticing {
    type Typed = NewNotice;

    fn load(_: &Visit, _: &mut Conn, hand: Hand) -> Result<Self, Fault> {
        let slots: Vec<_> = claimable(&hand)
            .into_iter()
            .filter(|((line, _), ..)| hand.file.lines.get(line).is_some_and(|line| hand.acts_for(line.authority)))
            .collect();
        if slots.is_empty() {
            return Err(Fault::refused(
                "Rien n’est à demander\u{A0}: ce que vos autorités ont versé est déjà demandé ou rendu.",
            ));
        }
        Ok(Self { hand, slots })
    }

    fn hand(&self) -> &Hand {
        &self.hand
    }

    fn form(&self, visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
        let chosen = visit.form.text("slot");
        let single = self.slots.len() == 1;
        let options = self
            .slots
            .iter()
            .map(|(slot, _, left)| {
                let value = format!("{}-{}", slot.0, slot.1);
                Choice {
                    checked: single || value == chosen,
                    value,
                    label: slot_name(&self.hand, *slot),
                    hint: format!("{left} au plus"),
                    selected: false,
                }
            })
            .collect();
        let form = Form {
            title: "Demander un reversement".to_owned(),
            lead: "Une mise en demeure motivée ouvre la procédure. L’organisme peut présenter ses observations avant tout \
                   ordre de reversement (CSP R1435-33, CRPA L121-1)."
                .to_owned(),
            facts: Vec::new(),
            fields: vec![
                Field::new("choice", "slot", "Ligne et année").options(options),
                Field::new("money", "asked", "Montant demandé").filled(visit, ""),
                Field::new("area", "reason", "Motif").hint("Le porteur le lira.").filled(visit, ""),
                Field::new("date", "noticed_on", "Date de la mise en demeure").example("15/01/2023").filled(visit, ""),
                Field::new("date", "observations_until", "Observations attendues jusqu’au")
                    .hint(format!("Au moins {} jours après la mise en demeure.", observation_days(&self.hand)))
                    .example("28/02/2023")
                    .filled(visit, ""),
            ],
            next: "Vérifier la mise en demeure",
        };
        plain_form(visit, &self.hand, form, errors)
    }

    fn typed(&self, visit: &Visit, mistakes: &mut Mistakes) -> Option<NewNotice> {
        let slot = read_slot(visit.form.text("slot"));
        if slot.is_none() {
            mistakes.add("slot", "Choisissez la ligne et l’année.");
        }
        let asked = mistakes.take("asked", Cents::parse(visit.form.text("asked")));
        let noticed_on =
            date(visit, mistakes, "noticed_on", "Saisissez la date de la mise en demeure, par exemple 15/01/2023.");
        let until = date(
            visit,
            mistakes,
            "observations_until",
            "Saisissez la date limite des observations, par exemple 28/02/2023.",
        );
        let reason = visit.form.text("reason").to_owned();
        if reason.trim().is_empty() {
            mistakes.add(
                "reason",
                "Dites pourquoi l’argent est demandé, par exemple «\u{202F}action non réalisée\u{202F}».",
            );
        }
        Some(NewNotice { slot: slot?, asked: asked?, reason, noticed_on: noticed_on?, observations_until: until? })
    }

    fn check(&self, _: &mut Conn, typed: &NewNotice) -> Result<(), Fault> {
        check_notice(&self.hand, typed).map(drop)
    }

    fn review(&self, typed: &NewNotice) -> Review {
        Review {
            title: "Vérifier la mise en demeure avant de l’enregistrer",
            lead: "Le porteur la lira dans son espace. Le courrier, signé, part par ailleurs.",
            rows: vec![
                dossier_row(&self.hand),
                row("Organisme", &self.hand.file.payee.name),
                row("Ligne et année", slot_name(&self.hand, typed.slot)),
                row("Montant demandé", typed.asked.to_string()),
                row("Motif", &typed.reason),
                row("Mise en demeure du", french_date(typed.noticed_on)),
                row("Observations jusqu’au", french_date(typed.observations_until)),
            ],
            record: "Enregistrer la mise en demeure",
            context: "la mise en demeure",
        }
    }

    fn record(&self, visit: &Visit, typed: &NewNotice) -> Result<String, Fault> {
        let actor = visit.actor()?;
        visit.perform(|op| actions::notice_clawback(op, actor, self.hand.file.dossier.id, typed))?;
        Ok(format!("Mise en demeure de reverser {} enregistrée.", typed.asked))
    }

    fn already(visit: &Visit, hand: &Hand) -> Option<&'static str> {
        let asked = Cents::parse(visit.form.text("asked")).ok()?;
        let on = parse_date(visit.form.text("noticed_on"))?;
        let reason = crate::base::text::clean(visit.form.text("reason"));
        let same = hand.file.clawbacks.iter().any(|c| (c.asked, c.noticed_on, &c.reason) == (asked, on, &reason));
        same.then_some("Cette mise en demeure est enregistrée, une seule fois.")
    }
}
