//! What people set aside from a dossier do not learn about its decision.

use diesel::prelude::*;
use essaim::base::ids::{AccountId, DossierId};
use essaim::db::schema::interest_declarations;
use essaim::dossiers::Outcome;

use super::{MANAGER, SIGNATORY, refusal, signed_in};
use crate::support::committee::opined_dossier;
use crate::support::decisions::{reach_answers_day, signed_dossier};
use crate::support::{TestApp, World};

fn declare_conflict(app: &TestApp, account: AccountId, dossier: DossierId) {
    let now = app.now();
    app.service()
        .db
        .write(|conn| {
            diesel::insert_into(interest_declarations::table)
                .values((
                    interest_declarations::dossier_id.eq(dossier),
                    interest_declarations::account_id.eq(account),
                    interest_declarations::conflict.eq(true),
                    interest_declarations::detail.eq("Membre du conseil d’administration"),
                    interest_declarations::declared_at.eq(now),
                ))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_recused_signatory_and_manager_see_neither_row_nor_count_nor_page() {
    let app = TestApp::start();
    let world = World::build(&app);
    let own = opined_dossier(&app, &world, "Projet écarté", 42_500, Outcome::Selected);
    let signed = signed_dossier(&app, &world, "Projet signé écarté", 12_300, Outcome::Selected);
    reach_answers_day(&app);
    for account in [world.signatory, world.manager] {
        declare_conflict(&app, account, own);
        declare_conflict(&app, account, signed);
    }
    for email in [SIGNATORY, MANAGER] {
        let client = signed_in(&app, email);
        let desk = client.get("/appels/AMI-ISS-2021/decisions").expect(200).words();
        for leak in ["Projet écarté", "Projet signé", "42\u{202F}500", "12\u{202F}300", "D0001"] {
            assert!(!desk.contains(leak), "{email} reads {leak:?} in {desk}");
        }
        assert!(desk.contains("À signer 0") && desk.contains("À notifier 0"), "{desk}");
        for dossier in [own, signed] {
            client.get(&format!("/dossiers/{dossier}/decision")).expect(404);
            client.get(&format!("/dossiers/{dossier}/courrier")).expect(404);
        }
        assert!(!client.get("/").expect(200).words().contains("1 décision"));
    }
    let signatory = signed_in(&app, SIGNATORY);
    signatory.post(&format!("/dossiers/{own}/decision"), &refusal("sign", "Motif", "Raison")).expect(404);
    let manager = signed_in(&app, MANAGER);
    manager.post(&format!("/dossiers/{signed}/notifier"), &[]).expect(404);
    manager.post("/appels/AMI-ISS-2021/decisions/notifier", &[("kind", "electronic")]).expect(303);
    essaim::decisions::actions::run_batches(app.service(), app.now()).unwrap();
    assert_eq!(super::decision_of(&app, signed).unwrap().notified_at, None);
}

#[test]
fn instructors_and_members_have_no_door_to_decisions() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = signed_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    for email in ["instruction@ars.example", "comite1@essaim.example"] {
        let client = signed_in(&app, email);
        for page in [
            format!("/dossiers/{dossier}/decision"),
            format!("/dossiers/{dossier}/courrier"),
            format!("/dossiers/{dossier}/notifier"),
            "/appels/AMI-ISS-2021/decisions".to_owned(),
        ] {
            client.get(&page).expect(404);
        }
    }
}

#[test]
fn home_tells_each_what_is_expected() {
    let app = TestApp::start();
    let world = World::build(&app);
    opined_dossier(&app, &world, "Marcher", 10_000, Outcome::Selected);
    signed_dossier(&app, &world, "Cuisiner", 20_000, Outcome::Selected);
    let signatory = signed_in(&app, SIGNATORY).get("/").expect(200).words();
    assert!(signatory.contains("Signer 1 décision") && !signatory.contains("Notifier"), "{signatory}");
    let manager = signed_in(&app, MANAGER).get("/").expect(200).words();
    assert!(manager.contains("Notifier 1 décision") && !manager.contains("Signer"), "{manager}");
}
