//! How a grant is paid: instalments by line and year that sum to the grant to the cent, each due on a condition.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::base::clock::french_date;
use crate::base::ids::FundingLineId;
use crate::base::money::Cents;
use crate::fault::Mistakes;
use crate::ledger::Share;

/// Days in which a grant is paid, from what makes it due.
const PAYMENT_DAYS: i64 = 60;

/// Where the time limit comes from.
pub const PAYMENT_SOURCE: &str = "loi n°\u{A0}2021-875 du 1er\u{A0}juillet 2021, article\u{A0}1er";

/// Said wherever a payment waits for the organisation's SIRET.
pub const SIRET_MISSING: &str = "Aucun versement n’est possible sans numéro SIRET\u{A0}: l’organisme n’est connu que par \
     son numéro RNA. Il demande son inscription au répertoire Sirene (démarche gratuite auprès de l’Insee), puis \
     déclare son SIRET dans Essaim.";

/// A line in a year: where money is voted, committed and paid.
pub type SlotKey = (FundingLineId, i32);

crate::code_enum! {
    /// What makes an instalment due.
    pub enum DueRule {
        Notification = "notification" => "À la notification",
        Service = "service" => "Au service fait",
        Date = "date" => "À une date fixée",
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Of the decision that commits the year.
    Notification,
    /// Once somebody has certified that what was promised was done.
    Service,
    On(Date),
}

impl Due {
    #[must_use]
    pub fn rule(self) -> DueRule {
        match self {
            Self::Notification => DueRule::Notification,
            Self::Service => DueRule::Service,
            Self::On(_) => DueRule::Date,
        }
    }
}

/// An instalment as it is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    pub line: FundingLineId,
    pub year: i32,
    pub amount: Cents,
    pub due: Due,
}

#[must_use]
pub fn by_slot(shares: &[Share]) -> BTreeMap<SlotKey, Cents> {
    let mut sums = BTreeMap::new();
    for share in shares {
        *sums.entry((share.line, share.year)).or_insert(Cents::ZERO) += share.amount;
    }
    sums
}

/// What `planned` leaves of each slot; a slot that is paid up or beyond is left out.
#[must_use]
pub fn rest(granted: &BTreeMap<SlotKey, Cents>, paid: &BTreeMap<SlotKey, Cents>) -> BTreeMap<SlotKey, Cents> {
    granted
        .iter()
        .map(|(slot, amount)| (*slot, *amount - paid.get(slot).copied().unwrap_or_default()))
        .filter(|(_, left)| left.is_positive())
        .collect()
}

/// The default schedule: each year of each line is paid in an advance, rounded down to the cent so that it never
/// exceeds its share, and a balance. Where something is paid already, what is left is one balance.
#[must_use]
pub fn plan(granted: &BTreeMap<SlotKey, Cents>, paid: &BTreeMap<SlotKey, Cents>, advance_percent: u8) -> Vec<Planned> {
    let mut planned = Vec::new();
    for (slot, left) in rest(granted, paid) {
        let (line, year) = slot;
        let mut add = |amount: Cents, due: Due| {
            if amount.is_positive() {
                planned.push(Planned { line, year, amount, due });
            }
        };
        if paid.get(&slot).is_some_and(|paid| paid.is_positive()) {
            add(left, Due::Service);
            continue;
        }
        let advance = i128::from(left.0) * i128::from(advance_percent.min(100)) / 100;
        let advance = Cents(i64::try_from(advance).unwrap_or(left.0));
        add(advance, Due::Notification);
        add(left - advance, Due::Service);
    }
    planned
}

/// A slot whose instalments do not sum to what is granted there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub slot: SlotKey,
    pub expected: Cents,
    pub found: Cents,
}

/// Every slot whose instalments do not sum to `expected`, those without a grant included.
#[must_use]
pub fn unbalanced(planned: &[Planned], expected: &BTreeMap<SlotKey, Cents>) -> Vec<Gap> {
    let mut found: BTreeMap<SlotKey, Cents> = expected.keys().map(|slot| (*slot, Cents::ZERO)).collect();
    for instalment in planned {
        *found.entry((instalment.line, instalment.year)).or_insert(Cents::ZERO) += instalment.amount;
    }
    found
        .into_iter()
        .map(|(slot, found)| Gap { slot, expected: expected.get(&slot).copied().unwrap_or_default(), found })
        .filter(|gap| gap.expected != gap.found)
        .collect()
}

/// What the `index`-th of `count` instalments of a year is called.
#[must_use]
pub fn label(index: usize, count: usize) -> String {
    match (index, count) {
        (_, 0 | 1) => "Versement unique".to_owned(),
        (0, _) => "Avance".to_owned(),
        (i, n) if i + 1 == n => "Solde".to_owned(),
        (i, _) => format!("Acompte {}", i + 1),
    }
}

/// By when an instalment is to be paid; unknown while what makes it due has not happened.
#[must_use]
pub fn due_by(due: Due, committed_on: Option<Date>, service_done_on: Option<Date>) -> Option<Date> {
    let from = match due {
        Due::Notification => committed_on?,
        Due::Service => service_done_on?,
        Due::On(date) => return Some(date),
    };
    from.checked_add(jiff::Span::new().days(PAYMENT_DAYS)).ok()
}

/// Where an instalment stands today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstalmentState {
    Paid,
    /// Taken over by an amending act, or given up at the closure.
    Ended,
    /// Its year waits for its credits.
    Conditional,
    AwaitingService,
    Payable(Date),
    Late(Date),
}

/// `due` is known as soon as what makes the instalment due has happened.
#[must_use]
pub fn instalment_state(left: Cents, ended: bool, firm: bool, due: Option<Date>, today: Date) -> InstalmentState {
    match (left.is_positive(), ended, firm, due) {
        (false, ..) => InstalmentState::Paid,
        (_, true, ..) => InstalmentState::Ended,
        (.., false, _) => InstalmentState::Conditional,
        (.., None) => InstalmentState::AwaitingService,
        (.., Some(due)) if today > due => InstalmentState::Late(due),
        (.., Some(due)) => InstalmentState::Payable(due),
    }
}

/// What decides a payment.
#[derive(Clone, Copy, Debug)]
pub struct PaymentFacts {
    pub state: InstalmentState,
    /// What the instalment has not been paid of.
    pub left: Cents,
    /// For the dossier, on this line and in this year.
    pub committed: Cents,
    pub paid: Cents,
    pub has_siret: bool,
    pub act_dated_on: Date,
    pub service_done_on: Option<Date>,
    pub today: Date,
}

impl PaymentFacts {
    /// Why nothing can be paid now, in French.
    ///
    /// # Errors
    /// The reason.
    pub fn payable(&self) -> Result<Date, String> {
        if !self.has_siret {
            return Err(SIRET_MISSING.to_owned());
        }
        match self.state {
            InstalmentState::Payable(due) | InstalmentState::Late(due) => Ok(due),
            InstalmentState::Paid => Err("Cette échéance est déjà versée.".to_owned()),
            InstalmentState::Ended => {
                Err("Cette échéance n’est plus à verser\u{A0}: un acte modificatif ou la clôture l’a remplacée."
                    .to_owned())
            }
            InstalmentState::Conditional => Err(
                "Cette année est prévue sous réserve de crédits\u{A0}: elle se verse une fois sa décision annuelle \
                 signée et notifiée."
                    .to_owned(),
            ),
            InstalmentState::AwaitingService => {
                Err("Constatez d’abord le service fait\u{A0}: cette échéance en dépend.".to_owned())
            }
        }
    }

    /// What this payment is expected to be.
    #[must_use]
    pub fn expected(&self) -> Cents {
        self.left.min(self.committed - self.paid)
    }

    /// Notes every mistake of a payment about to be recorded, under the form's field names.
    pub fn check(&self, mistakes: &mut Mistakes, amount: Option<Cents>, paid_on: Option<Date>) {
        if let Some(amount) = amount {
            let left = self.committed - self.paid;
            if !amount.is_positive() {
                mistakes.add("amount", "Le montant doit être supérieur à zéro.");
            } else if amount > left {
                mistakes.add(
                    "amount",
                    format!(
                        "Ce versement dépasse l’engagement\u{A0}: {} engagés, {} déjà versés, il reste {left}.",
                        self.committed, self.paid,
                    ),
                );
            } else if amount > self.left {
                let left = self.left;
                mistakes.add("amount", format!("Cette échéance ne dépasse pas {left}. Corrigez le montant."));
            }
        }
        let Some(date) = paid_on else { return };
        let since = self.service_done_on.map_or(self.act_dated_on, |done| done.max(self.act_dated_on));
        if date > self.today {
            mistakes.add("paid_on", "Saisissez une date qui n’est pas dans l’avenir.");
        } else if date < self.act_dated_on {
            let act = french_date(self.act_dated_on);
            mistakes.add("paid_on", format!("Un versement ne peut pas précéder l’acte, daté du {act}."));
        } else if date < since {
            let done = french_date(since);
            mistakes.add("paid_on", format!("Un versement ne peut pas précéder le service fait, constaté au {done}."));
        }
    }
}
