//! Writing a review, submitting it for good, and who reads it when.

use essaim::base::Cents;
use essaim::dossiers::{self, State};
use essaim::fault::Fault;
use essaim::instruction::actions::{declare_interests, end_assignment, refuse_assignment, save_review, submit_review};
use essaim::instruction::{Mark, ReviewInput, ReviewOpinion};

use crate::support::instruction::{assigned_dossier, review, submit_as};
use crate::support::{Client, PASSWORD, TestApp, World};

struct Scene {
    app: TestApp,
    world: World,
    dossier: essaim::base::ids::DossierId,
}

impl Scene {
    /// A dossier given to two instructors; that of ARS has declared no interest.
    fn set() -> Self {
        let app = TestApp::start();
        let world = World::build(&app);
        let dossier = assigned_dossier(&app, &world, "Ruches de quartier", 40_000);
        app.as_account(world.instructor_ars, |op, actor| declare_interests(op, actor, dossier, None)).unwrap();
        Self { app, world, dossier }
    }

    fn client(&self, email: &str) -> Client {
        let client = self.app.client();
        client.sign_in(email, PASSWORD).expect(303);
        client
    }

    fn path(&self, rest: &str) -> String {
        format!("/dossiers/{}{rest}", self.dossier)
    }

    fn save(&self, input: &ReviewInput, read: i64) -> Result<i64, Fault> {
        self.app.as_account(self.world.instructor_ars, |op, actor| save_review(op, actor, self.dossier, input, read))
    }

    fn submit(&self, read: i64) -> Result<(), Fault> {
        self.app.as_account(self.world.instructor_ars, |op, actor| submit_review(op, actor, self.dossier, read))
    }

    fn state(&self) -> State {
        self.app.service().read(|conn| dossiers::get(conn, self.dossier)).unwrap().state
    }
}

/// A whole form as a browser posts it.
fn form<'a>(version: &'a str, intent: &'a str, comment: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields =
        vec![("version", version), ("intent", intent), ("opinion", "favourable"), ("proposed-ARS", "35 000")];
    fields.push(("comment", comment));
    for name in ["score-C1", "score-C2", "score-C3", "score-C4", "score-C5", "score-C6", "score-C7"] {
        fields.push((name, "3"));
    }
    fields.push(("score-C8", "abstention"));
    fields.push(("comment-C8", "Budget hors de ma compétence"));
    fields
}

#[test]
fn a_review_goes_from_draft_to_submission_in_the_browser() {
    let scene = Scene::set();
    let client = scene.client("instruction@ars.example");
    let half = [("version", "0"), ("intent", "brouillon"), ("score-C1", "2"), ("comment-C2", "À revoir")];
    client.post(&scene.path("/avis"), &half).expect(303);
    let page = client.get(&scene.path("/avis")).expect(200).text();
    assert!(page.contains("name=\"version\" value=\"1\"") && page.contains("À revoir"));
    let early = client.post(&scene.path("/avis"), &[("version", "1"), ("intent", "verifier")]).expect(422);
    let words = early.words();
    for message in ["Critère C1", "Critère C8", "Choisissez votre avis général"] {
        assert!(words.contains(message), "{message} in {words}");
    }
    assert!(early.text().contains("<title>Erreur – "));
    let checked = client.post(&scene.path("/avis"), &form("2", "verifier", "Projet mûr.")).expect(303);
    assert_eq!(checked.location, scene.path("/avis/verifier"));
    let check = client.get(&checked.location).expect(200).words();
    assert!(check.contains("75 / 100"), "{check}");
    assert!(check.contains("Abstention") && check.contains("Projet mûr.") && check.contains("version 1"), "{check}");
    client.post(&scene.path("/avis/rendre"), &[("version", "3")]).expect(303);
    let done = client.get(&scene.path("/avis")).expect(200).words();
    assert!(done.contains("sur la version 1 du dossier"), "{done}");
    assert!(done.contains("1 sur 1 avis rendu"), "{done}");
    // The back button and a second click change nothing.
    for (path, fields) in [("/avis/rendre", vec![("version", "3")]), ("/avis", form("3", "brouillon", "Autre texte"))] {
        let again = client.post(&scene.path(path), &fields).expect(303);
        assert_eq!(again.location, scene.path("/avis"));
    }
    assert!(!client.get(&scene.path("/avis")).expect(200).text().contains("Autre texte"));
    assert_eq!(scene.state(), State::UnderInstruction, "the other review is still due");
}

#[test]
fn a_bad_amount_keeps_everything_typed() {
    let scene = Scene::set();
    let client = scene.client("instruction@ars.example");
    let mut fields = form("0", "verifier", "Projet mûr.");
    fields[3].1 = "beaucoup";
    let page = client.post(&scene.path("/avis"), &fields).expect(422);
    assert!(page.text().contains("value=\"beaucoup\"") && page.words().contains("Saisissez un montant en chiffres"));
    let saved = client.get(&scene.path("/avis")).expect(200).text();
    assert!(saved.contains("Projet mûr.") && saved.contains("name=\"version\" value=\"1\""));
    fields[0].1 = "1";
    fields[3].1 = "40 000,01";
    let page = client.post(&scene.path("/avis"), &fields).expect(422).words();
    assert!(page.contains("inférieur ou égal à la demande, 40 000"), "{page}");
}

#[test]
fn two_windows_never_overwrite_each_other() {
    let scene = Scene::set();
    let client = scene.client("instruction@ars.example");
    client.post(&scene.path("/avis"), &form("0", "brouillon", "Première fenêtre")).expect(303);
    // The very same form sent twice is one save.
    client.post(&scene.path("/avis"), &form("0", "brouillon", "Première fenêtre")).expect(303);
    let page = client.post(&scene.path("/avis"), &form("0", "brouillon", "Seconde fenêtre")).expect(409).text();
    assert!(page.contains("Première fenêtre") && page.contains("Seconde fenêtre"), "both texts are shown");
    assert!(page.contains("name=\"version\" value=\"1\""));
    assert!(client.get(&scene.path("/avis")).expect(200).text().contains("Première fenêtre"));
    client.post(&scene.path("/avis"), &form("1", "brouillon", "Seconde fenêtre")).expect(303);
    assert!(matches!(scene.submit(1), Err(Fault::Stale)), "what was checked is not what is saved");
}

#[test]
fn a_submission_says_all_that_is_missing() {
    let scene = Scene::set();
    let mut input = review([0, -1, 3, 3, 3, 3, 3, 3], Cents::from_euros(40_000), "");
    for answer in input.scores.values_mut() {
        answer.comment.clear();
    }
    input.opinion = Some(ReviewOpinion::Reserved);
    let version = scene.save(&input, 0).unwrap();
    let Err(Fault::Invalid(mistakes)) = scene.submit(version) else { panic!("submitted without comments") };
    let fields: Vec<_> = mistakes.iter().map(|m| m.field.as_str()).collect();
    assert_eq!(fields, ["score-C1", "score-C2", "comment"]);
    input.opinion = Some(ReviewOpinion::Unfavourable);
    input.proposed.clear();
    input.comment = "Hors sujet.".to_owned();
    for code in ["C1", "C2"] {
        input.scores.get_mut(code).unwrap().comment = "Rien à ce sujet.".to_owned();
    }
    let version = scene.save(&input, version).unwrap();
    scene.submit(version).unwrap();
    assert!(matches!(scene.save(&input, version + 1), Err(Fault::Refused(_))), "submitted is for good");
}

#[test]
fn unknown_criteria_and_levels_are_refused() {
    let scene = Scene::set();
    let mut input = review([3; 8], Cents::from_euros(40_000), "");
    input.scores.get_mut("C1").unwrap().mark = Some(Mark::Level(5));
    assert!(matches!(scene.save(&input, 0), Err(Fault::Invalid(_))));
    input.scores.get_mut("C1").unwrap().mark = Some(Mark::Level(4));
    let answer = input.scores["C1"].clone();
    input.scores.insert("C9".to_owned(), answer);
    assert!(matches!(scene.save(&input, 0), Err(Fault::Invalid(_))));
}

#[test]
fn each_reads_the_other_only_after_submitting() {
    let scene = Scene::set();
    let other = review([4, 4, 4, 4, 4, 4, 4, 0], Cents::from_euros(31_234), "Texte secret du second");
    submit_as(&scene.app, scene.world.instructor_dreets, scene.dossier, &other);
    let secrets = ["Texte secret du second", "31\u{202F}234", "Motif du critère 8", "Igor Exemple ("];
    let client = scene.client("instruction@ars.example");
    let version = scene.save(&review([3; 8], Cents::from_euros(40_000), "Le mien"), 0).unwrap();
    for path in ["/avis", "/avis/verifier", ""] {
        let page = client.get(&scene.path(path)).expect(200).text();
        for secret in secrets {
            assert!(!page.contains(secret), "{path} shows {secret} before submission");
        }
    }
    scene.submit(version).unwrap();
    for path in ["/avis", ""] {
        let page = client.get(&scene.path(path)).expect(200).text();
        for secret in secrets {
            assert!(page.contains(secret), "{path} hides {secret} after submission");
        }
    }
    assert_eq!(scene.state(), State::Instructed);
    let mails = scene.app.service().read(|conn| essaim::mail::latest(conn, 50)).unwrap();
    assert!(mails.iter().any(|m| m.kind == "instruction.complete" && m.recipient == "gestion@ars.example"));
    assert!(mails.iter().all(|m| !m.body.contains("secret")));
    let manager = scene.client("gestion@ars.example");
    let page = manager.get(&scene.path("")).expect(200).text();
    assert!(page.contains("Texte secret du second") && page.contains("Le mien"));
    // The applicant knows nothing of it.
    let applicant = scene.client("tresorerie@lesruches.example");
    for path in [format!("/mes-dossiers/{}", scene.dossier), format!("/mes-dossiers/{}/journal", scene.dossier)] {
        let page = applicant.get(&path).expect(200).text();
        for hidden in ["secret", "Le mien", "Igor", "Inès", "Avis rendu", "instruction close"] {
            assert!(!page.contains(hidden), "{path} shows {hidden}");
        }
    }
    let page = applicant.get(&format!("/mes-dossiers/{}", scene.dossier)).expect(200).words();
    assert!(page.contains("En cours d’examen"), "{page}");
    for path in ["", "/avis", "/gestion", "/journal", "/pieces/1"] {
        applicant.get(&scene.path(path)).expect(404);
    }
}

#[test]
fn nothing_is_written_before_declaring_nor_by_others() {
    let scene = Scene::set();
    let input = review([3; 8], Cents::from_euros(40_000), "");
    let undeclared = scene
        .app
        .as_account(scene.world.instructor_dreets, |op, actor| save_review(op, actor, scene.dossier, &input, 0));
    assert!(matches!(undeclared, Err(Fault::Refused(_))));
    let manager =
        scene.app.as_account(scene.world.manager, |op, actor| save_review(op, actor, scene.dossier, &input, 0));
    assert!(matches!(manager, Err(Fault::NotFound)));
}

#[test]
fn the_desk_puts_late_reviews_first_and_counts_them() {
    let scene = Scene::set();
    let later = assigned_dossier(&scene.app, &scene.world, "Jardins partagés", 20_000);
    submit_as(&scene.app, scene.world.instructor_ars, later, &review([3; 8], Cents::from_euros(20_000), ""));
    scene.app.set_clock("2021-10-25T09:00:00");
    assigned_dossier(&scene.app, &scene.world, "Vergers solidaires", 20_000);
    let client = scene.client("instruction@ars.example");
    let page = client.get("/instruction").expect(200);
    assert!(page.words().contains("1 sur 3 avis rendu, 1 en retard"), "{}", page.words());
    let text = page.text();
    let place = |title: &str| text.find(title).unwrap();
    assert!(place("Ruches de quartier") < place("Vergers solidaires"));
    assert!(place("Vergers solidaires") < place("Jardins partagés"));
    let file = client.get("/instruction?avis=rendu&format=csv").expect(200).text();
    assert!(file.contains("Jardins partagés") && !file.contains("Ruches de quartier"), "as narrowed: {file}");
    let home = client.get("/").expect(200).words();
    assert!(home.contains("Rendre votre avis sur 2") && home.contains("1 en retard"), "{home}");
}

#[test]
fn a_review_that_is_in_is_neither_given_twice_nor_given_back() {
    let scene = Scene::set();
    let long = review([3; 8], Cents::from_euros(40_000), &"é".repeat(5_001));
    let Err(Fault::Invalid(errors)) = scene.save(&long, 0) else { panic!("too long") };
    assert_eq!(errors[0].field, "comment");
    let mut long = review([3; 8], Cents::from_euros(40_000), "Solide.");
    long.scores.get_mut("C1").unwrap().comment = "é".repeat(2_001);
    assert!(matches!(scene.save(&long, 0), Err(Fault::Invalid(_))));
    let read = scene.save(&review([3; 8], Cents::from_euros(40_000), "Solide."), 0).unwrap();
    scene.submit(read).unwrap();
    let again = scene.submit(read + 1);
    assert!(matches!(&again, Err(Fault::Refused(why)) if why.contains("déjà rendu")), "{again:?}");
    let (world, dossier) = (&scene.world, scene.dossier);
    let given_back = scene
        .app
        .as_account(world.instructor_ars, |op, actor| refuse_assignment(op, actor, dossier, "Hors de ma compétence"));
    assert!(matches!(&given_back, Err(Fault::Refused(why)) if why.contains("rendu")), "{given_back:?}");
    let ended = (1..=2).map(|id| {
        let id = essaim::base::ids::AssignmentId(id);
        scene.app.as_account(world.manager, |op, actor| end_assignment(op, actor, dossier, id, "Absence prolongée"))
    });
    let kept = ended.filter(|tried| matches!(tried, Err(Fault::Refused(why)) if why.contains("ne se retire plus")));
    assert_eq!(kept.count(), 1, "the review that is in stays, the other is taken back");
}
