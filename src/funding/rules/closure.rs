//! Closing: what was paid stays committed, what was not is freed.

use crate::base::money::Cents;
use crate::fault::Mistakes;

crate::code_enum! {
    /// A side of the budget plan.
    pub enum Side {
        Charges = "charges" => "Charges",
        Produits = "produits" => "Produits",
    }
}

/// What decides whether an authority may close its part of a dossier.
#[derive(Clone, Copy, Debug)]
pub struct ClosureFacts {
    pub committed: Cents,
    pub paid: Cents,
    pub has_act: bool,
    pub has_report: bool,
    pub clawback_pending: bool,
    pub already_closed: bool,
}

impl ClosureFacts {
    /// What closing frees.
    #[must_use]
    pub fn given_up(&self) -> Cents {
        self.committed - self.paid
    }

    /// What stands in the way, with what to do, in French.
    #[must_use]
    pub fn obstacles(&self) -> Vec<&'static str> {
        let found = [
            (self.already_closed, "Cette autorité a déjà soldé sa part."),
            (!self.has_act, "L’acte attributif n’est pas enregistré\u{A0}: rien n’est encore à solder."),
            (!self.has_report, "Enregistrez d’abord le compte rendu financier."),
            (
                self.clawback_pending,
                "Un reversement est en cours\u{A0}: enregistrez sa réception ou son abandon avant de solder.",
            ),
        ];
        found.into_iter().filter(|(stands, _)| *stands).map(|(_, words)| words).collect()
    }

    /// Notes every mistake of a closure about to be recorded, under the form's field names.
    pub fn check(&self, mistakes: &mut Mistakes, kept: Option<Cents>, reason: &str) {
        let Some(kept) = kept else { return };
        if kept > self.paid {
            mistakes.add("kept", format!("L’organisme ne garde pas plus que ce qui lui reste versé, {}.", self.paid));
        }
        let unusual = kept.is_positive() || self.given_up().is_positive();
        if unusual && reason.is_empty() {
            mistakes.add(
                "reason",
                "Dites pourquoi le solde n’est pas versé ou pourquoi une part non dépensée est gardée, par exemple \
                 «\u{202F}dépenses inférieures au budget\u{202F}».",
            );
        }
    }
}
