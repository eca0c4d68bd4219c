//! Practice notes: read by the funded projects of the call and its agents, by nobody else.

use essaim::base::ids::{AccountId, DossierId};
use essaim::decisions::Procedure;
use essaim::decisions::actions::{Delivery, notify, terminate};
use essaim::dossiers::Outcome;

use crate::support::decisions::notified_dossier;
use crate::support::funding::agreed_dossier;
use crate::support::{Client, TestApp, World};

const NOTE: [(&str, &str); 6] = [
    ("title", "Aller au pied des immeubles"),
    ("axis", "A2"),
    ("situation", "Les familles ne viennent pas."),
    ("practice", "Deux médiatrices tiennent une table."),
    ("lesson", "La confiance vient avant le rendez-vous."),
    ("quotable", "oui"),
];

const LIST: &str = "/appels/AMI-ISS-2021/fiches";

fn share(holder: &Client, dossier: &str) {
    let mut fields = NOTE.to_vec();
    fields.push(("dossier", dossier));
    holder.post(&format!("{LIST}/nouvelle"), &fields).expect(303);
}

#[test]
fn a_note_is_shared_answered_moderated_and_kept() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected).to_string();
    let holder = app.signed_in("tresorerie@lesruches.example");
    let stranger = app.signed_in("contact@autreasso.example");
    let manager = app.signed_in("gestion@ars.example");
    let instructor = app.signed_in("instruction@ars.example");

    let incomplete = holder.post(&format!("{LIST}/nouvelle"), &[("title", "Un titre"), ("dossier", &dossier)]);
    assert!(incomplete.expect(422).text().contains("value=\"Un titre\""), "what was typed is kept");
    share(&holder, &dossier);
    share(&holder, &dossier);
    assert_eq!(holder.get(LIST).expect(200).words().matches("Aller au pied des immeubles").count(), 1, "one note");

    let note = format!("{LIST}/1");
    for path in [LIST, &note, "/appels/AMI-ISS-2021/capitalisation"] {
        stranger.get(path).expect(404);
        app.client().get(path).expect(303);
        instructor.get(path).expect(200);
    }
    stranger.post(&format!("{note}/reponses"), &[("body", "Bonjour")]).expect(404);
    manager.get(&format!("{note}/modifier")).expect(404);
    instructor.get(&format!("{note}/retirer")).expect(404);
    assert_eq!(instructor.post(&format!("{note}/capitalisation"), &[("garder", "oui")]).status, 404);

    instructor.post(&format!("{note}/reponses"), &[("body", "Combien de familles ?")]).expect(303);
    instructor.post(&format!("{note}/reponses"), &[("body", "Combien de familles ?")]).expect(303);
    let page = holder.get(&note).expect(200).words();
    assert_eq!(page.matches("Combien de familles").count(), 1, "{page}");
    assert!(page.contains("Inès Exemple, ARS"), "{page}");
    let told: Vec<_> = app.mails().into_iter().filter(|(kind, ..)| kind == "practice.told").collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].1, "tresorerie@lesruches.example");

    manager.post(&format!("{note}/capitalisation"), &[("garder", "oui")]).expect(303);
    let kept = instructor.get("/appels/AMI-ISS-2021/capitalisation").expect(200).words();
    assert!(kept.contains("Aller au pied des immeubles") && kept.contains("1 fiche retenue"), "{kept}");

    let stale = holder
        .post(
            &format!("{note}/modifier"),
            &[
                ("version", "1"),
                ("dossier", &dossier),
                ("title", "Autre"),
                ("situation", "a"),
                ("practice", "b"),
                ("lesson", "c"),
            ],
        )
        .expect(409);
    assert!(stale.words().contains("entre-temps") && stale.text().contains("value=\"Autre\""), "both texts are shown");

    let version = manager.get(&format!("{note}/retirer")).expect(200).hidden();
    let version = version.into_iter().find(|(name, _)| name == "version").unwrap().1;
    let silent = manager.post(&format!("{note}/retirer"), &[("version", &version)]).expect(422);
    assert!(silent.words().contains("l’auteur lira ce motif"));
    let reason = [("version", version.as_str()), ("reason", "Une personne pouvait être reconnue")];
    manager.post(&format!("{note}/retirer"), &reason).expect(303);
    assert!(!holder.get(LIST).expect(200).words().contains("Aller au pied"));
    let gone = holder.get(&note).expect(200).words();
    assert!(gone.contains("retirée") && gone.contains("reconnue") && !gone.contains("médiatrices"), "{gone}");
    assert!(!instructor.get("/appels/AMI-ISS-2021/capitalisation").expect(200).words().contains("Aller au pied"));
}

#[test]
fn an_author_changes_only_their_own_reply() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected).to_string();
    let holder = app.signed_in("tresorerie@lesruches.example");
    let instructor = app.signed_in("instruction@ars.example");
    share(&holder, &dossier);
    instructor.post(&format!("{LIST}/1/reponses"), &[("body", "Combien ?")]).expect(303);
    let reply = format!("{LIST}/1/reponses/1");
    holder.get(&format!("{reply}/modifier")).expect(404);
    holder.get(&format!("{reply}/retirer")).expect(404);
    instructor.post(&format!("{reply}/modifier"), &[("version", "1"), ("body", "Combien de familles ?")]).expect(303);
    let late = instructor.post(&format!("{reply}/modifier"), &[("version", "1"), ("body", "Autre")]).expect(409);
    assert!(late.words().contains("a changé entre-temps") && late.words().contains("Combien de familles"));
    instructor.post(&format!("{reply}/retirer"), &[("version", "2")]).expect(303);
    let page = holder.get(&format!("{LIST}/1")).expect(200).words();
    assert!(page.contains("Réponse retirée") && !page.contains("Combien de familles"), "{page}");
}

/// An instructor who read it declares a tie after all.
fn close_to(app: &TestApp, dossier: DossierId, account: AccountId) {
    app.console(|op| {
        use diesel::prelude::*;
        use essaim::db::schema::interest_declarations as declared;
        diesel::delete(declared::table.filter(declared::account_id.eq(account)))
            .execute(op.conn)
            .map_err(essaim::fault::Fault::from)?;
        diesel::insert_into(declared::table)
            .values((
                declared::dossier_id.eq(dossier),
                declared::account_id.eq(account),
                declared::conflict.eq(true),
                declared::detail.eq("Membre du conseil d’administration"),
                declared::declared_at.eq(op.now),
            ))
            .execute(op.conn)?;
        op.record(essaim::journal::Entry::new("test.conflict", "Conflit déclaré"));
        Ok(())
    });
}

#[test]
fn a_recused_agent_reads_nothing_of_that_project() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected);
    share(&app.signed_in("tresorerie@lesruches.example"), &dossier.to_string());
    close_to(&app, dossier, world.instructor_ars);
    let instructor = app.signed_in("instruction@ars.example");
    assert!(!instructor.get(LIST).expect(200).words().contains("Aller au pied"));
    instructor.get(&format!("{LIST}/1")).expect(404);
}

/// A project whose award was terminated is no longer among those who share.
#[test]
fn a_terminated_project_leaves_the_circle() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = agreed_dossier(&app, &world, "Ruche mobile", 10_000);
    let holder = app.signed_in("tresorerie@lesruches.example");
    share(&holder, &dossier.to_string());
    holder.get(LIST).expect(200);
    app.set_clock("2022-06-15T10:00:00");
    let procedure = Procedure {
        formal_notice_on: "2022-05-02".parse().unwrap(),
        observations: "Vous n’avez pas présenté d’observations.".to_owned(),
    };
    app.as_account(world.signatory, |op, actor| {
        terminate(op, actor, dossier, &procedure, "Le projet n’a pas commencé.")
    })
    .unwrap();
    app.as_account(world.manager, |op, actor| notify(op, actor, dossier, Delivery::Electronic)).unwrap();
    let holder = app.signed_in("tresorerie@lesruches.example");
    for path in [LIST, "/appels/AMI-ISS-2021/fiches/1"] {
        holder.get(path).expect(404);
    }
}

#[test]
fn what_is_withdrawn_or_not_to_be_quoted_is_not_kept() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected).to_string();
    let holder = app.signed_in("tresorerie@lesruches.example");
    let manager = app.signed_in("gestion@ars.example");
    share(&holder, &dossier);
    let (note, reply) = (format!("{LIST}/1"), format!("{LIST}/1/reponses/1"));
    holder.post(&format!("{note}/reponses"), &[("body", "Combien ?")]).expect(303);
    holder.post(&format!("{reply}/modifier"), &[("version", "1"), ("body", "Combien de familles ?")]).expect(303);
    let late = [("version", "1"), ("reason", "Une personne reconnue")];
    assert_eq!(holder.post(&format!("{reply}/retirer"), &late).status, 409, "it changed since");
    let mut quiet: Vec<(&str, &str)> = NOTE.into_iter().filter(|(name, _)| *name != "quotable").collect();
    quiet.extend([("version", "1"), ("dossier", dossier.as_str())]);
    holder.post(&format!("{note}/modifier"), &quiet).expect(303);
    assert_eq!(holder.post(&format!("{note}/retirer"), &late).status, 409, "it changed since");
    let kept = manager.post(&format!("{note}/capitalisation"), &[("garder", "oui")]).expect(409).words();
    assert!(kept.contains("n’ont pas accepté"), "{kept}");
    holder.post(&format!("{note}/retirer"), &[("version", "2"), ("reason", "")]).expect(303);
    let gone = manager.post(&format!("{note}/capitalisation"), &[("garder", "oui")]).expect(409).words();
    assert!(gone.contains("a été retirée"), "{gone}");
    assert_eq!(holder.post(&format!("{note}/reponses"), &[("body", "Encore ?")]).status, 409);
}

/// Nor what that project's people answer elsewhere.
#[test]
fn a_recused_agent_reads_no_reply_of_that_project() {
    let app = TestApp::start();
    let world = World::build(&app);
    let closed = notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected);
    let other = notified_dossier(&app, &world, "Ruche fixe", 10_000, Outcome::Selected);
    app.console(|op| {
        use diesel::prelude::*;
        use essaim::db::schema::dossiers;
        // Another organisation's.
        diesel::update(dossiers::table.filter(dossiers::id.eq(other)))
            .set(dossiers::organisation_id.eq(world.stranger_organisation))
            .execute(op.conn)?;
        op.record(essaim::journal::Entry::new("test.organisation", "Porteur d’essai"));
        Ok(())
    });
    share(&app.signed_in("contact@autreasso.example"), &other.to_string());
    let holder = app.signed_in("tresorerie@lesruches.example");
    holder.post(&format!("{LIST}/1/reponses"), &[("body", "Nous disons TOURMALINE")]).expect(303);
    let instructor = app.signed_in("instruction@ars.example");
    let note = format!("{LIST}/1");
    assert!(instructor.get(&note).expect(200).words().contains("TOURMALINE"), "so that this test can fail");
    close_to(&app, closed, world.instructor_ars);
    let page = instructor.get(&note).expect(200).words();
    assert!(page.contains("Aller au pied") && !page.contains("TOURMALINE"), "{page}");
}
