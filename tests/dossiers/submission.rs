//! Submitting freezes, numbers, acknowledges: once, and in time.

use essaim::dossiers::actions::submit;
use essaim::dossiers::{self, State};
use essaim::fault::Fault;
use essaim::files::sha256_hex;

use crate::support::dossiers::{call_of, complete_draft, submitted_dossier};
use crate::support::{TestApp, World};

#[test]
fn a_submission_is_frozen_hashed_and_numbered() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = submitted_dossier(&app, &world, "Santé au pied des immeubles", 42_000);
    let (dossier, version) = app
        .service()
        .read(|conn| {
            let dossier = dossiers::get(conn, id)?;
            let version = dossiers::current_version(conn, &dossier)?;
            Ok((dossier, version))
        })
        .unwrap();
    assert_eq!(dossier.state, State::Submitted);
    assert_eq!(dossier.reference.as_deref(), Some("AMI-ISS-2021-0001"));
    assert_eq!(dossier.title, "Santé au pied des immeubles");
    assert_eq!(dossier.submitted_at, Some(app.now()));
    assert_eq!(version.requested.to_string(), "42\u{202F}000\u{A0}€");
    assert_eq!(version.number, 1);
    assert_eq!(version.sha256, sha256_hex(&serde_json::to_vec(&version.content).unwrap()));
}

#[test]
fn the_closing_second_is_in_time_and_the_next_is_not() {
    let app = TestApp::start();
    let world = World::build(&app);
    let in_time = complete_draft(&app, &world, "À temps", 10_000);
    app.set_clock("2021-10-29T23:59:59.999999");
    app.as_account(world.applicant, |op, actor| submit(op, actor, in_time)).unwrap();
    app.set_clock("2021-10-29T23:50:00");
    let late = complete_draft(&app, &world, "Trop tard", 10_000);
    app.set_clock("2021-10-30T00:00:00");
    let refused = app.as_account(world.applicant, |op, actor| submit(op, actor, late)).unwrap_err();
    let Fault::Refused(reason) = refused else { panic!("{refused:?}") };
    assert!(reason.starts_with("L’appel est clos depuis le vendredi\u{A0}29\u{A0}octobre\u{A0}2021"), "{reason}");
    assert!(reason.ends_with("votre brouillon est conservé."), "{reason}");
    let kept = app.service().read(|conn| dossiers::get(conn, late)).unwrap();
    assert_eq!((kept.state, kept.reference.as_deref()), (State::Draft, None));
    let draft = app.service().read(|conn| dossiers::content::assemble(conn, &call_of(&app, &world).definition, &kept));
    assert_eq!(draft.unwrap().content.title(), "Trop tard");
}
