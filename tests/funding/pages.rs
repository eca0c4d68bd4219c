//! The envelope's dashboard and the lines behind its figures.

use diesel::prelude::*;
use essaim::base::money::Cents;
use essaim::db::schema::{interest_declarations, ledger_entries};
use essaim::dossiers::Outcome;
use essaim::ledger;

use super::ledger::{Move, make};
use crate::support::committee::{envelope_of, opined_dossier};
use crate::support::decisions::{notified_dossier, signed_dossier};
use crate::support::funding::{agreed_dossier, paid_dossier};
use crate::support::{Client, PASSWORD, Reply, TestApp, World};

fn signed_in(app: &TestApp, email: &str) -> Client {
    let client = app.client();
    client.sign_in(email, PASSWORD).expect(303);
    client
}

/// An amount as `words` folds its spaces.
fn read_aloud(amount: Cents) -> String {
    amount.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Amounts in cents of the last column's cells, body then foot.
fn amounts(reply: &Reply) -> (Vec<i64>, i64) {
    let text = reply.text();
    let cells: Vec<i64> = text
        .split("<td class=\"num\">")
        .skip(1)
        .map(|rest| {
            let cell = rest.split("</td>").next().unwrap();
            let digits: String = cell.chars().filter(|c| c.is_ascii_digit() || *c == ',').collect();
            let (euros, cents) = digits.split_once(',').unwrap_or((&digits, "00"));
            let sign = if cell.contains('\u{2212}') { -1 } else { 1 };
            sign * (euros.parse::<i64>().unwrap() * 100 + cents.parse::<i64>().unwrap())
        })
        .collect();
    let (total, lines) = cells.split_last().unwrap();
    (lines.to_vec(), *total)
}

#[test]
fn every_figure_is_the_sum_of_the_lines_it_opens() {
    let app = TestApp::start();
    let world = World::build(&app);
    paid_dossier(&app, &world, "Ruche mobile", 10_000);
    agreed_dossier(&app, &world, "Ruche fixe", 20_500);
    opined_dossier_later(&app, &world);
    let envelope = envelope_of(&app, &world);
    let counters = app.service().read(|conn| ledger::counters(conn, envelope)).unwrap();
    assert!(counters.reserved.is_positive() && counters.committed.is_positive() && counters.paid.is_positive());
    for email in ["financement@ars.example", "gestion@ars.example", "signature@ars.example"] {
        let client = signed_in(&app, email);
        let dashboard = client.get("/appels/AMI-ISS-2021/financement").expect(200);
        for (lines, expected) in [
            ("vote", counters.voted.unwrap()),
            ("reservation", counters.reserved),
            ("engagement", counters.committed),
            ("versement", counters.paid),
            ("disponible", counters.left().unwrap()),
        ] {
            let href = format!("/enveloppes/{envelope}?lignes={lines}");
            assert!(dashboard.text().contains(&href), "{href}");
            assert!(dashboard.words().contains(&read_aloud(expected)), "{lines}: {expected}");
            let page = client.get(&href).expect(200);
            let (parts, total) = amounts(&page);
            assert_eq!(parts.iter().sum::<i64>(), total, "{lines}");
            assert_eq!(Cents(total), expected, "{lines}");
        }
    }
    let page = signed_in(&app, "financement@ars.example").get(&format!("/enveloppes/{envelope}?lignes=engagement"));
    let words = page.words();
    assert!(words.contains("Ruche mobile") && words.contains("AMI-ISS-2021-") && words.contains("Simone"), "{words}");
    signed_in(&app, "financement@ars.example").get(&format!("/enveloppes/{envelope}?lignes=rien")).expect(404);
}

fn opined_dossier_later(app: &TestApp, world: &World) {
    let reached = app.now();
    app.set_clock("2021-10-04T12:00:00");
    opined_dossier(app, world, "Ruche en attente", 30_000, Outcome::Selected);
    app.service().clock.set(reached);
}

#[test]
fn an_unknown_vote_is_said_unknown_and_never_zero() {
    let app = TestApp::start();
    let world = World::build(&app);
    let envelope = super::ledger::unknown_envelope(&app);
    let call = app.service().read(|conn| essaim::calls::by_code(conn, "AMI-SANS-VOTE")).unwrap().id;
    app.console(|op| {
        essaim::accounts::actions::grant_role(op, call, world.funder, world.ars, essaim::access::Role::Funder, None)
    });
    let client = signed_in(&app, "financement@ars.example");
    let page = client.get("/appels/AMI-SANS-VOTE/financement").expect(200);
    assert!(page.words().contains("non connu") && page.words().contains("Le vote n’est pas connu"));
    let lines = client.get(&format!("/enveloppes/{envelope}?lignes=vote")).expect(200).words();
    assert!(lines.contains("non connu") && lines.contains("Aucune ligne"), "{lines}");
    make(&app, envelope, &Move::Vote(12_345)).unwrap();
    let page = client.get("/appels/AMI-SANS-VOTE/financement").expect(200);
    assert!(page.words().contains("123,45") && !page.words().contains("non connu"));
}

#[test]
fn a_recused_reader_sees_and_counts_nothing_of_the_dossier() {
    let app = TestApp::start();
    let world = World::build(&app);
    let hidden = paid_dossier(&app, &world, "Ruche confidentielle", 12_345);
    agreed_dossier(&app, &world, "Ruche ouverte", 20_000);
    let envelope = envelope_of(&app, &world);
    app.service()
        .db
        .write(|conn| {
            diesel::insert_into(interest_declarations::table)
                .values((
                    interest_declarations::dossier_id.eq(hidden),
                    interest_declarations::account_id.eq(world.funder),
                    interest_declarations::conflict.eq(true),
                    interest_declarations::detail.eq("Lien familial"),
                    interest_declarations::declared_at.eq(app.now()),
                ))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
    let client = signed_in(&app, "financement@ars.example");
    let mut seen = vec![client.get("/appels/AMI-ISS-2021/financement").expect(200)];
    for lines in ["vote", "reservation", "engagement", "versement", "disponible"] {
        seen.push(client.get(&format!("/enveloppes/{envelope}?lignes={lines}")).expect(200));
        let file = client.get(&format!("/enveloppes/{envelope}?lignes={lines}&format=csv")).expect(200).text();
        for leak in ["confidentielle", "12345", "9876"] {
            assert!(!file.contains(leak), "{leak} leaks in {lines}: {file}");
        }
    }
    for page in &seen {
        let words = page.words();
        for leak in ["confidentielle", "12 345", "9 876", "32 345", "1 667 655"] {
            assert!(!words.contains(leak), "{leak} leaks: {words}");
        }
        assert!(words.contains("déporté"), "{words}");
    }
    assert!(seen[0].words().contains("1 680 000 €"), "what is left counts the open dossier only");
    for path in ["", "/acte", "/versement"] {
        client.get(&format!("/dossiers/{hidden}/financement{path}")).expect(404);
    }
    // The manager, who is not recused, still reads the whole.
    let manager = signed_in(&app, "gestion@ars.example").get("/appels/AMI-ISS-2021/financement").expect(200);
    assert!(manager.words().contains("32 345 €"));
}

#[test]
fn a_line_of_a_dossier_out_of_reach_shows_its_amount_only() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = crate::support::dossiers::submitted_dossier(&app, &world, "Ruche lointaine", 5_000);
    let envelope = envelope_of(&app, &world);
    make(&app, envelope, &Move::Reserve(500_000)).unwrap();
    app.service()
        .db
        .write(|conn| {
            diesel::update(ledger_entries::table.filter(ledger_entries::kind.eq(ledger::EntryKind::Reservation)))
                .set((ledger_entries::dossier_id.eq(Some(dossier.0)), ledger_entries::reason.eq("Ruche lointaine")))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
    let client = signed_in(&app, "financement@ars.example");
    let path = format!("/enveloppes/{envelope}?lignes=reservation");
    let page = client.get(&path).expect(200).words();
    assert!(page.contains("Dossier non accessible") && page.contains("5 000 €"), "{page}");
    assert!(!page.contains("lointaine"), "{page}");
    let file = client.get(&format!("{path}&format=csv")).expect(200).text();
    assert!(file.contains("Dossier non accessible") && file.contains("5000,00"), "{file}");
    assert!(!file.contains("lointaine"), "{file}");
    client.get(&format!("{path}&format=xlsx")).expect(200);
}

#[test]
fn the_home_page_says_what_is_to_be_done() {
    let app = TestApp::start();
    let world = World::build(&app);
    signed_dossier(&app, &world, "Ruche non notifiée", 3_000, Outcome::Selected);
    let expected = |app: &TestApp| {
        let actor = app.actor(world.funder);
        app.service().read(|conn| essaim::funding::pages::expected(conn, &actor, app.now())).unwrap()
    };
    assert_eq!(expected(&app), Vec::new());
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected);
    let tasks = expected(&app);
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].label, "Prendre l’acte attributif d’un dossier");
    assert_eq!(tasks[0].href, format!("/dossiers/{dossier}/financement"));
    assert!(tasks[0].detail.contains("2021-875"), "{}", tasks[0].detail);
    app.set_clock("2022-05-01T09:00:00");
    assert!(expected(&app)[0].detail.contains("En retard"));
}
