//! From the signature to the applicant's reading; nothing before.

use diesel::prelude::*;
use essaim::base::ids::DossierId;
use essaim::db::schema::{dossier_versions, letters};
use essaim::decisions::actions::{Delivery, notify};
use essaim::dossiers::Outcome;
use essaim::fault::Fault;
use essaim::journal::{self, Audience};
use essaim::mail;

use super::{APPLICANT, MANAGER, STRANGER, letter, sealed_bytes, signed_in};
use crate::support::decisions::{notified_dossier, signed_dossier};
use crate::support::{TestApp, World};

fn mails(app: &TestApp) -> Vec<mail::Sent> {
    let all = app.service().read(|conn| mail::latest(conn, 100)).unwrap();
    all.into_iter().filter(|m| m.kind == "decision.notify").collect()
}

/// Turns a dossier into one whose applicant did not accept electronic letters.
pub fn without_consent(app: &TestApp, dossier: DossierId) {
    app.service()
        .db
        .write(|conn| {
            let rows = dossier_versions::table
                .filter(dossier_versions::dossier_id.eq(dossier))
                .select((dossier_versions::id, dossier_versions::content))
                .load::<(essaim::base::ids::DossierVersionId, String)>(conn)?;
            for (id, content) in rows {
                let paper = content.replace("\"electronic_notification\":true", "\"electronic_notification\":false");
                assert_ne!(paper, content);
                diesel::update(dossier_versions::table.filter(dossier_versions::id.eq(id)))
                    .set(dossier_versions::content.eq(paper))
                    .execute(conn)?;
            }
            diesel::update(letters::table.filter(letters::dossier_id.eq(dossier)))
                .set(letters::electronic.eq(false))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
}

#[test]
fn nothing_shows_before_notification_and_everything_after() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = signed_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    let applicant = signed_in(&app, APPLICANT);
    let path = format!("/mes-dossiers/{dossier}/decision");
    let code = letter(&app, dossier).check_code;
    for hidden in [path.clone(), format!("/mes-dossiers/{dossier}/courrier"), format!("/verifier/{code}")] {
        let reply = applicant.get(&hidden).expect(404);
        assert!(!reply.text().contains("AMI-ISS-2021-D0001"), "{hidden} tells the decision exists");
    }
    for page in ["/mes-dossiers".to_owned(), format!("/mes-dossiers/{dossier}"), "/".to_owned()] {
        // The filter of the list names every state there is.
        let text: String = applicant
            .get(&page)
            .expect(200)
            .text()
            .split("<option")
            .enumerate()
            .map(|(i, part)| if i == 0 { part } else { part.split_once("</option>").map_or("", |(_, rest)| rest) })
            .collect();
        for leak in ["Retenu", "retenu", "D0001", "à notifier", "/decision"] {
            assert!(!text.contains(leak), "{page} says {leak:?} before notification");
        }
    }
    assert!(mails(&app).is_empty());

    let manager = signed_in(&app, MANAGER);
    let confirm = manager.get(&format!("/dossiers/{dossier}/notifier")).expect(200).words();
    assert!(confirm.contains("Théo Exemple (tresorerie@lesruches.example)"), "{confirm}");
    manager.post(&format!("/dossiers/{dossier}/notifier"), &[]).expect(303);
    let desk = manager.get("/appels/AMI-ISS-2021/decisions?etape=notifiees").expect(200).words();
    assert!(desk.contains("est notifiée") && desk.contains("Pas encore lue"), "{desk}");

    let home = applicant.get("/").expect(200).words();
    assert!(home.contains("Lire la décision sur le dossier AMI-ISS-2021-0001"), "{home}");
    let follow = applicant.get(&format!("/mes-dossiers/{dossier}")).expect(200).text();
    assert!(follow.contains(&format!("href=\"{path}\"")), "the dossier's page leads to its decision");
    let words = applicant.get(&path).expect(200).words();
    for said in [
        "Votre projet est retenu",
        "42\u{202F}500\u{A0}€",
        "quarante-deux mille cinq cents euros",
        "recours gracieux",
        "Tribunal administratif de Montpellier".to_lowercase().as_str(),
        "www.telerecours.fr",
    ] {
        let said: String = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.to_lowercase().contains(&said.to_lowercase()), "{said:?} is missing from {words}");
    }
}

#[test]
fn the_mail_carries_the_letter_and_says_nothing_of_the_outcome() {
    let app = TestApp::start();
    let world = World::build(&app);
    for (title, outcome) in [("Marcher", Outcome::Selected), ("Cuisiner", Outcome::Rejected)] {
        notified_dossier(&app, &world, title, 42_500, outcome);
    }
    let mails = mails(&app);
    assert_eq!(mails.len(), 2, "the contact is the member: one mail each");
    for mail in &mails {
        assert!(mail.subject.contains("une décision vous attend"), "{}", mail.subject);
        assert!(mail.body.contains("/mes-dossiers/") && mail.body.contains("jointe à ce message"), "{}", mail.body);
        assert!(mail.document.is_some());
        for leak in ["retenu", "rejet", "refus", "42\u{202F}500", "liste"] {
            let told = format!("{} {}", mail.subject, mail.body).to_lowercase();
            assert!(!told.contains(leak), "the mail says {leak:?}: {told}");
        }
    }
}

#[test]
fn the_first_reading_is_kept_once_whoever_opens_it() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Waitlisted);
    assert_eq!(letter(&app, dossier).read_at, None);
    sealed_bytes(&app, dossier);
    assert_eq!(letter(&app, dossier).read_at, None, "an agent's download is no reading");
    app.set_clock("2022-02-02T09:00:00");
    let applicant = signed_in(&app, APPLICANT);
    let downloaded = applicant.get(&format!("/mes-dossiers/{dossier}/courrier")).expect(200);
    assert_eq!(downloaded.bytes, sealed_bytes(&app, dossier), "what is notified is what was sealed");
    let first = letter(&app, dossier).read_at.unwrap();
    app.set_clock("2022-02-03T09:00:00");
    let applicant = signed_in(&app, APPLICANT);
    applicant.get(&format!("/mes-dossiers/{dossier}/decision")).expect(200);
    assert_eq!(letter(&app, dossier).read_at, Some(first));
    let trail = app.service().read(|conn| journal::of_dossier(conn, dossier, Audience::Everyone)).unwrap();
    assert_eq!(trail.iter().filter(|e| e.action == "decision.read").count(), 1);
    let desk = signed_in(&app, MANAGER).get("/appels/AMI-ISS-2021/decisions").expect(200).words();
    assert!(desk.contains("Lue le 2 février 2022 à 9 h"), "{desk}");
}

#[test]
pub fn without_consent_the_letter_is_posted_and_its_day_recorded() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = signed_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Rejected);
    without_consent(&app, dossier);
    app.set_clock("2022-02-03T09:00:00");
    let refused =
        app.as_account(world.manager, |op, actor| notify(op, actor, dossier, Delivery::Electronic)).unwrap_err();
    assert!(matches!(refused, Fault::Invalid(_)), "{refused}");
    let manager = signed_in(&app, MANAGER);
    let desk = manager.get("/appels/AMI-ISS-2021/decisions").expect(200);
    assert!(desk.words().contains("À imprimer et poster"));
    let path = format!("/dossiers/{dossier}/notifier");
    for (day, why) in [("04/02/2022", "à venir"), ("30/01/2022", "a été signée le"), ("hier", "Saisissez la date")]
    {
        let reply = manager.post(&path, &[("posted_on", day)]).expect(422);
        assert!(reply.words().contains(why), "{day}: {}", reply.words());
    }
    manager.post(&path, &[("posted_on", "01/02/2022")]).expect(303);
    let decision = super::decision_of(&app, dossier).unwrap();
    assert_eq!(decision.notified_at.unwrap().iso_date("Europe/Paris"), "2022-02-01");
    let trail = app.service().read(|conn| journal::of_dossier(conn, dossier, Audience::Everyone)).unwrap();
    assert!(trail.iter().any(|e| e.action == "decision.notify" && e.reason == "Posté le 1er\u{A0}février\u{A0}2022"));
    let sent = mails(&app);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].document, None, "no letter in the mail");
    assert!(sent[0].body.contains("par voie postale"));
}

#[test]
fn another_applicant_finds_nothing() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    let stranger = signed_in(&app, STRANGER);
    for page in ["decision", "courrier"] {
        stranger.get(&format!("/mes-dossiers/{dossier}/{page}")).expect(404);
        stranger.get(&format!("/dossiers/{dossier}/{page}")).expect(404);
    }
    assert_eq!(letter(&app, dossier).read_at, None);
    assert_eq!(
        app.client().get(&format!("/mes-dossiers/{dossier}/decision")).expect(303).location.split('?').next(),
        Some("/connexion")
    );
}
