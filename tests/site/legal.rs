//! What the institution has not said is shown as missing; what it said wrongly is refused at start.

use essaim::config::Settings;

use crate::support::TestApp;

fn settings(values: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
    let values: Vec<(String, String)> = values.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Settings::read(move |name| values.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()))
}

const TEXTS: &str = r#"
[publisher]
name = "Agence d’exemple"
director = "Ada Exemple, directrice"

[accessibility]
established_on = "2027-01-15"
audited_on = "2027-01-08"
audited_by = "Cabinet fictif"
rate = 82
non_compliant = ["Le tableau des lignes n’a pas d’en-têtes de groupe."]

[personal_data]
officer = "dpo@exemple.example"
retention = [{ what = "Dossiers financés", period = "10 ans" }]
"#;

#[test]
fn by_default_the_pages_say_what_is_missing() {
    let app = TestApp::start();
    let read = |path: &str| app.client().get(path).expect(200).words();
    let statement = read("/accessibilite");
    for words in ["non conforme", "Aucun audit", "À compléter : date de la déclaration", "Défenseur des droits"] {
        assert!(statement.contains(words), "{words}: {statement}");
    }
    assert!(read("/mentions-legales").contains("À compléter : nom de l’hébergeur"));
    assert!(read("/donnees-personnelles").contains("À compléter : durées de conservation"));
    assert!(read("/contact").contains("contact@essaim.example"));
    let home = read("/");
    for link in ["Accessibilité", "Mentions légales", "Données personnelles", "Plan du site", "Contact"] {
        assert!(home.contains(link), "{link}");
    }
}

#[test]
fn the_texts_of_the_institution_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("legal.toml");
    std::fs::write(&file, TEXTS).unwrap();
    let path = file.display().to_string();
    let read = settings(&[("ESSAIM_LEGAL", &path), ("ESSAIM_ACCESSIBILITY", "partiellement conforme")]).unwrap();
    let app = TestApp::start_with(
        |settings| {
            settings.legal = read.legal.clone();
            settings.accessibility = read.accessibility.clone();
        },
        essaim::web::throttle::Limits::default(),
    );
    let page = |path: &str| app.client().get(path).expect(200).words();
    let statement = page("/accessibilite");
    for words in
        ["partiellement conforme", "8 janvier 2027", "82 % des critères", "en-têtes de groupe", "15 janvier 2027"]
    {
        assert!(statement.contains(words), "{words}: {statement}");
    }
    assert!(!statement.contains("date de la déclaration"));
    assert!(page("/mentions-legales").contains("Ada Exemple, directrice"));
    assert!(page("/donnees-personnelles").contains("Dossiers financés : 10 ans"));
}

#[test]
fn wrong_texts_are_refused_at_start() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |text: &str, accessibility: &str| {
        let file = folder.path().join("legal.toml");
        std::fs::write(&file, text).unwrap();
        let path = file.display().to_string();
        settings(&[("ESSAIM_LEGAL", &path), ("ESSAIM_ACCESSIBILITY", accessibility)]).unwrap_err().join("\n")
    };
    assert!(refused("[publisher]\nnom = \"x\"", "non conforme").contains("unknown field `nom`"));
    assert!(refused("[accessibility]\naudited_on = \"hier\"", "non conforme").contains("no day"));
    assert!(refused("not toml", "non conforme").contains("ESSAIM_LEGAL"));
    assert!(refused("", "conforme").contains("ESSAIM_ACCESSIBILITY"));
    assert!(refused("", "totalement conforme").contains("an audit"), "nobody is compliant without an audit");
    let absent = settings(&[("ESSAIM_LEGAL", "/nowhere/legal.toml")]).unwrap_err().join("\n");
    assert!(absent.contains("ESSAIM_LEGAL"), "{absent}");
}
