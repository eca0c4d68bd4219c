//! Institutions, the 2021 call and one person per role, made through the real operations.

use essaim::access::Role;
use essaim::accounts::actions::{
    NewDelegation, NewInstitution, NewOrganisation, NewUser, add_agent, add_delegation, add_institution,
    add_organisation, add_user, grant_role,
};
use essaim::base::clock::Instant;
use essaim::base::ids::{AccountId, CallId, InstitutionId, OrganisationId};
use essaim::calls;
use essaim::calls::definition::CallDefinition;

use super::app::TestApp;

pub const PASSWORD: &str = "quatre ruches sous le tilleul";

/// Everyone a call needs.
pub struct World {
    pub call: CallId,
    pub ars: InstitutionId,
    pub dreets: InstitutionId,
    pub administrator: AccountId,
    pub manager: AccountId,
    pub instructor_ars: AccountId,
    pub instructor_dreets: AccountId,
    /// Members by seat, in the order of the call file.
    pub members: Vec<AccountId>,
    pub signatory: AccountId,
    pub funder: AccountId,
    pub applicant: AccountId,
    pub organisation: OrganisationId,
    /// Another applicant of another organisation.
    pub stranger: AccountId,
    pub stranger_organisation: OrganisationId,
}

pub const CALL_FILE: &str = include_str!("../../seeds/calls/ami-iss-2021.toml");

impl World {
    pub fn build(app: &TestApp) -> Self {
        Self::build_for(app, &calls::definition::parse(CALL_FILE, "ami-iss-2021.toml").unwrap())
    }

    /// The same people around a call that differs from the file.
    pub fn build_for(app: &TestApp, definition: &CallDefinition) -> Self {
        let institution = |code: &str| {
            app.console(|op| {
                add_institution(
                    op,
                    &NewInstitution {
                        code: code.to_owned(),
                        name: format!("Institution {code}"),
                        short_name: code.to_owned(),
                        address: "1 rue de l’Exemple\n31000 Toulouse".to_owned(),
                        demonstration: true,
                    },
                )
            })
        };
        let ars = institution("ARS");
        let dreets = institution("DREETS");
        for code in ["CAF", "DRAC", "COMMISSAIRE", "AM", "FAS", "EXPERT"] {
            institution(code);
        }
        let call = app.console(|op| calls::actions::import(op, definition));
        let user = |email: &str, given_name: &str, surname: &str, administrator: bool| {
            app.console(|op| {
                add_user(
                    op,
                    &NewUser {
                        email: email.to_owned(),
                        given_name: given_name.to_owned(),
                        surname: surname.to_owned(),
                        password: Some(PASSWORD.to_owned()),
                        administrator,
                    },
                )
            })
        };
        let agent = |email: &str, name: &str, at: InstitutionId, role: Role, seat: Option<&str>| {
            let account = user(email, name, "Exemple", false);
            app.console(|op| {
                add_agent(op, account, at, "Chargée de mission", "Service de démonstration")?;
                grant_role(op, call, account, at, role, seat)
            });
            account
        };
        let administrator = user("admin@essaim.example", "Ada", "Exemple", true);
        let manager = agent("gestion@ars.example", "Gisèle", ars, Role::CallManager, None);
        let instructor_ars = agent("instruction@ars.example", "Inès", ars, Role::Instructor, None);
        let instructor_dreets = agent("instruction@dreets.example", "Igor", dreets, Role::Instructor, None);
        let members = definition
            .committee
            .seats
            .iter()
            .enumerate()
            .map(|(i, seat)| {
                let at = app.service().read(|conn| calls::institution_by_code(conn, &seat.institution)).unwrap();
                agent(&format!("comite{}@essaim.example", i + 1), "Membre", at, Role::CommitteeMember, Some(&seat.code))
            })
            .collect();
        let signatory = agent("signature@ars.example", "Simone", ars, Role::Signatory, None);
        app.console(|op| {
            add_delegation(
                op,
                &NewDelegation {
                    institution: ars,
                    account: signatory,
                    quality: "Directrice générale adjointe".to_owned(),
                    service: "Direction de la santé publique".to_owned(),
                    reference: "Décision ARS-EXEMPLE n° 2021-0001".to_owned(),
                    valid_from: Instant::parse("2021-01-01T00:00:00Z").unwrap(),
                    valid_until: None,
                    ceiling: None,
                },
            )
        });
        let funder = agent("financement@ars.example", "Fabien", ars, Role::Funder, None);
        let applicant = user("tresorerie@lesruches.example", "Théo", "Exemple", false);
        let stranger = user("contact@autreasso.example", "Zoé", "Exemple", false);
        let organisation = |account, name: &str, siret: &str, rna: &str| {
            app.console(|op| {
                add_organisation(
                    op,
                    account,
                    &NewOrganisation {
                        name: name.to_owned(),
                        siret: siret.to_owned(),
                        rna: rna.to_owned(),
                        legal_form: "9220".to_owned(),
                        street: "2 place de l’Exemple".to_owned(),
                        postal_code: "31000".to_owned(),
                        city: "Toulouse".to_owned(),
                        representative_name: "Rose Exemple".to_owned(),
                        representative_quality: "Présidente".to_owned(),
                        demonstration: true,
                    },
                )
            })
        };
        Self {
            call,
            ars,
            dreets,
            administrator,
            manager,
            instructor_ars,
            instructor_dreets,
            members,
            signatory,
            funder,
            applicant,
            organisation: organisation(applicant, "Les Ruches d’Exemple", "73282932000074", ""),
            stranger,
            stranger_organisation: organisation(stranger, "Autre Association Fictive", "", "W313000001"),
        }
    }
}
