//! Whoever is recused reads what they would read if the dossier did not exist.
//!
//! Two services tell the same story, one with a dossier more. The recused read every page, export, document and count of
//! both: but for the title and their own recusal, the answers are the same words.

use std::collections::BTreeMap;

use diesel::prelude::*;
use essaim::access::Role;
use essaim::accounts::actions::{
    NewDelegation, NewUser, add_agent, add_delegation, add_user, grant_correspondent, grant_role,
};
use essaim::base::ids::{AccountId, DossierId, InstitutionId, SessionId};
use essaim::base::money::Cents;
use essaim::committee::actions::{NewOpinion, record_opinion, seal};
use essaim::db::schema::interest_declarations;
use essaim::decisions::actions::{Delivery, notify};
use essaim::dossiers::actions::submit;
use essaim::funding::ActKind;
use essaim::instruction::actions::{ask_departments, assign, declare_eligible, shortlist};

use super::crawl::{crawl, said};
use crate::support::committee::{attend, planned_session, share_of};
use crate::support::decisions::{follow_opinion, reach_answers_day};
use crate::support::dossiers::complete_draft;
use crate::support::funding::{instalment, pay, take_act};
use crate::support::instruction::{review, submit_as};
use crate::support::{PASSWORD, TestApp, World};

const HIDDEN: &str = "Potager clos";
const PAID: &str = "paid";

/// One more person for each role, all tied to the applicant of the dossier that is hidden from them.
fn recused(app: &TestApp, world: &World) -> Vec<(&'static str, AccountId)> {
    let person = |email: &'static str, at: InstitutionId, role: Role| {
        let user = NewUser {
            email: email.to_owned(),
            given_name: "Rémi".to_owned(),
            surname: "Déporté".to_owned(),
            password: Some(PASSWORD.to_owned()),
            administrator: false,
        };
        let account = app.console(|op| {
            let account = add_user(op, &user)?;
            add_agent(op, account, at, "Chargé de mission", "Service de démonstration")?;
            if role == Role::Correspondent {
                grant_correspondent(op, world.call, account, at, "31")?;
            } else {
                grant_role(op, world.call, account, at, role, None)?;
            }
            if role == Role::Signatory {
                let delegation = NewDelegation {
                    institution: at,
                    account,
                    quality: "Directeur adjoint".to_owned(),
                    service: "Direction".to_owned(),
                    reference: "Décision ARS-EXEMPLE n° 2021-0002".to_owned(),
                    valid_from: app.now().plus_days(-30),
                    valid_until: None,
                    ceiling: None,
                };
                add_delegation(op, &delegation)?;
            }
            Ok(account)
        });
        (email, account)
    };
    vec![
        person("gestion2@ars.example", world.ars, Role::CallManager),
        person("instruction2@ars.example", world.ars, Role::Instructor),
        person("signature2@ars.example", world.ars, Role::Signatory),
        person("financement2@ars.example", world.ars, Role::Funder),
        person("dd31@ars.example", world.ars, Role::Correspondent),
        ("comite4@essaim.example", world.members[3]),
    ]
}

/// Declared before anything is submitted, so that nothing was known of it.
fn tie(app: &TestApp, dossier: DossierId, accounts: &[AccountId]) {
    let now = app.now();
    let declare = |conn: &mut essaim::db::Conn| {
        for account in accounts {
            diesel::insert_into(interest_declarations::table)
                .values((
                    interest_declarations::dossier_id.eq(dossier),
                    interest_declarations::account_id.eq(account),
                    interest_declarations::conflict.eq(true),
                    interest_declarations::detail.eq("Ancien salarié"),
                    interest_declarations::declared_at.eq(now),
                ))
                .execute(conn)?;
        }
        Ok(())
    };
    app.service().db.write(declare).unwrap();
}

struct Story {
    app: TestApp,
    world: World,
    recused: Vec<(&'static str, AccountId)>,
    /// The open dossier, then the hidden one where there is one.
    dossiers: Vec<DossierId>,
    session: SessionId,
}

const EUROS: [i64; 2] = [40_000, 98_765];
const LEVELS: [[i32; 8]; 2] = [[2; 8], [4, 4, 3, 3, 3, 3, 2, 2]];

/// Up to the opinions given in an open session.
fn told_to_the_session(with_hidden: bool) -> Story {
    let app = TestApp::start();
    let world = World::build(&app);
    let recused = recused(&app, &world);
    let mut dossiers = vec![complete_draft(&app, &world, "Ruche ouverte", EUROS[0])];
    if with_hidden {
        let hidden = complete_draft(&app, &world, HIDDEN, EUROS[1]);
        tie(&app, hidden, &recused.iter().map(|(_, account)| *account).collect::<Vec<_>>());
        dossiers.push(hidden);
    }
    let due = app.now().plus_days(14);
    for (i, dossier) in dossiers.iter().enumerate() {
        let note = if i == 0 { "Projet bien construit." } else { "Lecture OBSIDIENNE." };
        app.as_account(world.applicant, |op, actor| submit(op, actor, *dossier)).unwrap();
        app.as_account(world.manager, |op, actor| declare_eligible(op, actor, *dossier)).unwrap();
        app.as_account(world.manager, |op, actor| shortlist(op, actor, *dossier)).unwrap();
        app.as_account(world.manager, |op, actor| ask_departments(op, actor, world.call, &[*dossier], None)).unwrap();
        // The recused instructor reads the other dossier.
        let reader = if i == 0 { recused[1].1 } else { world.instructor_ars };
        for instructor in [reader, world.instructor_dreets] {
            app.as_account(world.manager, |op, actor| assign(op, actor, *dossier, instructor, Some(due))).unwrap();
            submit_as(&app, instructor, *dossier, &review(LEVELS[i], Cents::from_euros(EUROS[i]), note));
        }
    }
    let session = planned_session(&app, &world, &dossiers);
    let everyone =
        ["ARS", "COMMISSAIRE", "AM", "FAS", "EXPERT"].map(|seat| (seat, essaim::committee::Presence::Present));
    attend(&app, &world, session, &everyone);
    app.as_account(world.manager, |op, actor| essaim::committee::actions::open_session(op, actor, session)).unwrap();
    for (i, dossier) in dossiers.iter().enumerate() {
        let debate = if i == 0 { "Débat clair." } else { "Débat TOURMALINE." };
        let granted = if i == 0 { 30_000 } else { 87_654 };
        let opinion = NewOpinion::selected(vec![share_of(&app, &world, granted)], debate);
        app.as_account(world.manager, |op, actor| record_opinion(op, actor, session, *dossier, &opinion)).unwrap();
    }
    Story { app, world, recused, dossiers, session }
}

/// From the seal to the first payment.
fn told_to_the_payment(story: &Story) {
    let Story { app, world, dossiers, session, .. } = story;
    app.as_account(world.manager, |op, actor| seal(op, actor, *session)).unwrap();
    reach_answers_day(app);
    for dossier in dossiers {
        follow_opinion(app, world, *dossier);
    }
    // The hidden one is signed and waits for its letter; the open one is paid.
    app.as_account(world.manager, |op, actor| notify(op, actor, dossiers[0], Delivery::Electronic)).unwrap();
    app.set_clock("2022-02-21T09:00:00");
    take_act(app, world, dossiers[0], ActKind::Agreement, "CONV-1", "2022-02-21").unwrap();
    let advance = instalment(app, dossiers[0], 0).0.amount;
    pay(app, world, dossiers[0], 0, advance, "MANDAT-1").unwrap();
}

/// Then the hidden one too, to the payment.
fn told_to_the_end(story: &Story) {
    let Story { app, world, dossiers, .. } = story;
    for hidden in &dossiers[1..] {
        app.as_account(world.manager, |op, actor| notify(op, actor, *hidden, Delivery::Electronic)).unwrap();
        take_act(app, world, *hidden, ActKind::Agreement, "CONV-OBSIDIENNE", "2022-02-21").unwrap();
        let advance = instalment(app, *hidden, 0).0.amount;
        pay(app, world, *hidden, 0, advance, "MANDAT-OBSIDIENNE").unwrap();
    }
}

/// Every answer to one person, as text, by address.
fn everything(story: &Story, email: &str) -> BTreeMap<String, String> {
    let client = story.app.signed_in(email);
    let call = "/appels/AMI-ISS-2021";
    let mut from = vec!["/".to_owned(), "/notifications".to_owned(), "/recherche?recherche=potager".to_owned()];
    from.push("/recherche?recherche=ruche".to_owned());
    for list in ["gestion", "comite", "decisions", "financement", "suivi", "suivi/equite", "liste-complementaire"] {
        from.push(format!("{call}/{list}"));
        from.push(format!("{call}/{list}?format=csv"));
        from.push(format!("{call}/{list}?format=xlsx"));
    }
    for list in ["actes", "enveloppes", "lignes", "plan", "versements", "donnees-essentielles"] {
        from.push(format!("/financements/{list}"));
        from.push(format!("/financements/{list}?format=csv"));
        from.push(format!("/financements/{list}?format=xlsx"));
    }
    from.push(format!("{call}/decisions/lettres.zip"));
    from.push(format!("/comite/{}/classement?format=csv", story.session));
    let from: Vec<&str> = from.iter().map(String::as_str).collect();
    let pages = crawl(&client, &from).pages;
    let chance = drawn(story);
    pages.into_iter().map(|(path, reply)| (path, without(&said(&reply), &chance))).collect()
}

/// What each telling of a story draws anew: its address, the codes of its letters, the hashes of their files.
fn drawn(story: &Story) -> Vec<String> {
    let letters = story.app.service().read(|conn| {
        let mut letters = Vec::new();
        for dossier in &story.dossiers {
            for letter in essaim::decisions::letters_of(conn, *dossier)? {
                letters.push((letter.check_code, essaim::sealed::get(conn, letter.document)?.sha256));
            }
        }
        Ok(letters)
    });
    let mut drawn = vec![story.app.base_url.clone(), story.app.base_url.replace("http://", "")];
    for (code, hash) in letters.unwrap() {
        let groups = [&code[..4], &code[4..8], &code[8..]];
        drawn.extend([groups.join(" "), groups.join("\u{A0}"), code, hash]);
    }
    drawn
}

fn without(text: &str, chance: &[String]) -> String {
    chance.iter().fold(text.to_owned(), |text, drawn| text.replace(drawn, ""))
}

/// Where a title and one's own recusal may be known: in a session of the committee.
fn may_know(path: &str) -> bool {
    path.starts_with("/comite/")
}

fn tells_recusal(line: &str) -> bool {
    [HIDDEN, "déport", "D’office"].iter().any(|words| line.contains(words))
}

const MASKS: [&str; 2] = ["Montants masqués", "ne vous sont pas montrés"];

/// What a page says in figures, line by line without its marks; sums that are masked are said in words.
fn figures(text: &str) -> Vec<String> {
    let words = text.lines().map(|line| {
        let mut inside = false;
        let kept = line.chars().filter(|c| {
            let mark = inside || *c == '<';
            inside = (inside || *c == '<') && *c != '>';
            !mark
        });
        kept.collect::<String>().trim().to_owned()
    });
    words.filter(|line| line.chars().any(|c| c.is_ascii_digit())).collect()
}

#[track_caller]
fn compare(with: &Story, without: &Story, stage: &str) {
    let hidden = with.dossiers[1];
    let reference = with.app.service().read(|conn| essaim::dossiers::get(conn, hidden)).unwrap().reference.unwrap();
    let secrets = ["98\u{202F}765", "98765", "87\u{202F}654", "87654", "TOURMALINE", "OBSIDIENNE", &reference];
    let mut problems = Vec::new();
    for (email, _) in &with.recused {
        let (one, other) = (everything(with, email), everything(without, email));
        assert!(one.len() > 20, "{email} is hardly shown anything: {:?}", one.keys());
        for (path, text) in &one {
            // The exception that ARCHITECTURE.md names: the minutes, once what was hidden is notified.
            if stage == PAID && path.ends_with("/proces-verbal") {
                continue;
            }
            for secret in secrets {
                let at = text.find(secret).map(|at| text.get(at.saturating_sub(150)..at + 60).unwrap_or(secret));
                assert!(at.is_none(), "{stage}: {email} reads {secret} at {path}: {}", at.unwrap_or_default());
            }
            let known = may_know(path);
            if !known && text.contains(HIDDEN) {
                problems.push(format!("{email} reads the title at {path}"));
            }
            let Some(expected) = other.get(path) else {
                problems.push(format!("{email} is led to {path}, which is not there without the dossier"));
                continue;
            };
            let (mut ours, mut theirs) = (figures(text), figures(expected));
            if known {
                ours.retain(|line| !tells_recusal(line));
                theirs.retain(|line| !tells_recusal(line));
            }
            let less: Vec<_> = theirs.iter().filter(|line| !ours.contains(line)).collect();
            // A sum may be masked rather than shown without the dossier: it then says less, and nothing else.
            let masked = |line: &str| MASKS.iter().any(|words| line.contains(words));
            let cut = |line: &str| theirs.iter().any(|whole| whole.starts_with(line));
            let more: Vec<_> = ours.iter().filter(|line| !masked(line) && !cut(line)).collect();
            if !more.is_empty() || !(less.is_empty() || known || ours.iter().any(|line| masked(line))) {
                problems.push(format!("{email} at {path} reads {more:#?} instead of {less:#?}"));
            }
        }
        // The minutes, which hold it, wait for its notification.
        let waits = |path: &str| path.ends_with("/proces-verbal");
        let missing: Vec<_> = other.keys().filter(|path| !one.contains_key(*path) && !waits(path)).collect();
        if !missing.is_empty() {
            problems.push(format!("{email} is no longer led to {missing:?}"));
        }
        // Addresses of the dossier itself, which nothing leads to.
        let client = with.app.signed_in(email);
        for page in [
            "",
            "/journal",
            "/versions",
            "/avis",
            "/decision",
            "/courrier",
            "/financement",
            "/gestion",
            "/pieces/1",
            "/suivi",
            "/territoire/31",
        ] {
            client.get(&format!("/dossiers/{hidden}{page}")).expect(404);
        }
    }
    assert!(
        problems.is_empty(),
        "{stage}: {} things differ: {}",
        problems.len(),
        problems.iter().take(30).cloned().collect::<Vec<_>>().join("\n")
    );
    // So that this test can fail, somebody reads it all.
    let all: Vec<String> = ["gestion@ars.example", "comite2@essaim.example"]
        .iter()
        .flat_map(|email| everything(with, email).into_values())
        .collect();
    for secret in ["98\u{202F}765", "87\u{202F}654", "TOURMALINE", "OBSIDIENNE", HIDDEN, &reference] {
        assert!(all.iter().any(|text| text.contains(secret)), "{stage}: nobody reads {secret}");
    }
}

#[test]
fn the_recused_read_what_they_would_without_the_dossier() {
    let (with, without) = (told_to_the_session(true), told_to_the_session(false));
    compare(&with, &without, "in session");
    told_to_the_payment(&with);
    told_to_the_payment(&without);
    compare(&with, &without, "signed");
    told_to_the_end(&with);
    compare(&with, &without, PAID);
    // Once every dossier one was recused from is notified, the minutes may be read: ARCHITECTURE.md says so.
    let member = with.app.signed_in("comite4@essaim.example");
    let minutes = member.get(&format!("/comite/{}/proces-verbal", with.session)).expect(200);
    assert!(said(&minutes).contains("TOURMALINE") || minutes.bytes.starts_with(b"%PDF"));
}

#[test]
fn an_administrator_who_speaks_for_an_applicant_reads_no_sum() {
    let app = TestApp::start();
    let world = World::build(&app);
    crate::support::decisions::signed_dossier(&app, &world, HIDDEN, 98_765, essaim::dossiers::Outcome::Selected);
    app.console(|op| essaim::accounts::actions::attach_member(op, world.administrator, "732 829 320 00074"));
    let admin = app.signed_in("admin@essaim.example");
    let pages = crawl(&admin, &["/administration"]).pages;
    let read = pages.iter().filter(|(path, _)| path.starts_with("/administration/financements"));
    assert!(read.clone().count() >= 5, "{:?}", pages.keys());
    // The grant, and what it leaves of the vote.
    for (path, reply) in read {
        let said = said(reply);
        for sum in ["98\u{202F}765", "98765", "1\u{202F}601\u{202F}235", "1601235"] {
            assert!(!said.contains(sum), "{path} says {sum}");
        }
    }
    let envelope = crate::support::committee::envelope_of(&app, &world);
    let vote = [("direction", "retirer"), ("amount", "1 699 999"), ("reason", "Délibération")];
    let refused = admin.post(&format!("/administration/financements/enveloppes/{envelope}"), &vote).expect(422);
    assert!(!refused.words().contains("98\u{202F}765") && refused.words().contains("déjà réservé ou engagé"));
}
