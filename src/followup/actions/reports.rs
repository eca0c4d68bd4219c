//! Reporting on a period.

use crate::access::Actor;
use crate::base::clock::Instant;
use crate::base::ids::{DossierId, DossierVersionId};
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::dossiers::{self, Content, Dossier};
use crate::fault::{Fault, Mistakes};
use crate::followup::periods::Period;
use crate::followup::rules::show_with_unit;
use crate::followup::store::{self, Indicator, NewRow, StoredPeriod, Value, periods};
use crate::journal::Entry;
use crate::service::Operation;

/// What a project holder says of one period.
#[derive(Clone, Debug, Default)]
pub struct NewReport {
    pub period: i32,
    pub values: Vec<NewValue>,
    /// Why values already reported are corrected; asked only then.
    pub reason: String,
    /// The last value the page showed: what a colleague reported since is not overwritten unread.
    pub seen: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewValue {
    /// Code of the indicator.
    pub indicator: String,
    pub value: Option<i64>,
    pub comment: String,
    pub departments: Vec<(String, i64)>,
}

/// An awarded dossier with what it reports on.
#[derive(Debug)]
pub struct Report {
    pub dossier: Dossier,
    pub call: Call,
    pub indicators: Vec<Indicator>,
    pub periods: Vec<StoredPeriod>,
    /// Departments of the project, in the order of the dossier.
    pub departments: Vec<String>,
}

impl Report {
    #[must_use]
    pub fn period(&self, number: i32) -> Option<&StoredPeriod> {
        self.periods.iter().find(|stored| stored.period.number == number)
    }

    /// The last value of a period, whichever the indicator.
    #[must_use]
    pub fn seen(&self, period: i32) -> i64 {
        let values = self.indicators.iter().flat_map(|indicator| &indicator.values);
        values.filter(|value| value.period == period).map(|value| value.id).max().unwrap_or(0)
    }

    /// Whether people reached are asked per department: several departments, and the call counts them.
    #[must_use]
    pub fn is_divided(&self, indicator: &Indicator) -> bool {
        self.departments.len() > 1 && self.call.definition.followup.reach == indicator.code
    }
}

/// An applicant's own awarded dossier.
///
/// # Errors
/// [`Fault::NotFound`] for another's dossier, and before the award is notified.
pub fn own(conn: &mut Conn, actor: &Actor, id: DossierId) -> Result<Report, Fault> {
    let dossier = dossiers::for_applicant(conn, actor, id)?;
    let version = dossier.current_version.filter(|_| dossier.state.is_awarded()).ok_or(Fault::NotFound)?;
    let call = calls::of_dossier(conn, id)?;
    let indicators = store::of_version(conn, version)?;
    let content = dossiers::version_by_id(conn, version)?.content;
    let periods = or_computed(periods::of_dossier(conn, id)?, &call, &content);
    let departments = content.many("departments").into_iter().map(str::to_owned).collect();
    Ok(Report { dossier, call, indicators, periods, departments })
}

/// The running projects of an applicant's organisations, each with its call and its periods.
///
/// # Errors
/// When the database refuses.
pub fn own_running(conn: &mut Conn, actor: &Actor) -> Result<Vec<(Dossier, Call, Vec<StoredPeriod>)>, Fault> {
    let mut running = dossiers::of_organisations(conn, &actor.organisations)?;
    running.retain(|dossier| dossier.state.is_running());
    let ids: Vec<DossierId> = running.iter().map(|dossier| dossier.id).collect();
    let versions: Vec<DossierVersionId> = running.iter().filter_map(|dossier| dossier.current_version).collect();
    let mut calls = calls::of_dossiers(conn, &ids)?;
    let mut versions = dossiers::versions_by_ids(conn, &versions)?;
    let mut periods = periods::of_dossiers(conn, &ids)?;
    running
        .into_iter()
        .map(|dossier| {
            let call = calls.remove(&dossier.id).ok_or(Fault::NotFound)?;
            let version = dossier.current_version.and_then(|id| versions.remove(&id)).ok_or(Fault::NotFound)?;
            let stored = periods.remove(&dossier.id).unwrap_or_default();
            let periods = or_computed(stored, &call, &version.content);
            Ok((dossier, call, periods))
        })
        .collect()
}

/// Not yet written by the scheduled work: computed from the same submission.
fn or_computed(stored: Vec<StoredPeriod>, call: &Call, content: &Content) -> Vec<StoredPeriod> {
    if !stored.is_empty() {
        return stored;
    }
    let computed = crate::followup::periods::of_project(&call.definition, content);
    computed.into_iter().map(|period| StoredPeriod { period, reported_at: None }).collect()
}

/// Adds what is new or different; answers how many values that was, none for a second click.
///
/// # Errors
/// [`Fault::NotFound`] for a period the project does not have; [`Fault::Refused`] before it begins; [`Fault::Invalid`] for values that
/// cannot be, a correction without a reason, or a colleague's report in between.
pub fn report(op: &mut Operation<'_>, actor: &Actor, id: DossierId, new: &NewReport) -> Result<usize, Fault> {
    let before = own(op.conn, actor, id)?;
    periods::open_for(op.conn, id)?;
    store::hold(op.conn, before.dossier.current_version.ok_or(Fault::NotFound)?)?;
    let known = own(op.conn, actor, id)?;
    if !known.dossier.state.is_running() {
        return Err(Fault::refused("Le projet est terminé\u{202F}: son suivi ne change plus."));
    }
    let period = known.period(new.period).ok_or(Fault::NotFound)?.period.clone();
    has_begun(&period, &known.call, op.now)?;
    let changes = changes(&known, new)?;
    for (indicator, value) in &changes {
        let reason = if indicator.in_period(new.period).is_some() { new.reason.as_str() } else { "" };
        let row = NewRow {
            indicator: indicator.id,
            period: new.period,
            value: value.value,
            comment: &value.comment,
            reason,
            departments: &value.departments,
        };
        store::insert_value(op.conn, &row, actor.id, op.now)?;
    }
    if changes.is_empty() {
        return Ok(0);
    }
    let after = own(op.conn, actor, id)?;
    if after.indicators.iter().all(|indicator| indicator.in_period(new.period).is_some()) {
        periods::set_reported(op.conn, id, new.period, op.now)?;
    }
    let said: Vec<String> = changes.iter().map(|(indicator, value)| said(indicator, value)).collect();
    let summary = format!("Suivi de la période {} ({})\u{A0}: {}", new.period, period.label(), said.join("\u{202F}; "));
    op.record(
        Entry::new("followup.report", summary)
            .call(known.dossier.call)
            .dossier(id)
            .reason(new.reason.clone())
            .for_everyone(),
    );
    Ok(changes.len())
}

/// Whether every value sent is already in force: a second click.
///
/// # Errors
/// As [`own`].
pub fn is_recorded(conn: &mut Conn, actor: &Actor, id: DossierId, new: &NewReport) -> Result<bool, Fault> {
    let known = own(conn, actor, id)?;
    let in_force = |value: &NewValue| {
        let indicator = known.indicators.iter().find(|indicator| indicator.code == value.indicator);
        match indicator.and_then(|indicator| indicator.in_period(new.period)) {
            Some(old) => is_same(old, value),
            None => value.value.is_none() && value.comment.is_empty(),
        }
    };
    let any = known.indicators.iter().any(|indicator| indicator.in_period(new.period).is_some());
    Ok(any && new.values.iter().all(in_force))
}

fn said(indicator: &Indicator, value: &NewValue) -> String {
    match value.value {
        Some(number) => format!("{}, {}", indicator.label, show_with_unit(number, &indicator.unit)),
        None => format!("{}, non mesuré", indicator.label),
    }
}

fn has_begun(period: &Period, call: &Call, now: Instant) -> Result<(), Fault> {
    if now.in_zone(call.zone()).date() < period.starts_on {
        return Err(Fault::refused(format!("La période {} n’a pas commencé.", period.label())));
    }
    Ok(())
}

fn is_same(old: &Value, new: &NewValue) -> bool {
    let mut departments = new.departments.clone();
    departments.sort();
    old.value == new.value && old.comment == new.comment && old.departments == departments
}

/// What differs from the values in force, checked.
fn changes<'a>(known: &'a Report, new: &'a NewReport) -> Result<Vec<(&'a Indicator, &'a NewValue)>, Fault> {
    let mut mistakes = Mistakes::default();
    let (mut changes, mut same) = (Vec::new(), 0);
    for value in &new.values {
        let indicator = known.indicators.iter().find(|i| i.code == value.indicator).ok_or(Fault::NotFound)?;
        let old = indicator.in_period(new.period);
        let says_nothing = value.value.is_none() && value.comment.is_empty();
        match old {
            None if says_nothing => continue,
            Some(_) if says_nothing => mistakes.add(
                format!("value-{}", value.indicator),
                "Une valeur transmise ne s’efface pas. Corrigez-la, ou dites en commentaire pourquoi elle manque.",
            ),
            Some(old) if is_same(old, value) => same += 1,
            _ => changes.push((indicator, value)),
        }
        check(known, indicator, value, &mut mistakes);
    }
    let corrects = changes.iter().any(|(indicator, _)| indicator.in_period(new.period).is_some());
    if corrects && new.reason.is_empty() {
        mistakes.add("reason", "Dites pourquoi vous corrigez, par exemple « Deux ateliers avaient été oubliés ».");
    }
    if changes.is_empty() && same == 0 && mistakes.is_empty() {
        mistakes.add(
            new.values.first().map_or(String::new(), |value| format!("value-{}", value.indicator)),
            "Renseignez au moins une valeur, ou dites en commentaire pourquoi elle manque.",
        );
    }
    if !changes.is_empty() && new.seen.is_some_and(|seen| seen != known.seen(new.period)) {
        mistakes.add(
            "",
            "Quelqu’un a transmis des valeurs pour cette période pendant que vous écriviez. Les vôtres sont ci-dessous, \
             celles en vigueur à côté : relisez, puis transmettez.",
        );
    }
    mistakes.finish()?;
    Ok(changes)
}

fn check(known: &Report, indicator: &Indicator, value: &NewValue, mistakes: &mut Mistakes) {
    let field = format!("value-{}", indicator.code);
    if value.value.is_some_and(|number| number < 0) {
        mistakes.add(field, "Saisissez un nombre entier, positif ou nul, par exemple 120.");
        return;
    }
    if value.departments.is_empty() {
        return;
    }
    let foreign = |department: &String| !known.departments.contains(department);
    if !known.is_divided(indicator) || value.departments.iter().any(|(department, _)| foreign(department)) {
        mistakes.add(field, "Répartissez les personnes entre les départements du projet seulement.");
        return;
    }
    let divided: i64 = value.departments.iter().map(|(_, people)| *people).fold(0, i64::saturating_add);
    match value.value {
        None => mistakes.add(field, "Donnez aussi le nombre de personnes tous départements ensemble."),
        Some(all) if divided > all => mistakes.add(
            field,
            format!(
                "Les départements font {} et l’ensemble {}\u{A0}: l’un des deux est à corriger.",
                crate::followup::rules::show(divided),
                crate::followup::rules::show(all)
            ),
        ),
        Some(_) => {}
    }
}
