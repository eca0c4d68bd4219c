//! A second call with staff of a second institution and an applicant of a second organisation, beside the first.

use essaim::access::Role;
use essaim::accounts::actions::{
    NewDelegation, NewOrganisation, NewUser, add_agent, add_delegation, add_organisation, add_user,
    grant_correspondent, grant_role,
};
use essaim::base::clock::Instant;
use essaim::base::ids::{AccountId, InstitutionId};
use essaim::calls;

use crate::support::{CALL_FILE, PASSWORD, TestApp, World};

pub const CALL: &str = "AMI-AUTRE-2021";
/// Holds every role of the second call, and none in the first.
pub const AGENT: &str = "tout@dreets.example";
/// The applicant of the second call.
pub const APPLICANT: &str = "contact@autreasso.example";

fn account(app: &TestApp, email: &str) -> AccountId {
    let user = NewUser {
        email: email.to_owned(),
        given_name: "Odile".to_owned(),
        surname: "Voisine".to_owned(),
        password: Some(PASSWORD.to_owned()),
        administrator: false,
    };
    app.console(|op| add_user(op, &user))
}

/// The DREETS's call: one agent does everything there, so that whatever that agent is refused, a lesser one is too.
pub fn second_world(app: &TestApp, first: &World) -> World {
    let mut definition = calls::definition::parse(CALL_FILE, "ami-iss-2021.toml").unwrap();
    CALL.clone_into(&mut definition.call.code);
    "Un autre appel".clone_into(&mut definition.call.title);
    "DREETS".clone_into(&mut definition.call.authority);
    "DREETS".clone_into(&mut definition.committee.seats[0].institution);
    for envelope in &mut definition.envelopes {
        "Ligne de l’autre appel".clone_into(&mut envelope.line);
        envelope.authority = Some("DREETS".to_owned());
        envelope.payer = Some("DREETS".to_owned());
    }
    let call = app.console(|op| calls::actions::import(op, &definition));
    let at = |code: &str| app.service().read(|conn| calls::institution_by_code(conn, code)).unwrap();
    let agent = account(app, AGENT);
    let joins = |account: AccountId, institution: InstitutionId| {
        app.console(|op| add_agent(op, account, institution, "Conseillère", "Pôle inclusion"));
    };
    let holds = |account: AccountId, institution: InstitutionId, role: Role, seat: Option<&str>| {
        app.console(|op| grant_role(op, call, account, institution, role, seat));
    };
    joins(agent, first.dreets);
    for role in [Role::CallManager, Role::Instructor, Role::Signatory, Role::Funder] {
        holds(agent, first.dreets, role, None);
    }
    app.console(|op| grant_correspondent(op, call, agent, first.dreets, "31"));
    let delegation = NewDelegation {
        institution: first.dreets,
        account: agent,
        quality: "Directrice régionale".to_owned(),
        service: "Pôle inclusion".to_owned(),
        reference: "Arrêté DREETS-EXEMPLE n° 2021-0007".to_owned(),
        valid_from: Instant::parse("2021-01-01T00:00:00Z").unwrap(),
        valid_until: None,
        ceiling: None,
    };
    app.console(|op| add_delegation(op, &delegation));
    let reader = account(app, "lecture@ars.example");
    joins(reader, first.ars);
    holds(reader, first.ars, Role::Instructor, None);
    let mut members = Vec::new();
    for (i, seat) in definition.committee.seats.iter().enumerate() {
        let institution = at(&seat.institution);
        let member = if i == 0 { agent } else { account(app, &format!("siege{i}@essaim.example")) };
        if i > 0 {
            joins(member, institution);
        }
        holds(member, institution, Role::CommitteeMember, Some(&seat.code));
        members.push(member);
    }
    // Known by its SIRET, so that it can be paid.
    let organisation = NewOrganisation {
        name: "Association des Loutres".to_owned(),
        siret: "00000006700017".to_owned(),
        rna: String::new(),
        legal_form: "9220".to_owned(),
        street: "3 place de l’Exemple".to_owned(),
        postal_code: "34000".to_owned(),
        city: "Montpellier".to_owned(),
        representative_name: "Line Exemple".to_owned(),
        representative_quality: "Présidente".to_owned(),
        demonstration: true,
    };
    let organisation = app.console(|op| add_organisation(op, first.stranger, &organisation));
    World {
        call,
        ars: first.dreets,
        dreets: first.dreets,
        administrator: first.administrator,
        manager: agent,
        instructor_ars: reader,
        instructor_dreets: agent,
        members,
        signatory: agent,
        funder: agent,
        applicant: first.stranger,
        organisation,
        stranger: first.applicant,
        stranger_organisation: first.organisation,
    }
}
