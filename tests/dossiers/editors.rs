//! People invited to write a dossier: they write, they attach, they do not submit.

use essaim::base::ids::DossierId;
use essaim::decisions::actions::{Delivery, notify};
use essaim::dossiers::Outcome;
use essaim::dossiers::actions::{accept, invite, remove_editor, save_section, submit};
use essaim::dossiers::{editors, for_applicant};
use essaim::fault::Fault;

use crate::support::decisions::signed_dossier;
use crate::support::dossiers::{complete_draft, empty_draft, typed};
use crate::support::{TestApp, World};

const GUEST: &str = "contact@autreasso.example";

/// The link of the latest invitation.
fn link(app: &TestApp) -> String {
    let mails = app.mails();
    let (_, to, body) = mails.iter().rev().find(|(kind, ..)| kind == "dossier.invitation").expect("an invitation");
    assert_eq!(to, GUEST);
    let start = body.find("/redaction/").unwrap();
    body[start..].split_whitespace().next().unwrap().to_owned()
}

fn invited(app: &TestApp, world: &World, id: DossierId) -> String {
    app.as_account(world.applicant, |op, actor| invite(op, actor, id, GUEST)).unwrap();
    link(app)
}

#[test]
fn an_invited_person_writes_and_never_submits() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = complete_draft(&app, &world, "Santé au pied des immeubles", 42_000);
    let member = app.signed_in("tresorerie@lesruches.example");
    let team = format!("/mes-dossiers/{id}/equipe");
    let wrong = member.post(&team, &[("email", "pas une adresse")]).expect(422).words();
    assert!(wrong.contains("Saisissez une adresse électronique"), "{wrong}");
    member.post(&team, &[("email", GUEST)]).expect(303);
    assert!(member.get(&team).expect(200).words().contains("Invitation envoyée"));
    let guest = app.signed_in(GUEST);
    let own = format!("/mes-dossiers/{id}");
    guest.get(&own).expect(404);
    let link = link(&app);
    let page = guest.get(&link).expect(200).words();
    assert!(page.contains("Santé au pied des immeubles") && page.contains("Accepter l’invitation"), "{page}");
    guest.get(&own).expect(404);
    assert_eq!(guest.post(&link, &[]).expect(303).location, own);
    assert_eq!(guest.post(&link, &[]).expect(303).location, own, "accepted twice is accepted once");
    assert!(guest.get("/mes-dossiers").expect(200).words().contains("Santé au pied des immeubles"));
    let page = guest.get(&own).expect(200).words();
    assert!(page.contains("Vous écrivez ce dossier sur invitation"), "{page}");
    let section = format!("{own}/sections/reading");
    let fields = [("version", "1"), ("lever", "Un levier écrit par l’invitée"), ("plus_tard", "oui")];
    guest.post(&section, &fields).expect(303);
    guest
        .upload(&format!("{own}/sections/pieces"), &[], "piece-rib", "rib-2.pdf", b"%PDF-1.4 deux\n%%EOF\n")
        .expect(303);
    let check = guest.get(&format!("{own}/verifier")).expect(200).words();
    assert!(check.contains("Un levier écrit par l’invitée"), "{check}");
    let refused = guest.post(&format!("{own}/deposer"), &[]).expect(403).words();
    assert!(refused.contains("Seul un membre de l’organisme peut le faire"), "{refused}");
    guest.post(&team, &[("email", "autre@exemple.example")]).expect(403);
    guest.get(&format!("{own}/retirer")).expect(403);
    // Removed, they see nothing of it.
    let editor = app.service().read(|conn| editors::of_dossier(conn, id)).unwrap().remove(0).id.to_string();
    member.post(&format!("{team}/retirer"), &[("editor", &editor)]).expect(303);
    member.post(&format!("{team}/retirer"), &[("editor", &editor)]).expect(303);
    guest.get(&own).expect(404);
    guest.post(&section, &fields).expect(404);
    guest.get(&link).expect(404);
}

#[test]
fn an_invitation_serves_one_person_for_a_while() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    let first = invited(&app, &world, id);
    let second = invited(&app, &world, id);
    let token = |link: &str| link.rsplit('/').next().unwrap().to_owned();
    let use_by = |account, link: &str| app.as_account(account, |op, actor| accept(op, actor, &token(link)));
    assert!(matches!(use_by(world.stranger, &first), Err(Fault::NotFound)), "a newer link replaces the older");
    let fault = app.as_account(world.applicant, |op, actor| invite(op, actor, id, "tresorerie@lesruches.example"));
    assert!(matches!(fault, Err(Fault::Invalid(_))), "a member needs no invitation");
    app.set_clock("2021-10-25T12:00:00");
    assert!(matches!(use_by(world.stranger, &second), Err(Fault::Refused(_))), "too late");
    let third = invited(&app, &world, id);
    use_by(world.stranger, &third).unwrap();
    assert!(matches!(use_by(world.funder, &third), Err(Fault::Refused(_))), "one link, one person");
    let again = app.as_account(world.applicant, |op, actor| invite(op, actor, id, GUEST));
    assert!(matches!(again, Err(Fault::Invalid(_))), "who writes already is not invited twice");
}

#[test]
fn who_wrote_a_dossier_does_not_judge_it() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = complete_draft(&app, &world, "Santé au pied des immeubles", 42_000);
    app.as_account(world.applicant, |op, actor| invite(op, actor, id, "gestion@ars.example")).unwrap();
    let body = app.mails().into_iter().rev().find(|(kind, ..)| kind == "dossier.invitation").unwrap().2;
    let token = body[body.find("/redaction/").unwrap() + 11..].split_whitespace().next().unwrap().to_owned();
    app.as_account(world.manager, |op, actor| accept(op, actor, &token)).unwrap();
    app.as_account(world.applicant, |op, actor| submit(op, actor, id)).unwrap();
    let manager = app.signed_in("gestion@ars.example");
    manager.get(&format!("/dossiers/{id}/gestion")).expect(404);
    let list = manager.get("/appels/AMI-ISS-2021/gestion").expect(200).words();
    assert!(!list.contains("Santé au pied des immeubles"), "{list}");
    manager.get(&format!("/mes-dossiers/{id}")).expect(200);
}

#[test]
fn the_decision_is_the_organisation_s_to_read() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    let link = invited(&app, &world, id);
    app.as_account(world.stranger, |op, actor| accept(op, actor, link.rsplit('/').next().unwrap())).unwrap();
    app.as_account(world.stranger, |op, actor| {
        save_section(op, actor, id, "project", &typed(&[("title", "Essai")]), 0)
    })
    .unwrap();
    let sees = |account| {
        let actor = app.actor(account);
        app.service().read(|conn| for_applicant(conn, &actor, id)).is_ok()
    };
    assert!(sees(world.stranger));
    let notified = crate::support::decisions::notified_dossier(
        &app,
        &world,
        "Un dossier décidé",
        10_000,
        essaim::dossiers::Outcome::Rejected,
    );
    let fault = app.as_account(world.applicant, |op, actor| invite(op, actor, notified, GUEST)).unwrap_err();
    assert!(matches!(&fault, Fault::Refused(reason) if reason.contains("La décision est notifiée")), "{fault:?}");
    let gone = app.service().read(|conn| editors::of_dossier(conn, id)).unwrap().remove(0).id;
    app.as_account(world.applicant, |op, actor| remove_editor(op, actor, id, gone)).unwrap();
    assert!(!sees(world.stranger));
}

/// The letter is the organisation's to read: who wrote on invitation reads nothing more once it is notified.
#[test]
fn an_invited_person_reads_nothing_once_the_decision_is_notified() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = signed_dossier(&app, &world, "Santé au pied des immeubles", 10_000, Outcome::Selected);
    app.console(|op| {
        use diesel::prelude::*;
        use essaim::db::schema::dossier_editors as editors;
        diesel::insert_into(editors::table)
            .values((
                editors::dossier_id.eq(id),
                editors::email.eq(GUEST),
                editors::token_hash.eq("0"),
                editors::account_id.eq(Some(world.stranger)),
                editors::invited_at.eq(op.now),
                editors::invited_by.eq(world.applicant),
                editors::accepted_at.eq(Some(op.now)),
            ))
            .execute(op.conn)?;
        op.record(essaim::journal::Entry::new("dossier.editor", "Invitation acceptée"));
        Ok(())
    });
    let guest = app.signed_in(GUEST);
    let own = format!("/mes-dossiers/{id}");
    let paths =
        [own.clone(), format!("{own}/journal"), format!("{own}/accuse-de-reception"), format!("{own}/courrier")];
    guest.get(&paths[2]).expect(200);
    app.as_account(world.manager, |op, actor| notify(op, actor, id, Delivery::Electronic)).unwrap();
    for path in &paths {
        guest.get(path).expect(404);
    }
    assert!(!guest.get("/mes-dossiers").expect(200).words().contains("Santé au pied"));
}

#[test]
fn ten_people_are_invited_at_the_same_time() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    let invite = |n: usize| {
        let email = format!("invite{n}@exemple.example");
        app.as_account(world.applicant, |op, actor| invite(op, actor, id, &email))
    };
    for n in 0..10 {
        invite(n).unwrap();
    }
    let more = invite(10);
    assert!(matches!(&more, Err(Fault::Invalid(errors)) if errors[0].message.contains("10 personnes")), "{more:?}");
    invite(9).unwrap();
}
