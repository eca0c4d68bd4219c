//! The funded projects of a call against their targets, as the call manager follows them.

use serde::Serialize;

use super::bars::{Bar, NO_VALUE, bar, rule};
use crate::access::Role;
use crate::base::text::count;
use crate::calls;
use crate::dossiers;
use crate::fault::Fault;
use crate::followup::rules::{percent, show_with_unit};
use crate::followup::store;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct FollowedRow {
    indicator: String,
    target: String,
    value: String,
    known: bool,
    reached: String,
    comment: String,
}

#[derive(Serialize)]
struct Followed {
    reference: String,
    title: String,
    organisation: String,
    chart_title: String,
    table_title: String,
    bars: Vec<Bar>,
    rows: Vec<FollowedRow>,
}

#[derive(Serialize)]
struct FollowView {
    call_title: String,
    lead: String,
    dossiers: Vec<Followed>,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code: String = visit.param("call")?;
    let (call, followed) = visit.read(|conn| {
        let call = calls::by_code(conn, &code)?;
        actor.require_in(call.id, &[Role::CallManager])?;
        let mut followed = Vec::new();
        for view in dossiers::visible_in_call(conn, actor, call.id, &[Role::CallManager])? {
            let Some(version) = view.dossier.current_version.filter(|_| view.dossier.state.is_awarded()) else {
                continue;
            };
            let indicators = store::of_version(conn, version)?;
            let organisation = dossiers::version_by_id(conn, version)?.content.applicant.name;
            let reference = view.dossier.reference_or_draft();
            let rows = indicators
                .iter()
                .map(|indicator| {
                    let reached = indicator.reached(rule(&call.definition, indicator));
                    FollowedRow {
                        indicator: indicator.label.clone(),
                        target: show_with_unit(indicator.target, &indicator.unit),
                        value: reached
                            .map_or_else(|| NO_VALUE.to_owned(), |value| show_with_unit(value, &indicator.unit)),
                        known: reached.is_some(),
                        reached: reached
                            .and_then(|value| percent(value, indicator.target))
                            .map(|share| format!("{share}\u{A0}%"))
                            .unwrap_or_default(),
                        comment: indicator.current().last().map(|value| value.comment.clone()).unwrap_or_default(),
                    }
                })
                .collect();
            followed.push(Followed {
                title: view.dossier.title_or_untitled().to_owned(),
                organisation,
                chart_title: format!("Avancement du dossier {reference}"),
                table_title: format!("Indicateurs du dossier {reference}"),
                reference,
                bars: indicators.iter().map(|indicator| bar(&call.definition, indicator)).collect(),
                rows,
            });
        }
        Ok((call, followed))
    })?;
    let view = FollowView {
        call_title: call.title.clone(),
        lead: count(followed.len(), "projet financé.", "projets financés."),
        dossiers: followed,
    };
    Ok(Answer::page("Suivi des projets financés", "followup/call.html", &view)?
        .desk()
        .crumb("Appels", "/appels")
        .crumb(call.title, format!("/appels/{}", call.code))
        .crumb("Suivi", ""))
}
