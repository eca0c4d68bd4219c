//! What a recused member may know: a title and their own recusal.

use essaim::base::ids::{AccountId, DossierId, SessionId};
use essaim::committee::Presence;
use essaim::committee::actions::{
    NewOpinion, NewRecusal, convene, open_session, record_opinion, record_return, recuse, seal,
};
use essaim::dossiers::Outcome;
use essaim::dossiers::actions::withdraw;
use essaim::fault::Fault;

use crate::support::committee::{attend, opine, planned_session, running_session, share_of};
use crate::support::instruction::instructed_dossier;
use crate::support::{Client, TestApp, World};

fn leave(app: &TestApp, session: SessionId, dossier: DossierId, account: AccountId) {
    let new = NewRecusal { account, reason: "Administratrice de l’association".to_owned(), left_at: None };
    app.as_account(account, |op, actor| recuse(op, actor, session, dossier, &new)).unwrap();
}

/// Every page of the session, as one person reads them, and the bytes of all.
fn everything(client: &Client, session: SessionId, dossiers: &[DossierId]) -> String {
    let mut paths = vec![
        "/".to_owned(),
        "/appels/AMI-ISS-2021/comite".to_owned(),
        format!("/comite/{session}"),
        format!("/comite/{session}/classement"),
        format!("/comite/{session}/classement?axe=A1"),
        format!("/comite/{session}/classement?departement=31"),
        format!("/comite/{session}/proces-verbal"),
        format!("/comite/{session}/classement?format=csv"),
        "/appels/AMI-ISS-2021/liste-complementaire".to_owned(),
        "/appels/AMI-ISS-2021/liste-complementaire?format=csv".to_owned(),
        "/notifications".to_owned(),
    ];
    for dossier in dossiers {
        // Trying a dossier that one may not see moves no figure.
        paths.push(format!("/comite/{session}/classement?avec={dossier}"));
        paths.push(format!("/comite/{session}/classement?sans={dossier}"));
        paths.push(format!("/comite/{session}/dossiers/{dossier}"));
        paths.push(format!("/comite/{session}/dossiers/{dossier}/deport"));
        paths.push(format!("/dossiers/{dossier}"));
    }
    paths.iter().map(|path| client.get(path).text()).collect::<Vec<_>>().join("\n")
}

#[test]
fn no_page_of_a_recused_member_holds_a_byte_of_the_dossier() {
    let app = TestApp::start();
    let world = World::build(&app);
    // Levels of the hidden dossier give it 82,50 and rank 1; the other has 50 and rank 2.
    let hidden =
        instructed_dossier(&app, &world, "Potager clos", 98_765, [4, 4, 3, 3, 3, 3, 2, 2], [4, 4, 3, 3, 3, 3, 2, 2]);
    let other = instructed_dossier(&app, &world, "Ruche ouverte", 40_000, [2; 8], [2; 8]);
    let session = running_session(&app, &world, &[hidden, other]);
    leave(&app, session, hidden, world.members[3]);
    let opinion = NewOpinion::selected(vec![share_of(&app, &world, 87_654)], "Débat TOURMALINE.");
    app.as_account(world.manager, |op, actor| record_opinion(op, actor, session, hidden, &opinion)).unwrap();
    let opinion = NewOpinion::waitlisted(2, "Motif AGATE.", "Débat QUARTZ.");
    app.as_account(world.manager, |op, actor| record_opinion(op, actor, session, other, &opinion)).unwrap();
    // 1 700 000 − 87 654 and sums with the other's request would tell as well.
    let secrets = [
        "TOURMALINE",
        "98\u{202F}765",
        "87\u{202F}654",
        "138\u{202F}765",
        "1\u{202F}612\u{202F}346",
        "82,50",
        "Liste complémentaire (rang",
    ];
    let reference = app.service().read(|conn| essaim::dossiers::get(conn, hidden)).unwrap().reference.unwrap();
    let recused = app.signed_in("comite4@essaim.example");
    let present = app.signed_in("comite2@essaim.example");
    for sealed in [false, true] {
        if sealed {
            app.as_account(world.manager, |op, actor| seal(op, actor, session)).unwrap();
        }
        let theirs = everything(&recused, session, &[hidden, other]);
        let all = everything(&present, session, &[hidden, other]);
        for secret in secrets.iter().copied().chain([reference.as_str()]) {
            assert!(!theirs.contains(secret), "the recused member reads {secret} (sealed: {sealed})");
            assert!(all.contains(secret), "the others read {secret} (sealed: {sealed}), so that this test can fail");
        }
        assert!(theirs.contains("Potager clos") && theirs.contains("Administratrice de l’association"));
        let ranking = recused.get(&format!("/comite/{session}/classement")).expect(200);
        assert!(ranking.text().contains("<span class=\"rank\">1</span>"));
        assert!(!ranking.text().contains("<span class=\"rank\">2</span>"), "ranks leave the hidden dossier out");
        assert!(ranking.words().contains("Dossiers 1\u{A0}dossier") || ranking.words().contains("Dossiers 1 dossier"));
        recused.get(&format!("/comite/{session}/dossiers/{hidden}")).expect(404);
    }
    let refused = recused.get(&format!("/comite/{session}/proces-verbal")).expect(403);
    assert!(refused.words().contains("dont vous êtes en déport"));
    present.get(&format!("/comite/{session}/proces-verbal")).expect(200);
}

#[test]
fn a_member_leaves_by_themself_with_a_reason() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Potager clos", 30_000, [3; 8], [3; 8]);
    let session = running_session(&app, &world, &[dossier]);
    let member = app.signed_in("comite5@essaim.example");
    let path = format!("/comite/{session}/dossiers/{dossier}/deport");
    assert!(member.get(&format!("/comite/{session}")).expect(200).text().contains(&path));
    let mistake = member.post(&path, &[("reason", " ")]).expect(422);
    assert!(mistake.words().contains("Saisissez le motif"));
    member.post(&path, &[("reason", "Ancien salarié")]).expect(303);
    let page = member.get(&format!("/comite/{session}")).expect(200).words();
    assert!(page.contains("Vos déports") && page.contains("Ancien salarié") && page.contains("Sortie le 4"), "{page}");
    member.post(&path, &[("reason", "Encore")]).expect(404);
    let manager = app.signed_in("gestion@ars.example");
    let page = manager.get(&format!("/comite/{session}")).expect(200).words();
    assert!(page.contains("En déport") && page.contains("4 pour 3 requis"), "{page}");
}

#[test]
fn a_member_cannot_send_another_out() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Potager clos", 30_000, [3; 8], [3; 8]);
    let session = running_session(&app, &world, &[dossier]);
    let new = NewRecusal { account: world.members[1], reason: "Pression".to_owned(), left_at: None };
    let tried = app.as_account(world.members[0], |op, actor| recuse(op, actor, session, dossier, &new));
    assert!(matches!(tried, Err(Fault::NotFound)));
}

#[test]
fn the_quorum_is_counted_again_for_each_dossier() {
    let app = TestApp::start();
    let world = World::build(&app);
    let concerned = instructed_dossier(&app, &world, "Potager clos", 30_000, [3; 8], [3; 8]);
    let free = instructed_dossier(&app, &world, "Ruche ouverte", 40_000, [2; 8], [2; 8]);
    let session = planned_session(&app, &world, &[concerned, free]);
    let three = [("ARS", Presence::Present), ("COMMISSAIRE", Presence::Remote), ("AM", Presence::Present)];
    attend(&app, &world, session, &three);
    app.as_account(world.manager, |op, actor| open_session(op, actor, session)).unwrap();
    leave(&app, session, concerned, world.members[1]);
    opine(&app, &world, session, free, Outcome::Rejected, 0);
    let refused = app.as_account(world.manager, |op, actor| {
        record_opinion(op, actor, session, concerned, &NewOpinion::rejected("Hors sujet", ""))
    });
    let Err(Fault::Refused(reason)) = refused else { panic!("two members must not be enough for this dossier") };
    assert!(reason.contains("sans les membres en déport, 2\u{A0}membres comptent sur 3"), "{reason}");
    let page = app.signed_in("gestion@ars.example").get(&format!("/comite/{session}/dossiers/{concerned}"));
    assert!(page.expect(200).words().contains("Le quorum n’est pas atteint pour le dossier"));
    attend(&app, &world, session, &[("FAS", Presence::Remote)]);
    opine(&app, &world, session, concerned, Outcome::Rejected, 0);
}

#[test]
fn a_member_of_the_applicant_is_out_without_saying_so() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Potager clos", 30_000, [3; 8], [3; 8]);
    app.console(|op| {
        use diesel::prelude::*;
        use essaim::db::schema::organisation_members as om;
        diesel::insert_into(om::table)
            .values((
                om::organisation_id.eq(world.organisation),
                om::account_id.eq(world.members[2]),
                om::joined_at.eq(op.now),
            ))
            .execute(op.conn)?;
        op.record(essaim::journal::Entry::new("organisation.join", "Membre ajouté"));
        Ok(())
    });
    let session = running_session(&app, &world, &[dossier]);
    let theirs = app.signed_in("comite3@essaim.example").get(&format!("/comite/{session}")).expect(200).words();
    assert!(theirs.contains("D’office") && theirs.contains("membre de l’organisme qui porte le projet"), "{theirs}");
    assert!(!theirs.contains("30 000") && !theirs.contains("30\u{202F}000"));
    let manager = app.signed_in("gestion@ars.example").get(&format!("/comite/{session}")).expect(200).words();
    assert!(manager.contains("4 pour 3 requis"), "{manager}");
}

#[test]
fn leaving_after_the_opinion_asks_for_it_again() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Potager clos", 30_000, [3; 8], [3; 8]);
    let session = running_session(&app, &world, &[dossier]);
    opine(&app, &world, session, dossier, Outcome::Selected, 30_000);
    app.set_clock("2022-01-20T15:00:00");
    leave(&app, session, dossier, world.members[4]);
    let seal_it = || app.as_account(world.manager, |op, actor| seal(op, actor, session));
    let Err(Fault::Refused(reason)) = seal_it() else { panic!("an opinion with a member since recused must not seal") };
    assert!(reason.contains("enregistrez-le de nouveau"), "{reason}");
    let again = NewOpinion::selected(vec![share_of(&app, &world, 30_000)], "").over(1);
    app.as_account(world.manager, |op, actor| record_opinion(op, actor, session, dossier, &again)).unwrap();
    seal_it().unwrap();
}

/// A dossier that its applicant took back stays on the agenda: not for who left the room for it.
#[test]
fn a_withdrawn_dossier_stays_hidden_from_who_is_recused() {
    let app = TestApp::start();
    let world = World::build(&app);
    let hidden = instructed_dossier(&app, &world, "Potager clos", 98_765, [3; 8], [3; 8]);
    let other = instructed_dossier(&app, &world, "Ruche ouverte", 40_000, [2; 8], [2; 8]);
    let session = running_session(&app, &world, &[hidden, other]);
    leave(&app, session, hidden, world.members[3]);
    let reason = "Motif TOURMALINE";
    app.as_account(world.applicant, |op, actor| withdraw(op, actor, hidden, reason)).unwrap();
    let reference = app.service().read(|conn| essaim::dossiers::get(conn, hidden)).unwrap().reference.unwrap();
    let theirs = everything(&app.signed_in("comite4@essaim.example"), session, &[hidden, other]);
    let all = everything(&app.signed_in("comite2@essaim.example"), session, &[hidden, other]);
    assert!(all.contains(&reference), "the others read that it was withdrawn, so that this test can fail");
    for secret in [reference.as_str(), "98\u{202F}765", "TOURMALINE"] {
        assert!(!theirs.contains(secret), "the recused member reads {secret}");
    }
    assert!(theirs.contains("Potager clos") && theirs.contains("Administratrice de l’association"));
}

#[test]
fn one_leaves_once_and_the_hours_follow_each_other() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Potager clos", 30_000, [3; 8], [3; 8]);
    let session = running_session(&app, &world, &[dossier]);
    let member = world.members[1];
    let out = |left_at| {
        let new = NewRecusal { account: member, reason: "Ancien salarié".to_owned(), left_at };
        app.as_account(world.manager, |op, actor| recuse(op, actor, session, dossier, &new))
    };
    let later = app.now().plus_minutes(5);
    let early = out(Some(later));
    assert!(matches!(&early, Err(Fault::Invalid(errors)) if errors[0].field == "left_at"), "{early:?}");
    out(None).unwrap();
    let twice = out(None);
    assert!(matches!(&twice, Err(Fault::Refused(why)) if why.contains("déjà en déport")), "{twice:?}");
    let back = |at| app.as_account(world.manager, |op, actor| record_return(op, actor, session, dossier, member, at));
    for at in [app.now().plus_minutes(-5), later] {
        let wrong = back(Some(at));
        assert!(matches!(&wrong, Err(Fault::Invalid(errors)) if errors[0].field == "returned_at"), "{wrong:?}");
    }
    back(None).unwrap();
}

#[test]
fn a_withdrawn_dossier_has_no_opinion_to_come() {
    let app = TestApp::start();
    let world = World::build(&app);
    let instructed = |title: &str| instructed_dossier(&app, &world, title, 30_000, [3; 8], [3; 8]);
    let (before, during) = (instructed("Potager clos"), instructed("Ruche ouverte"));
    let planned = planned_session(&app, &world, &[before]);
    let open = running_session(&app, &world, &[during]);
    for (session, dossier) in [(planned, before), (open, during)] {
        app.as_account(world.applicant, |op, actor| withdraw(op, actor, dossier, "Reporté d’un an")).unwrap();
        let opinion = NewOpinion::rejected("Hors sujet", "");
        let tried = app.as_account(world.manager, |op, actor| record_opinion(op, actor, session, dossier, &opinion));
        assert!(matches!(&tried, Err(Fault::Refused(why)) if why.contains("a retiré ce dossier")), "{tried:?}");
    }
    let empty = app.as_account(world.manager, |op, actor| convene(op, actor, planned, "Urgence"));
    assert!(matches!(&empty, Err(Fault::Refused(why)) if why.contains("ordre du jour")), "{empty:?}");
}
