//! The five pictures of README: pages of the demonstration as people see them on a desk's screen.
//!
//! `ESSAIM_PICTURES=tests/journeys/pictures cargo test journeys::pictures` makes them anew.

use std::path::Path;

use essaim::commands::demo::PASSWORD;

use crate::support::{Browser, TestApp};

struct Picture {
    name: &'static str,
    /// Who looks.
    email: &'static str,
    /// Where they start, and the words of the links they follow from there.
    path: &'static str,
    links: &'static [&'static str],
    /// What the picture is for: the page must say it.
    says: &'static str,
}

const PICTURES: [Picture; 5] = [
    Picture {
        name: "dossier",
        email: "porteur@essaim.example",
        path: "/mes-dossiers",
        links: &["Des médiatrices au lycée"],
        says: "Des médiatrices au lycée",
    },
    Picture {
        name: "instruction",
        email: "instruction.ars@essaim.example",
        path: "/instruction?recherche=stationnements",
        links: &["Relire mon avis"],
        says: "Mon avis",
    },
    Picture {
        name: "classement",
        email: "comite.ars@essaim.example",
        path: "/appels/AMI-ISS-2021/comite",
        links: &["Séance n° 2", "Voir le classement"],
        says: "1 700 000 €",
    },
    Picture {
        name: "financement",
        email: "financement@essaim.example",
        path: "/appels/AMI-ISS-2021/financement",
        links: &[],
        says: "1 360 000 €",
    },
    Picture {
        name: "suivi",
        email: "gestion@essaim.example",
        path: "/appels/AMI-ISS-2021/suivi",
        links: &[],
        says: "Projets financés 17",
    },
];

#[test]
fn five_pages_of_the_demonstration() {
    let app = TestApp::demonstration();
    let Some(browser) = Browser::start(&app.base_url) else { return };
    for picture in &PICTURES {
        browser.sign_in(picture.email, PASSWORD);
        browser.open(picture.path);
        for link in picture.links {
            browser.follow(link);
        }
        browser.reads(picture.says);
        browser.picture(picture.name);
    }
}

#[test]
fn the_readme_shows_each_of_them_and_says_what_it_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    for Picture { name, .. } in &PICTURES {
        let file = format!("tests/journeys/pictures/{name}.webp");
        let size = std::fs::metadata(root.join(&file)).unwrap_or_else(|error| panic!("{file}: {error}")).len();
        assert!(size < 200_000, "{file} weighs {size} bytes");
        let shown = readme.lines().find(|line| line.contains(&format!("]({file})")));
        let alternative = shown.and_then(|line| line.split_once("![")?.1.split_once("](")).map(|(words, _)| words);
        assert!(alternative.is_some_and(|words| words.len() > 40), "README shows {file} with its words: {shown:?}");
    }
}
