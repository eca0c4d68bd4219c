//! Operations on the money of a dossier, one file per matter. Each one holds the dossier first: whoever comes second
//! reads what the first has done.

mod acts;
mod clawbacks;
mod closures;
mod payments;

pub use acts::{
    NewAct, act_facts, check_act, check_schedule, default_schedule, edit_schedule, open_act, record_act, to_schedule,
};
pub use clawbacks::{
    NewNotice, Order, abandon_clawback, check_notice, check_order, check_received, claimable, notice_clawback,
    observation_days, order_clawback, receive_clawback,
};
pub use closures::{NewReport, check_closure, check_report, close, closure_facts, save_report};
pub use payments::{NewPayment, check_payment, check_service_done, record_payment, record_service_done};

use jiff::civil::Date;

use super::store::{self, FundingFile};
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{DossierId, FundingLineId, InstitutionId};
use crate::db::Conn;
use crate::dossiers;
use crate::fault::Fault;
use crate::service::Operation;

/// A dossier's money as a funder's agent acts on it, with the institutions they act for.
#[derive(Clone, Debug)]
pub struct Hand {
    pub file: FundingFile,
    pub institutions: Vec<InstitutionId>,
    pub today: Date,
}

impl Hand {
    /// Whether the agent may take acts, ask money back and close in the name of this authority: its own agents, and
    /// those of the funders whose lines it signs for.
    #[must_use]
    pub fn acts_for(&self, authority: InstitutionId) -> bool {
        let funders = self.file.lines.values().filter(|line| line.authority == authority).map(|line| line.funder);
        let parties: Vec<InstitutionId> = funders.chain([authority]).collect();
        super::rules::concerns(&self.institutions, &parties)
    }

    /// Whether the agent may pay from this line: its payer's own agents.
    #[must_use]
    pub fn pays_from(&self, line: FundingLineId) -> bool {
        self.file.lines.get(&line).is_some_and(|line| self.institutions.contains(&line.payer))
    }

    /// # Errors
    /// [`Fault::Denied`] unless the agent acts for this authority.
    pub fn require_acts_for(&self, authority: InstitutionId) -> Result<(), Fault> {
        if self.acts_for(authority) {
            return Ok(());
        }
        Err(Fault::Denied(format!(
            "Cet acte relève de {}\u{A0}: seuls ses agents et ceux des financeurs dont elle signe les lignes \
             l’enregistrent.",
            self.file.name(authority)
        )))
    }

    /// # Errors
    /// [`Fault::Denied`] unless the agent is the line's payer.
    pub fn require_pays_from(&self, line: FundingLineId) -> Result<(), Fault> {
        if self.pays_from(line) {
            return Ok(());
        }
        let line = self.file.lines.get(&line).ok_or(Fault::NotFound)?;
        Err(Fault::Denied(format!(
            "La ligne «\u{202F}{}\u{202F}» est payée par {}\u{A0}: seuls ses agents y enregistrent des versements.",
            line.name,
            self.file.name(line.payer)
        )))
    }
}

/// A dossier's money for an agent who holds the funder's role on it.
///
/// # Errors
/// [`Fault::NotFound`] unless the agent sees the dossier as a funder.
pub fn hand(conn: &mut Conn, actor: &Actor, dossier: DossierId, now: Instant) -> Result<Hand, Fault> {
    let view = dossiers::for_staff(conn, actor, dossier)?;
    view.require(Role::Funder)?;
    Ok(in_hand(actor, store::file_of(conn, view.dossier)?, now))
}

/// [`hand`] of many dossiers that were found through the funder's role.
///
/// # Errors
/// When the database refuses.
pub(super) fn hands(conn: &mut Conn, actor: &Actor, seen: &[DossierId], now: Instant) -> Result<Vec<Hand>, Fault> {
    let mut known = dossiers::by_ids(conn, seen)?;
    let dossiers = seen.iter().filter_map(|id| known.remove(id)).collect();
    Ok(store::files_of(conn, dossiers)?.into_iter().map(|file| in_hand(actor, file, now)).collect())
}

fn in_hand(actor: &Actor, file: FundingFile, now: Instant) -> Hand {
    let institutions = institutions_in(actor, file.dossier.call);
    let today = now.in_zone(file.call.zone()).date();
    Hand { file, institutions, today }
}

/// Institutions in whose name an agent holds the funder's role in a call.
#[must_use]
pub fn institutions_in(actor: &Actor, call: crate::base::ids::CallId) -> Vec<InstitutionId> {
    actor.grants.iter().filter(|g| g.call == call && g.role == Role::Funder).map(|g| g.institution).collect()
}

/// [`hand`], with every other writer of the dossier kept waiting.
fn held(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId) -> Result<Hand, Fault> {
    // Sight first: whom the dossier is hidden from does not make others wait.
    dossiers::for_staff(op.conn, actor, dossier)?.require(Role::Funder)?;
    dossiers::hold(op.conn, dossier)?;
    hand(op.conn, actor, dossier, op.now)
}
