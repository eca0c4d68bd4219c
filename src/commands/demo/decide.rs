//! What the authorities sign and notify: first decisions, then the amendment that lets the waiting list in.

use super::data::Dossier;
use super::replay::{Replay, Told};
use crate::access::Role;
use crate::base::ids::AccountId;
use crate::base::money::Cents;
use crate::calls;
use crate::decisions::Choice;
use crate::decisions::actions::{Delivery, Promotion, amend, case, notify, promote, record_reading, sign};
use crate::fault::Fault;
use crate::ledger::{self, Share};

impl<'a> Replay<'a> {
    /// Every authority signs what is proposed to it.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn sign(&mut self, told: &Told, dossier: &Dossier) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        for signatory in self.signatories(told, dossier)? {
            self.by(signatory, |op, actor| {
                let case = case(op.conn, actor, id)?;
                let choice = Choice { shares: case.proposed(), ..Choice::following(&case.basis) };
                sign(op, actor, id, &choice).map(drop)
            })?;
        }
        Ok(())
    }

    /// Whoever signs for the lines that grant something, else for the call's own authority.
    fn signatories(&self, told: &Told, dossier: &Dossier) -> Result<Vec<AccountId>, Fault> {
        let mut signatories = Vec::new();
        for grant in &dossier.grants {
            let signatory = self.people.of(told.call, Role::Signatory, &grant.funder)?;
            if !signatories.contains(&signatory) {
                signatories.push(signatory);
            }
        }
        if signatories.is_empty() {
            signatories.push(self.people.first(told.call, Role::Signatory)?);
        }
        Ok(signatories)
    }

    /// # Errors
    /// When an operation refuses.
    pub fn notify(&mut self, told: &Told, dossier: &Dossier) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        self.manager(told, |op, actor| notify(op, actor, id, Delivery::Electronic).map(drop))
    }

    /// Opens the letters of a dossier, as whoever brings it.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn open(&mut self, dossier: &Dossier) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        self.holder(dossier, |op, actor| record_reading(op, actor, id))
    }

    /// Reduces the first year of a grant, for the reason its file gives.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn amend(&mut self, told: &Told, dossier: &Dossier) -> Result<(), Fault> {
        let Some(amendment) = &dossier.amendment else { return Ok(()) };
        let id = self.id(dossier)?;
        let mut shares = self.shares(told, dossier)?;
        if let Some(first) = shares.iter_mut().min_by_key(|share| share.year) {
            first.amount = Cents::from_euros(amendment.euros);
        }
        self.with(told, Role::Signatory, |op, actor| amend(op, actor, id, shares, &amendment.reason).map(drop))
    }

    /// Lets a dossier of the waiting list in, for all that it asked.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn promote(&mut self, told: &Told, dossier: &Dossier, motive: &str) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        let shares: Vec<Share> = self.requested(told, dossier)?;
        let asked = Promotion { shares, motive: motive.to_owned(), out_of_order: String::new() };
        self.with(told, Role::Signatory, |op, actor| promote(op, actor, id, &asked).map(drop))
    }

    /// What a dossier asks, by line and year.
    fn requested(&self, told: &Told, dossier: &Dossier) -> Result<Vec<Share>, Fault> {
        let (call, lines) =
            self.service.read(|conn| Ok((calls::by_id(conn, told.call)?, ledger::lines_of_call(conn, told.call)?)))?;
        let mut shares = Vec::new();
        for year in &dossier.budget {
            for (code, euros) in &year.products {
                let asked = call.definition.request_lines().find(|line| line.code == *code);
                let Some(funder) = asked.and_then(|line| line.request_to.as_deref()) else { continue };
                let funder = self.people.institution(funder);
                let line = lines.iter().find(|line| Some(line.funder) == funder).ok_or(Fault::NotFound)?;
                shares.push(Share { line: line.line, year: year.year.into(), amount: Cents::from_euros(*euros) });
            }
        }
        Ok(shares)
    }
}
