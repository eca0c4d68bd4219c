//! A service where every form shows to somebody, the walk that finds them, and the way back to where it started.

mod snapshot;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::num::NonZeroU32;

use essaim::accounts::actions::invite_colleague;
use essaim::base::Cents;
use essaim::dossiers::Outcome;
use essaim::dossiers::actions::invite;
use essaim::funding::actions::{NewNotice, notice_clawback};
use essaim::instruction::actions::{ask_departments, declare_eligible, declare_interests};
use essaim::web::throttle::Limits;

use super::scan::{self, Form};
use crate::support::committee::{opined_dossier, planned_session, running_session};
use crate::support::decisions::{ineligible_dossier, notified_dossier, signed_dossier};
use crate::support::dossiers::{ask_completion, complete_draft, empty_draft, submitted_dossier};
use crate::support::funding::{agreed_dossier, instalment, paid_dossier};
use crate::support::instruction::{assigned_dossier, instructed_dossier, shortlisted_dossier};
use crate::support::{Client, PASSWORD, Reply, TestApp, World};
use snapshot::Snapshot;

/// Everyone who may see a form, the visitor first.
const PEOPLE: [Option<&str>; 11] = [
    None,
    Some("tresorerie@lesruches.example"),
    Some("contact@autreasso.example"),
    Some("gestion@ars.example"),
    Some("instruction@ars.example"),
    Some("instruction@dreets.example"),
    Some("dd31@ars.example"),
    Some("comite1@essaim.example"),
    Some("signature@ars.example"),
    Some("financement@ars.example"),
    Some("admin@essaim.example"),
];

pub struct Scene {
    pub app: TestApp,
    pub people: Vec<(&'static str, Client)>,
    start: Snapshot,
}

/// A form where somebody finds it.
#[derive(Clone, Debug)]
pub struct Spot {
    pub person: usize,
    pub page: String,
    pub form: Form,
}

/// What a walk through the pages found.
#[derive(Default)]
pub struct Found {
    pub spots: Vec<Spot>,
    /// Pages with the names their address takes.
    pub queries: Vec<(usize, String, BTreeSet<String>)>,
    pub pages: usize,
}

impl Scene {
    /// While the call is open: writing, submitting, admitting, reading. `named` makes the titles of the projects.
    pub fn applying(named: fn(&str) -> String) -> Self {
        let (app, world) = started();
        complete_draft(&app, &world, &named("prêt"), 20_000);
        let asked = submitted_dossier(&app, &world, &named("à compléter"), 21_000);
        ask_completion(&app, &world, asked, &["project", "budget"], &["rib"]);
        submitted_dossier(&app, &world, &named("déposé"), 22_000);
        let eligible = submitted_dossier(&app, &world, &named("recevable"), 23_000);
        app.as_account(world.manager, |op, actor| declare_eligible(op, actor, eligible)).unwrap();
        shortlisted_dossier(&app, &world, &named("présélectionné"), 24_000);
        let read = assigned_dossier(&app, &world, &named("à lire"), 25_000);
        app.as_account(world.instructor_ars, |op, actor| declare_interests(op, actor, read, None)).unwrap();
        let due = app.now().plus_days(14);
        app.as_account(world.manager, |op, actor| ask_departments(op, actor, world.call, &[read], Some(due))).unwrap();
        instructed_dossier(&app, &world, &named("lu"), 26_000, [3; 8], [2; 8]);
        let writing = complete_draft(&app, &world, &named("à plusieurs"), 27_000);
        app.as_account(world.applicant, |op, actor| invite(op, actor, writing, "contact@autreasso.example")).unwrap();
        app.as_account(world.applicant, |op, actor| {
            invite_colleague(op, actor, world.organisation, "contact@autreasso.example")
        })
        .unwrap();
        let visitor = app.client();
        visitor.post(
            "/inscription",
            &[
                ("given_name", "Nouvelle"),
                ("surname", "Personne"),
                ("email", "nouvelle@exemple.example"),
                ("password", "une ruche de plus, posée ici"),
            ],
        );
        visitor.post("/mot-de-passe/oublie", &[("email", "contact@autreasso.example")]);
        let holder = app.signed_in("tresorerie@lesruches.example");
        holder.post("/profil/adresse", &[("new_email", "autre@exemple.example"), ("email_password", PASSWORD)]);
        // Last: whoever starts a dossier is given back one where nothing was written.
        empty_draft(&app, &world);
        Self::open(app)
    }

    /// Once it is closed: committee, decisions, letters, payments, follow-up.
    pub fn deciding(named: fn(&str) -> String) -> Self {
        let (app, world) = started();
        ineligible_dossier(&app, &world, &named("irrecevable"), "Hors du territoire.");
        let on_agenda: Vec<_> = (0_i64..2)
            .map(|i| instructed_dossier(&app, &world, &named("à voir"), 20_000 + i, [3; 8], [2; 8]))
            .collect();
        planned_session(&app, &world, &on_agenda);
        let open: Vec<_> = (0_i64..2)
            .map(|i| instructed_dossier(&app, &world, &named("en séance"), 21_000 + i, [3; 8], [2; 8]))
            .collect();
        running_session(&app, &world, &open);
        instructed_dossier(&app, &world, &named("sans séance"), 22_000, [3; 8], [1; 8]);
        opined_dossier(&app, &world, &named("à signer"), 26_000, Outcome::Selected);
        signed_dossier(&app, &world, &named("à notifier"), 23_000, Outcome::Selected);
        signed_dossier(&app, &world, &named("à notifier aussi"), 23_500, Outcome::Rejected);
        notified_dossier(&app, &world, &named("en attente"), 24_000, Outcome::Waitlisted);
        notified_dossier(&app, &world, &named("retenu"), 25_000, Outcome::Selected);
        agreed_dossier(&app, &world, &named("conventionné"), 27_000);
        let paid = paid_dossier(&app, &world, &named("payé"), 28_000);
        let back = paid_dossier(&app, &world, &named("à reverser"), 29_000);
        app.set_clock("2022-04-15T09:00:00");
        let slot = instalment(&app, back, 0).0.slot();
        let day = |days| app.now().plus_days(days).in_zone("Europe/Paris").date();
        let notice = NewNotice {
            slot,
            asked: Cents::from_euros(500),
            reason: "Ateliers non tenus.".to_owned(),
            noticed_on: day(0),
            observations_until: day(31),
        };
        app.as_account(world.funder, |op, actor| notice_clawback(op, actor, back, &notice)).unwrap();
        let holder = app.signed_in("tresorerie@lesruches.example");
        let title = named("fiche");
        let dossier = paid.to_string();
        let note = [
            ("dossier", dossier.as_str()),
            ("title", &title),
            ("axis", "A2"),
            ("situation", "Les familles ne viennent pas."),
            ("practice", "Deux médiatrices tiennent une table."),
            ("lesson", "La confiance vient d’abord."),
            ("quotable", "oui"),
        ];
        holder.post("/appels/AMI-ISS-2021/fiches/nouvelle", &note).expect(303);
        holder.post("/appels/AMI-ISS-2021/fiches/1/reponses", &[("body", "Et le samedi ?")]).expect(303);
        Self::open(app)
    }

    fn open(app: TestApp) -> Self {
        let people = PEOPLE
            .iter()
            .map(|email| email.map_or_else(|| ("visiteur", app.client()), |email| (email, app.signed_in(email))))
            .collect();
        let start = Snapshot::take(&app);
        Self { app, people, start }
    }

    /// Everything as it was when the scene opened, sessions included.
    pub fn restore(&self) {
        self.start.restore();
    }

    /// Every page that links lead to, a few of each shape, as everyone; `see` looks at each.
    pub fn walk(&self, mut see: impl FnMut(&str, &str, &Reply)) -> Found {
        const OF_A_SHAPE: usize = 2;
        let mut found = Found::default();
        let mut shapes = BTreeSet::new();
        for (person, (name, client)) in self.people.iter().enumerate() {
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            let mut queries: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            let mut waiting = VecDeque::from(["/".to_owned()]);
            let mut known: BTreeSet<String> = waiting.iter().cloned().collect();
            while let Some(page) = waiting.pop_front() {
                let (path, query) = page.split_once('?').unwrap_or((&page, ""));
                let names: BTreeSet<String> = query
                    .split('&')
                    .filter_map(|pair| pair.split('=').next())
                    .filter(|n| !n.is_empty())
                    .map(str::to_owned)
                    .collect();
                let format = query.split('&').find(|pair| pair.starts_with("format=")).unwrap_or_default();
                let shape = format!("{} {names:?} {format}", scan::shape_of(path));
                let count = counts.entry(shape).or_default();
                if *count >= OF_A_SHAPE {
                    continue;
                }
                *count += 1;
                found.pages += 1;
                let reply = client.get(&page);
                see(name, &page, &reply);
                if !is_html(&reply) {
                    continue;
                }
                let html = reply.text();
                queries.entry(path.to_owned()).or_default().extend(names);
                for form in scan::forms(&html, &page) {
                    if !form.post {
                        let names = form.fields.iter().map(|field| field.name.clone());
                        queries
                            .entry(form.action.split('?').next().unwrap_or_default().to_owned())
                            .or_default()
                            .extend(names);
                    } else if shapes.insert(form.shape()) {
                        found.spots.push(Spot { person, page: page.clone(), form });
                    }
                }
                for link in scan::links(&html, &self.app.base_url) {
                    if !link.starts_with("/static/") && known.insert(link.clone()) {
                        waiting.push_back(link);
                    }
                }
            }
            let mut seen = BTreeSet::new();
            for (path, names) in queries {
                if !names.is_empty() && seen.insert(scan::shape_of(&path)) {
                    found.queries.push((person, path, names));
                }
            }
        }
        found
    }
}

pub fn is_html(reply: &Reply) -> bool {
    reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html"))
}

fn started() -> (TestApp, World) {
    let limits = Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX };
    let app = TestApp::start_with(|settings| settings.demo = true, limits);
    let world = World::build(&app);
    crate::instruction::correspondent(&app, &world, "dd31@ars.example", "31");
    (app, world)
}
