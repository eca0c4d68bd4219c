//! Acts of the authorities, and the advances that their payers make.

use super::data::Dossier;
use super::replay::{Replay, Told};
use crate::access::Role;
use crate::base::ids::DossierId;
use crate::dossiers;
use crate::fault::Fault;
use crate::funding::actions::{NewAct, NewPayment, act_facts, hand, record_act, record_payment};
use crate::funding::{FundingFile, file_of};
use crate::ledger;

impl<'a> Replay<'a> {
    fn file(&self, id: DossierId) -> Result<FundingFile, Fault> {
        self.service.read(|conn| {
            let dossier = dossiers::get(conn, id)?;
            file_of(conn, dossier)
        })
    }

    /// Each authority that grants takes its act, in the form the law proposes.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn act(&mut self, told: &Told, dossier: &Dossier) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        for award in self.file(id)?.awards {
            let code = self.people.code(award.authority)?;
            let agent = self.people.of(told.call, Role::Funder, code)?;
            self.by(agent, |op, actor| {
                let hand = hand(op.conn, actor, id, op.now)?;
                let (_, facts) = act_facts(&hand, award.authority)?;
                let act = NewAct {
                    authority: award.authority,
                    decision: award.decision,
                    kind: facts.proposed(),
                    reference: format!("CONV-DÉMO-{}-{:04}-{code}", hand.today.year(), id.0),
                    dated_on: hand.today,
                };
                record_act(op, actor, id, &act).map(drop)
            })?;
        }
        Ok(())
    }

    /// Each payer makes the advance of its lines.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn advance(&mut self, told: &Told, dossier: &Dossier) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        let lines = self.service.read(|conn| ledger::lines_of_call(conn, told.call))?;
        for line in lines {
            let file = self.file(id)?;
            // Later years wait for their own credits.
            let firm = file.call.definition.budget.years.first().copied().map(i32::from).unwrap_or_default();
            let due = file.instalments.iter().filter(|due| !due.ended && due.line == line.line && due.year == firm);
            let Some(first) = due.min_by_key(|due| due.position) else { continue };
            let version = file.act(first.act).ok_or(Fault::NotFound)?.version;
            let agent = self.people.of(told.call, Role::Funder, self.people.code(line.payer)?)?;
            self.by(agent, |op, actor| {
                let paid_on = hand(op.conn, actor, id, op.now)?.today;
                let payment = NewPayment {
                    instalment: first.id,
                    amount: first.amount,
                    reference: format!("VIR-DÉMO-{}-{:04}-{}", paid_on.year(), id.0, line.line.0),
                    paid_on,
                    version,
                };
                record_payment(op, actor, id, &payment).map(drop)
            })?;
        }
        Ok(())
    }
}
