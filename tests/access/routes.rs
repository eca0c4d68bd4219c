//! The catalogue of routes is the specification: a snapshot says who may open each, and real requests hold the guard
//! to it.

use essaim::access::{Permission, Role};
use essaim::web::page::Method;

use crate::support::{Client, PASSWORD, TestApp, World};

#[test]
fn the_catalogue_of_permissions() {
    let mut lines: Vec<String> = essaim::app::pages(true)
        .iter()
        .map(|page| {
            let permission = match page.permission {
                Permission::Public => "public".to_owned(),
                Permission::SignedIn => "signed in".to_owned(),
                Permission::Administrator => "administrator".to_owned(),
                Permission::AnyCall(roles) => format!("in any call: {}", codes(roles)),
                Permission::ThisCall(roles) => format!("in this call: {}", codes(roles)),
            };
            let method = if page.method == Method::Get { "GET " } else { "POST" };
            format!("{:<58} {method} {permission}", page.path)
        })
        .collect();
    lines.sort();
    insta::assert_snapshot!(lines.join("\n"));
}

/// The first of two pages at one address would hide the other.
#[test]
fn no_two_pages_have_the_same_address() {
    let mut shapes: Vec<String> = essaim::app::pages(true)
        .iter()
        .map(|page| {
            let parts = page.path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
            format!("{:?} {}", page.method, parts.collect::<Vec<_>>().join("/"))
        })
        .collect();
    let all = shapes.len();
    shapes.sort();
    shapes.dedup();
    assert_eq!(shapes.len(), all);
}

fn codes(roles: &[Role]) -> String {
    roles.iter().map(|role| role.code()).collect::<Vec<_>>().join(", ")
}

/// A person by what they hold, and whether the permission lets them in, said independently of the guard.
struct Somebody {
    name: &'static str,
    client: Client,
    signed_in: bool,
    administrator: bool,
    /// In the only call there is.
    role: Option<Role>,
}

impl Somebody {
    fn may_enter(&self, permission: Permission) -> bool {
        match permission {
            Permission::Public => true,
            Permission::SignedIn => self.signed_in,
            Permission::Administrator => self.administrator,
            Permission::AnyCall(roles) | Permission::ThisCall(roles) => {
                self.role.is_some_and(|role| roles.contains(&role))
            }
        }
    }
}

fn everybody(app: &TestApp) -> Vec<Somebody> {
    let people = [
        ("visiteur", None, false, None),
        ("porteur", Some("tresorerie@lesruches.example"), false, None),
        ("administratrice", Some("admin@essaim.example"), true, None),
        ("gestionnaire", Some("gestion@ars.example"), false, Some(Role::CallManager)),
        ("instructrice", Some("instruction@ars.example"), false, Some(Role::Instructor)),
        ("correspondante", Some("dd31@ars.example"), false, Some(Role::Correspondent)),
        ("membre", Some("comite1@essaim.example"), false, Some(Role::CommitteeMember)),
        ("signataire", Some("signature@ars.example"), false, Some(Role::Signatory)),
        ("financeur", Some("financement@ars.example"), false, Some(Role::Funder)),
    ];
    people
        .into_iter()
        .map(|(name, email, administrator, role)| {
            let client = app.client();
            if let Some(email) = email {
                client.sign_in(email, PASSWORD).expect(303);
            }
            Somebody { name, client, signed_in: email.is_some(), administrator, role }
        })
        .collect()
}

/// An address that exists: the call's code, and ones elsewhere.
fn concrete(path: &str) -> String {
    path.split('/')
        .map(|part| match part {
            "{call}" => "AMI-ISS-2021",
            part if part.starts_with('{') => "1",
            part => part,
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[test]
fn every_route_as_every_role() {
    let app = TestApp::start_with(
        |settings| settings.demo = true,
        essaim::web::throttle::Limits {
            per_subject: std::num::NonZeroU32::MAX,
            per_address: std::num::NonZeroU32::MAX,
        },
    );
    let world = World::build(&app);
    crate::instruction::correspondent(&app, &world, "dd31@ars.example", "31");
    let people = everybody(&app);
    let mut refusals = 0;
    for page in essaim::app::pages(true) {
        let path = concrete(page.path);
        // Signing out, or leaving every session, would change the person asking.
        if path == "/deconnexion" || path.contains("/sessions") {
            continue;
        }
        for person in &people {
            let reply = match page.method {
                Method::Get => person.client.get(&path),
                Method::Post => person.client.post(&path, &[("reponse", "essai")]),
            };
            let what = format!("{:?} {path} as {}", page.method, person.name);
            assert!(reply.status < 500, "{what}: {} {}", reply.status, reply.words());
            if person.may_enter(page.permission) {
                continue;
            }
            refusals += 1;
            if person.signed_in {
                assert_eq!(reply.status, 404, "{what}: a closed door is not found");
            } else if page.method == Method::Get {
                assert_eq!(reply.status, 303, "{what}: a visitor signs in first");
                assert!(reply.location.starts_with("/connexion?retour="), "{what}: {}", reply.location);
            } else {
                assert!(reply.words().contains("Votre session a pris fin"), "{what}: {}", reply.words());
            }
        }
    }
    assert!(refusals > 100, "the guard was hardly tried: {refusals} refusals");
}
