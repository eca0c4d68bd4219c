//! Delivery over the real protocol, to a mail server of the test's own on loopback.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::mpsc;

use essaim::base::ids::MailId;
use essaim::mail::{Message, Transport, deliver_due, get};

use crate::support::TestApp;

/// Speaks SMTP to one client after the other; refuses recipients named `refuse`.
fn mail_server() -> (u16, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            stream.write_all(b"220 peer\r\n").unwrap();
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|n| n > 0) {
                let command = line.trim_end().to_owned();
                line.clear();
                let answer: &[u8] = match command.split_whitespace().next().unwrap_or_default() {
                    "RCPT" if command.contains("refuse@") => b"550 no such person\r\n",
                    "DATA" => {
                        stream.write_all(b"354 go on\r\n").unwrap();
                        let mut body = String::new();
                        while reader.read_line(&mut line).unwrap() > 0 && line != ".\r\n" {
                            body.push_str(&line);
                            line.clear();
                        }
                        line.clear();
                        sender.send(body).unwrap();
                        b"250 taken\r\n"
                    }
                    "QUIT" => {
                        let _ = stream.write_all(b"221 bye\r\n");
                        break;
                    }
                    _ => b"250 good\r\n",
                };
                stream.write_all(answer).unwrap();
            }
        }
    });
    (port, receiver)
}

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

#[test]
fn a_mail_leaves_once() {
    let app = TestApp::start();
    let (port, received) = mail_server();
    let transport = Transport::smtp(&format!("smtp://127.0.0.1:{port}"), "Essaim <service@essaim.example>").unwrap();
    enqueue(&app, "zoe@exemple.example");
    assert_eq!(deliver(&app, &transport), 1);
    let mail = received.recv().unwrap();
    assert!(mail.contains("zoe@exemple.example"), "{mail}");
    assert!(mail.contains("Subject: =?utf-8?"), "the accented subject is encoded: {mail}");
    assert_eq!(deliver(&app, &transport), 0, "nothing is sent twice");
    let sent = app.service().read(|conn| get(conn, MailId(1))).unwrap();
    assert!(sent.sent_at.is_some());
}

#[test]
fn a_refused_mail_waits_and_is_tried_again() {
    let app = TestApp::start();
    let (port, _received) = mail_server();
    let transport = Transport::smtp(&format!("smtp://127.0.0.1:{port}"), "Essaim <service@essaim.example>").unwrap();
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
