//! Which act an authority's decision needs.

use jiff::civil::Date;

use crate::base::clock::french_date;
use crate::base::money::Cents;
use crate::fault::Mistakes;

crate::code_enum! {
    /// The act by which an authority grants the money.
    pub enum ActKind {
        Order = "order" => "Arrêté attributif",
        Agreement = "agreement" => "Convention",
    }
}

impl ActKind {
    /// What the act is called when it amends an earlier one.
    #[must_use]
    pub const fn amending_label(self) -> &'static str {
        match self {
            Self::Order => "Arrêté modificatif",
            Self::Agreement => "Avenant à la convention",
        }
    }
}

/// Where the agreement rule comes from, as shown beside a refusal.
pub const AGREEMENT_SOURCE: &str = "loi n°\u{A0}2000-321 du 12\u{A0}avril 2000, article\u{A0}10";

/// What one authority grants one body for a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearGrant {
    pub year: i32,
    pub amount: Cents,
    /// By the other acts of the same authority for the same body: the threshold is on their sum.
    pub others: Cents,
}

impl YearGrant {
    fn sum(&self) -> Cents {
        self.amount + self.others
    }
}

/// What decides the form of an act.
#[derive(Clone, Debug)]
pub struct ActFacts {
    pub years: Vec<YearGrant>,
    pub threshold: Cents,
    pub private_body: bool,
    /// The form of the act that this one amends.
    pub amends: Option<ActKind>,
    pub decided_on: Date,
    pub today: Date,
}

impl ActFacts {
    #[must_use]
    pub fn amount(&self) -> Cents {
        self.years.iter().map(|year| year.amount).sum()
    }

    fn above(&self) -> Option<&YearGrant> {
        self.years.iter().find(|year| year.sum() > self.threshold)
    }

    #[must_use]
    pub fn agreement_is_mandatory(&self) -> bool {
        self.private_body && self.above().is_some()
    }

    /// What changes an agreement is an amendment to it, whatever its amount.
    fn amends_an_agreement(&self) -> bool {
        self.amends == Some(ActKind::Agreement)
    }

    #[must_use]
    pub fn proposed(&self) -> ActKind {
        if self.agreement_is_mandatory() || self.amends_an_agreement() { ActKind::Agreement } else { ActKind::Order }
    }

    #[must_use]
    pub fn label_of(&self, kind: ActKind) -> &'static str {
        if self.amends.is_some() { kind.amending_label() } else { kind.label() }
    }

    /// Why this form is proposed, in French.
    #[must_use]
    pub fn explanation(&self) -> String {
        let threshold = self.threshold;
        if self.amends_an_agreement() {
            return "La convention en cours se modifie par un avenant.".to_owned();
        }
        if !self.private_body {
            return format!(
                "L’organisme est public\u{A0}: le seuil de {threshold} ne s’applique pas, un arrêté suffit \
                 ({AGREEMENT_SOURCE})."
            );
        }
        let Some(above) = self.above() else {
            return format!(
                "La subvention de cette autorité ne dépasse {threshold} aucune année\u{A0}: un arrêté suffit, une \
                 convention reste possible ({AGREEMENT_SOURCE})."
            );
        };
        let year = above.year;
        if above.amount > threshold {
            format!(
                "Pour {year}, la subvention de cette autorité à un organisme privé dépasse {threshold}\u{A0}: une \
                 convention est obligatoire ({AGREEMENT_SOURCE})."
            )
        } else {
            format!(
                "Avec les autres subventions de la même autorité à cet organisme privé pour {year}, le seuil de \
                 {threshold} est dépassé\u{A0}: une convention est obligatoire ({AGREEMENT_SOURCE})."
            )
        }
    }

    /// Notes every mistake of an act about to be recorded, under the form's field names.
    pub fn check(&self, mistakes: &mut Mistakes, kind: Option<ActKind>, dated_on: Option<Date>) {
        if kind == Some(ActKind::Order) && self.proposed() == ActKind::Agreement {
            mistakes.add("kind", format!("Un arrêté ne suffit pas ici. {}", self.explanation()));
        }
        if let Some(date) = dated_on {
            if date < self.decided_on {
                mistakes.add(
                    "dated_on",
                    format!(
                        "L’acte ne peut pas être daté d’avant la décision, signée le {}.",
                        french_date(self.decided_on)
                    ),
                );
            } else if date > self.today {
                mistakes.add("dated_on", "Saisissez une date qui n’est pas dans l’avenir.");
            }
        }
    }
}
