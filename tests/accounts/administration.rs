//! The administrators' desk: every right given and taken back takes effect at the next request.

use essaim::access::{Author, Role};
use essaim::accounts::actions::{self, disable, grant_correspondent, grant_role, invite};
use essaim::commands::check::verify;
use essaim::fault::Fault;
use essaim::journal;
use essaim::service::Operation;

use super::link;
use crate::support::{Client, PASSWORD, TestApp, World};

const ADMIN: &str = "admin@essaim.example";

fn start() -> (TestApp, World, Client) {
    let app = TestApp::start();
    let world = World::build(&app);
    let admin = app.signed_in(ADMIN);
    (app, world, admin)
}

#[test]
fn the_desk_is_not_found_by_anybody_else() {
    let (app, world, admin) = start();
    assert!(admin.get("/administration").expect(200).words().contains("Qui travaille où"));
    let paths = [
        "/administration".to_owned(),
        "/administration/personnes".to_owned(),
        format!("/administration/personnes/{}", world.manager),
        "/administration/institutions".to_owned(),
        "/administration/delegations".to_owned(),
        "/administration/financements".to_owned(),
    ];
    for email in ["gestion@ars.example", "tresorerie@lesruches.example", "signature@ars.example"] {
        let client = app.signed_in(email);
        for path in &paths {
            let words = client.get(path).expect(404).words();
            assert!(words.contains("Page introuvable") && !words.contains("Gisèle Exemple Actif"), "{words}");
        }
        let take_over = format!("/administration/personnes/{}/administrateur", world.manager);
        client.post(&take_over, &[("administrateur", "oui")]).expect(404);
        assert!(!client.get("/profil").words().contains("Administration"), "nor in the navigation");
    }
    assert!(!app.actor(world.manager).administrator);
}

#[test]
fn an_agent_is_invited_chooses_a_password_and_gets_a_role() {
    let (app, world, admin) = start();
    let fields = [
        ("given_name", "Émeline"),
        ("surname", "Exemple"),
        ("email", "Emeline@DREETS.example"),
        ("institution", &world.dreets.to_string()),
        ("quality", "Chargée de mission"),
        ("service", "Pôle solidarités"),
    ];
    let page = admin.post("/administration/personnes/nouvelle", &fields).expect(303).location;
    assert!(admin.get(&page).expect(200).words().contains("Mot de passe à choisir"));
    let path = link(&app, "account.invited", "/mot-de-passe/");
    app.client().post(&path, &[("password", PASSWORD)]).expect(303);
    let agent = app.signed_in("emeline@dreets.example");

    let found = admin.get("/administration/personnes?recherche=EMELINE+exemple").expect(200).words();
    assert!(found.contains("Émeline Exemple") && found.contains("1 compte"), "{found}");
    assert!(!found.contains("Gisèle"));
    let none = admin.get("/administration/personnes?recherche=100%25").expect(200).words();
    assert!(none.contains("Rien ne correspond"), "{none}");

    let form = admin.get(&format!("{page}/roles?appel=AMI-ISS-2021")).expect(200).words();
    assert!(form.contains("Émeline Exemple") && form.contains("Siège au comité"), "{form}");
    let institution = world.dreets.to_string();
    let role = |role: &str, seat: &str| {
        let fields = [("appel", "AMI-ISS-2021"), ("role", role), ("institution", &institution), ("seat", seat)];
        admin.post(&format!("{page}/roles"), &fields)
    };
    for (code, seat, message) in [
        ("", "", "Choisissez un rôle."),
        ("committee_member", "", "Choisissez le siège occupé au comité."),
        ("committee_member", "ARS", "Ce siège revient à l’institution ARS."),
        ("instructor", "ARS", "Un siège n’accompagne que le rôle de membre du comité."),
    ] {
        let words = role(code, seat).expect(422).words();
        assert!(words.contains(message), "{code} {seat}: {words}");
    }
    role("instructor", "").expect(303);
    assert!(role("instructor", "").expect(422).words().contains("a déjà ce rôle dans cet appel"));
    assert!(agent.get("/profil").words().contains("Instruction"), "the role opens its desk at once");
    let shown = admin.get(&page);
    assert!(shown.words().contains("Instructeur AMI-ISS-2021 DREETS"), "{}", shown.words());
    let end = shown
        .text()
        .split("action=\"")
        .find(|rest| rest.contains("/roles/"))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    admin.post(&end, &[]).expect(303);
    assert!(!agent.get("/profil").words().contains("Instruction"), "and closes it at once");
}

#[test]
fn a_disabled_account_is_out_at_once() {
    let (app, world, admin) = start();
    let manager = app.signed_in("gestion@ars.example");
    let path = format!("/administration/personnes/{}", world.manager);
    admin.post(&format!("{path}/etat"), &[("etat", "desactive")]).expect(303);
    assert!(manager.get("/profil").expect(303).location.starts_with("/connexion"));
    manager.sign_in("gestion@ars.example", PASSWORD).expect(422);
    manager.post("/mot-de-passe/oublie", &[("email", "gestion@ars.example")]).expect(200);
    assert_eq!(app.mails(), [], "no link opens a disabled account");
    assert!(admin.get(&path).words().contains("Désactivé"));
    admin.post(&format!("{path}/etat"), &[("etat", "actif")]).expect(303);
    assert!(manager.get("/profil").expect(303).location.starts_with("/connexion"), "old sessions stay dead");
    app.signed_in("gestion@ars.example");
}

#[test]
fn the_last_administrator_stays() {
    let (app, world, admin) = start();
    let own = format!("/administration/personnes/{}", world.administrator);
    for (action, field, value) in [("etat", "etat", "desactive"), ("administrateur", "administrateur", "non")] {
        let words = admin.post(&format!("{own}/{action}"), &[(field, value)]).expect(409).words();
        assert!(words.contains("C’est le dernier administrateur actif"), "{words}");
    }
    let other = format!("/administration/personnes/{}", world.manager);
    admin.post(&format!("{other}/administrateur"), &[("administrateur", "oui")]).expect(303);
    app.console(|op| actions::disable(op, world.manager));
    admin.post(&format!("{own}/administrateur"), &[("administrateur", "non")]).expect(409);
    app.console(|op| actions::enable(op, world.manager));
    assert_eq!(admin.post(&format!("{own}/administrateur"), &[("administrateur", "non")]).expect(303).location, "/");
    admin.get("/administration").expect(404);
    app.signed_in("gestion@ars.example").get("/administration").expect(200);
}

#[test]
fn leaving_an_institution_ends_roles_and_delegations() {
    let (app, world, admin) = start();
    let path = format!("/administration/personnes/{}", world.signatory);
    assert!(admin.get(&path).words().contains("Décision ARS-EXEMPLE n° 2021-0001"));
    admin.post(&format!("{path}/institutions/{}/fin", world.ars), &[]).expect(303);
    assert!(!app.actor(world.signatory).is_agent());
    let words = admin.get(&path).expect(200).words();
    assert!(words.contains("n’est rattachée à aucune institution") && words.contains("Aucune délégation."), "{words}");
    assert!(admin.get("/administration/delegations").words().contains("Retirée"));
    let missing = admin.post(&format!("{path}/institutions"), &[("institution", ""), ("quality", "")]).expect(422);
    assert!(missing.words().contains("Choisissez une institution."));
}

#[test]
fn nobody_is_attached_to_what_does_not_exist() {
    let (app, world, admin) = start();
    let attach = |account: i64, institution: i64| {
        let fields =
            [("institution", institution.to_string()), ("quality", "Cheffe".into()), ("service", "Pôle".into())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        admin.post(&format!("/administration/personnes/{account}/institutions"), &fields)
    };
    let page = attach(world.signatory.0, 999).expect(422).words();
    assert!(page.contains("Choisissez une institution."), "{page}");
    attach(999, world.ars.0).expect(404);
    admin.post("/administration/personnes/999/organismes", &[("number", "732 829 320 00074")]).expect(404);
    assert_eq!(
        verify(app.service()).unwrap().into_iter().flat_map(|f| f.problems).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
    attach(world.signatory.0, world.dreets.0).expect(303);
}

#[test]
fn institutions_are_added_and_renamed() {
    let (_app, world, admin) = start();
    let new = [("code", "crd"), ("name", "Conseil d’Exemple"), ("short_name", "Conseil"), ("address", "")];
    admin.post("/administration/institutions/nouvelle", &new).expect(303);
    let list = admin.get("/administration/institutions").expect(200).words();
    assert!(list.contains("CRD Conseil d’Exemple Conseil 0"), "{list}");
    assert!(list.contains("ARS Institution ARS ARS 5"), "{list}");
    let twice = admin.post("/administration/institutions/nouvelle", &new).expect(422).words();
    assert!(twice.contains("Ce code est déjà celui d’une institution."));
    let path = format!("/administration/institutions/{}", world.ars);
    let empty = [("name", ""), ("short_name", "ARS"), ("address", "")];
    assert!(admin.post(&path, &empty).expect(422).words().contains("Saisissez le nom de l’institution."));
    let named = [("name", "Agence d’Exemple"), ("short_name", "ARS"), ("address", "2 rue de l’Exemple")];
    admin.post(&path, &named).expect(303);
    let page = admin.get(&path).expect(200).words();
    assert!(page.contains("Agence d’Exemple") && page.contains("Gisèle Exemple"), "{page}");
}

#[test]
fn delegations_are_recorded_with_whole_days() {
    let (app, world, admin) = start();
    let agents = admin.get("/administration/delegations/nouvelle").expect(200).text();
    let option = agents.split("<option value=\"").find(|o| o.contains("Gisèle Exemple")).unwrap();
    let agent = option.split('"').next().unwrap();
    let record = |from: &str, until: &str, ceiling: &str| {
        let fields = [
            ("agent", agent),
            ("reference", "Décision n° 2021-0042"),
            ("valid_from", from),
            ("valid_until", until),
            ("ceiling", ceiling),
        ];
        admin.post("/administration/delegations/nouvelle", &fields)
    };
    let words = record("bientôt", "demain", "-5").expect(422).words();
    for message in ["Saisissez la date de début", "Saisissez une date de fin comme", "Plafond par décision"] {
        assert!(words.contains(message), "{message}: {words}");
    }
    let backwards = record("04/10/2021", "03/10/2021", "").expect(422).words();
    assert!(backwards.contains("La fin de la délégation doit suivre son début."), "{backwards}");
    record("04/10/2021", "04/10/2021", "50 000").expect(303);
    let list = || admin.get("/administration/delegations").expect(200).words();
    assert!(list().contains("Du 4 octobre 2021 au 4 octobre 2021 50 000 € En vigueur"), "{}", list());
    app.set_clock("2021-10-05T00:00:00");
    let admin = app.signed_in(ADMIN);
    let page = admin.get("/administration/delegations").expect(200);
    assert!(page.words().contains("50 000 € Échue"), "{}", page.words());
    let end =
        page.text().split("action=\"").find(|p| p.contains("/fin\"")).unwrap().split('"').next().unwrap().to_owned();
    admin.post(&end, &[]).expect(303);
    admin.post(&end, &[]).expect(404);
    assert!(app.actor(world.manager).holds(Role::CallManager), "a delegation is no role");
}

#[test]
fn votes_go_through_the_ledger_with_their_reason() {
    let (app, world, admin) = start();
    let page = admin.get("/administration/financements").expect(200);
    let before = page.words();
    let hrefs: Vec<_> = page.text().split("href=\"").filter_map(|p| p.split('"').next().map(str::to_owned)).collect();
    let find = |part: &str| hrefs.iter().find(|h| h.contains(part)).unwrap().clone();
    let (envelope, line) = (find("/enveloppes/"), find("/lignes/"));
    let vote = |direction: &str, amount: &str, reason: &str| {
        admin.post(&envelope, &[("direction", direction), ("amount", amount), ("reason", reason)])
    };
    let words = vote("", "rien", "").expect(422).words();
    assert!(
        words.contains("Choisissez entre ajouter et retirer.") && words.contains("Saisissez la référence"),
        "{words}"
    );
    assert!(vote("ajouter", "0", "Délibération").expect(422).words().contains("supérieur à zéro"));
    let refused = vote("retirer", "999 999 999", "Délibération").expect(422).words();
    assert!(refused.contains("Le vote ne peut pas descendre"), "{refused}");
    vote("ajouter", "1 234,56", "Délibération n° 2021-07").expect(303);
    let after = admin.get("/administration/financements").expect(200).words();
    assert_ne!(before, after);
    assert!(after.contains(",56 €"), "{after}");
    assert_eq!(app.service().read(essaim::ledger::verify).unwrap(), (1, Vec::new()));

    let change = [("authority", world.dreets.to_string()), ("payer", "".to_owned())];
    let fields: Vec<_> = change.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert!(admin.post(&line, &fields).expect(422).words().contains("Choisissez l’institution qui paie."));
    let (dreets, ars) = (world.dreets.to_string(), world.ars.to_string());
    admin.post(&line, &[("authority", &dreets), ("payer", &ars)]).expect(303);
    assert!(admin.get("/administration/financements").words().contains("DREETS ARS Modifier"));
    assert_eq!(app.service().read(journal::verify).unwrap().1, Vec::<String>::new());
}

#[test]
fn an_applicant_is_attached_to_a_declared_organisation() {
    let (app, world, admin) = start();
    let path = format!("/administration/personnes/{}", world.stranger);
    let wrong = admin.post(&format!("{path}/organismes"), &[("number", "W999999999")]).expect(422).words();
    assert!(wrong.contains("Aucun organisme n’est déclaré avec ce numéro"), "{wrong}");
    admin.post(&format!("{path}/organismes"), &[("number", "732 829 320 00074")]).expect(303);
    let stranger = app.signed_in("contact@autreasso.example");
    let theirs = format!("/organisations/{}", world.organisation);
    assert!(stranger.get(&theirs).expect(200).words().contains("Zoé Exemple"));
    admin.post(&format!("{path}/organismes/{}/fin", world.organisation), &[]).expect(303);
    stranger.get(&theirs).expect(404);
}

/// A role is held in the name of an institution that one works for; a shut account receives no link.
#[test]
fn roles_are_for_agents_and_links_for_open_accounts() {
    let app = TestApp::start();
    let world = World::build(&app);
    let console = |work: &dyn Fn(&mut Operation<'_>) -> Result<(), Fault>| {
        app.service().perform(Author::console(), app.now(), |op| work(op))
    };
    let foreign = world.instructor_dreets;
    let refused: [(&str, Result<(), Fault>); 2] = [
        ("a role", console(&|op| grant_role(op, world.call, foreign, world.ars, Role::Funder, None))),
        ("a department", console(&|op| grant_correspondent(op, world.call, foreign, world.ars, "31"))),
    ];
    for (what, tried) in refused {
        assert!(matches!(&tried, Err(Fault::Refused(why)) if why.contains("rattachée")), "{what}: {tried:?}");
    }
    app.console(|op| disable(op, foreign));
    let invited = console(&|op| invite(op, foreign));
    assert!(matches!(&invited, Err(Fault::Refused(why)) if why.contains("désactivé")), "{invited:?}");
}
