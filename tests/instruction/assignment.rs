//! Who may be given a dossier, interests first, and what a recusal closes.

use essaim::access::Role;
use essaim::accounts::actions::{add_agent, grant_role};
use essaim::base::Cents;
use essaim::dossiers::{self, State};
use essaim::fault::Fault;
use essaim::instruction::actions::{assign, declare_interests};

use crate::support::dossiers::submitted_dossier_of;
use crate::support::instruction::{assigned_dossier, review, shortlisted_dossier, submit_as};
use crate::support::{Client, PASSWORD, TestApp, World};

fn signed_in(app: &TestApp, email: &str) -> Client {
    let client = app.client();
    client.sign_in(email, PASSWORD).expect(303);
    client
}

fn words_of(fault: &Fault) -> String {
    fault.to_string()
}

#[test]
fn two_instructors_of_one_institution_are_refused() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = shortlisted_dossier(&app, &world, "Ruches de quartier", 40_000);
    let member = world.members[0];
    app.console(|op| grant_role(op, world.call, member, world.ars, Role::Instructor, None));
    let give = |who| app.as_account(world.manager, |op, actor| assign(op, actor, dossier, who, None));
    give(world.instructor_ars).unwrap();
    let refused = give(member).unwrap_err();
    assert!(words_of(&refused).contains("choisissez une autre institution"), "{refused}");
    let twice = give(world.instructor_ars).unwrap_err();
    assert!(words_of(&twice).contains("instruit déjà ce dossier"), "{twice}");
    let stranger = give(world.signatory).unwrap_err();
    assert!(words_of(&stranger).contains("Choisissez un instructeur de cet appel"), "{stranger}");
    give(world.instructor_dreets).unwrap();
    let manager = signed_in(&app, "gestion@ars.example");
    let page = manager.get(&format!("/dossiers/{dossier}/gestion")).expect(200).words();
    assert!(page.contains("0 avis rendu sur 2"), "{page}");
    assert!(page.contains("son institution instruit déjà ce dossier"), "{page}");
}

#[test]
fn an_applicant_never_instructs_their_own_dossier() {
    let app = TestApp::start();
    let world = World::build(&app);
    app.console(|op| {
        add_agent(op, world.applicant, world.ars, "Chargé de mission", "Service de démonstration")?;
        grant_role(op, world.call, world.applicant, world.ars, Role::Instructor, None)
    });
    let dossier = shortlisted_dossier(&app, &world, "Ruches de quartier", 40_000);
    let refused =
        app.as_account(world.manager, |op, actor| assign(op, actor, dossier, world.applicant, None)).unwrap_err();
    assert!(words_of(&refused).contains("membre de l’organisme porteur"), "{refused}");
    let theirs =
        submitted_dossier_of(&app, &world, world.stranger, world.stranger_organisation, "Jardins partagés", 10_000);
    signed_in(&app, "tresorerie@lesruches.example").get(&format!("/dossiers/{theirs}")).expect(404);
}

#[test]
fn before_declaring_only_title_and_applicant_show() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = assigned_dossier(&app, &world, "Ruches de quartier", 40_000);
    let client = signed_in(&app, "instruction@ars.example");
    for path in ["", "/journal"] {
        let reply = client.get(&format!("/dossiers/{dossier}{path}")).expect(303);
        assert_eq!(reply.location, format!("/dossiers/{dossier}/avis"));
    }
    client.get(&format!("/dossiers/{dossier}/pieces/1")).expect(404);
    let page = client.get(&format!("/dossiers/{dossier}/avis")).expect(200).text();
    assert!(page.contains("Ruches de quartier") && page.contains("Les Ruches d’Exemple"));
    for hidden in ["au pied des immeubles", "40\u{202F}000", "120 habitants", "name=\"score-C1\""] {
        assert!(!page.contains(hidden), "{hidden} shows before the declaration");
    }
    let empty = client.post(&format!("/dossiers/{dossier}/avis/interets"), &[]).expect(422).words();
    assert!(empty.contains("Dites si vous avez, ou non, un lien"), "{empty}");
    let reply = client.post(&format!("/dossiers/{dossier}/avis/interets"), &[("conflict", "non")]).expect(303);
    let page = client.get(&reply.location).expect(200).text();
    assert!(page.contains("au pied des immeubles") && page.contains("name=\"score-C1\""));
    let piece = client.get(&format!("/dossiers/{dossier}/pieces/1")).expect(200);
    assert!(piece.bytes.starts_with(b"%PDF") && piece.header("content-disposition").unwrap().starts_with("attachment"));
    client.get(&format!("/dossiers/{dossier}/pieces/99")).expect(404);
}

#[test]
fn a_recused_instructor_loses_every_page_and_the_managers_learn_of_it() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = assigned_dossier(&app, &world, "Ruches de quartier", 40_000);
    submit_as(&app, world.instructor_dreets, dossier, &review([4; 8], Cents::from_euros(40_000), "Texte du second"));
    let client = signed_in(&app, "instruction@ars.example");
    let declare = format!("/dossiers/{dossier}/avis/interets");
    let silent = client.post(&declare, &[("conflict", "oui"), ("detail", " ")]).expect(422).words();
    assert!(silent.contains("Dites en une phrase quel est ce lien"), "{silent}");
    let reply = client.post(&declare, &[("conflict", "oui"), ("detail", "Ma sœur y travaille.")]).expect(303);
    assert_eq!(reply.location, "/instruction");
    for path in ["", "/avis", "/avis/verifier", "/journal", "/pieces/1", "/gestion"] {
        let page = client.get(&format!("/dossiers/{dossier}{path}")).expect(404).text();
        for leak in ["Ruches", "40\u{202F}000", "AMI-ISS-2021-0001", "Texte du second"] {
            assert!(!page.contains(leak), "{path} leaks {leak}");
        }
    }
    client.post(&format!("/dossiers/{dossier}/avis"), &[("version", "0")]).expect(404);
    let desk = client.get("/instruction").expect(200).text();
    assert!(!desk.contains("Ruches de quartier") && desk.contains("Aucun dossier ne vous est confié"));
    let home = client.get("/").expect(200).text();
    assert!(!home.contains("Rendre votre avis"));
    let manager = signed_in(&app, "gestion@ars.example");
    let page = manager.get(&format!("/dossiers/{dossier}/gestion")).expect(200).words();
    assert!(page.contains("Déport déclaré") && page.contains("Ma sœur y travaille."), "{page}");
    assert!(page.contains("1 avis rendu sur 2"), "{page}");
    let mails = app.service().read(|conn| essaim::mail::latest(conn, 50)).unwrap();
    let told = mails.iter().find(|m| m.kind == "instruction.recused").unwrap();
    assert_eq!(told.recipient, "gestion@ars.example");
    assert!(told.body.contains("Inès Exemple déclare un lien d’intérêts"));
    let again =
        app.as_account(world.manager, |op, actor| assign(op, actor, dossier, world.instructor_ars, None)).unwrap_err();
    assert!(words_of(&again).contains("s’est déporté"), "{again}");
}

#[test]
fn an_instructor_not_assigned_finds_nothing() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = shortlisted_dossier(&app, &world, "Ruches de quartier", 40_000);
    app.as_account(world.manager, |op, actor| assign(op, actor, dossier, world.instructor_ars, None)).unwrap();
    let other = signed_in(&app, "instruction@dreets.example");
    for path in ["", "/avis", "/avis/verifier", "/journal", "/pieces/1", "/gestion"] {
        other.get(&format!("/dossiers/{dossier}{path}")).expect(404);
    }
    assert!(!other.get("/instruction").expect(200).text().contains("Ruches"));
    let undone = app.as_account(world.instructor_dreets, |op, actor| declare_interests(op, actor, dossier, None));
    assert!(matches!(undone, Err(Fault::NotFound)));
}

#[test]
fn taking_a_dossier_back_needs_a_reason_and_may_close_the_instruction() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = assigned_dossier(&app, &world, "Ruches de quartier", 40_000);
    let member = world.members[2];
    app.console(|op| grant_role(op, world.call, member, institution(&app, "AM"), Role::Instructor, None));
    app.as_account(world.manager, |op, actor| assign(op, actor, dossier, member, None)).unwrap();
    for instructor in [world.instructor_ars, world.instructor_dreets] {
        submit_as(&app, instructor, dossier, &review([3; 8], Cents::from_euros(40_000), ""));
    }
    let state = || app.service().read(|conn| dossiers::get(conn, dossier)).unwrap().state;
    assert_eq!(state(), State::UnderInstruction, "the third reading is still due");
    let manager = signed_in(&app, "gestion@ars.example");
    let page = manager.get(&format!("/dossiers/{dossier}/gestion")).expect(200).text();
    let page = page.split_once("/gestion/retrait").unwrap().1;
    let start = page.find("name=\"assignment\" value=\"").unwrap() + "name=\"assignment\" value=\"".len();
    let id: String = page[start..].chars().take_while(char::is_ascii_digit).collect();
    let path = format!("/dossiers/{dossier}/gestion/retrait");
    let refused = manager.post(&path, &[("assignment", &id)]).expect(422).words();
    assert!(refused.contains("Saisissez le motif du retrait"), "{refused}");
    manager.post(&path, &[("assignment", &id), (&format!("reason-{id}"), "Absence prolongée")]).expect(303);
    assert_eq!(state(), State::Instructed);
    let journal = manager.get(&format!("/dossiers/{dossier}/journal")).expect(200).words();
    assert!(journal.contains("Motif : Absence prolongée"), "{journal}");
    assert!(journal.contains("Instruction close"), "{journal}");
    assert!(!journal.contains("75"), "no score in the journal: {journal}");
    // The two reviews that are in stay with the dossier.
    assert!(!manager.get(&format!("/dossiers/{dossier}/gestion")).expect(200).text().contains("/gestion/retrait"));
}

fn institution(app: &TestApp, code: &str) -> essaim::base::ids::InstitutionId {
    app.service().read(|conn| essaim::calls::institution_by_code(conn, code)).unwrap()
}

/// The call says whose agents read its dossiers.
#[test]
fn an_institution_that_does_not_instruct_is_given_no_dossier() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = shortlisted_dossier(&app, &world, "Ruches de quartier", 40_000);
    let fas = app.service().read(|conn| essaim::calls::institution_by_code(conn, "FAS")).unwrap();
    let outsider = world.members[3];
    app.console(|op| essaim::accounts::actions::grant_role(op, world.call, outsider, fas, Role::Instructor, None));
    let tried = app.as_account(world.manager, |op, actor| assign(op, actor, dossier, outsider, None));
    assert!(matches!(&tried, Err(Fault::Invalid(errors)) if errors[0].field == "instructor"), "{tried:?}");
}
