//! What the authorities sign and notify.

use super::data::Dossier;
use super::replay::{Replay, Told};
use crate::access::{Role, load_actor};
use crate::decisions::Choice;
use crate::decisions::actions::{Delivery, case, notify, record_reading, sign};
use crate::fault::Fault;

impl<'a> Replay<'a> {
    /// Every authority concerned signs what is proposed to it.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn sign(&mut self, told: &Told, dossier: &Dossier) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        for signatory in self.people.all(told.call, Role::Signatory) {
            let actor = self.service.read(|conn| load_actor(conn, signatory))?;
            let case = self.service.read(|conn| case(conn, &actor, id))?;
            if case.may_sign {
                let choice = Choice { shares: case.proposed(), ..Choice::following(&case.basis) };
                self.by(signatory, |op, actor| sign(op, actor, id, &choice).map(drop))?;
            }
        }
        Ok(())
    }

    /// # Errors
    /// When an operation refuses.
    pub fn notify(&mut self, told: &Told, dossier: &Dossier) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        self.manager(told, |op, actor| notify(op, actor, id, Delivery::Electronic).map(drop))
    }

    /// The applicant opens the letter.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn read(&mut self, _told: &Told, dossier: &Dossier) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        self.holder(dossier, |op, actor| record_reading(op, actor, id))
    }
}
