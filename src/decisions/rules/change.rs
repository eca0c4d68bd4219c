//! What becomes of an award: amended, a planned year committed, ended. Pure.

use jiff::civil::Date;

use crate::base::ids::{EnvelopeId, FundingLineId};
use crate::base::money::Cents;
use crate::decisions::model::{Granted, Movement};
use crate::fault::{Fault, Mistakes};
use crate::ledger::Share;

/// A share that an authority holds or may hold on a running award.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwardLine {
    pub line: FundingLineId,
    pub year: i32,
    pub label: String,
    /// What is granted before the change.
    pub before: Option<Cents>,
    /// Whether it is committed, or would be.
    pub firm: bool,
    pub envelope: Option<EnvelopeId>,
    /// What the dossier asks of the funder that year.
    pub asked: Cents,
    /// What was paid there.
    pub paid: Cents,
}

impl AwardLine {
    /// Name of its field in forms.
    #[must_use]
    pub fn field(&self) -> String {
        format!("amount-{}-{}", self.line, self.year)
    }
}

/// One line of a before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub label: String,
    pub before: Option<Cents>,
    pub after: Option<Cents>,
}

/// Whether a change may be prepared: nothing is under way on the dossier.
///
/// # Errors
/// [`Fault::Refused`] naming the letter to notify first.
pub fn may_change(waiting: Option<&str>) -> Result<(), Fault> {
    match waiting {
        None => Ok(()),
        Some(number) => Err(Fault::refused(format!(
            "La lettre {number} attend sa notification\u{202F}: notifiez-la avant de prendre une nouvelle décision."
        ))),
    }
}

/// Shares after a change, with what moves on the ledger.
///
/// # Errors
/// [`Fault::Invalid`] with every mistake: more than was asked, less than was paid, no envelope, no change at all.
pub fn changed(lines: &[AwardLine], after: &[Share]) -> Result<(Vec<Granted>, Vec<Movement>, Vec<Change>), Fault> {
    let mut mistakes = Mistakes::default();
    let (mut granted, mut movements, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for line in lines {
        let amount = after
            .iter()
            .find(|s| s.line == line.line && s.year == line.year)
            .map(|s| s.amount)
            .filter(|amount| amount.is_positive());
        let (before, now) = (line.before.unwrap_or(Cents::ZERO), amount.unwrap_or(Cents::ZERO));
        if now < line.paid {
            mistakes.add(
                line.field(),
                format!("{} sont déjà versés\u{202F}: le montant ne peut pas descendre en dessous.", line.paid),
            );
        } else if now > line.asked && now > before {
            mistakes.add(line.field(), format!("Le montant ne peut pas dépasser la demande, {}.", line.asked));
        } else if now > before && line.firm && line.envelope.is_none() {
            mistakes.add(line.field(), format!("Aucune enveloppe {} n’est ouverte sur cette ligne.", line.year));
        }
        if let Some(amount) = amount {
            let share = Share { line: line.line, year: line.year, amount };
            granted.push(Granted { share, firm: line.firm });
        }
        if amount != line.before {
            changes.push(Change { label: line.label.clone(), before: line.before, after: amount });
        }
        if let Some(envelope) = line.envelope.filter(|_| line.firm) {
            if now > before {
                movements.push(Movement::Commit { envelope, reserved: Cents::ZERO, amount: now - before });
            } else if now < before {
                movements.push(Movement::Reduce { envelope, amount: before - now });
            }
        }
    }
    if changes.is_empty() && mistakes.is_empty() {
        let field = lines.first().map_or_else(|| "motive".to_owned(), AwardLine::field);
        mistakes.add(field, "Changez au moins un montant\u{202F}: rien ne diffère de la décision en vigueur.");
    }
    mistakes.finish()?;
    Ok((granted, movements, changes))
}

/// A planned year becomes firm: every share of that year is committed, at its planned amount or below.
///
/// # Errors
/// [`Fault::Refused`] when nothing is planned that year; [`Fault::Invalid`] for each amount above the plan or without an
/// envelope.
pub fn yearly(
    lines: &[AwardLine],
    year: i32,
    after: &[Share],
) -> Result<(Vec<Granted>, Vec<Movement>, Vec<Change>), Fault> {
    let planned = |line: &&AwardLine| line.year == year && !line.firm && line.before.is_some();
    if !lines.iter().any(|line| planned(&line)) {
        return Err(Fault::refused(format!("Aucune somme n’est prévue sous réserve de crédits pour {year}.")));
    }
    let mut mistakes = Mistakes::default();
    let (mut granted, mut movements, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for line in lines {
        let Some(before) = line.before else { continue };
        if !planned(&line) {
            granted
                .push(Granted { share: Share { line: line.line, year: line.year, amount: before }, firm: line.firm });
            continue;
        }
        let amount = after.iter().find(|s| s.line == line.line && s.year == year).map(|s| s.amount);
        let Some(amount) = amount.filter(|amount| amount.is_positive()) else {
            changes.push(Change { label: line.label.clone(), before: Some(before), after: None });
            continue;
        };
        if amount > before {
            mistakes.add(
                line.field(),
                format!("{before} sont prévus\u{202F}: prenez une décision modificative pour aller au-delà."),
            );
        }
        match line.envelope {
            None => mistakes.add(
                line.field(),
                format!(
                    "L’enveloppe {year} de cette ligne n’est pas encore ouverte\u{202F}: enregistrez d’abord son vote."
                ),
            ),
            Some(envelope) => movements.push(Movement::Commit { envelope, reserved: Cents::ZERO, amount }),
        }
        granted.push(Granted { share: Share { line: line.line, year, amount }, firm: true });
        changes.push(Change { label: line.label.clone(), before: Some(before), after: Some(amount) });
    }
    if movements.is_empty() && mistakes.is_empty() {
        let field = lines.iter().find(planned).map_or_else(|| "motive".to_owned(), AwardLine::field);
        mistakes.add(field, "Saisissez au moins un montant à engager pour cette année.");
    }
    mistakes.finish()?;
    Ok((granted, movements, changes))
}

/// Whether the beneficiary had the time to answer the formal notice.
#[must_use]
pub fn notice_respected(formal_notice_on: Date, today: Date, days: i64) -> bool {
    let end = formal_notice_on.checked_add(jiff::Span::new().days(days));
    end.is_ok_and(|end| today >= end)
}
