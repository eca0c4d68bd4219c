//! Acts and payments over several calls, page by page.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::civil::Date;

use super::acts::read_date;
use super::lines::READERS;
use super::movements::Purview;
use crate::access::Actor;
use crate::base::ids::{ActId, CallId, DossierId, InstitutionId};
use crate::base::money::Cents;
use crate::base::text::pattern;
use crate::db::schema::{
    acts, dossiers as dossier_rows, funding_lines, instalments, institutions, organisations, payments,
};
use crate::db::{Conn, Dialect, Window, among, listed};
use crate::dossiers::{self, State};
use crate::fault::Fault;
use crate::funding::rules::ActKind;

/// What narrows and sorts a list of acts or payments.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Folded words that the reference, the project's title or the organisation's name must have.
    pub words: Vec<String>,
    pub authority: Option<InstitutionId>,
    pub kind: Option<ActKind>,
    /// Only payments made after their time limit.
    pub late: bool,
    pub year: Option<i32>,
    pub by_amount: bool,
    pub by_date: bool,
    pub descending: bool,
}

/// An act in a list.
#[derive(Clone, Debug)]
pub struct ListedAct {
    pub id: ActId,
    pub call: CallId,
    pub dossier: DossierId,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub siret: Option<String>,
    pub rna: Option<String>,
    pub state: State,
    pub authority: InstitutionId,
    pub authority_name: String,
    pub kind: ActKind,
    pub amends: Option<ActId>,
    pub act_reference: String,
    pub amount: Cents,
    pub dated_on: Date,
}

macro_rules! acts_kept {
    ($actor:expr, $purview:expr, $listing:expr) => {{
        let listing: &Listing = $listing;
        let mut query = acts::table
            .inner_join(dossier_rows::table.inner_join(organisations::table))
            .inner_join(institutions::table)
            .into_boxed::<Dialect>()
            .filter(among(dossier_rows::call_id, $purview.ids()))
            .filter(dossiers::visible($actor, READERS));
        for word in &listing.words {
            let pattern = pattern(word);
            query = query
                .filter(dossier_rows::search_text.like(pattern.clone()).or(organisations::search_text.like(pattern)));
        }
        if let Some(authority) = listing.authority {
            query = query.filter(acts::authority_id.eq(authority));
        }
        if let Some(kind) = listing.kind {
            query = query.filter(acts::kind.eq(kind));
        }
        query
    }};
}

/// # Errors
/// When the database refuses.
pub fn count_acts(conn: &mut Conn, actor: &Actor, purview: &Purview, listing: &Listing) -> Result<i64, Fault> {
    Ok(acts_kept!(actor, purview, listing).count().get_result(conn)?)
}

type ActRow = (
    (ActId, InstitutionId, String, ActKind, Option<ActId>, String, Cents, String),
    (DossierId, CallId, Option<String>, String, State),
    (String, Option<String>, Option<String>),
);

/// # Errors
/// When the database refuses.
pub fn listed_acts(
    conn: &mut Conn,
    actor: &Actor,
    purview: &Purview,
    listing: &Listing,
    window: Window,
) -> Result<Vec<ListedAct>, Fault> {
    let query = acts_kept!(actor, purview, listing);
    let query = match (listing.by_amount, listing.by_date, listing.descending) {
        (true, _, true) => query.order(acts::amount_cents.desc()),
        (true, _, false) => query.order(acts::amount_cents.asc()),
        (_, true, true) => query.order(acts::dated_on.desc()),
        (_, true, false) => query.order(acts::dated_on.asc()),
        (.., true) => query.order(acts::id.desc()),
        (.., false) => query.order(acts::id.asc()),
    };
    query
        .then_order_by(acts::id.asc())
        .offset(window.offset)
        .limit(window.limit)
        .select((
            (
                acts::id,
                acts::authority_id,
                institutions::name,
                acts::kind,
                acts::amends_id,
                acts::reference,
                acts::amount_cents,
                acts::dated_on,
            ),
            (
                dossier_rows::id,
                dossier_rows::call_id,
                dossier_rows::reference,
                dossier_rows::title,
                dossier_rows::state,
            ),
            (organisations::name, organisations::siret, organisations::rna),
        ))
        .load::<ActRow>(conn)?
        .into_iter()
        .map(|(act, dossier, organisation)| {
            Ok(ListedAct {
                id: act.0,
                authority: act.1,
                authority_name: act.2,
                kind: act.3,
                amends: act.4,
                act_reference: act.5,
                amount: act.6,
                dated_on: read_date(&act.7)?,
                dossier: dossier.0,
                call: dossier.1,
                reference: dossier.2.unwrap_or_default(),
                title: dossier.3,
                state: dossier.4,
                organisation: organisation.0,
                siret: organisation.1,
                rna: organisation.2,
            })
        })
        .collect()
}

/// A payment in a list.
#[derive(Clone, Debug)]
pub struct ListedPayment {
    pub call: CallId,
    pub dossier: DossierId,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub siret: Option<String>,
    pub line: String,
    pub year: i32,
    pub act_reference: String,
    pub payment_reference: String,
    pub amount: Cents,
    pub paid_on: Date,
    pub due_by: Date,
}

macro_rules! payments_kept {
    ($actor:expr, $purview:expr, $listing:expr) => {{
        let listing: &Listing = $listing;
        let mut query = payments::table
            .inner_join(dossier_rows::table.inner_join(organisations::table))
            .inner_join(instalments::table.inner_join(funding_lines::table))
            .inner_join(acts::table.on(acts::id.eq(payments::act_id)))
            .into_boxed::<Dialect>()
            .filter(among(dossier_rows::call_id, $purview.ids()))
            .filter(dossiers::visible($actor, READERS));
        for word in &listing.words {
            let pattern = pattern(word);
            query = query
                .filter(dossier_rows::search_text.like(pattern.clone()).or(organisations::search_text.like(pattern)));
        }
        if listing.late {
            query = query.filter(payments::paid_on.gt(payments::due_by));
        }
        if let Some(year) = listing.year {
            query = query.filter(instalments::year.eq(year));
        }
        query
    }};
}

/// # Errors
/// When the database refuses.
pub fn count_payments(conn: &mut Conn, actor: &Actor, purview: &Purview, listing: &Listing) -> Result<i64, Fault> {
    Ok(payments_kept!(actor, purview, listing).count().get_result(conn)?)
}

type PaymentRow = (
    (String, Cents, String, String, String, i32, String),
    (DossierId, CallId, Option<String>, String, String, Option<String>),
);

/// # Errors
/// When the database refuses.
pub fn listed_payments(
    conn: &mut Conn,
    actor: &Actor,
    purview: &Purview,
    listing: &Listing,
    window: Window,
) -> Result<Vec<ListedPayment>, Fault> {
    let query = payments_kept!(actor, purview, listing);
    let query = match (listing.by_amount, listing.by_date, listing.descending) {
        (true, _, true) => query.order(payments::amount_cents.desc()),
        (true, _, false) => query.order(payments::amount_cents.asc()),
        (_, true, true) => query.order(payments::paid_on.desc()),
        (_, true, false) => query.order(payments::paid_on.asc()),
        (.., true) => query.order(payments::id.desc()),
        (.., false) => query.order(payments::id.asc()),
    };
    query
        .then_order_by(payments::id.asc())
        .offset(window.offset)
        .limit(window.limit)
        .select((
            (
                payments::reference,
                payments::amount_cents,
                payments::paid_on,
                payments::due_by,
                funding_lines::name,
                instalments::year,
                acts::reference,
            ),
            (
                dossier_rows::id,
                dossier_rows::call_id,
                dossier_rows::reference,
                dossier_rows::title,
                organisations::name,
                organisations::siret,
            ),
        ))
        .load::<PaymentRow>(conn)?
        .into_iter()
        .map(|(payment, dossier)| {
            Ok(ListedPayment {
                payment_reference: payment.0,
                amount: payment.1,
                paid_on: read_date(&payment.2)?,
                due_by: read_date(&payment.3)?,
                line: payment.4,
                year: payment.5,
                act_reference: payment.6,
                dossier: dossier.0,
                call: dossier.1,
                reference: dossier.2.unwrap_or_default(),
                title: dossier.3,
                organisation: dossier.4,
                siret: dossier.5,
            })
        })
        .collect()
}

/// How many instalments some acts schedule, and their last year.
///
/// # Errors
/// When the database refuses.
pub fn schedules_of(conn: &mut Conn, ids: &[ActId]) -> Result<BTreeMap<ActId, (usize, i32)>, Fault> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut schedules: BTreeMap<ActId, (usize, i32)> = BTreeMap::new();
    let rows = instalments::table
        .filter(listed(instalments::act_id, ids))
        .select((instalments::act_id, instalments::year))
        .load::<(ActId, i32)>(conn)?;
    for (act, year) in rows {
        let (count, last) = schedules.entry(act).or_insert((0, year));
        *count += 1;
        *last = (*last).max(year);
    }
    Ok(schedules)
}

/// SIRET of each institution, where it is known.
///
/// # Errors
/// When the database refuses.
pub fn sirets(conn: &mut Conn) -> Result<BTreeMap<InstitutionId, Option<String>>, Fault> {
    Ok(institutions::table
        .select((institutions::id, institutions::siret))
        .load::<(InstitutionId, Option<String>)>(conn)?
        .into_iter()
        .collect())
}
