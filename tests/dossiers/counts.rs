//! Counts of lists, kept by the database beside the rows they count.

use diesel::prelude::*;
use essaim::access::Role;
use essaim::base::ids::AccountId;
use essaim::calls;
use essaim::db::Window;
use essaim::dossiers::State;
use essaim::dossiers::counts::{self, Counted};
use essaim::dossiers::listing::{self, Criteria, Listed, Scope};

use super::listing::populated;
use crate::support::TestApp;

const ALL: Window = Window { offset: 0, limit: i64::MAX };
const FIRST_PAGE: Window = Window { offset: 0, limit: 50 };

fn wrong(app: &TestApp) -> Vec<String> {
    app.service().read(counts::verify).unwrap().1
}

/// The page says as many as it lists, whoever looks and whatever narrows the list.
#[test]
fn a_list_is_as_long_as_its_count() {
    let (app, world) = populated();
    let call = app.service().read(|conn| calls::by_id(conn, world.call)).unwrap();
    // Not all of them name the same axes and departments.
    let untagged = "DELETE FROM dossier_tags WHERE dossier_id = (SELECT MIN(dossier_id) FROM dossier_tags)";
    assert!(app.service().db.write(|conn| Ok(diesel::sql_query(untagged).execute(conn)?)).unwrap() > 1);
    let axes = call.definition.axes.list.iter().map(|axis| (Some(axis.code.clone()), None));
    let departments = ["09", "31", "34", "65", "82"].map(|code| (None, Some(code.to_owned())));
    let both = call.definition.axes.list.iter().map(|axis| (Some(axis.code.clone()), Some("31".to_owned())));
    let narrowings: Vec<_> = std::iter::once((None, None)).chain(axes).chain(departments).chain(both).collect();
    let states = [Vec::new(), vec![State::Submitted], vec![State::UnderInstruction, State::InCommittee]];
    // One of them is closed to a manager by an interest.
    app.console(|op| {
        essaim::accounts::actions::grant_role(op, world.call, world.instructor_ars, world.ars, Role::CallManager, None)
    });
    let people: Vec<AccountId> = vec![world.manager, world.instructor_ars, world.signatory, world.members[0]];
    let mut seen = 0;
    for account in people {
        let actor = app.actor(account);
        for (axis, department) in &narrowings {
            for states in &states {
                let criteria = Criteria {
                    call: Some(world.call),
                    states: states.clone(),
                    axis: axis.clone(),
                    department: department.clone(),
                    ..Criteria::default()
                };
                let scope = Scope::Staff(&actor, Role::ALL);
                let (count, rows, of_many) = app
                    .service()
                    .read(|conn| {
                        let count = listing::count(conn, scope, &criteria)?;
                        let rows = listing::rows(conn, scope, &criteria, ALL)?;
                        Ok((count, rows, listing::page(conn, scope, &criteria, FIRST_PAGE, 5_000)?))
                    })
                    .unwrap();
                let ids = |rows: &[Listed]| rows.iter().map(|row| row.dossier.id).collect::<Vec<_>>();
                assert_eq!(ids(&rows), ids(&of_many), "{criteria:?} read as a page of many");
                assert_eq!(usize::try_from(count).unwrap(), rows.len(), "{} {criteria:?}", actor.email);
                seen += rows.len();
            }
        }
    }
    assert!(seen > 100, "the counts were hardly tried: {seen} rows");
}

/// Every way in which a row may come, change or go, by whoever writes it.
#[test]
fn counts_follow_every_change_of_what_they_count() {
    let (app, world) = populated();
    assert_eq!(wrong(&app), Vec::<String>::new());
    let under_instruction = "(SELECT MIN(id) FROM dossiers WHERE state = 'under_instruction')";
    for change in [
        format!("UPDATE dossiers SET state = 'eligible' WHERE id = {under_instruction}"),
        "UPDATE dossiers SET state = 'under_instruction' WHERE state = 'eligible'".to_owned(),
        "UPDATE dossiers SET state = state, title = 'Autre'".to_owned(),
        format!("INSERT INTO dossier_tags (dossier_id, kind, code) VALUES ({under_instruction}, 'department', '976')"),
        "DELETE FROM dossier_tags WHERE kind = 'axis'".to_owned(),
        "UPDATE assignments SET ended_at = 1 WHERE review_submitted_at IS NULL".to_owned(),
        "UPDATE assignments SET ended_at = NULL".to_owned(),
        "UPDATE assignments SET review_submitted_at = NULL WHERE review_submitted_at IS NOT NULL".to_owned(),
        "UPDATE assignments SET review_submitted_at = 1, ended_at = 1".to_owned(),
        "UPDATE assignments SET review_submitted_at = NULL, ended_at = NULL".to_owned(),
        format!(
            "INSERT INTO assignments (dossier_id, account_id, institution_id, assigned_by, assigned_at, call_id) \
             VALUES ({under_instruction}, {person}, {institution}, {person}, 1, {call})",
            person = world.instructor_dreets,
            institution = world.dreets,
            call = world.call,
        ),
        "DELETE FROM assignments WHERE assigned_at = 1".to_owned(),
        format!(
            "INSERT INTO dossiers (call_id, definition_id, organisation_id, state, title, search_text, created_at, \
             created_by, updated_at) SELECT call_id, definition_id, organisation_id, state, title, search_text, 1, \
             created_by, updated_at FROM dossiers WHERE id = {under_instruction}"
        ),
        "DELETE FROM dossiers WHERE created_at = 1".to_owned(),
    ] {
        let changed = app.service().db.write(|conn| Ok(diesel::sql_query(&change).execute(conn)?)).unwrap();
        assert!(changed > 0, "{change} changed nothing");
        assert_eq!(wrong(&app), Vec::<String>::new(), "after {change}");
    }
    let left = |counted| app.service().read(|conn| counts::by_state(conn, world.call, counted)).unwrap();
    assert_eq!(left(Counted::ReviewsGiven), []);
    assert_eq!(left(Counted::Department("976")), [(State::UnderInstruction, 1)]);
}

/// What a transaction takes back is not counted.
#[test]
fn a_change_taken_back_leaves_no_count() {
    let (app, world) = populated();
    let before = app.service().read(|conn| counts::by_state(conn, world.call, Counted::Dossiers)).unwrap();
    let refused = app.service().db.write(|conn| {
        diesel::sql_query("UPDATE dossiers SET state = 'withdrawn'").execute(conn)?;
        Err::<(), _>(essaim::fault::Fault::Stale)
    });
    assert!(refused.is_err());
    let after = app.service().read(|conn| counts::by_state(conn, world.call, Counted::Dossiers)).unwrap();
    assert_eq!(after, before);
    assert_eq!(wrong(&app), Vec::<String>::new());
}
