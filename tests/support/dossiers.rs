//! Dossiers brought to a state through the real operations.

use std::collections::BTreeMap;

use essaim::access::Actor;
use essaim::base::Cents;
use essaim::base::ids::{AccountId, DossierId, OrganisationId};
use essaim::calls::{self, Call};
use essaim::dossiers::actions::{attach_piece, create_draft, request_completion, save_section, submit};
use essaim::dossiers::completion::{Asked, Targets};
use essaim::dossiers::content::{budget_field, indicator_field};
use essaim::dossiers::drafts::Typed;
use essaim::fault::Fault;
use essaim::service::Operation;

use super::{TestApp, World};

/// Bytes that a browser, a reader and the sniffer take for a PDF.
pub const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n";

/// Values by field, one each.
pub fn typed(values: &[(&str, &str)]) -> Typed {
    let mut typed: Typed = BTreeMap::new();
    for (name, value) in values {
        typed.entry((*name).to_owned()).or_default().push((*value).to_owned());
    }
    typed
}

/// Good answers to every section but the pieces, in the order of the form.
pub fn good_answers(title: &str, euros: i64) -> Vec<(&'static str, Typed)> {
    let (half, rest) = (euros / 2, euros - euros / 2);
    vec![
        (
            "identity",
            typed(&[
                ("contact_name", "Théo Exemple"),
                ("contact_email", "tresorerie@lesruches.example"),
                ("contact_telephone", "01 99 00 12 34"),
            ]),
        ),
        (
            "project",
            typed(&[
                ("title", title),
                ("summary", "Des ateliers de santé au pied des immeubles, avec et pour les habitants."),
                ("axes", "A2"),
                ("axes", "A4"),
                ("departments", "31"),
                ("departments", "34"),
                ("scale", "territorial"),
                ("audience", "120 habitants éloignés du soin."),
                ("duration", "1"),
                ("start", "01/03/2022"),
                ("end", "31/12/2022"),
            ]),
        ),
        (
            "reading",
            typed(&[
                ("mechanism", "L’éloignement des professionnels et la crainte d’être jugé."),
                ("lever", "Des médiatrices vont vers les personnes et les accompagnent."),
                ("impact", "L’écart de recours au dépistage se réduit de moitié."),
                ("outreach", "Plus de temps là où les besoins sont les plus grands."),
                ("participation", "Les habitants choisissent les thèmes et les lieux."),
            ]),
        ),
        (
            "budget",
            BTreeMap::from([
                (budget_field(2022, "60-prestations"), vec![half.to_string()]),
                (budget_field(2022, "64-remunerations"), vec![(rest + 5_000).to_string()]),
                (budget_field(2022, "74-ars"), vec![euros.to_string()]),
                (budget_field(2022, "74-communes"), vec!["3 000".to_owned()]),
                (budget_field(2022, "75-cotisations"), vec!["2 000".to_owned()]),
                (budget_field(2022, "86-benevolat"), vec!["1 500".to_owned()]),
                (budget_field(2022, "87-benevolat"), vec!["1 500".to_owned()]),
            ]),
        ),
        (
            "indicators",
            BTreeMap::from([
                (indicator_field("indicator", 0), vec!["reached".to_owned()]),
                (indicator_field("detail", 0), vec!["Habitants venus à deux ateliers au moins".to_owned()]),
                (indicator_field("target", 0), vec!["120".to_owned()]),
            ]),
        ),
        (
            "attestations",
            typed(&[
                ("attestation", "exactness"),
                ("attestation", "regularity"),
                ("attestation", "privacy"),
                ("notification", "electronique"),
            ]),
        ),
    ]
}

pub fn call_of(app: &TestApp, world: &World) -> Call {
    app.service().read(|conn| calls::by_id(conn, world.call)).unwrap()
}

/// An empty draft of the world's applicant.
pub fn empty_draft(app: &TestApp, world: &World) -> DossierId {
    app.as_account(world.applicant, |op, actor| create_draft(op, actor, world.call, world.organisation)).unwrap()
}

fn fill(
    op: &mut Operation<'_>,
    actor: &Actor,
    call: &Call,
    organisation: OrganisationId,
    title: &str,
    euros: i64,
) -> Result<DossierId, Fault> {
    let id = create_draft(op, actor, call.id, organisation)?;
    for (section, answers) in good_answers(title, euros) {
        save_section(op, actor, id, section, &answers, 0)?;
    }
    let filed_on = op.now.in_zone(call.zone()).date();
    for piece in call.definition.pieces_for("9220", filed_on, Cents::from_euros(euros)) {
        if piece.required {
            attach_piece(op, actor, id, &piece.code, &format!("{}.pdf", piece.code), PDF)?;
        }
    }
    Ok(id)
}

/// A draft with nothing left to correct.
pub fn complete_draft(app: &TestApp, world: &World, title: &str, euros: i64) -> DossierId {
    complete_draft_of(app, world, world.applicant, world.organisation, title, euros)
}

/// The same, of any applicant.
pub fn complete_draft_of(
    app: &TestApp,
    world: &World,
    account: AccountId,
    organisation: OrganisationId,
    title: &str,
    euros: i64,
) -> DossierId {
    let call = call_of(app, world);
    app.as_account(account, |op, actor| fill(op, actor, &call, organisation, title, euros)).unwrap()
}

/// A dossier submitted by the world's applicant, asking `euros` of the ARS.
pub fn submitted_dossier(app: &TestApp, world: &World, title: &str, euros: i64) -> DossierId {
    submitted_dossier_of(app, world, world.applicant, world.organisation, title, euros)
}

/// A dossier submitted by any applicant.
pub fn submitted_dossier_of(
    app: &TestApp,
    world: &World,
    account: AccountId,
    organisation: OrganisationId,
    title: &str,
    euros: i64,
) -> DossierId {
    let call = call_of(app, world);
    app.as_account(account, |op, actor| {
        let id = fill(op, actor, &call, organisation, title, euros)?;
        submit(op, actor, id)?;
        Ok(id)
    })
    .unwrap()
}

/// Asks the applicant for sections and pieces, by the world's manager, within sixteen days.
pub fn ask_completion(app: &TestApp, world: &World, dossier: DossierId, sections: &[&str], pieces: &[&str]) {
    let all = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
    let asked = Asked {
        targets: Targets { sections: all(sections), pieces: all(pieces) },
        message: "Il manque des éléments.".to_owned(),
        due_at: app.now().plus_days(16),
    };
    app.as_account(world.manager, |op, actor| request_completion(op, actor, dossier, &asked)).unwrap();
}
