//! Personal links: one use, for a while, for one address, and worth nothing once another is sent. Nobody else reads them.

use std::num::NonZeroU32;
use std::sync::Barrier;

use diesel::prelude::*;
use essaim::access::Author;
use essaim::accounts::actions::reset_password;
use essaim::db::schema::{account_tokens, dossier_editors, journal_texts, mails, organisation_invitations};
use essaim::fault::Fault;
use essaim::mail::{Transport, deliver_due};
use essaim::web::throttle::Limits;

use crate::support::dossiers::empty_draft;
use crate::support::{PASSWORD, TestApp, World};

const EMAIL: &str = "tresorerie@lesruches.example";
const GUEST: &str = "contact@autreasso.example";
const OTHER: &str = "cinq abeilles dans le tiroir";
const THIRD: &str = "sept chemins vers la ruche";

/// The path of the link in the latest mail of a kind.
fn link(app: &TestApp, kind: &str, start: &str) -> String {
    let mails = app.mails();
    let (_, _, body) = mails.iter().rev().find(|(k, ..)| k == kind).unwrap_or_else(|| panic!("no mail {kind}"));
    body[body.find(start).unwrap()..].split_whitespace().next().unwrap().to_owned()
}

fn ask_reset(app: &TestApp) -> String {
    app.client().post("/mot-de-passe/oublie", &[("email", EMAIL)]).expect(200);
    link(app, "account.reset", "/mot-de-passe/")
}

#[test]
fn a_newer_reset_link_takes_the_place_of_the_older() {
    let app = TestApp::start();
    World::build(&app);
    let (first, second) = (ask_reset(&app), ask_reset(&app));
    assert_ne!(first, second);
    assert!(app.client().get(&first).expect(404).words().contains("Ce lien ne sert plus"));
    app.client().post(&first, &[("password", OTHER)]).expect(404);
    app.client().post(&second, &[("password", OTHER)]).expect(303);
    app.client().post(&second, &[("password", THIRD)]).expect(404);
    app.client().sign_in(EMAIL, OTHER).expect(303);
}

#[test]
fn a_reset_link_dies_with_the_password_and_with_the_address() {
    let app = TestApp::start();
    let world = World::build(&app);
    let client = app.signed_in(EMAIL);
    let before = ask_reset(&app);
    client.post("/profil/mot-de-passe", &[("present_password", PASSWORD), ("password", OTHER)]).expect(303);
    app.client().post(&before, &[("password", THIRD)]).expect(404);
    // Sent to an address that the account has left.
    let left = ask_reset(&app);
    client.post("/profil/adresse", &[("new_email", "theo@nouvelle.example"), ("email_password", OTHER)]).expect(303);
    app.client().post(&link(&app, "account.email_confirm", "/profil/adresse/"), &[]).expect(303);
    app.client().post(&left, &[("password", THIRD)]).expect(404);
    // Of an account shut meanwhile.
    app.client().post("/mot-de-passe/oublie", &[("email", "theo@nouvelle.example")]).expect(200);
    let shut = link(&app, "account.reset", "/mot-de-passe/");
    app.console(|op| essaim::accounts::actions::disable(op, world.applicant));
    app.client().post(&shut, &[("password", THIRD)]).expect(404);
    app.console(|op| essaim::accounts::actions::enable(op, world.applicant));
    app.client().post(&shut, &[("password", THIRD)]).expect(404);
    app.client().sign_in("theo@nouvelle.example", OTHER).expect(303);
}

#[test]
fn an_invitation_is_replaced_by_the_next_and_dies_after_a_week() {
    let app = TestApp::start();
    World::build(&app);
    let user = essaim::accounts::actions::NewUser {
        email: "iris@ars.example".to_owned(),
        given_name: "Iris".to_owned(),
        surname: "Exemple".to_owned(),
        ..Default::default()
    };
    let account = app.console(|op| essaim::accounts::actions::open_account(op, &user, None));
    let first = link(&app, "account.invited", "/mot-de-passe/");
    app.console(|op| essaim::accounts::actions::invite(op, account));
    let second = link(&app, "account.invited", "/mot-de-passe/");
    app.client().get(&first).expect(404);
    app.client().get(&second).expect(200);
    app.set_clock("2021-10-11T12:00:00");
    app.client().post(&second, &[("password", OTHER)]).expect(404);
}

#[test]
fn of_four_hands_on_one_link_one_chooses_the_password() {
    let app = TestApp::start();
    World::build(&app);
    let path = ask_reset(&app);
    let gate = Barrier::new(4);
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let hands: Vec<_> = [OTHER, THIRD, "huit fleurs pour une reine", "neuf pots de miel doré"]
            .into_iter()
            .map(|chosen| {
                let (app, path, gate) = (&app, &path, &gate);
                scope.spawn(move || {
                    gate.wait();
                    app.client().post(path, &[("password", chosen)]).status
                })
            })
            .collect();
        hands.into_iter().map(|hand| hand.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404, 404, 404]);
}

/// The second hand comes between the first one's use of the link and its commit.
#[test]
fn a_link_in_use_is_used() {
    let app = TestApp::start();
    World::build(&app);
    let path = ask_reset(&app);
    let hash = essaim::access::passwords::hash(OTHER).unwrap();
    let (using, used) = std::sync::mpsc::channel();
    let second = std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            app.console(|op| {
                let account = reset_password(op, token(&path), &hash)?;
                using.send(()).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(300));
                Ok(account)
            })
        });
        used.recv().unwrap();
        let service = app.service();
        let second = service.perform(Author::console(), app.now(), |op| reset_password(op, token(&path), &hash));
        first.join().unwrap();
        second
    });
    assert!(matches!(second, Err(Fault::NotFound)), "{second:?}");
}

#[test]
fn a_confirmation_asks_its_password_away_from_the_transaction() {
    let app = TestApp::start();
    let fields = [("given_name", "Ida"), ("surname", "Exemple"), ("email", "ida@asso.example"), ("password", PASSWORD)];
    app.client().post("/inscription", &fields).expect(200);
    let path = link(&app, "account.confirm", "/inscription/confirmer/");
    let token = path.rsplit('/').next().unwrap();
    // The operation takes the proof, not the password: what is no longer the account's hash confirms nothing.
    let stale = app.service().perform(essaim::access::Author::visitor(), app.now(), |op| {
        essaim::accounts::actions::confirm(op, token, "une empreinte d’avant")
    });
    assert!(matches!(stale, Err(essaim::fault::Fault::NotFound)), "{stale:?}");
    let before = app.site.passwords.computed();
    app.client().post(&path, &[("password", "ce n’est pas le bon")]).expect(422);
    assert_eq!(app.site.passwords.computed(), before + 1);
    app.client().post("/inscription/confirmer/inconnu", &[("password", PASSWORD)]).expect(404);
    assert_eq!(app.site.passwords.computed(), before + 1, "an unknown link costs no hash");
    app.client().post(&path, &[("password", PASSWORD)]).expect(303);
    app.client().post(&path, &[("password", PASSWORD)]).expect(404);
}

#[test]
fn an_invitation_to_write_serves_the_address_it_names() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = empty_draft(&app, &world);
    let member = app.signed_in(EMAIL);
    member.post(&format!("/mes-dossiers/{dossier}/equipe"), &[("email", GUEST)]).expect(303);
    let path = link(&app, "dossier.invitation", "/redaction/");
    let forwarded = app.signed_in("gestion@ars.example");
    let page = forwarded.get(&path).expect(200).words();
    assert!(page.contains("Connectez-vous avec cette adresse") && !page.contains("Accepter l’invitation"), "{page}");
    forwarded.post(&path, &[]).expect(409);
    forwarded.get(&format!("/mes-dossiers/{dossier}")).expect(404);
    app.signed_in(GUEST).post(&path, &[]).expect(303);
}

/// One link of each kind, and the pages they open.
fn every_link(app: &TestApp, world: &World) -> Vec<String> {
    let member = app.signed_in(EMAIL);
    let dossier = empty_draft(app, world);
    member.post(&format!("/mes-dossiers/{dossier}/equipe"), &[("email", GUEST)]).expect(303);
    member.post(&format!("/organisations/{}/invitations", world.organisation), &[("email", GUEST)]).expect(303);
    member.post("/profil/adresse", &[("new_email", "theo@nouvelle.example"), ("email_password", PASSWORD)]).expect(303);
    let fields = [("given_name", "Ida"), ("surname", "Exemple"), ("email", "ida@asso.example"), ("password", PASSWORD)];
    app.client().post("/inscription", &fields).expect(200);
    vec![
        link(app, "dossier.invitation", "/redaction/"),
        link(app, "organisation.invite", "/rejoindre/"),
        link(app, "account.email_confirm", "/profil/adresse/"),
        link(app, "account.confirm", "/inscription/confirmer/"),
        ask_reset(app),
    ]
}

fn token(link: &str) -> &str {
    link.rsplit('/').next().unwrap()
}

#[test]
fn no_table_but_the_outbox_holds_a_link_and_the_outbox_forgets_it() {
    let app = TestApp::start();
    let world = World::build(&app);
    let links = every_link(&app, &world);
    let (hashes, written, outbox) = app
        .service()
        .read(|conn| {
            let mut hashes = account_tokens::table.select(account_tokens::token_hash).load::<String>(conn)?;
            hashes.extend(
                organisation_invitations::table.select(organisation_invitations::token_hash).load::<String>(conn)?,
            );
            hashes.extend(dossier_editors::table.select(dossier_editors::token_hash).load::<String>(conn)?);
            let written = journal_texts::table
                .select((journal_texts::actor_name, journal_texts::summary, journal_texts::reason))
                .load::<(String, String, String)>(conn)?;
            let outbox = mails::table.select((mails::body, mails::html)).load::<(String, String)>(conn)?;
            Ok((hashes, format!("{written:?}"), format!("{outbox:?}")))
        })
        .unwrap();
    for link in &links {
        assert!(hashes.contains(&essaim::web::session::hash_token(token(link))), "{link} is kept by its hash");
        assert!(!hashes.iter().any(|hash| hash == token(link)));
        assert!(!written.contains(token(link)), "the journal holds {link}");
        assert!(outbox.contains(token(link)), "so that this test can fail");
    }
    // Handed to the relay, words are forgotten; what fails keeps them for the next attempt.
    let server = crate::support::MailServer::start();
    let transport = Transport::smtp(&server.url(), "Essaim <essaim@essaim.example>").unwrap();
    let (service, waiting) = (app.service(), app.mails().len());
    assert_eq!(deliver_due(&service.db, &service.files, &transport, app.now()).unwrap(), waiting);
    assert_eq!(server.taken().len(), waiting);
    let left = app.mails();
    assert_eq!(left.len(), waiting);
    for link in &links {
        assert!(left.iter().all(|(_, _, body)| !body.contains(token(link))), "the outbox still holds {link}");
    }
}

#[test]
fn the_page_of_a_link_tells_its_address_to_no_other_site_nor_cache() {
    let app = TestApp::start();
    let world = World::build(&app);
    for link in every_link(&app, &world) {
        let client = if link.starts_with("/redaction/") { app.signed_in(GUEST) } else { app.client() };
        let page = client.get(&link).expect(200);
        assert_eq!(page.header("referrer-policy"), Some("same-origin"), "{link}");
        assert_eq!(page.header("cache-control"), Some("no-store"), "{link}");
        for tag in page.text().split('<').filter(|tag| tag.contains("href=\"http") || tag.contains("src=\"http")) {
            assert!(tag.contains(&app.base_url), "{link} leads elsewhere: {tag}");
        }
    }
}

#[test]
fn the_log_of_a_page_that_fails_holds_no_link() {
    let app = TestApp::start_with(|_| (), Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX });
    assert_eq!(app.visit("/mot-de-passe/abcd1234", &[("token", "abcd1234")]).path_to_log(), "/mot-de-passe/{token}");
    assert_eq!(app.visit("/dossiers/7", &[("dossier", "7")]).path_to_log(), "/dossiers/7");
    assert_eq!(app.visit("/mot-de-passe/", &[("token", "")]).path_to_log(), "/mot-de-passe/");
}
