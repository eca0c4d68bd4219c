//! Delivery over the real protocol, to a mail server of the test's own on loopback.

use essaim::base::ids::MailId;
use essaim::mail::{Message, Transport, deliver_due, get, relay};

use crate::support::{MailServer, TestApp};

const FROM: &str = "Essaim <service@essaim.example>";

fn message(recipient: &str) -> Message {
    Message {
        kind: "test.message",
        recipient: recipient.to_owned(),
        recipient_name: "Zoé Exemple".to_owned(),
        subject: "Décision à lire".to_owned(),
        body: "Bonjour,\n\nUne décision vous attend.".to_owned(),
        document: None,
        dossier: None,
    }
}

fn enqueue(app: &TestApp, recipient: &str) {
    app.console(|op| {
        op.record(essaim::journal::Entry::new("test.mail", "Courriel d’essai"));
        op.send(&message(recipient))
    });
}

fn deliver(app: &TestApp, transport: &Transport) -> usize {
    let service = app.service();
    deliver_due(&service.db, &service.files, transport, app.now()).unwrap()
}

/// Mails carry letters, and links that open accounts.
#[test]
fn a_relay_elsewhere_is_not_reached_in_clear_unless_told() {
    for near in ["smtp://127.0.0.1:25", "smtp://localhost", "smtp://essaim:p%40ss@[::1]:2525/essaim.example"] {
        assert!(relay(near).is_ok(), "{near}");
    }
    for far in [
        "smtp://relay.example:25",
        "smtp://essaim:secret@10.0.0.1",
        "smtp://localhost@relay.example",
        "smtp://localhost:25@relay.example/localhost",
        "smtp://relay.example?tls=opportunistic",
        "smtp://",
    ] {
        let expected = relay(far).map(|_| ()).expect_err(far);
        assert!(expected.starts_with("smtps:// or smtp+starttls://"), "{far}: {expected}");
    }
    for said in ["smtps://relay.example", "smtp+starttls://essaim:secret@relay.example", "smtp+clear://relay.example"] {
        assert!(relay(said).is_ok(), "{said}");
    }
    for unknown in ["relay.example", "http://relay.example", "smtps://"] {
        assert!(relay(unknown).is_err(), "{unknown}");
    }
}

#[test]
fn a_mail_leaves_once() {
    let app = TestApp::start();
    let server = MailServer::start();
    let transport = Transport::smtp(&server.url(), FROM).unwrap();
    enqueue(&app, "zoe@exemple.example");
    assert_eq!(deliver(&app, &transport), 1);
    let mail = server.taken().pop().unwrap();
    assert!(mail.contains("zoe@exemple.example"), "{mail}");
    assert!(mail.contains("Subject: =?utf-8?"), "the accented subject is encoded: {mail}");
    assert!(
        mail.contains("multipart/alternative") && mail.contains("text/plain") && mail.contains("text/html"),
        "{mail}"
    );
    assert_eq!(deliver(&app, &transport), 0, "nothing is sent twice");
    let sent = app.service().read(|conn| get(conn, MailId(1))).unwrap();
    assert!(sent.sent_at.is_some());
}

/// While one worker talks to the mail server, the others leave it that mail.
#[test]
fn four_workers_send_each_mail_once() {
    const MAILS: usize = 12;
    let app = TestApp::start();
    let server = MailServer::slow(std::time::Duration::from_millis(30));
    let transport = Transport::smtp(&server.url(), FROM).unwrap();
    for i in 0..MAILS {
        enqueue(&app, &format!("zoe{i}@exemple.example"));
    }
    let gate = std::sync::Barrier::new(4);
    let sent: usize = std::thread::scope(|scope| {
        let hands: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    gate.wait();
                    deliver(&app, &transport)
                })
            })
            .collect();
        hands.into_iter().map(|hand| hand.join().unwrap()).sum()
    });
    assert_eq!((sent, server.taken().len()), (MAILS, MAILS));
}

#[test]
fn a_refused_mail_waits_and_is_tried_again() {
    let app = TestApp::start();
    let transport = Transport::smtp(&MailServer::start().url(), FROM).unwrap();
    enqueue(&app, "refuse@exemple.example");
    assert_eq!(deliver(&app, &transport), 0);
    let mail = app.service().read(|conn| get(conn, MailId(1))).unwrap();
    assert_eq!((mail.sent_at, mail.attempts), (None, 1));
    assert_eq!(deliver(&app, &transport), 0);
    let mail = app.service().read(|conn| get(conn, MailId(1))).unwrap();
    assert_eq!(mail.attempts, 1, "it waits before the next attempt");
    app.service().clock.advance(jiff::SignedDuration::from_mins(5));
    deliver(&app, &transport);
    let mail = app.service().read(|conn| get(conn, MailId(1))).unwrap();
    assert_eq!(mail.attempts, 2);
}

#[test]
fn both_parts_of_a_mail_say_the_same_and_nothing_in_it_is_remote() {
    let app = TestApp::start();
    let body = "Bonjour <b>Zoé</b>,\n\nÀ lire\u{A0}:\nhttps://essaim.example/x?a=1&b=2\n\nMerci.\n";
    app.console(|op| {
        op.record(essaim::journal::Entry::new("test.mail", "Courriel d’essai"));
        op.send(&Message { body: body.to_owned(), ..message("zoe@exemple.example") })
    });
    let mail = app.service().read(|conn| get(conn, MailId(1))).unwrap();
    assert!(mail.body.starts_with("Bonjour <b>Zoé</b>,\n\nÀ lire"), "{}", mail.body);
    assert!(mail.body.contains("Pour une question, écrivez à contact@essaim.example."), "{}", mail.body);
    assert!(mail.html.contains("Bonjour &lt;b&gt;Zoé&lt;"), "what was typed is no markup: {}", mail.html);
    assert!(mail.html.contains("href=\"https://essaim.example/x?a=1&amp;b=2\""), "{}", mail.html);
    assert!(mail.html.contains("Merci.") && mail.html.contains("Décision à lire"));
    assert!(!mail.html.contains("src=") && !mail.html.contains("url(") && !mail.html.contains("<link"));
}

#[test]
fn administrators_see_what_did_not_leave_and_send_it_again() {
    let app = TestApp::start();
    crate::support::World::build(&app);
    let transport = Transport::smtp(&MailServer::start().url(), FROM).unwrap();
    enqueue(&app, "refuse@exemple.example");
    enqueue(&app, "zoe@exemple.example");
    // Eight attempts, further and further apart, then it is given up.
    for _ in 0..8 {
        deliver(&app, &transport);
        app.service().clock.advance(jiff::SignedDuration::from_hours(5));
    }
    let mail = app.service().read(|conn| get(conn, MailId(1))).unwrap();
    assert_eq!((mail.sent_at, mail.attempts), (None, 8));
    let admin = app.signed_in("admin@essaim.example");
    let page = admin.get("/administration/courriels?etat=given_up").expect(200).words();
    assert!(page.contains("refuse@exemple.example") && page.contains("no such person"), "{page}");
    assert!(!page.contains("zoe@exemple.example"), "{page}");
    assert!(admin.get("/administration/courriels?recherche=DECISION+refuse").words().contains("1 courriel"));
    assert!(!admin.get("/administration/courriels").words().contains("Une décision vous attend"), "no words are shown");
    admin.post("/administration/courriels/1/relancer", &[]).expect(303);
    assert_eq!(app.service().read(|conn| get(conn, MailId(1))).unwrap().attempts, 0);
    admin.post("/administration/courriels/2/relancer", &[]).expect(409);
    admin.post("/administration/courriels/99/relancer", &[]).expect(404);
    app.signed_in("gestion@ars.example").get("/administration/courriels").expect(404);
    let journal = admin.get("/administration/journal?matiere=mail").expect(200).words();
    assert!(journal.contains("Courriel n° 1 remis à l’envoi"), "{journal}");
}
