//! The ordinary turns of an instruction: sharing out, refusing, reopening, being late, diverging.

use essaim::base::Cents;
use essaim::base::ids::DossierId;
use essaim::dossiers::{self, State};
use essaim::fault::Fault;
use essaim::instruction::actions::{Readers, assign_many, declare_interests, remind_late, save_review, submit_review};

use crate::support::instruction::{assigned_dossier, instructed_dossier, review, shortlisted_dossier, submit_as};
use crate::support::{Reply, TestApp, World};

const SHARING: &str = "/appels/AMI-ISS-2021/gestion/affectations";
const REVIEWS: &str = "/appels/AMI-ISS-2021/gestion/avis";

fn state(app: &TestApp, dossier: DossierId) -> State {
    app.service().read(|conn| dossiers::get(conn, dossier)).unwrap().state
}

/// The readings that the preview proposes, as a browser would post them.
fn proposed(page: &Reply) -> Vec<(String, String)> {
    let text = page.text();
    text.split("<select ")
        .skip(1)
        .filter_map(|rest| {
            let name = rest.split("name=\"").nth(1)?.split('"').next()?;
            let options = rest.split("</select>").next()?;
            let chosen = options.split("<option ").find(|option| option.contains(" selected"))?;
            let value = chosen.split("value=\"").nth(1)?.split('"').next()?;
            name.starts_with("reading-").then(|| (name.to_owned(), value.to_owned()))
        })
        .collect()
}

fn assignment_id(page: &str) -> String {
    let start = page.find("name=\"assignment\" value=\"").unwrap() + "name=\"assignment\" value=\"".len();
    page[start..].chars().take_while(char::is_ascii_digit).collect()
}

#[test]
fn dossiers_are_shared_out_with_a_preview_and_one_mail_each() {
    let app = TestApp::start();
    let world = World::build(&app);
    let all: Vec<_> =
        ["Ruches", "Jardins", "Vergers"].iter().map(|title| shortlisted_dossier(&app, &world, title, 20_000)).collect();
    let manager = app.signed_in("gestion@ars.example");
    let start = manager.get(SHARING).expect(200).words();
    assert!(start.contains("3 dossiers manquent d’instructeurs"), "{start}");
    let preview = manager.get(&format!("{SHARING}?apercu=oui&axe-A2=DREETS")).expect(200);
    let words = preview.words();
    assert!(words.contains("DREETS lit d’abord l’axe A2") && words.contains("Charge la plus faible"), "{words}");
    assert_eq!(state(&app, all[0]), State::Shortlisted, "a preview changes nothing");
    let mut fields = proposed(&preview);
    assert_eq!(fields.len(), 6, "two readings a dossier");
    fields.push(("due".to_owned(), "25/10/2021".to_owned()));
    let sent: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    manager.post(&format!("{SHARING}?apercu=oui"), &sent).expect(303);
    let page = manager.get(SHARING).expect(200).words();
    assert!(page.contains("6 lectures confiées à 2 personnes, sur 3 dossiers"), "{page}");
    for dossier in &all {
        assert_eq!(state(&app, *dossier), State::UnderInstruction);
    }
    let told: Vec<_> = app.mails().into_iter().filter(|(kind, ..)| kind == "instruction.assigned").collect();
    assert_eq!(told.len(), 2, "one mail a person");
    assert!(told.iter().all(|(_, _, body)| body.contains("3\u{A0}dossiers vous sont confiés")));
    // A second click gives nothing twice.
    manager.post(SHARING, &sent).expect(303);
    assert!(manager.get(SHARING).expect(200).words().contains("Tout est déjà affecté"));
    assert_eq!(app.mails().iter().filter(|(kind, ..)| kind == "instruction.assigned").count(), 2);
}

#[test]
fn one_reading_that_cannot_be_given_stops_them_all_and_keeps_what_was_chosen() {
    let app = TestApp::start();
    let world = World::build(&app);
    let (first, second) =
        (shortlisted_dossier(&app, &world, "Ruches", 20_000), shortlisted_dossier(&app, &world, "Jardins", 20_000));
    let (ars, dreets) = (world.instructor_ars, world.instructor_dreets);
    app.as_account(world.manager, |op, actor| {
        assign_many(op, actor, world.call, &[Readers { dossier: first, people: vec![ars] }], None)
    })
    .unwrap();
    app.as_account(ars, |op, actor| declare_interests(op, actor, first, Some("Ma sœur y travaille."))).unwrap();
    let manager = app.signed_in("gestion@ars.example");
    let preview = manager.get(&format!("{SHARING}?apercu=oui")).expect(200);
    let words = preview.words();
    assert!(words.contains("Inès Exemple (déport déclaré)"), "{words}");
    let offered = preview.text();
    let row = offered.split(&format!("name=\"reading-{first}-1\"")).nth(1).unwrap().split("</select>").next().unwrap();
    assert!(!row.contains("Inès") && row.contains("Igor"), "{row}");
    let (one, two) = (format!("reading-{first}-1"), format!("reading-{second}-1"));
    let (ars, dreets) = (ars.to_string(), dreets.to_string());
    let fields = [(one.as_str(), ars.as_str()), (two.as_str(), dreets.as_str()), ("due", "hier")];
    assert!(manager.post(&format!("{SHARING}?apercu=oui"), &fields).expect(422).words().contains("Saisissez une date"));
    let fields = [(one.as_str(), ars.as_str()), (two.as_str(), dreets.as_str()), ("due", "")];
    let page = manager.post(&format!("{SHARING}?apercu=oui"), &fields).expect(422);
    assert!(page.words().contains("Inès Exemple s’est déporté de ce dossier."), "{}", page.words());
    let chosen: Vec<_> = proposed(&page).into_iter().filter(|(name, _)| *name == two).collect();
    assert_eq!(chosen, [(two.clone(), dreets.clone())], "the good row is kept as chosen");
    assert_eq!(state(&app, second), State::Shortlisted, "all or nothing");
}

#[test]
fn a_dossier_refused_goes_back_to_the_manager_with_the_reason() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = assigned_dossier(&app, &world, "Ruches de quartier", 40_000);
    let client = app.signed_in("instruction@ars.example");
    let declare = format!("/dossiers/{dossier}/avis/interets");
    let silent = client.post(&declare, &[("conflict", "refus"), ("detail", " ")]).expect(422).words();
    assert!(silent.contains("Dites en une phrase pourquoi"), "{silent}");
    client.post(&declare, &[("conflict", "refus"), ("detail", "Hors de ma compétence.")]).expect(303);
    client.get(&format!("/dossiers/{dossier}")).expect(404);
    let manager = app.signed_in("gestion@ars.example");
    let page = manager.get(&format!("/dossiers/{dossier}/gestion")).expect(200).words();
    assert!(page.contains("Refusée") && page.contains("Hors de ma compétence."), "{page}");
    let list = manager.get("/appels/AMI-ISS-2021/gestion").expect(200).words();
    assert!(list.contains("Affecter encore 1 instructeur"), "{list}");
    let preview = manager.get(&format!("{SHARING}?apercu=oui")).expect(200).words();
    assert!(preview.contains("Inès Exemple (a refusé ce dossier)"), "{preview}");
    assert!(app.mails().iter().any(|(kind, to, _)| kind == "instruction.refused" && to == "gestion@ars.example"));
}

#[test]
fn a_tie_found_out_after_declaring_none_closes_the_dossier() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = assigned_dossier(&app, &world, "Ruches de quartier", 40_000);
    app.as_account(world.instructor_ars, |op, actor| declare_interests(op, actor, dossier, None)).unwrap();
    let client = app.signed_in("instruction@ars.example");
    let path = format!("/dossiers/{dossier}/avis/refus");
    assert!(client.post(&path, &[]).expect(422).words().contains("Dites si un lien d’intérêts"));
    client.post(&path, &[("refusal_kind", "interet"), ("refusal", "Mon frère vient d’y être élu.")]).expect(303);
    for page in ["", "/avis", "/journal"] {
        client.get(&format!("/dossiers/{dossier}{page}")).expect(404);
    }
    let manager = app.signed_in("gestion@ars.example");
    let page = manager.get(&format!("/dossiers/{dossier}/gestion")).expect(200).words();
    assert!(page.contains("Déport déclaré") && page.contains("Mon frère vient d’y être élu."), "{page}");
}

#[test]
fn a_reopened_review_keeps_what_was_submitted_and_the_journal_shows_what_changed() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Ruches de quartier", 40_000, [3; 8], [3; 8]);
    assert_eq!(state(&app, dossier), State::Instructed);
    let manager = app.signed_in("gestion@ars.example");
    let path = format!("/dossiers/{dossier}/gestion");
    let id = assignment_id(&manager.get(&path).expect(200).text());
    let silent = manager.post(&format!("{path}/reouverture"), &[("assignment", &id)]).expect(422).words();
    assert!(silent.contains("Saisissez le motif"), "{silent}");
    let reason = format!("reopening-{id}");
    manager.post(&format!("{path}/reouverture"), &[("assignment", &id), (&reason, "Montant à revoir")]).expect(303);
    assert_eq!(state(&app, dossier), State::UnderInstruction);
    assert!(manager.get(&path).expect(200).words().contains("1 avis rendu sur 2"));
    assert!(app.mails().iter().any(|(kind, to, body)| {
        kind == "review.reopened" && to == "instruction@ars.example" && body.contains("Montant à revoir")
    }));
    let client = app.signed_in("instruction@ars.example");
    let form = client.get(&format!("/dossiers/{dossier}/avis")).expect(200);
    assert!(form.words().contains("Votre avis est rouvert") && form.words().contains("Montant à revoir"));
    let version: i64 = form.hidden().into_iter().find(|(n, _)| n == "version").unwrap().1.parse().unwrap();
    let lower = review([3, 3, 3, 3, 3, 3, 3, 4], Cents::from_euros(30_000), "Projet bien construit.");
    let version =
        app.as_account(world.instructor_ars, |op, actor| save_review(op, actor, dossier, &lower, version)).unwrap();
    app.as_account(world.instructor_ars, |op, actor| submit_review(op, actor, dossier, version)).unwrap();
    assert_eq!(state(&app, dossier), State::Instructed);
    let journal = manager.get(&format!("/dossiers/{dossier}/journal")).expect(200).words();
    for said in ["Avis de Inès Exemple rouvert", "Avis rendu à nouveau", "40 000 €", "30 000 €", "niveau 3", "niveau 4"]
    {
        assert!(journal.replace(['\u{A0}', '\u{202F}'], " ").contains(said), "{said} in {journal}");
    }
    // On the committee's agenda, it is too late.
    app.as_account(world.manager, |op, _| {
        essaim::dossiers::advance(op, dossier, essaim::dossiers::Event::EnterCommittee)?;
        op.record(essaim::journal::Entry::new("committee.agenda", "Inscrit").dossier(dossier));
        Ok(())
    })
    .unwrap();
    let late = manager.post(&format!("{path}/reouverture"), &[("assignment", &id), (&reason, "Encore")]).expect(409);
    assert!(late.words().contains("ne se rouvre plus"), "{}", late.words());
}

#[test]
fn late_reviews_are_reminded_once_a_day_by_hand_and_once_a_week_by_the_service() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = assigned_dossier(&app, &world, "Ruches de quartier", 40_000);
    assigned_dossier(&app, &world, "Jardins partagés", 20_000);
    submit_as(&app, world.instructor_dreets, dossier, &review([3; 8], Cents::from_euros(40_000), ""));
    let late = |app: &TestApp| app.mails().iter().filter(|(kind, ..)| kind == "instruction.late").count();
    assert_eq!(remind_late(app.service(), app.now()).unwrap(), 0, "nothing is late yet");
    app.set_clock("2021-10-20T09:00:00");
    let manager = app.signed_in("gestion@ars.example");
    let page = manager.get(&format!("{REVIEWS}?etat=retard")).expect(200).words();
    assert!(page.contains("3 en retard") && page.contains("3 avis"), "{page}");
    manager.post("/appels/AMI-ISS-2021/gestion/relances", &[("intent", "tous")]).expect(303);
    assert_eq!(late(&app), 2, "one mail a person");
    assert!(
        app.mails().iter().filter(|(kind, ..)| kind == "instruction.late").all(|(_, _, body)| !body.contains("Ruches"))
    );
    manager.post("/appels/AMI-ISS-2021/gestion/relances", &[("intent", "tous")]).expect(303);
    assert_eq!(late(&app), 2, "once a day at most");
    let told = manager.get(REVIEWS).expect(200).words();
    assert!(told.contains("Aucun nouvel envoi : 3 avis déjà relancés aujourd’hui.") && !told.contains("0 personne"));
    assert_eq!(remind_late(app.service(), app.now()).unwrap(), 0, "reminded this week");
    app.set_clock("2021-10-28T09:00:00");
    assert_eq!(remind_late(app.service(), app.now()).unwrap(), 2);
    assert_eq!(remind_late(app.service(), app.now()).unwrap(), 0, "doing it twice reminds nobody twice");
    assert_eq!(late(&app), 4);
    let manager = app.signed_in("gestion@ars.example");
    let none = manager.post("/appels/AMI-ISS-2021/gestion/relances", &[]).expect(303);
    assert!(manager.get(&none.location).expect(200).words().contains("Cochez d’abord"));
}

#[test]
fn divergent_scores_are_drawn_said_and_call_for_a_third_reading() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Ruches de quartier", 40_000, [4; 8], [2; 8]);
    let manager = app.signed_in("gestion@ars.example");
    let page = manager.get(&format!("/dossiers/{dossier}/gestion")).expect(200);
    assert!(page.text().contains("<svg class=\"score-spread\"") && page.text().contains("2\u{A0}notes sur 100"));
    let words = page.words();
    assert!(words.contains("Avis divergents : écart de 50 points, seuil 15"), "{words}");
    assert!(words.contains("Une troisième lecture est suggérée"), "{words}");
    assert!(words.contains("Moyenne, écart 50 75"), "{words}");
}

#[test]
fn a_manager_recused_finds_nothing_of_the_dossier_in_the_reviews_or_their_exports() {
    let app = TestApp::start();
    let world = World::build(&app);
    let hidden = instructed_dossier(&app, &world, "Ruches de quartier", 40_000, [4; 8], [2; 8]);
    instructed_dossier(&app, &world, "Jardins partagés", 20_000, [3; 8], [3; 8]);
    let manager = app.signed_in("gestion@ars.example");
    let csv = manager.get(&format!("{REVIEWS}?format=csv")).expect(200).text();
    assert!(
        csv.contains("Ruches de quartier") && csv.contains("Partenariat solide.") && csv.contains("Montant proposé")
    );
    manager.get(&format!("{REVIEWS}?format=xlsx")).expect(200);
    app.console(|op| {
        use diesel::prelude::*;
        use essaim::db::schema::interest_declarations as declared;
        diesel::insert_into(declared::table)
            .values((
                declared::dossier_id.eq(hidden),
                declared::account_id.eq(world.manager),
                declared::conflict.eq(true),
                declared::detail.eq("Lien familial"),
                declared::declared_at.eq(op.now),
            ))
            .execute(op.conn)?;
        op.record(essaim::journal::Entry::new("interests.recuse", "Déport").dossier(hidden));
        Ok(())
    });
    for path in [
        REVIEWS.to_owned(),
        format!("{REVIEWS}?format=csv"),
        SHARING.to_owned(),
        format!("{SHARING}?apercu=oui"),
        "/appels/AMI-ISS-2021/gestion/departements".to_owned(),
        "/appels/AMI-ISS-2021/gestion?format=csv".to_owned(),
    ] {
        let page = manager.get(&path).expect(200).text();
        for leak in ["Ruches de quartier", "AMI-ISS-2021-0001", "40\u{202F}000", "40000"] {
            assert!(!page.contains(leak), "{path} leaks {leak}");
        }
    }
    assert!(manager.get(REVIEWS).expect(200).words().contains("2 avis"));
}

#[test]
fn a_manager_who_owes_a_review_reads_no_other_score_before() {
    let app = TestApp::start();
    let world = World::build(&app);
    app.console(|op| {
        essaim::accounts::actions::grant_role(
            op,
            world.call,
            world.instructor_ars,
            world.ars,
            essaim::access::Role::CallManager,
            None,
        )
    });
    let dossier = assigned_dossier(&app, &world, "Ruches de quartier", 40_000);
    submit_as(&app, world.instructor_dreets, dossier, &review([4; 8], Cents::from_euros(31_234), "Texte du second"));
    let client = app.signed_in("instruction@ars.example");
    for path in [
        format!("/dossiers/{dossier}"),
        format!("/dossiers/{dossier}/gestion"),
        format!("/dossiers/{dossier}/journal"),
        REVIEWS.to_owned(),
        format!("{REVIEWS}?format=csv"),
    ] {
        let page = client.get(&path).expect(200).text();
        for secret in ["Texte du second", "31\u{202F}234", "31234"] {
            assert!(!page.contains(secret), "{path} shows {secret}");
        }
    }
    let itself = app.as_account(world.instructor_ars, |op, actor| {
        save_review(op, actor, dossier, &review([3; 8], Cents::from_euros(1), ""), 0)
    });
    assert!(matches!(itself, Err(Fault::Refused(_))), "interests first");
}
