//! What a year brings that the demonstration does not show on its first day: one dossier in each turn a person may be
//! in the middle of, made through the real operations.

use essaim::base::Cents;
use essaim::base::ids::{ClawbackId, DossierId};
use essaim::committee::actions::{NewRecusal, recuse};
use essaim::dossiers::actions::{NewFile, answer_completion, attach_file, invite, save_section};
use essaim::dossiers::{Outcome, drafts};
use essaim::funding::actions::{NewNotice, Order, notice_clawback, order_clawback};
use essaim::instruction::actions::{declare_eligible, declare_interests, save_review};
use jiff::ToSpan;

use super::people::Person;
use crate::committee::shortlisting;
use crate::support::committee::{planned_session, running_session};
use crate::support::decisions::{ineligible_dossier, notified_dossier, set_aside_dossier, signed_dossier};
use crate::support::dossiers::{ask_completion, complete_draft, empty_draft, good_answers, submitted_dossier};
use crate::support::funding::{agreed_dossier, file, instalment, paid_dossier, paid_up_dossier};
use crate::support::instruction::{assigned_dossier, instructed_dossier, review, shortlisted_dossier, submit_as};
use crate::support::{PASSWORD, TestApp, World};

const HOLDER: &str = "tresorerie@lesruches.example";
const GUEST: &str = "contact@autreasso.example";
const CALL: &str = "/appels/AMI-ISS-2021";

/// A service in the middle of its year, and the people in it.
pub fn build(app: &TestApp) -> Vec<Person> {
    let world = World::build(app);
    crate::instruction::correspondent(app, &world, "dd31@ars.example", "31");
    // Once the year is over for one dossier, the clock goes back for the others: each has its own story.
    let settled = paid_up_dossier(app, &world, "Jardins d’exemple", 12_000);
    crate::funding::closures::report(app, &world, settled);
    app.set_clock("2021-10-04T12:00:00");
    let paid = paid_dossier(app, &world, "Ruche mobile d’exemple", 10_000);
    let [noticed, ordered] = [500, 700].map(|euros| claim(app, &world, paid, euros));
    app.set_clock("2022-04-04T12:00:00");
    order(app, &world, paid, ordered);
    app.set_clock("2021-10-04T12:00:00");
    let agreed = agreed_dossier(app, &world, "Marches d’exemple", 9_000);
    for title in ["Premier en attente", "Deuxième en attente"] {
        notified_dossier(app, &world, title, 20_000, Outcome::Waitlisted);
    }
    let awarded = notified_dossier(app, &world, "Atelier notifié", 8_000, Outcome::Selected);
    for title in ["Lettre prête", "Autre lettre prête"] {
        signed_dossier(app, &world, title, 7_000, Outcome::Rejected);
    }
    app.set_clock("2021-10-05T12:00:00");
    ineligible_dossier(app, &world, "Hors territoire", "Le projet ne concerne pas la région.");
    set_aside_dossier(app, &world, "Écarté à la présélection", "Le projet ne vise pas les inégalités.");
    let submitted = submitted_dossier(app, &world, "Tout juste déposé", 15_000);
    let eligible = submitted_dossier(app, &world, "À présélectionner", 15_000);
    app.as_account(world.manager, |op, actor| declare_eligible(op, actor, eligible)).unwrap();
    let shortlisting = shortlisting::planned(app, &world, &[eligible]);
    shortlisting::open(app, &world, shortlisting);
    shortlisted_dossier(app, &world, "Présélectionné", 16_000);
    assigned_dossier(app, &world, "À instruire", 18_000);
    let half = assigned_dossier(app, &world, "Lu par une institution", 18_000);
    let input = review([3; 8], Cents::from_euros(9_000), "Un bon projet.");
    submit_as(app, world.instructor_ars, half, &input);
    app.as_account(world.instructor_dreets, |op, actor| {
        declare_interests(op, actor, half, None)?;
        save_review(op, actor, half, &input, 0)
    })
    .unwrap();
    ask_completion(app, &world, submitted_dossier(app, &world, "Incomplet", 11_000), &["budget"], &["rib"]);
    let completed = submitted_dossier(app, &world, "Complété", 11_000);
    ask_completion(app, &world, completed, &["budget"], &[]);
    let budget = good_answers("Complété", 12_000).into_iter().find(|(section, _)| *section == "budget").unwrap().1;
    app.as_account(world.applicant, |op, actor| {
        save_section(op, actor, completed, "budget", &budget, 1)?;
        answer_completion(op, actor, completed)
    })
    .unwrap();
    let running: Vec<_> = ["En séance", "En séance aussi"]
        .iter()
        .map(|title| instructed_dossier(app, &world, title, 14_000, [3; 8], [2; 8]))
        .collect();
    let session = running_session(app, &world, &running);
    let recusal = NewRecusal { account: world.members[3], reason: "Administratrice.".to_owned(), left_at: None };
    app.as_account(world.members[3], |op, actor| recuse(op, actor, session, running[0], &recusal)).unwrap();
    let planned = instructed_dossier(app, &world, "À la prochaine séance", 13_000, [4; 8], [3; 8]);
    planned_session(app, &world, &[planned]);
    instructed_dossier(app, &world, "Prêt pour le comité", 13_000, [2; 8], [3; 8]);

    let draft = complete_draft(app, &world, "Brouillon à deux", 21_000);
    for bytes in [b"%PDF-1.4 un\n%%EOF\n", b"%PDF-1.4 le\n%%EOF\n"] {
        let file = NewFile { piece: "rib", file_name: "rib.pdf", bytes, over: Some(None) };
        app.as_account(world.applicant, |op, actor| attach_file(op, actor, draft, &file)).unwrap();
    }
    let aside = app.service().read(|conn| drafts::all_attachments(conn, draft)).unwrap().pop().unwrap().id;
    let other = empty_draft(app, &world);
    for dossier in [draft, other] {
        app.as_account(world.applicant, |op, actor| invite(op, actor, dossier, GUEST)).unwrap();
    }
    let holder = app.signed_in(HOLDER);
    let manager = app.signed_in("gestion@ars.example");
    let guest = app.signed_in(GUEST);
    let mut invitations = links(app, "/redaction/");
    let accepted = invitations.remove(0);
    guest.post(&accepted, &[]).expect(303);

    manager.post(&format!("{CALL}/gestion/departements"), &[("state", "under_instruction"), ("due", "25/10/2021")]);
    manager.post(&format!("{CALL}/decisions/notifier"), &[("kind", "electronic")]).expect(303);
    for title in ["Encore une lettre prête", "Et une autre"] {
        signed_dossier(app, &world, title, 7_000, Outcome::Rejected);
    }
    app.set_clock("2021-10-05T12:00:00");
    let number = paid.to_string();
    let note = [
        ("title", "Aller au pied des immeubles"),
        ("axis", "A2"),
        ("situation", "Les familles ne viennent pas."),
        ("practice", "Deux médiatrices tiennent une table."),
        ("lesson", "La confiance vient avant le rendez-vous."),
        ("quotable", "oui"),
        ("dossier", number.as_str()),
    ];
    holder.post(&format!("{CALL}/fiches/nouvelle"), &note).expect(303);
    holder.post(&format!("{CALL}/fiches/1/reponses"), &[("body", "Nous avons fait de même.")]).expect(303);

    holder.post(&format!("/organisations/{}/invitations", world.organisation), &[("email", "amie@exemple.example")]);
    holder.post("/profil/adresse", &[("new_email", "theo@nouvelle.example"), ("email_password", PASSWORD)]).expect(303);
    app.client().post("/mot-de-passe/oublie", &[("email", GUEST)]).expect(200);
    let newcomer = [("given_name", "Nadia"), ("surname", "Exemple"), ("email", "nadia@exemple.example")];
    app.client().post("/inscription", &[newcomer[0], newcomer[1], newcomer[2], ("password", PASSWORD)]).expect(200);

    let public = ["/inscription/confirmer/", "/mot-de-passe/", "/profil/adresse/", "/rejoindre/"];
    let mut tokens: Vec<String> = public.iter().flat_map(|start| links(app, start)).collect();
    // Read by machines.
    tokens.push("/healthz".to_owned());
    let mut everyone: Vec<Person> = [
        ("holder", HOLDER),
        ("co-editor", GUEST),
        ("call manager", "gestion@ars.example"),
        ("instructor, ARS", "instruction@ars.example"),
        ("instructor, DREETS", "instruction@dreets.example"),
        ("correspondent", "dd31@ars.example"),
        ("committee, chair", "comite1@essaim.example"),
        ("committee, recused", "comite4@essaim.example"),
        ("signatory", "signature@ars.example"),
        ("funder", "financement@ars.example"),
        ("administrator", "admin@essaim.example"),
    ]
    .iter()
    .map(|(who, email)| Person::enter(app, who, email, PASSWORD))
    .collect();
    let mut begin = |who: &str, addresses: Vec<String>| {
        everyone.iter_mut().find(|person| person.who == who).unwrap().starts.extend(addresses);
    };
    let mine = |dossier, page: &str| format!("/mes-dossiers/{dossier}/{page}");
    begin(
        "holder",
        vec![
            mine(completed, "versions"),
            mine(submitted, "depose"),
            mine(draft, &format!("pieces/{aside}/choisir")),
            // The last letter, without its number.
            mine(paid, "courrier"),
        ],
    );
    begin("co-editor", invitations);
    let shortlisting = format!("/comite/{shortlisting}/avis");
    begin("call manager", vec![format!("/dossiers/{completed}/versions"), shortlisting]);
    begin("instructor, DREETS", vec![format!("/dossiers/{half}/avis/verifier")]);
    let of_grant = |dossier, page: &str| format!("/dossiers/{dossier}/financement{page}");
    let of_clawback = |id, page| of_grant(paid, &format!("/reversements/{id}/{page}"));
    begin(
        "funder",
        vec![
            of_grant(awarded, ""),
            of_grant(agreed, ""),
            of_clawback(noticed, "ordre"),
            of_clawback(noticed, "abandon"),
            of_clawback(ordered, "reception"),
            of_grant(settled, &format!("/solde/{}", world.ars)),
            format!("/dossiers/{paid}/courrier"),
        ],
    );
    everyone.insert(0, Person { starts: tokens, ..Person::visitor(app) });
    everyone
}

/// A grant over several years, in its second, which waits for its credits.
pub fn second_year(app: &TestApp) -> Vec<Person> {
    let dossier = crate::funding::years::in_its_second_year(app);
    let mut signatory = Person::enter(app, "signatory, second year", "signature@ars.example", PASSWORD);
    signatory.starts.push(format!("/dossiers/{dossier}/financement"));
    vec![signatory]
}

fn claim(app: &TestApp, world: &World, dossier: DossierId, euros: i64) -> ClawbackId {
    let on = app.now().in_zone("Europe/Paris").date();
    let notice = NewNotice {
        slot: instalment(app, dossier, 0).0.slot(),
        asked: Cents::from_euros(euros),
        reason: "Ateliers non tenus au second semestre.".to_owned(),
        noticed_on: on,
        observations_until: on.saturating_add(31.days()),
    };
    app.as_account(world.funder, |op, actor| notice_clawback(op, actor, dossier, &notice)).unwrap()
}

fn order(app: &TestApp, world: &World, dossier: DossierId, id: ClawbackId) {
    let clawback = file(app, dossier).clawback(id).unwrap().clone();
    let order = Order {
        amount: clawback.asked,
        on: app.now().in_zone("Europe/Paris").date(),
        reference: format!("TITRE-{id}"),
        observations: String::new(),
        version: clawback.version,
    };
    app.as_account(world.funder, |op, actor| order_clawback(op, actor, dossier, id, &order)).unwrap();
}

/// Links of the mails sent so far that start like this, oldest first.
fn links(app: &TestApp, start: &str) -> Vec<String> {
    let mails = app.mails();
    mails
        .iter()
        .filter_map(|(_, _, body)| body.find(start).map(|at| &body[at..]))
        .filter_map(|rest| rest.split_whitespace().next().map(str::to_owned))
        .filter(|link| link.matches('/').count() == start.matches('/').count())
        .collect()
}
