//! Values are added, never edited; the one observed last counts; missing is missing.

use essaim::dossiers::Outcome;
use essaim::followup::rules::percent;

use crate::support::decisions::signed_dossier;
use crate::support::{PASSWORD, TestApp, World};

#[test]
fn percent_is_exact_and_rounded_down() {
    assert_eq!(percent(0, 500), Some(0));
    assert_eq!(percent(499, 500), Some(99));
    assert_eq!(percent(500, 500), Some(100));
    assert_eq!(percent(1, 3), Some(33));
    assert_eq!(percent(i64::MAX, 1_000), Some(922_337_203_685_477_580));
    assert_eq!(percent(1, 0), None);
}

#[test]
fn nothing_before_notification_and_nothing_for_others() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = signed_dossier(&app, &world, "Ruche secrète", 10_000, Outcome::Selected);
    let path = format!("/mes-dossiers/{dossier}/indicateurs");
    let holder = app.client();
    holder.sign_in("tresorerie@lesruches.example", PASSWORD).expect(303);
    holder.get(&path).expect(404);
    holder.post(&format!("{path}/1"), &[("value-sessions", "1")]).expect(404);
    let stranger = app.client();
    stranger.sign_in("contact@autreasso.example", PASSWORD).expect(303);
    stranger.get(&path).expect(404);
    let followed = app.client();
    followed.sign_in("gestion@ars.example", PASSWORD).expect(303);
    assert!(!followed.get("/appels/AMI-ISS-2021/suivi").expect(200).words().contains("Ruche secrète"));
}
