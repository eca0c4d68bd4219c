//! Dashboards and lists: every figure is the sum of the lines it opens, for whoever looks.

use diesel::prelude::*;
use essaim::base::money::Cents;
use essaim::db::schema::{institutions, interest_declarations};
use essaim::dossiers::Outcome;

use crate::support::decisions::signed_dossier;
use crate::support::funding::{agreed_dossier, paid_dossier};
use crate::support::{Client, TestApp, World};

/// `(figure's address, its amount in cents)` of each figure of the dashboard.
fn figures(client: &Client, path: &str) -> Vec<(String, i64)> {
    let text = client.get(path).expect(200).text();
    text.split("<a href=\"/financements/lignes?")
        .skip(1)
        .map(|rest| {
            let (query, rest) = rest.split_once('"').unwrap();
            let shown = rest.split("</span>").nth(1).unwrap().split("</a>").next().unwrap();
            (query.replace("&amp;", "&").replace("&#x2F;", "/"), cents(shown))
        })
        .collect()
}

fn cents(shown: &str) -> i64 {
    let digits: String = shown.chars().filter(|c| c.is_ascii_digit() || *c == ',').collect();
    let (euros, cents) = digits.split_once(',').unwrap_or((&digits, "00"));
    let sign = if shown.contains('\u{2212}') { -1 } else { 1 };
    sign * (euros.parse::<i64>().unwrap() * 100 + cents.parse::<i64>().unwrap())
}

/// Amounts of the last column of a list, from its CSV.
fn exported(client: &Client, path: &str) -> Vec<i64> {
    let csv = client.get(&format!("{path}&format=csv")).expect(200).text();
    csv.lines().skip(1).map(|line| cents(&line.rsplit(';').next().unwrap().replace('-', "\u{2212}"))).collect()
}

#[test]
fn every_figure_opens_lines_that_sum_to_it() {
    let app = TestApp::start();
    let world = World::build(&app);
    paid_dossier(&app, &world, "Ruche mobile", 10_000);
    agreed_dossier(&app, &world, "Ruche fixe", 20_500);
    for email in ["financement@ars.example", "gestion@ars.example", "signature@ars.example"] {
        let client = app.signed_in(email);
        for path in ["/financements", "/financements?appel=AMI-ISS-2021"] {
            let found = figures(&client, path);
            assert!(found.len() > 20, "{path}: {found:?}");
            for (query, shown) in found {
                let sum: i64 = exported(&client, &format!("/financements/lignes?{query}")).into_iter().sum();
                assert_eq!(sum, shown, "{email} {path} {query}");
            }
        }
    }
    // Both dossiers are in two departments and two axes: each counts whole in each, the total counts it once.
    let client = app.signed_in("financement@ars.example");
    let found = figures(&client, "/financements");
    let committed = |part: &str| {
        let of_part = found.iter().filter(|(query, _)| query.starts_with("montant=engagement") && query.contains(part));
        of_part.map(|(_, amount)| *amount).collect::<Vec<_>>()
    };
    assert_eq!(committed("departement="), [3_050_000, 3_050_000]);
    assert_eq!(committed("axe="), [3_050_000, 3_050_000]);
    let page = client.get("/financements").expect(200).words();
    assert!(page.contains("compte en entier dans chacun") && page.contains("1 700 000 € votés"), "{page}");
}

#[test]
fn who_is_recused_sees_neither_the_dossier_nor_its_amounts_anywhere() {
    let app = TestApp::start();
    let world = World::build(&app);
    let hidden = paid_dossier(&app, &world, "Ruche confidentielle", 12_345);
    paid_dossier(&app, &world, "Ruche ouverte", 20_000);
    app.service()
        .db
        .write(|conn| {
            diesel::insert_into(interest_declarations::table)
                .values((
                    interest_declarations::account_id.eq(world.funder),
                    interest_declarations::dossier_id.eq(hidden),
                    interest_declarations::conflict.eq(true),
                    interest_declarations::detail.eq("Membre du bureau"),
                    interest_declarations::declared_at.eq(app.now()),
                ))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
    let client = app.signed_in("financement@ars.example");
    for path in ["", "/lignes", "/plan", "/actes", "/versements", "/donnees-essentielles", "/enveloppes"] {
        for end in ["", "?format=csv"] {
            let reply = client.get(&format!("/financements{path}{end}")).expect(200);
            let words = if end.is_empty() { reply.words() } else { reply.text() };
            for leak in ["confidentielle", "12 345", "12345", "32 345", "32345", "9 876", "9876"] {
                assert!(!words.contains(leak), "{path}{end}: {leak} leaks: {words}");
            }
        }
    }
    let board = client.get("/financements").expect(200).words();
    assert!(board.contains("Montants partiels"), "{board}");
    for path in ["/compte-rendu", "/reversements/nouveau", &format!("/solde/{}", world.ars)] {
        client.get(&format!("/dossiers/{hidden}/financement{path}")).expect(404);
    }
    let whole = app.signed_in("gestion@ars.example").get("/financements/versements").expect(200).words();
    assert!(whole.contains("Ruche confidentielle"), "{whole}");
}

#[test]
fn lists_search_filter_sort_and_leave_as_files() {
    let app = TestApp::start();
    let world = World::build(&app);
    paid_dossier(&app, &world, "Ruche mobile", 10_000);
    let late = agreed_dossier(&app, &world, "Jardin partagé", 30_000);
    app.set_clock("2022-05-01T09:00:00");
    crate::support::funding::pay(&app, &world, late, 0, Cents::from_euros(24_000), "M-TARD").unwrap();
    signed_dossier(&app, &world, "Pas encore notifiée", 7_000, Outcome::Selected);
    let client = app.signed_in("financement@ars.example");
    let read = |path: &str| client.get(&format!("/financements/{path}")).expect(200).words();
    let payments = read("versements");
    assert!(payments.contains("2 versements") && payments.contains("Dans le délai"), "{payments}");
    let only_late = read("versements?delai=retard");
    assert!(only_late.contains("1 versement") && only_late.contains("M-TARD"), "{only_late}");
    assert!(read("versements?recherche=jardin").contains("1 versement"));
    assert!(read("actes?recherche=PARTAGE").contains("1 acte"), "accents and case are folded");
    assert!(read("actes?forme=order").contains("Rien ne correspond"));
    let acts = client.get("/financements/actes?tri=montant&format=csv").expect(200).text();
    let amounts: Vec<&str> = acts.lines().skip(1).map(|line| line.rsplit(';').nth(1).unwrap()).collect();
    assert_eq!(amounts, ["10000,00", "30000,00"]);
    let plan = read("plan");
    assert!(plan.contains("Jardin partagé") && plan.contains("Pas encore notifiée"), "{plan}");
    for list in ["lignes", "versements", "actes", "plan", "enveloppes"] {
        let xlsx = client.get(&format!("/financements/{list}?format=xlsx")).expect(200);
        assert!(xlsx.bytes.starts_with(b"PK"), "{list} leaves as a workbook");
    }
    let applicant = app.signed_in("tresorerie@lesruches.example");
    applicant.get("/financements").expect(404);
    client.get("/financements?appel=INCONNU").expect(404);
}

#[test]
fn essential_data_follow_the_published_schema() {
    let app = TestApp::start();
    let world = World::build(&app);
    paid_dossier(&app, &world, "Ruche mobile, et son \"rucher\"", 30_000);
    let client = app.signed_in("financement@ars.example");
    let page = client.get("/financements/donnees-essentielles").expect(200).words();
    assert!(page.contains("Il manque : SIRET de l’attribuant"), "{page}");
    let file = |client: &Client| client.get("/financements/donnees-essentielles.csv").expect(200).text();
    assert_eq!(file(&client).lines().count(), 1, "an incomplete row is not published");
    app.service()
        .db
        .write(|conn| {
            diesel::update(institutions::table.filter(institutions::id.eq(world.ars)))
                .set(institutions::siret.eq(Some("13000782300013")))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
    let csv = file(&client);
    let mut lines = csv.lines();
    assert_eq!(
        lines.next().unwrap(),
        "nomAttribuant,idAttribuant,dateConvention,referenceDecision,nomBeneficiaire,idBeneficiaire,rnaBeneficiaire,\
         objet,montant,nature,conditionsVersement,datesPeriodeVersement,idRAE,notificationUE,pourcentageSubvention,\
         dispositifAide"
    );
    let row = lines.next().unwrap();
    for cell in [
        "Institution ARS,13000782300013,2022-02-21,CONV-",
        "Les Ruches d’Exemple,73282932000074,",
        "\"Ruche mobile, et son \"\"rucher\"\"\",30000.00,aide en numéraire,échelonné,2022-02-21/2022-12-31,,non,1,",
    ] {
        assert!(row.contains(cell), "{cell:?} is missing from {row}");
    }
    // The acts follow the decision: published within three months.
    app.set_clock("2022-05-22T12:00:00");
    let late = app.signed_in("financement@ars.example").get("/financements/donnees-essentielles").expect(200).words();
    assert!(late.contains("Délai passé"), "{late}");
}
