//! Each rule of the form on one bad draft, made from a good one.

use std::collections::BTreeMap;

use essaim::base::ids::AttachmentId;
use essaim::base::{Cents, Instant};
use essaim::calls::definition::{self, CallDefinition};
use essaim::dossiers::Applicant;
use essaim::dossiers::content::{Draft, from_parts};
use essaim::dossiers::drafts::{Attachment, SavedSection, Typed};
use essaim::dossiers::validate::missing_or_wrong;
use jiff::civil::{Date, date};

use crate::support::dossiers::good_answers;

const FILED_ON: Date = date(2021, 10, 4);

fn call() -> CallDefinition {
    definition::parse(include_str!("../../seeds/calls/ami-iss-2021.toml"), "ami-iss-2021.toml").unwrap()
}

fn attachment(piece: &str) -> Attachment {
    Attachment {
        id: AttachmentId(1),
        piece: piece.to_owned(),
        file_name: format!("{piece}.pdf"),
        media_type: "application/pdf".to_owned(),
        byte_size: 1200,
        sha256: "0".repeat(64),
        uploaded_at: Instant(0),
    }
}

/// A good draft with some answers replaced; an empty value takes the answer away.
fn draft(call: &CallDefinition, changes: &[(&str, &str, &str)], pieces: &[&str]) -> Draft {
    let mut sections: BTreeMap<String, Typed> =
        good_answers("Santé au pied des immeubles", 42_000).into_iter().map(|(s, t)| (s.to_owned(), t)).collect();
    for (section, field, value) in changes {
        let typed = sections.get_mut(*section).unwrap();
        if value.is_empty() {
            typed.remove(*field);
        } else {
            typed.insert((*field).to_owned(), vec![(*value).to_owned()]);
        }
    }
    let sections = sections
        .into_iter()
        .map(|(code, typed)| (code, SavedSection { typed, version: 1, ..SavedSection::default() }))
        .collect();
    let applicant =
        Applicant { name: "Les Ruches d’Exemple".to_owned(), legal_form: "9220".to_owned(), ..Applicant::default() };
    from_parts(call, applicant, sections, pieces.iter().map(|p| attachment(p)).collect())
}

/// What is changed in a good draft, where the mistake then is, and how its message begins.
type Case<'a> = (&'a [(&'a str, &'a str, &'a str)], &'a str, &'a str);

/// `field: message` of every problem.
fn problems(draft: &Draft, call: &CallDefinition, filed_on: Date) -> Vec<String> {
    draft.problems(call, filed_on).into_iter().map(|p| format!("{}/{}: {}", p.section, p.field, p.message)).collect()
}

#[test]
fn a_good_draft_has_no_problem() {
    let call = call();
    let draft = draft(&call, &[], &["rib"]);
    assert_eq!(problems(&draft, &call, FILED_ON), Vec::<String>::new());
    assert_eq!(draft.content.requested(&call), Cents::from_euros(42_000));
    assert!(draft.content.electronic_notification);
}

#[test]
fn each_mistake_is_named_where_it_is() {
    let call = call();
    let long = "a".repeat(151);
    let cases: &[Case<'_>] = &[
        (&[("identity", "contact_name", "")], "identity/contact_name", "Saisissez le nom de la personne"),
        (&[("identity", "contact_email", "théo")], "identity/contact_email", "Saisissez une adresse électronique"),
        (&[("identity", "contact_telephone", "12")], "identity/contact_telephone", "Saisissez un numéro de téléphone"),
        (&[("project", "title", "")], "project/title", "Répondez à la question «\u{202F}Intitulé du projet\u{202F}»."),
        (&[("project", "title", &long)], "project/title", "Raccourcissez ce texte\u{A0}: 151 caractères, 150 au plus"),
        (&[("project", "axes", "")], "project/axes", "Cochez au moins un axe"),
        (&[("project", "axes", "A9")], "project/axes", "Choisissez parmi les réponses proposées"),
        (&[("project", "departments", "")], "project/departments", "Cochez au moins un département."),
        (&[("project", "departments", "75")], "project/departments", "Choisissez parmi les réponses proposées"),
        (&[("project", "scale", "mondiale")], "project/scale", "Choisissez parmi les réponses proposées"),
        (&[("project", "scale", "regional")], "project/regional_benefit", "Répondez à la question"),
        (
            &[("project", "start", "le printemps")],
            "project/start",
            "«\u{202F}le printemps\u{202F}» n’est pas une date.",
        ),
        (&[("project", "start", "31/02/2022")], "project/start", "«\u{202F}31/02/2022\u{202F}» n’est pas une date."),
        (&[("project", "end", "01/03/2022")], "project/end", "La fin du projet doit venir après son début."),
        (&[("reading", "lever", "   ")], "reading/lever", "Répondez à la question"),
        (
            &[("budget", "2022-60-prestations", "abc")],
            "budget/2022-60-prestations",
            "Prestations de services\u{A0}: «\u{202F}abc\u{202F}» n’est pas un montant.",
        ),
        (
            &[("budget", "2022-60-prestations", "20 999,50"), ("budget", "2022-64-remunerations", "26 000,50")],
            "budget/2022-60-prestations",
            "Prestations de services\u{A0}: saisissez un montant en euros entiers",
        ),
        (
            &[("budget", "2022-60-prestations", "20 000")],
            "budget/2022-60-prestations",
            "Les charges (46\u{202F}000\u{A0}€) et les produits (47\u{202F}000\u{A0}€) doivent être égaux\u{A0}: \
             il manque 1\u{202F}000\u{A0}€ du côté des charges.",
        ),
        (
            &[("budget", "2022-87-benevolat", "")],
            "budget/2022-87-benevolat",
            "Les emplois en nature (86) (1\u{202F}500\u{A0}€) et les contributions en nature (87) (0\u{A0}€)",
        ),
        (
            &[("budget", "2022-74-ars", ""), ("budget", "2022-74-region", "42 000")],
            "budget/2022-74-ars",
            "Saisissez la subvention demandée, en produits, classe 74",
        ),
        (&[("indicators", "indicator-1", "")], "indicators/indicator-1", "Choisissez l’indicateur auquel cette cible"),
        (&[("indicators", "target-1", "")], "indicators/target-1", "Saisissez la cible de l’indicateur"),
        (
            &[("indicators", "target-1", "beaucoup")],
            "indicators/target-1",
            "«\u{202F}beaucoup\u{202F}» n’est pas un nombre",
        ),
        (&[("indicators", "target-1", "0")], "indicators/target-1", "Saisissez une cible d’au moins 1"),
        (&[("indicators", "detail-1", "")], "indicators/detail-1", "Précisez ce que vous compterez"),
        (
            &[
                ("indicators", "indicator-2", "reached"),
                ("indicators", "detail-2", "x"),
                ("indicators", "target-2", "3"),
            ],
            "indicators/indicator-2",
            "Cet indicateur est déjà choisi",
        ),
        (&[("attestations", "attestation", "exactness")], "attestations/attestation", "Cochez chaque attestation"),
        (
            &[("attestations", "notification", "")],
            "attestations/notification",
            "Choisissez comment recevoir la décision.",
        ),
    ];
    for (changes, place, message) in cases {
        let found = problems(&draft(&call, changes, &["rib"]), &call, FILED_ON);
        let expected = format!("{place}: {message}");
        assert!(found.iter().any(|p| p.starts_with(&expected)), "{changes:?}: expected {expected:?} in {found:#?}");
    }
}

#[test]
fn an_unreadable_amount_hides_what_follows_from_it() {
    let call = call();
    let found = problems(&draft(&call, &[("budget", "2022-74-ars", "beaucoup")], &["rib"]), &call, FILED_ON);
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn a_question_that_is_not_asked_is_not_in_the_content() {
    let call = call();
    let draft = draft(&call, &[("project", "regional_benefit", "Toute la région en profite.")], &["rib"]);
    assert_eq!(problems(&draft, &call, FILED_ON), Vec::<String>::new());
    assert!(!draft.content.answers.contains_key("regional_benefit"));
    assert!(draft.section("project").typed.contains_key("regional_benefit"), "what was typed stays");
}

#[test]
fn pieces_depend_on_the_date_and_on_the_amount() {
    let call = call();
    let labels =
        |filed_on: Date, changes: &[(&str, &str, &str)]| problems(&draft(&call, changes, &["rib"]), &call, filed_on);
    assert_eq!(labels(date(2022, 1, 1), &[]), Vec::<String>::new());
    let from_january = labels(date(2022, 1, 2), &[]);
    assert_eq!(
        from_january,
        [
            "pieces/piece-republican_commitment: Ajoutez la pièce «\u{202F}Contrat d’engagement républicain signé\u{202F}»."
        ]
    );
    let large = [("budget", "2022-74-ars", "153001"), ("budget", "2022-60-prestations", "132001")];
    assert_eq!(
        labels(FILED_ON, &large),
        ["pieces/piece-auditor_report: Ajoutez la pièce «\u{202F}Rapport du commissaire aux comptes\u{202F}»."]
    );
    let exact = [("budget", "2022-74-ars", "153000"), ("budget", "2022-60-prestations", "132000")];
    assert_eq!(labels(FILED_ON, &exact), Vec::<String>::new());
}

#[test]
fn every_line_mistake_is_told_at_once() {
    let call = call();
    let changes = [("budget", "2022-60-prestations", "abc"), ("budget", "2022-74-ars", "42 000,50")];
    let found = problems(&draft(&call, &changes, &["rib"]), &call, FILED_ON);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[1].starts_with("budget/2022-74-ars"), "{found:#?}");
}

#[test]
fn each_year_asked_has_a_budget_that_balances_on_its_own() {
    let call = call();
    let three = ("project", "duration", "3");
    let found = problems(&draft(&call, &[three], &["rib"]), &call, FILED_ON);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[1].starts_with("budget/2024-60-prestations: Année 2024\u{A0}: saisissez les charges"), "{found:#?}");
    let later = |staff: &'static str| {
        let years = ["2023-64-remunerations", "2024-64-remunerations", "2023-74-ars", "2024-74-ars"];
        let amounts = [staff, "4 000", "4 000", "4 000"];
        let mut changes: Vec<_> = years.into_iter().zip(amounts).map(|(line, euros)| ("budget", line, euros)).collect();
        changes.push(three);
        draft(&call, &changes, &["rib"])
    };
    let found = problems(&later("5 000"), &call, FILED_ON);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].starts_with("budget/2023-70-ventes: Année 2023\u{A0}: les charges (5\u{202F}000\u{A0}€)"),
        "{found:#?}"
    );
    let good = later("4 000");
    assert_eq!(problems(&good, &call, FILED_ON), Vec::<String>::new());
    assert_eq!(good.content.requested(&call), Cents::from_euros(50_000));
    let of_year = |year: i32| good.content.requested_of(&call, "ARS", year);
    assert_eq!([2022, 2023, 2024, 2025].map(of_year), [42_000, 4_000, 4_000, 0].map(Cents::from_euros));
    assert_eq!(good.content.requested_of(&call, "DREETS", 2022), Cents::ZERO);
}

#[test]
fn years_beyond_those_asked_are_left_out() {
    let call = call();
    let changes = [("budget", "2023-64-remunerations", "abc"), ("budget", "2024-74-ars", "4 000")];
    let one = draft(&call, &changes, &["rib"]);
    assert_eq!(problems(&one, &call, FILED_ON), Vec::<String>::new());
    assert_eq!(one.content.requested(&call), Cents::from_euros(42_000));
}

#[test]
fn a_partner_is_named_whole_or_not_at_all() {
    let call = call();
    let with = |typed: Typed| {
        let mut sections = BTreeMap::new();
        sections.insert("partners".to_owned(), SavedSection { typed, version: 1, ..SavedSection::default() });
        let draft = from_parts(&call, Applicant::default(), sections, Vec::new());
        let found =
            problems(&draft, &call, FILED_ON).into_iter().filter(|p| p.starts_with("partners")).collect::<Vec<_>>();
        (draft.content.partners, found)
    };
    let typed = |values: &[(&str, &str)]| crate::support::dossiers::typed(values);
    assert_eq!(with(typed(&[])), (Vec::new(), Vec::new()), "nobody must have partners");
    let (_, found) = with(typed(&[("partner-name-1", "Centre social"), ("partner-amount-1", "beaucoup")]));
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[1].contains("partners/partner-amount-1: «\u{202F}beaucoup\u{202F}» n’est pas un montant."),
        "{found:#?}"
    );
    let (_, found) = with(typed(&[("partner-name-1", "Centre social"), ("partner-kind-1", "premises")]));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with("partners/partner-role-1: Dites ce que le partenaire fait"), "{found:#?}");
    let whole = [
        ("partner-name-2", "Centre social"),
        ("partner-role-2", "Accueille les ateliers"),
        ("partner-kind-2", "premises"),
        ("partner-amount-2", "1 200"),
    ];
    let (partners, found) = with(typed(&whole));
    assert_eq!((partners.len(), found.len()), (1, 0));
    assert_eq!((partners[0].kind.label(), partners[0].amount), ("Locaux ou matériel", Some(Cents::from_euros(1200))));
}

#[test]
fn an_empty_dossier_lists_everything_in_the_order_of_the_form() {
    let call = call();
    let draft = from_parts(&call, Applicant::default(), BTreeMap::new(), Vec::new());
    let found = draft.problems(&call, FILED_ON);
    let order: Vec<usize> =
        found.iter().map(|p| call.sections.iter().position(|s| s.code == p.section).unwrap()).collect();
    assert!(order.is_sorted(), "{order:?}");
    // Partners alone may be left out.
    assert!(order.iter().collect::<std::collections::BTreeSet<_>>().len() == call.sections.len() - 1, "{found:#?}");
    assert!(!missing_or_wrong(&call, &draft.content, FILED_ON).is_empty());
}
