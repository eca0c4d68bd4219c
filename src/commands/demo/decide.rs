//! What the authorities sign and notify.

use super::data::Dossier;
use super::replay::{Replay, Told};
use crate::access::Role;
use crate::committee;
use crate::decisions::Choice;
use crate::decisions::actions::{Delivery, notify, record_reading, sign};
use crate::fault::Fault;

impl<'a> Replay<'a> {
    /// # Errors
    /// When an operation refuses.
    pub fn sign(&mut self, told: &Told, dossier: &Dossier) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        let opinion = self.service.read(|conn| committee::sealed_opinion(conn, id))?.ok_or(Fault::NotFound)?;
        let choice = Choice::following(&opinion);
        self.with(told, Role::Signatory, |op, actor| sign(op, actor, id, &choice).map(drop))
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
