//! Reporting a value.

use jiff::civil::Date;

use super::rules::show_with_unit;
use super::store::{self, Indicator};
use crate::access::Actor;
use crate::base::clock::french_date;
use crate::base::ids::DossierId;
use crate::calls;
use crate::db::Conn;
use crate::dossiers::{self, Dossier};
use crate::fault::Fault;
use crate::journal::Entry;
use crate::service::Operation;

/// A value as the project holder typed it.
#[derive(Clone, Debug)]
pub struct NewValue {
    /// Code of the indicator.
    pub indicator: String,
    pub observed_on: Date,
    pub value: i64,
    /// May be empty.
    pub comment: String,
}

/// An applicant's own awarded dossier with its indicators.
///
/// # Errors
/// [`Fault::NotFound`] for another's dossier, and before the award is notified.
pub fn own(conn: &mut Conn, actor: &Actor, id: DossierId) -> Result<(Dossier, Vec<Indicator>), Fault> {
    let dossier = dossiers::for_applicant(conn, actor, id)?;
    let version = dossier.current_version.filter(|_| dossier.state.is_awarded()).ok_or(Fault::NotFound)?;
    let indicators = store::of_version(conn, version)?;
    Ok((dossier, indicators))
}

/// Whether the last report of this indicator says exactly the same: a second click.
#[must_use]
pub fn is_repeated(indicator: &Indicator, new: &NewValue) -> bool {
    indicator.values.last().is_some_and(|last| {
        last.observed_on == new.observed_on && last.value == new.value && last.comment == new.comment
    })
}

/// Adds a value; earlier ones stay as they are.
///
/// # Errors
/// [`Fault::Invalid`] for a day to come; [`Fault::Refused`] when the last report already says the same.
pub fn report(op: &mut Operation<'_>, actor: &Actor, id: DossierId, new: &NewValue) -> Result<(), Fault> {
    let (dossier, indicators) = own(op.conn, actor, id)?;
    let known = indicators.iter().find(|i| i.code == new.indicator).ok_or(Fault::NotFound)?;
    store::hold(op.conn, known.id)?;
    let (_, indicators) = own(op.conn, actor, id)?;
    let indicator = indicators.iter().find(|i| i.code == new.indicator).ok_or(Fault::NotFound)?;
    let call = calls::of_dossier(op.conn, id)?;
    if new.observed_on > op.now.in_zone(call.zone()).date() {
        return Err(Fault::invalid("observed_on", "Saisissez une date qui n’est pas dans l’avenir."));
    }
    if new.value < 0 {
        return Err(Fault::invalid("value", "Saisissez un nombre entier, positif ou nul, par exemple 120."));
    }
    if is_repeated(indicator, new) {
        return Err(Fault::refused("Cette valeur est déjà enregistrée."));
    }
    store::insert_value(op.conn, indicator.id, new, actor.id, op.now)?;
    let summary = format!(
        "{}\u{A0}: {} au {}",
        indicator.label,
        show_with_unit(new.value, &indicator.unit),
        french_date(new.observed_on)
    );
    op.record(Entry::new("followup.value", summary).call(dossier.call).dossier(id).for_everyone());
    Ok(())
}
