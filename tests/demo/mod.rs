//! The demonstration, seeded once, read on the pages that people open: the figures of the two calls of 2021.

use std::net::TcpListener;

use essaim::commands::check::verify;
use essaim::commands::demo::{Options, PASSWORD, run};

use crate::support::{Client, TestApp};

const MANAGER: &str = "gestion@essaim.example";

fn enter(app: &TestApp, email: &str) -> Client {
    let client = app.client();
    let reply = client.sign_in(email, PASSWORD);
    assert_eq!((reply.status, reply.location.as_str()), (303, "/"), "{email} is let in: {}", reply.words());
    client
}

/// What a page says, its narrow spaces made plain.
fn words(client: &Client, path: &str) -> String {
    let reply = client.get(path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.words());
    plain(&reply.words())
}

fn plain(text: &str) -> String {
    text.replace(['\u{202F}', '\u{A0}'], " ")
}

#[track_caller]
fn says(page: &str, expected: &str) {
    assert!(page.contains(expected), "« {expected} » is not on the page: {page}");
}

/// Rows of a list as the file that a person takes away holds them, without its header.
fn rows(client: &Client, path: &str) -> Vec<Vec<String>> {
    let reply = client.get(path);
    assert_eq!(reply.status, 200, "{path}");
    let text = plain(reply.text().trim_start_matches('\u{FEFF}'));
    text.lines().skip(1).map(|line| line.split(';').map(|cell| cell.trim_matches('"').to_owned()).collect()).collect()
}

/// How many rows carry this status.
fn statuses(client: &Client, path: &str, label: &str) -> usize {
    let reply = client.get(path);
    assert_eq!(reply.status, 200, "{path}");
    plain(&reply.text()).matches(&format!("<span>{label}</span>")).count()
}

/// The waiting list has one dossier at each rank down to this one, and none below.
fn ranked(client: &Client, path: &str, last: usize) {
    for rank in 1..=last + 1 {
        let listed = statuses(client, path, &format!("Liste complémentaire (rang {rank})"));
        assert_eq!(listed, usize::from(rank <= last), "rank {rank}");
    }
}

/// Addresses on a page that start like this and end with a number, each once.
fn links(client: &Client, path: &str, start: &str) -> Vec<String> {
    let text = client.get(path).text();
    let number = |rest: &str| rest.split('"').next().filter(|tail| tail.parse::<i64>().is_ok()).map(str::to_owned);
    let mut found: Vec<String> = Vec::new();
    for rest in text.split(&format!("href=\"{start}")).skip(1) {
        if let Some(link) = number(rest).map(|tail| format!("{start}{tail}"))
            && !found.contains(&link)
        {
            found.push(link);
        }
    }
    found
}

#[test]
fn the_pages_tell_the_figures_of_both_calls() {
    let app = TestApp::demonstration();
    let manager = enter(&app, MANAGER);
    the_call_against_inequalities(&manager);
    the_call_of_the_first_thousand_days(&manager);
    the_live_calls(&app);
    let problems: Vec<String> =
        verify(app.service()).unwrap().into_iter().flat_map(|finding| finding.problems).collect();
    assert_eq!(problems, Vec::<String>::new(), "`essaim check` is green");
}

/// 76 dossiers, 20 shortlisted, 16 selected for 1,700,000 €, then 17.
fn the_call_against_inequalities(manager: &Client) {
    says(&words(manager, "/appels/AMI-ISS-2021/gestion"), "76 dossiers déposés");
    let sessions = links(manager, "/appels/AMI-ISS-2021/comite", "/comite/");
    // The latest session comes first.
    let [selection, shortlisting] = sessions.as_slice() else { panic!("two sessions, not {sessions:?}") };
    assert_eq!(statuses(manager, shortlisting, "Présélectionné"), 20);
    assert_eq!(statuses(manager, shortlisting, "Non présélectionné"), 56);
    assert_eq!(statuses(manager, selection, "Retenu"), 16);
    ranked(manager, selection, 2);
    assert_eq!(statuses(manager, selection, "Non retenu"), 2);
    says(&words(manager, &format!("{selection}/classement")), "Proposé par le comité 1 700 000 €");
    says(&words(manager, "/appels/AMI-ISS-2021/suivi"), "Projets financés 17");
    let public = words(manager, "/appels/AMI-ISS-2021");
    says(&public, "un projet ajouté depuis la liste complémentaire est une hypothèse, que la démonstration illustre");
    let promoted = links(manager, "/appels/AMI-ISS-2021/gestion?recherche=Une+rue+qui+respire", "/dossiers/");
    let [promoted] = promoted.as_slice() else { panic!("one dossier, not {promoted:?}") };
    says(&words(manager, &format!("{promoted}/decision")), "une hypothèse de la démonstration");
}

/// 119 dossiers asking more than 4.5 million euros, 15 selected of which 14 departmental.
fn the_call_of_the_first_thousand_days(manager: &Client) {
    says(&words(manager, "/appels/AAP-1000J-2021/gestion"), "119 dossiers déposés");
    let list = rows(manager, "/appels/AAP-1000J-2021/gestion?format=csv");
    assert_eq!(list.len(), 119);
    let cents = |row: &Vec<String>| row[5].replace([' ', '.', ','], "").parse::<i64>().unwrap();
    let requested: i64 = list.iter().map(cents).sum();
    assert!(requested > 450_000_000, "more than 4.5 M€, not {requested} cents");
    let sessions = links(manager, "/appels/AAP-1000J-2021/comite", "/comite/");
    let [selection] = sessions.as_slice() else { panic!("one session, not {sessions:?}") };
    assert_eq!(statuses(manager, selection, "Retenu"), 15);
    ranked(manager, selection, 3);
    says(&words(manager, "/appels/AAP-1000J-2021/suivi"), "Projets financés 15");
    let selected = links(manager, "/appels/AAP-1000J-2021/gestion?etat=in_progress", "/dossiers/");
    assert_eq!(selected.len(), 15);
    let pages: Vec<String> = selected.iter().map(|link| words(manager, link)).collect();
    assert_eq!(pages.iter().filter(|page| page.contains("Départementale")).count(), 14);
    assert_eq!(pages.iter().filter(|page| page.contains("Régionale")).count(), 1);
}

fn the_live_calls(app: &TestApp) {
    let visitor = app.client();
    let list = words(&visitor, "/appels");
    for title in ["Agir près de chez soi", "Les 1000 premiers jours : entourer", "Vieillir entouré"] {
        says(&list, title);
    }
    let reader = enter(app, "instruction.ars@essaim.example");
    says(&words(&reader, "/instruction"), "en retard");
}

#[test]
fn an_address_in_use_is_told_before_anything_is_made() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let rooms = tempfile::tempdir().unwrap();
    let folder = rooms.path().join("demo");
    let bind = taken.local_addr().unwrap();
    let refused = run(&Options { folder: folder.clone(), server: None, bind, reset: true }).unwrap_err();
    assert_eq!(
        refused,
        format!("{bind} est déjà occupée, par Essaim ou un autre programme. Arrêtez-le, ou choisissez un autre port.")
    );
    assert!(!folder.exists(), "nothing is made, and nothing thrown away");
}
