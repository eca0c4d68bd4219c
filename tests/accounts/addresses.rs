//! Changing one's address, inviting colleagues, acting for one of several institutions.

use essaim::access::Role;
use essaim::accounts::actions::{add_agent, grant_role};

use crate::support::{PASSWORD, TestApp, World};

const EMAIL: &str = "tresorerie@lesruches.example";
const NEW: &str = "theo@nouvelle.example";

/// The path of the link in the latest mail to an address.
fn link_to(app: &TestApp, recipient: &str, start: &str) -> String {
    let mails = app.mails();
    let (_, _, body) = mails.iter().rev().find(|(_, to, _)| to == recipient).unwrap();
    let from = body.find(start).unwrap_or_else(|| panic!("no {start} in {body}"));
    body[from..].split_whitespace().next().unwrap().to_owned()
}

#[test]
fn an_address_changes_once_the_new_one_proves_itself_and_the_old_one_is_told() {
    let app = TestApp::start();
    World::build(&app);
    let client = app.signed_in(EMAIL);
    let ask = |email: &str, password: &str| {
        client.post("/profil/adresse", &[("new_email", email), ("email_password", password)])
    };
    let wrong = ask(NEW, "autre chose").expect(422);
    assert!(wrong.words().contains("Ce n’est pas votre mot de passe actuel.") && wrong.text().contains(NEW));
    assert!(ask("pas-une-adresse", PASSWORD).expect(422).words().contains("Saisissez une adresse électronique"));
    assert!(ask(EMAIL, PASSWORD).expect(422).words().contains("C’est déjà l’adresse de votre compte."));
    assert_eq!(app.mails(), []);
    ask(NEW, PASSWORD).expect(303);
    let first = link_to(&app, NEW, "/profil/adresse/");
    ask(NEW, PASSWORD).expect(303);
    let link = link_to(&app, NEW, "/profil/adresse/");
    assert!(link_is_over(&app, &first), "a newer link takes the place of the first");
    app.signed_in(EMAIL);
    // The link works where the mail is read, signed in or not; looking at it changes nothing.
    let visitor = app.client();
    assert!(visitor.get(&link).expect(200).words().contains(NEW));
    assert_eq!(visitor.post(&link, &[]).expect(303).location, "/connexion");
    assert!(link_is_over(&app, &link));
    app.client().sign_in(EMAIL, PASSWORD).expect(422);
    assert!(app.signed_in(NEW).get("/profil").words().contains(NEW));
    let kinds: Vec<(String, String)> = app.mails().into_iter().map(|(kind, to, _)| (kind, to)).collect();
    let told = |kind: &str| (kind.to_owned(), EMAIL.to_owned());
    assert!(
        kinds.contains(&told("account.email_asked")) && kinds.contains(&told("account.email_changed")),
        "{kinds:?}"
    );
}

fn link_is_over(app: &TestApp, link: &str) -> bool {
    let visitor = app.client();
    visitor.get(link).status == 404 && visitor.post(link, &[]).status == 404
}

#[test]
fn an_address_with_an_account_is_not_told_apart() {
    let app = TestApp::start();
    World::build(&app);
    let client = app.signed_in(EMAIL);
    let taken = "contact@autreasso.example";
    let form = |email| [("new_email", email), ("email_password", PASSWORD)];
    let (free, known) = (client.post("/profil/adresse", &form(NEW)), client.post("/profil/adresse", &form(taken)));
    assert_eq!((free.status, free.location), (known.status, known.location));
    let to_taken: Vec<String> = app.mails().into_iter().filter(|m| m.1 == taken).map(|m| m.0).collect();
    assert_eq!(to_taken, ["account.exists"]);
}

#[test]
fn a_colleague_joins_by_the_link_sent_to_their_address_and_nobody_else() {
    let app = TestApp::start();
    let world = World::build(&app);
    let member = app.signed_in(EMAIL);
    let page = format!("/organisations/{}", world.organisation);
    let invite = |email: &str| member.post(&format!("{page}/invitations"), &[("email", email)]);
    assert!(invite("pas une adresse").expect(422).words().contains("Saisissez une adresse électronique"));
    assert!(invite(EMAIL).expect(422).words().contains("déjà rattachée"));
    let guest = "contact@autreasso.example";
    invite(guest).expect(303);
    let link = link_to(&app, guest, "/rejoindre/");
    assert!(member.get(&page).words().contains(guest), "the invitation waits on the organisation’s page");
    assert!(app.client().get(&link).expect(200).words().contains("Connectez-vous avec l’adresse invitée"));
    let other = app.signed_in("gestion@ars.example");
    assert!(other.get(&link).expect(200).words().contains("une autre adresse"));
    other.post(&link, &[]).expect(409);
    other.post(&format!("{page}/invitations"), &[("email", "x@y.example")]).expect(404);
    let invited = app.signed_in(guest);
    invited.get(&page).expect(404);
    assert_eq!(invited.post(&link, &[]).expect(303).location, page);
    invited.get(&page).expect(200);
    invited.post(&link, &[]).expect(404);
    assert!(member.get("/notifications").words().contains("Zoé Exemple a rejoint l’organisme Les Ruches d’Exemple."));
    // One taken back opens nothing.
    invite("personne@exemple.example").expect(303);
    let cancelled = link_to(&app, "personne@exemple.example", "/rejoindre/");
    member.post(&format!("{page}/invitations/2/annuler"), &[]).expect(303);
    app.client().get(&cancelled).expect(404);
}

#[test]
fn an_agent_of_two_institutions_chooses_in_whose_name_they_act() {
    let app = TestApp::start();
    let world = World::build(&app);
    app.console(|op| {
        add_agent(op, world.manager, world.dreets, "Conseillère", "Service de démonstration")?;
        grant_role(op, world.call, world.manager, world.dreets, Role::Instructor, None)
    });
    let client = app.signed_in("gestion@ars.example");
    assert!(client.get("/").words().contains("Choisir au nom de quelle institution vous agissez"));
    client.get("/instruction").expect(200);
    client.get("/appels/AMI-ISS-2021/gestion").expect(200);
    let choose = |institution: String| {
        client.post("/profil/institutions", &[("appel", "AMI-ISS-2021"), ("institution", &institution)])
    };
    assert!(client.get("/profil/institutions").expect(200).words().contains("Gestionnaire de l’appel"));
    choose(world.dreets.to_string()).expect(303);
    client.get("/instruction").expect(200);
    client.get("/appels/AMI-ISS-2021/gestion").expect(404);
    let home = client.get("/").words();
    assert!(home.contains("Vous agissez au nom de") && home.contains("DREETS"), "{home}");
    assert!(!home.contains("Choisir au nom"));
    choose(world.ars.to_string()).expect(303);
    client.get("/appels/AMI-ISS-2021/gestion").expect(200);
    client.get("/instruction").expect(404);
    choose("toutes".to_owned()).expect(303);
    client.get("/instruction").expect(200);
    choose("999".to_owned()).expect(404);
    // Nobody else has anything to choose.
    app.signed_in("instruction@ars.example")
        .post("/profil/institutions", &[("appel", "AMI-ISS-2021"), ("institution", "toutes")])
        .expect(404);
}
