//! Two people at one section, or one piece: both texts, a choice for each difference, nothing lost.

use essaim::dossiers::actions::{Attached, NewFile, attach_file, save_section};
use essaim::dossiers::drafts;

use crate::support::dossiers::{PDF, empty_draft, typed};
use crate::support::{TestApp, World};

#[test]
fn each_difference_is_settled_by_a_choice() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    app.as_account(world.applicant, |op, actor| {
        let theirs = typed(&[("title", "Le titre de Rose"), ("summary", "Le résumé de Rose"), ("axes", "A1")]);
        save_section(op, actor, id, "project", &theirs, 0)
    })
    .unwrap();
    let client = app.signed_in("tresorerie@lesruches.example");
    let path = format!("/mes-dossiers/{id}/sections/project");
    let mine = [("title", "Mon titre"), ("summary", "Mon résumé"), ("axes", "A1"), ("audience", "Mes habitants")];
    let sent: Vec<_> = [("version", "0")].into_iter().chain(mine).collect();
    let page = client.post(&path, &sent).expect(409);
    let words = page.words();
    for text in ["Le titre de Rose", "Mon titre", "Le résumé de Rose", "Mon résumé", "Garder les deux"] {
        assert!(words.contains(text), "{text}: {words}");
    }
    assert!(!words.contains("À quels axes"), "what both wrote alike is not asked: {words}");
    let kept = page.hidden();
    assert!(kept.contains(&("audience".to_owned(), "Mes habitants".to_owned())), "{kept:?}");
    let again = |choices: &[(&str, &str)]| {
        let mut fields: Vec<(&str, &str)> = kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.extend_from_slice(choices);
        client.post(&path, &fields)
    };
    let missing = again(&[("choix-title", "l-autre"), ("choix-audience", "la-mienne")]).expect(422);
    assert!(missing.words().contains("Choisissez la réponse à garder."), "{}", missing.words());
    again(&[("choix-title", "l-autre"), ("choix-summary", "les-deux"), ("choix-audience", "la-mienne")]).expect(303);
    let saved = app.service().read(|conn| drafts::section(conn, id, "project")).unwrap();
    let text = |name: &str| drafts::typed_text(&saved.typed, name).to_owned();
    assert_eq!(text("title"), "Le titre de Rose");
    assert_eq!(text("summary"), "Mon résumé\n\nLe résumé de Rose");
    assert_eq!((text("audience").as_str(), text("axes").as_str(), saved.version), ("Mes habitants", "A1", 2));
}

#[test]
fn a_page_that_saves_by_itself_never_overwrites() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    let client = app.signed_in("tresorerie@lesruches.example");
    let path = format!("/mes-dossiers/{id}/sections/project");
    let save = |version: &str, title: &str| {
        client.post(&path, &[("version", version), ("title", title), ("enregistrement_auto", "oui")])
    };
    let first = save("0", "Premier titre").expect(200);
    let told: serde_json::Value = serde_json::from_slice(&first.bytes).unwrap();
    assert_eq!(
        (told["version"].as_i64(), told["said"].as_str()),
        (Some(1), Some("Enregistré automatiquement à 12\u{A0}h\u{A0}00."))
    );
    save("1", "Second titre").expect(200);
    let other = save("1", "Titre d’une page restée ouverte").expect(409);
    assert!(other.text().contains("a enregistré cette rubrique entre-temps"), "{}", other.text());
    let kept = app.service().read(|conn| drafts::section(conn, id, "project")).unwrap();
    assert_eq!((kept.typed["title"][0].as_str(), kept.version), ("Second titre", 2));
    // The same text saved twice, by itself then by the button, is one save.
    client.post(&path, &[("version", "1"), ("title", "Second titre"), ("plus_tard", "oui")]).expect(303);
}

#[test]
fn two_files_for_one_piece_are_both_kept_until_one_is_chosen() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    let client = app.signed_in("tresorerie@lesruches.example");
    let path = format!("/mes-dossiers/{id}/sections/pieces");
    let put = |name: &str, bytes: &[u8]| {
        let file = NewFile { piece: "rib", file_name: name, bytes, over: Some(None) };
        app.as_account(world.applicant, |op, actor| attach_file(op, actor, id, &file)).unwrap()
    };
    let first = put("rib-de-rose.pdf", PDF);
    assert!(matches!(first, Attached::InPlace(_)));
    assert_eq!(put("rib-de-rose.pdf", PDF), first, "the same file sent twice is one");
    let mine = b"%PDF-1.4 le mien\n%%EOF\n";
    let reply = client.upload(&path, &[("vu-rib", "")], "piece-rib", "mon-rib.pdf", mine).expect(303);
    assert!(reply.location.ends_with("/choisir"), "{}", reply.location);
    let page = client.get(&reply.location).expect(200);
    assert!(page.words().contains("rib-de-rose.pdf") && page.words().contains("mon-rib.pdf"), "{}", page.words());
    let there = || app.service().read(|conn| drafts::attachments(conn, id)).unwrap().remove(0).file_name;
    assert_eq!(there(), "rib-de-rose.pdf", "nothing is replaced before the choice");
    client.post(&reply.location, &[]).expect(422);
    let all = app.service().read(|conn| drafts::all_attachments(conn, id)).unwrap();
    let aside = all.iter().find(|a| a.file_name == "mon-rib.pdf").unwrap().id;
    assert_eq!(client.get(&format!("/mes-dossiers/{id}/pieces/{aside}")).expect(200).bytes, mine);
    client.post(&reply.location, &[("garder", &aside.to_string())]).expect(303);
    assert_eq!(there(), "mon-rib.pdf");
    let settled = client.post(&reply.location, &[]).expect(303);
    assert!(settled.location.ends_with("/sections/pieces"), "{}: nothing is left to choose", settled.location);
    // A page that saw the file replaces it.
    let seen = aside.to_string();
    client.upload(&path, &[("vu-rib", seen.as_str())], "piece-rib", "dernier.pdf", PDF).expect(303);
    assert_eq!(there(), "dernier.pdf");
}
