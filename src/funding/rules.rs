//! Pure rules: what an envelope's figures are, which act a decision needs, what may be paid and when.

use jiff::civil::Date;

use crate::base::clock::Instant;
use crate::base::ids::InstitutionId;
use crate::base::money::Cents;
use crate::fault::Mistakes;
use crate::ledger::EntryKind;

crate::code_enum! {
    /// The act by which an authority grants the money.
    pub enum ActKind {
        Order = "order" => "Arrêté attributif",
        Agreement = "agreement" => "Convention",
    }
}

crate::code_enum! {
    /// The two payments of a one-year grant.
    pub enum PaymentKind {
        Advance = "advance" => "Avance",
        Balance = "balance" => "Solde",
    }
}

/// Share of the grant paid in advance, in hundredths.
const ADVANCE_PERCENT: i64 = 80;

/// Days in which a grant is paid, from its notification.
const PAYMENT_DAYS: i64 = 60;

/// Where the agreement rule comes from, as shown beside a refusal.
pub const AGREEMENT_SOURCE: &str = "loi n°\u{A0}2000-321 du 12\u{A0}avril 2000, article\u{A0}10";

/// Where the time limit comes from.
pub const PAYMENT_SOURCE: &str = "loi n°\u{A0}2021-875 du 1er\u{A0}juillet 2021, article\u{A0}1er";

/// One ledger line, as far as sums go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub kind: EntryKind,
    pub amount: Cents,
}

/// An envelope's figures as sums of the lines that one viewer may know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Unknown is not zero, and not unlimited.
    pub voted: Option<Cents>,
    pub reserved: Cents,
    pub committed: Cents,
    pub paid: Cents,
}

impl Figures {
    pub fn of(vote_is_known: bool, lines: impl IntoIterator<Item = Line>) -> Self {
        let (mut voted, mut reserved, mut committed, mut paid) = (Cents::ZERO, Cents::ZERO, Cents::ZERO, Cents::ZERO);
        for line in lines {
            match line.kind {
                EntryKind::Vote => voted += line.amount,
                EntryKind::Reservation => reserved += line.amount,
                EntryKind::Commitment => committed += line.amount,
                EntryKind::Payment => paid += line.amount,
            }
        }
        Self { voted: vote_is_known.then_some(voted), reserved, committed, paid }
    }

    /// What may still be reserved or committed; unknown when the vote is.
    #[must_use]
    pub fn left(&self) -> Option<Cents> {
        self.voted.map(|voted| voted - self.reserved - self.committed)
    }
}

/// How a grant is paid. The balance is what the advance leaves, to the cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub total: Cents,
    pub advance: Cents,
}

impl Schedule {
    /// The advance is rounded down to the cent, so that it never exceeds its share.
    #[must_use]
    pub fn of(total: Cents) -> Self {
        Self { total, advance: Cents(total.0 * ADVANCE_PERCENT / 100) }
    }

    #[must_use]
    pub fn balance(&self) -> Cents {
        self.total - self.advance
    }
}

/// By when the first payment is due.
#[must_use]
pub fn payment_due(notified_at: Instant) -> Instant {
    notified_at.plus_days(PAYMENT_DAYS)
}

/// What decides the form of an act.
#[derive(Clone, Copy, Debug)]
pub struct ActFacts {
    pub amount: Cents,
    /// Other acts of the same authority for the same body and year: the threshold is on their sum.
    pub other_acts: Cents,
    pub threshold: Cents,
    pub private_body: bool,
    pub decided_on: Date,
    pub today: Date,
}

impl ActFacts {
    #[must_use]
    pub fn agreement_is_mandatory(&self) -> bool {
        self.private_body && self.amount + self.other_acts > self.threshold
    }

    #[must_use]
    pub fn proposed(&self) -> ActKind {
        if self.agreement_is_mandatory() { ActKind::Agreement } else { ActKind::Order }
    }

    /// Why this form is proposed, in French.
    #[must_use]
    pub fn explanation(&self) -> String {
        let threshold = self.threshold;
        if !self.private_body {
            return format!(
                "L’organisme est public\u{A0}: le seuil de {threshold} ne s’applique pas, un arrêté suffit \
                 ({AGREEMENT_SOURCE})."
            );
        }
        if self.amount > threshold {
            return format!(
                "La subvention à un organisme privé dépasse {threshold}\u{A0}: une convention est obligatoire \
                 ({AGREEMENT_SOURCE})."
            );
        }
        if self.agreement_is_mandatory() {
            return format!(
                "Avec les autres subventions de la même autorité à cet organisme privé pour l’année, le seuil de \
                 {threshold} est dépassé\u{A0}: une convention est obligatoire ({AGREEMENT_SOURCE})."
            );
        }
        format!(
            "La subvention ne dépasse pas {threshold}\u{A0}: un arrêté suffit, une convention reste possible \
             ({AGREEMENT_SOURCE})."
        )
    }

    /// Notes every mistake of an act about to be recorded, under the form's field names.
    pub fn check(&self, mistakes: &mut Mistakes, kind: Option<ActKind>, dated_on: Option<Date>) {
        if kind == Some(ActKind::Order) && self.agreement_is_mandatory() {
            mistakes.add("kind", format!("Un arrêté ne suffit pas ici. {}", self.explanation()));
        }
        if let Some(date) = dated_on {
            if date < self.decided_on {
                mistakes.add(
                    "dated_on",
                    format!(
                        "L’acte ne peut pas être daté d’avant la décision, signée le {}.",
                        crate::base::clock::french_date(self.decided_on)
                    ),
                );
            } else if date > self.today {
                mistakes.add("dated_on", "Saisissez une date qui n’est pas dans l’avenir.");
            }
        }
    }
}

/// What decides the next payment.
#[derive(Clone, Debug)]
pub struct PaymentFacts {
    pub schedule: Schedule,
    pub committed: Cents,
    pub paid: Cents,
    pub kinds_paid: Vec<PaymentKind>,
    pub has_siret: bool,
    pub act_dated_on: Date,
    pub today: Date,
}

/// Said wherever a payment waits for the organisation's SIRET.
pub const SIRET_MISSING: &str = "Aucun versement n’est possible sans numéro SIRET\u{A0}: l’organisme n’est connu que par \
     son numéro RNA. Il demande son inscription au répertoire Sirene (démarche gratuite auprès de l’Insee), puis \
     déclare son SIRET dans Essaim.";

impl PaymentFacts {
    #[must_use]
    pub fn left(&self) -> Cents {
        self.committed - self.paid
    }

    /// The advance, then the balance, then nothing.
    #[must_use]
    pub fn next_kind(&self) -> Option<PaymentKind> {
        if !self.left().is_positive() || self.kinds_paid.contains(&PaymentKind::Balance) {
            None
        } else if self.kinds_paid.contains(&PaymentKind::Advance) {
            Some(PaymentKind::Balance)
        } else {
            Some(PaymentKind::Advance)
        }
    }

    /// The amount a payment is expected to have.
    #[must_use]
    pub fn expected(&self, kind: PaymentKind) -> Cents {
        match kind {
            PaymentKind::Advance => self.schedule.advance.min(self.left()),
            PaymentKind::Balance => self.left(),
        }
    }

    /// Notes every mistake of a payment about to be recorded, under the form's field names.
    pub fn check(&self, mistakes: &mut Mistakes, kind: PaymentKind, amount: Option<Cents>, paid_on: Option<Date>) {
        if let Some(amount) = amount {
            if !amount.is_positive() {
                mistakes.add("amount", "Le montant doit être supérieur à zéro.");
            } else if amount > self.left() {
                mistakes.add(
                    "amount",
                    format!(
                        "Ce versement dépasse l’engagement\u{A0}: {} engagés, {} déjà versés, il reste {}.",
                        self.committed,
                        self.paid,
                        self.left()
                    ),
                );
            } else if kind == PaymentKind::Advance && amount > self.schedule.advance {
                mistakes.add(
                    "amount",
                    format!(
                        "L’avance ne dépasse pas {ADVANCE_PERCENT}\u{A0}% de la subvention, soit {}.",
                        self.schedule.advance
                    ),
                );
            }
        }
        if let Some(date) = paid_on {
            if date < self.act_dated_on {
                mistakes.add(
                    "paid_on",
                    format!(
                        "Un versement ne peut pas précéder l’acte, daté du {}.",
                        crate::base::clock::french_date(self.act_dated_on)
                    ),
                );
            } else if date > self.today {
                mistakes.add("paid_on", "Saisissez une date qui n’est pas dans l’avenir.");
            }
        }
    }
}

/// Whether an agent acting for these institutions may grant or pay on a line: its funder, its signing authority or
/// its payer. A co-funder of the same call may not.
#[must_use]
pub fn concerns(institutions: &[InstitutionId], parties: [InstitutionId; 3]) -> bool {
    institutions.iter().any(|institution| parties.contains(institution))
}
