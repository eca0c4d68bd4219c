//! Operations of the committee, one file per matter: load, decide, store, journal.

mod agenda;
mod attendance;
mod convocation;
mod opinions;
mod recusals;
mod sessions;

pub use super::sealing::{adjourn, seal};
pub use agenda::{count_ready, move_to_session, put_on_agenda, ready_for};
pub use attendance::{SeatAttendance, record_attendance, record_seats};
pub use convocation::{convene, last_day_of_notice, leaves_notice};
pub use opinions::{NewOpinion, confirm_prepared, firm_year, may_opine, record_opinion, voices};
pub use recusals::{NewRecusal, record_return, recuse};
pub use sessions::{NewSession, open_session, plan_second, plan_session, plan_shortlisting};

use crate::access::{Actor, Role};
use crate::base::ids::SessionId;
use crate::calls::{self, Call};
use crate::committee::model::{Session, SessionState};
use crate::committee::store;
use crate::fault::{Fault, is_unique_violation};
use crate::service::Operation;

/// The session's row, taken, and its call, for its manager.
pub(super) fn managed(op: &mut Operation<'_>, actor: &Actor, session: SessionId) -> Result<(Call, Session), Fault> {
    let session = store::lock(op.conn, session)?;
    actor.require_in(session.call, &[Role::CallManager])?;
    Ok((calls::by_id(op.conn, session.call)?, session))
}

pub(super) fn refuse_sealed(session: &Session) -> Result<(), Fault> {
    match session.state {
        SessionState::Planned | SessionState::Open => Ok(()),
        SessionState::Adjourned => Err(Fault::refused("Cette séance est ajournée\u{202F}: plus rien n’y change.")),
        SessionState::Sealed => Err(Fault::refused("Cette séance est scellée\u{202F}: plus rien n’y change.")),
    }
}

/// Somebody took the same number or opinion at the same moment.
fn stale_when_taken(error: diesel::result::Error) -> Fault {
    if is_unique_violation(&error) { Fault::Stale } else { error.into() }
}
