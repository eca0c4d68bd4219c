//! Ids of somebody else's, in every address and in every form: "not found", nothing of theirs in the bytes, nothing done.
//!
//! The addresses and the forms are those that the first call's own people are shown, so that no route is forgotten and
//! every id exists.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use essaim::access::Permission;
use essaim::base::ids::DossierId;
use essaim::base::money::Cents;
use essaim::db::schema::{dossiers, journal_entries};
use essaim::dossiers::Outcome;
use essaim::funding::actions::{NewNotice, notice_clawback};
use essaim::web::page::Method;

use super::crawl::{Form, Seen, crawl, numbered, said};
use super::others::{AGENT, APPLICANT, CALL, second_world};
use crate::support::committee::running_session;
use crate::support::decisions::signed_dossier;
use crate::support::dossiers::{ask_completion, complete_draft, submitted_dossier};
use crate::support::funding::{instalment, paid_dossier};
use crate::support::instruction::{assigned_dossier, instructed_dossier};
use crate::support::{Client, Reply, TestApp, World};

const FIRST_CALL: &str = "AMI-ISS-2021";
/// In every title and text of the first call's people.
const MARK: &str = "ZIBELINE";

/// A dossier at each stage, with everything that hangs from it.
fn populate(app: &TestApp, world: &World, word: &str, call: &str, (applicant, manager): (&str, &str)) {
    app.set_clock("2021-10-04T12:00:00");
    complete_draft(app, world, &format!("{word} brouillon"), 11_000);
    let asked = submitted_dossier(app, world, &format!("{word} à compléter"), 12_000);
    ask_completion(app, world, asked, &["project"], &["rib"]);
    assigned_dossier(app, world, &format!("{word} à lire"), 13_000);
    let placed = instructed_dossier(app, world, &format!("{word} en séance"), 14_000, [3; 8], [2; 8]);
    running_session(app, world, &[placed]);
    signed_dossier(app, world, &format!("{word} signé"), 15_000, Outcome::Selected);
    signed_dossier(app, world, &format!("{word} refusé"), 16_000, Outcome::Rejected);
    let prepare = format!("/appels/{call}/decisions/notifier");
    app.signed_in(manager).post(&prepare, &[("kind", "electronic")]).expect(303);
    let paid = paid_dossier(app, world, &format!("{word} payé"), 17_000);
    let slot = instalment(app, paid, 0).0.slot();
    let notice = NewNotice {
        slot,
        asked: Cents::from_euros(100),
        reason: format!("{word} non tenus"),
        noticed_on: app.now().in_zone("Europe/Paris").date(),
        observations_until: app.now().plus_days(31).in_zone("Europe/Paris").date(),
    };
    app.as_account(world.funder, |op, actor| notice_clawback(op, actor, paid, &notice)).unwrap();
    let applicant = app.signed_in(applicant);
    let (paid, title) = (paid.to_string(), format!("{word} au pied des immeubles"));
    let note = [
        ("dossier", paid.as_str()),
        ("title", &title),
        ("axis", "A2"),
        ("situation", &title),
        ("practice", &title),
        ("lesson", &title),
        ("quotable", "oui"),
    ];
    applicant.post(&format!("/appels/{call}/fiches/nouvelle"), &note).expect(303);
    let list = applicant.get(&format!("/appels/{call}/fiches")).expect(200).text();
    let note = numbered(&list, &format!("/appels/{call}/fiches/"));
    applicant.post(&format!("{note}/reponses"), &[("body", &format!("{word} répond"))]).expect(303);
    let organisation = numbered(&applicant.get("/profil").text(), "/organisations/");
    let guest = format!("{}@invite.example", word.to_lowercase());
    applicant.post(&format!("{organisation}/invitations"), &[("email", &guest)]).expect(303);
}

/// The route that answers an address: the one with the most literal parts.
struct Routes(Vec<essaim::web::Page>);

impl Routes {
    fn of(&self, method: Method, path: &str) -> Option<&essaim::web::Page> {
        let fits = |template: &str| {
            let (a, b): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
            a.len() == b.len() && a.iter().zip(&b).all(|(t, p)| t.starts_with('{') || t == p)
        };
        let found = self.0.iter().filter(|page| page.method == method && fits(page.path));
        found.min_by_key(|page| page.path.matches('{').count())
    }
}

/// What people were shown, by route.
#[derive(Default)]
struct Known {
    paths: BTreeMap<&'static str, BTreeSet<String>>,
    forms: BTreeMap<&'static str, Vec<Form>>,
}

impl Known {
    fn gather(routes: &'static Routes, all: &[Seen]) -> Self {
        let mut known = Self::default();
        for seen in all {
            for path in seen.addresses() {
                for method in [Method::Get, Method::Post] {
                    if let Some(page) = routes.of(method, &path).filter(|page| page.path.contains('{')) {
                        known.paths.entry(page.path).or_default().insert(path.clone());
                    }
                }
            }
            for form in &seen.forms {
                if let Some(page) = routes.of(Method::Post, &form.action) {
                    known.forms.entry(page.path).or_default().push(form.clone());
                }
            }
        }
        known
    }

    /// Values met at one place of one route's addresses.
    fn values(&self, template: &str, place: usize) -> BTreeSet<String> {
        let paths = self.paths.get(template).into_iter().flatten();
        paths.filter_map(|path| path.split('/').nth(place).map(str::to_owned)).collect()
    }

    /// Addresses of a route that nobody is led to yet, made of the values met in the same part of the service.
    fn invented(&self, template: &str) -> Vec<String> {
        let parts: Vec<&str> = template.split('/').collect();
        let choices = parts.iter().map(|part| {
            let mut values = BTreeSet::new();
            for known in
                self.paths.keys().filter(|known| part.starts_with('{') && known.split('/').nth(1) == Some(parts[1]))
            {
                let places = known.split('/').enumerate().filter(|(_, p)| p == part);
                places.for_each(|(place, _)| values.extend(self.values(known, place)));
            }
            let values: Vec<String> = values.into_iter().collect();
            match (part.starts_with('{'), values.is_empty()) {
                (false, _) => vec![(*part).to_owned()],
                (true, true) => ["1", "2", "31", "ARS"].map(str::to_owned).to_vec(),
                (true, false) => values,
            }
        });
        let mut all = vec![Vec::new()];
        for values in choices {
            all = all
                .into_iter()
                .flat_map(|start: Vec<String>| values.iter().map(move |v| [start.clone(), vec![v.clone()]].concat()))
                .collect();
        }
        all.into_iter().map(|parts| parts.join("/")).collect()
    }

    fn paths(&self, template: &str) -> Vec<String> {
        self.paths.get(template).into_iter().flatten().cloned().collect()
    }
}

/// Sessions are one's own, and leaving them would change who asks.
fn ends_sessions(path: &str) -> bool {
    path.contains("/sessions/") && path.starts_with("/profil") || path == "/deconnexion"
}

struct Attack<'a> {
    client: &'a Client,
    who: &'static str,
    marks: &'a [String],
    tried: usize,
}

impl Attack<'_> {
    fn check(&mut self, what: &str, reply: &Reply) {
        self.tried += 1;
        assert!(reply.status < 500, "{} {what}: {} {}", self.who, reply.status, reply.words());
        let said = said(reply);
        for mark in self.marks {
            let place = said
                .find(mark.as_str())
                .map(|at| said.chars().skip(at.saturating_sub(200)).take(400).collect::<String>());
            assert!(place.is_none(), "{} {what} reads « {mark} »: {}", self.who, place.unwrap_or_default());
        }
    }

    fn get(&mut self, path: &str) -> u16 {
        let reply = self.client.get(path);
        self.check(&format!("GET {path}"), &reply);
        reply.status
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> u16 {
        let reply = self.client.post(path, fields);
        self.check(&format!("POST {path} {fields:?}"), &reply);
        reply.status
    }
}

/// Entries of the journal on this call or on its dossiers.
fn entries(app: &TestApp, world: &World) -> i64 {
    app.service()
        .read(|conn| {
            let own = dossiers::table
                .filter(dossiers::call_id.eq(world.call))
                .select(dossiers::id)
                .load::<DossierId>(conn)?;
            Ok(journal_entries::table
                .filter(journal_entries::call_id.eq(world.call).or(journal_entries::dossier_id.eq_any(own)))
                .count()
                .get_result(conn)?)
        })
        .unwrap()
}

fn readers(app: &TestApp) -> Vec<Client> {
    let emails = [
        "tresorerie@lesruches.example",
        "gestion@ars.example",
        "instruction@ars.example",
        "comite1@essaim.example",
        "signature@ars.example",
        "financement@ars.example",
        "dd31@ars.example",
    ];
    emails.into_iter().map(|email| app.signed_in(email)).collect()
}

/// What the first call's applicant and manager read, page by page.
fn read(clients: &[Client]) -> Vec<(String, String)> {
    let all = clients.iter().take(2).flat_map(|client| crawl(client, &["/"]).pages);
    let own = all.filter(|(path, reply)| {
        reply.header("content-type").is_some_and(|k| k.starts_with("text/html"))
            && !path.starts_with("/profil")
            && !path.starts_with("/appels?")
            && path != "/appels"
    });
    own.map(|(path, reply)| (path, reply.words())).collect()
}

#[test]
fn ids_of_another_organisation_and_of_another_institution_open_nothing() {
    let app = TestApp::start();
    let first = World::build(&app);
    crate::instruction::correspondent(&app, &first, "dd31@ars.example", "31");
    let second = second_world(&app, &first);
    populate(&app, &first, MARK, FIRST_CALL, ("tresorerie@lesruches.example", "gestion@ars.example"));
    populate(&app, &second, "Loutre", CALL, (APPLICANT, AGENT));
    let owners = readers(&app);
    let intruders = [(AGENT, app.signed_in(AGENT)), (APPLICANT, app.signed_in(APPLICANT))];
    let routes: &'static Routes = Box::leak(Box::new(Routes(essaim::app::pages(false))));
    let theirs = Known::gather(routes, &owners.iter().map(|c| crawl(c, &["/", "/notifications"])).collect::<Vec<_>>());
    let own: Vec<Known> =
        intruders.iter().map(|(_, c)| Known::gather(routes, &[crawl(c, &["/", "/notifications"])])).collect();

    let mut marks = vec![MARK.to_owned(), "Les Ruches d’Exemple".to_owned()];
    let references: Vec<String> = app
        .service()
        .read(|conn| {
            let of_first = dossiers::table.filter(dossiers::call_id.eq(first.call));
            Ok(of_first.select(dossiers::reference).load::<Option<String>>(conn)?.into_iter().flatten().collect())
        })
        .unwrap();
    assert!(references.len() >= 6, "{references:?}");
    marks.extend(references);
    let before = (entries(&app, &first), read(&owners));
    for ((who, client), own) in intruders.iter().zip(&own) {
        let mut attack = Attack { client, who, marks: &marks, tried: 0 };
        for page in &routes.0 {
            let places: Vec<usize> = (0..page.path.split('/').count())
                .filter(|i| page.path.split('/').nth(*i).is_some_and(|part| part.starts_with('{')))
                .collect();
            if places.is_empty() || page.permission == Permission::Administrator || ends_sessions(page.path) {
                continue;
            }
            let mut met = theirs.paths(page.path);
            if met.is_empty() && !page.path.contains("{token}") && !page.path.contains("{code}") {
                met = theirs.invented(page.path);
                met.retain(|path| !path.contains(CALL));
                assert!(!met.is_empty(), "{} is tried on nothing", page.path);
            }
            let public = page.permission == Permission::Public;
            // Their own addresses, and one's own with their ids in each later place.
            let mut mixed = Vec::new();
            for path in own.paths(page.path).iter().take(3) {
                for place in places.iter().skip(1) {
                    for value in theirs.values(page.path, *place).iter().take(6) {
                        let mut parts: Vec<&str> = path.split('/').collect();
                        if parts[*place] != value {
                            parts[*place] = value;
                            mixed.push(parts.join("/"));
                        }
                    }
                }
            }
            let owned = own.paths(page.path);
            let foreign: Vec<String> = met.into_iter().filter(|path| !owned.contains(path)).collect();
            for (path, shut) in foreign.iter().take(12).map(|p| (p, !public)).chain(mixed.iter().map(|p| (p, false))) {
                let status = match page.method {
                    Method::Get => attack.get(path),
                    Method::Post => {
                        let forms = theirs.forms.get(page.path).into_iter().flatten();
                        let form = forms.clone().find(|form| form.action == *path).or(forms.clone().next());
                        attack.post(path, &form.map(Form::sent).unwrap_or_default())
                    }
                };
                // A call is public; what is open in it to any signed-in person depends on the organisation they speak for.
                let open = ["/appels/{call}", "/appels/{call}/deposer", "/appels/{call}/fiches"].contains(&page.path);
                assert!(!shut || open || [403, 404].contains(&status), "{who} {:?} {path}: {status}", page.method);
            }
        }
        // One's own forms, with the ids that the first call's people are offered in the same fields.
        for (template, forms) in &own.forms {
            if ends_sessions(template) || *template == "/profil/mot-de-passe" {
                continue;
            }
            let offered: BTreeMap<&str, BTreeSet<&str>> =
                theirs.forms.get(template).into_iter().flatten().fold(BTreeMap::new(), |mut all, form| {
                    for (name, values) in &form.fields {
                        let ids = values
                            .iter()
                            .map(String::as_str)
                            .filter(|v| !v.is_empty() && v.bytes().all(|b| b.is_ascii_digit()));
                        all.entry(name.as_str()).or_insert_with(BTreeSet::new).extend(ids);
                    }
                    all
                });
            for form in forms.iter().take(2) {
                for (name, values) in &offered {
                    let mine = form.fields.iter().find(|(n, _)| n == name);
                    let named_by_id = mine.is_none() && name.bytes().any(|b| b.is_ascii_digit());
                    let foreign: Vec<&str> = match mine {
                        Some((_, own)) => {
                            values.iter().copied().filter(|v| !own.iter().any(|o| o == v)).take(4).collect()
                        }
                        None if named_by_id => vec!["1"],
                        None => Vec::new(),
                    };
                    for value in foreign {
                        let mut fields = form.sent();
                        fields.retain(|(n, _)| n != name);
                        fields.push((name, value));
                        attack.post(&form.action, &fields);
                    }
                }
            }
        }
        assert!(attack.tried > 200, "{who} hardly tried: {}", attack.tried);
    }
    assert_eq!(entries(&app, &first), before.0, "the journal of the first call has grown");
    let after = read(&owners);
    for (one, other) in before.1.iter().zip(&after) {
        assert_eq!(one, other, "what the first call's people read has changed");
    }
    assert_eq!(before.1.len(), after.len());
    assert_eq!(app.service().read(essaim::journal::verify).unwrap().1, Vec::<String>::new());
    assert_eq!(app.service().read(essaim::ledger::verify).unwrap().1, Vec::<String>::new());
}
