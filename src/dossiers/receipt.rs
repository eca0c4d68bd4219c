//! The acknowledgement of receipt, with what CRPA R112-5 asks: as a PDF and as a mail.

use jiff::ToSpan;

use super::model::{Applicant, PieceRef};
use super::store::{Dossier, Version};
use crate::base::clock::{Instant, french_date};
use crate::base::identifiers::show_siret;
use crate::base::ids::DocumentId;
use crate::base::money::Cents;
use crate::calls::Call;
use crate::calls::definition::{CallDefinition, Stage};
use crate::documents::{self, ImplicitDecision, Receipt, ReceivedPiece, Sender};
use crate::fault::Fault;
use crate::mail::Message;

/// Day on which silence becomes a rejection, in the call's zone: the call's delay from the first submission, longer by
/// the days during which the applicant was asked for something (CRPA L114-5).
///
/// # Errors
/// When the date leaves the calendar.
pub fn implicit_rejection(
    definition: &CallDefinition,
    received_at: Instant,
    suspended_days: i64,
) -> Result<String, Fault> {
    let day = received_at.in_zone(&definition.calendar.zone).date();
    let months = i64::from(definition.decision.silence_months);
    let due = day.checked_add(months.months()).and_then(|day| day.checked_add(suspended_days.days()));
    due.map(french_date).map_err(|e| Fault::internal(e.to_string()))
}

/// How and by when a decision may be challenged.
#[must_use]
pub fn appeal(definition: &CallDefinition) -> Vec<String> {
    let court = &definition.decision.court;
    let months = definition.decision.silence_months;
    vec![
        format!(
            "Si aucune décision ne vous est notifiée dans les {months} mois, vous pourrez contester la décision implicite de \
             rejet dans les deux mois qui suivent."
        ),
        format!(
            "Recours gracieux\u{A0}: par écrit, auprès du service chargé de l’appel ({}).",
            definition.contact.service
        ),
        format!(
            "Recours contentieux\u{A0}: devant le {}, {}, ou par l’application www.telerecours.fr.",
            court.name.replacen('T', "t", usize::from(court.name.starts_with("Tribunal"))),
            court.address.join(", ")
        ),
        "Le recours gracieux, formé dans ce délai, interrompt le délai du recours contentieux.".to_owned(),
    ]
}

/// What happens to a dossier after its submission, and when it is known.
#[must_use]
pub fn next_steps(definition: &CallDefinition) -> Vec<String> {
    let calendar = &definition.calendar;
    let mut steps = vec![
        "Le service vérifie que le dossier est complet et recevable. S’il manque une pièce, il vous écrit.".to_owned(),
    ];
    if definition.has_stage(Stage::Shortlisting) {
        steps.push("Une présélection retient les dossiers qui seront instruits.".to_owned());
    }
    let reviewers = match definition.instruction.reviewers_per_dossier {
        1 => "Un instructeur évalue le dossier".to_owned(),
        2 => "Deux instructeurs évaluent le dossier".to_owned(),
        3 => "Trois instructeurs évaluent le dossier".to_owned(),
        n => format!("{n} instructeurs évaluent le dossier"),
    };
    steps.push(match calendar.committee {
        Some(at) => {
            format!("{reviewers}, puis le comité de sélection rend son avis le {}.", at.date(&calendar.zone))
        }
        None => format!("{reviewers}, puis le comité de sélection rend son avis."),
    });
    steps.push(match calendar.notification {
        Some(at) => format!("La décision vous est notifiée, en principe à partir du {}.", at.date(&calendar.zone)),
        None => "La décision vous est notifiée.".to_owned(),
    });
    steps
}

/// `182 ko`, `1,2 Mo`.
#[must_use]
pub fn show_size(bytes: i64) -> String {
    const MEGABYTE: i64 = 1024 * 1024;
    if bytes >= MEGABYTE {
        let tenths = (bytes * 10 + MEGABYTE / 2) / MEGABYTE;
        format!("{},{}\u{A0}Mo", tenths / 10, tenths % 10)
    } else {
        format!("{}\u{A0}ko", ((bytes + 1023) / 1024).max(1))
    }
}

/// `SIRET 732 829 320 00074`, else the RNA number.
#[must_use]
pub fn identifier(applicant: &Applicant) -> Option<String> {
    match (&applicant.siret, &applicant.rna) {
        (Some(siret), _) => Some(format!("SIRET {}", show_siret(siret))),
        (None, Some(rna)) => Some(format!("RNA {rna}")),
        (None, None) => None,
    }
}

/// When the dossier was first submitted: what silence counts from.
#[must_use]
pub fn first_received(dossier: &Dossier, version: &Version) -> Instant {
    dossier.submitted_at.unwrap_or(version.submitted_at)
}

/// The request, with its years or its funders when there are several: `60 000 €, dont 2022 : 20 000 € ; 2023 : 40 000 €`.
#[must_use]
pub fn requested(definition: &CallDefinition, version: &Version) -> String {
    let content = &version.content;
    let parts = |parts: Vec<(String, Cents)>| {
        let asked: Vec<_> = parts.into_iter().filter(|(_, amount)| amount.is_positive()).collect();
        if asked.len() < 2 {
            return String::new();
        }
        let said: Vec<_> = asked.into_iter().map(|(name, amount)| format!("{name}\u{A0}: {amount}")).collect();
        format!(", dont {}", said.join("\u{202F}; "))
    };
    let years = content.years(definition);
    let by_year = years.iter().map(|year| (year.to_string(), content.requested_in(definition, *year))).collect();
    let of_funder = |code: &str| years.iter().map(|year| content.requested_of(definition, code, *year)).sum();
    let by_funder = definition.funders.iter().map(|funder| (funder.label.clone(), of_funder(&funder.code))).collect();
    format!("{}{}{}", version.requested, parts(by_year), parts(by_funder))
}

/// A version that came in, and the days during which silence did not count.
#[derive(Clone, Copy, Debug)]
pub struct Acknowledgement<'a> {
    pub call: &'a Call,
    pub dossier: &'a Dossier,
    pub version: &'a Version,
    pub suspended_days: i64,
}

impl Acknowledgement<'_> {
    /// # Errors
    /// When the document cannot be made.
    pub fn pdf(&self, depositor: &str, specimen: bool) -> Result<Vec<u8>, Fault> {
        let Self { call, dossier, version, suspended_days } = *self;
        let definition = &call.definition;
        let contact = &definition.contact;
        let (institution, service) = contact.service.split_once(", ").unwrap_or((&contact.service, ""));
        let sender = Sender {
            institution: institution.to_owned(),
            service: [service].into_iter().filter(|s| !s.is_empty()).map(str::to_owned).collect(),
            address: contact.address.clone(),
            phone: contact.telephone.clone(),
            email: contact.email.clone(),
            accent: None,
        };
        let piece = |piece: &PieceRef| ReceivedPiece {
            label: definition.piece(&piece.piece).map_or_else(|| piece.piece.clone(), |p| p.label.clone()),
            file_name: piece.file_name.clone(),
            size: show_size(piece.byte_size),
            sha256: piece.sha256.clone(),
        };
        let receipt = Receipt {
            created: version.submitted_at,
            specimen,
            sender: sender.clone(),
            reference: dossier.reference_or_draft(),
            call: definition.call.title.clone(),
            received_at: version.submitted_at.long(call.zone()),
            organisation: version.content.applicant.name.clone(),
            identifier: identifier(&version.content.applicant),
            depositor: depositor.to_owned(),
            title: version.content.title().to_owned(),
            requested: requested(definition, version),
            pieces: version.content.pieces.iter().map(piece).collect(),
            version: u32::try_from(version.number).map_err(|e| Fault::internal(e.to_string()))?,
            version_hash: version.sha256.clone(),
            service: Sender { institution: contact.service.clone(), service: Vec::new(), ..sender },
            implicit_decision: ImplicitDecision {
                nature: "décision implicite de rejet de la demande".to_owned(),
                date: implicit_rejection(definition, first_received(dossier, version), suspended_days)?,
                ground: "article L. 231-4, 3° du code des relations entre le public et l’administration".to_owned(),
            },
            appeal: appeal(definition),
            next_steps: next_steps(definition),
            verification: None,
        };
        documents::receipt(&receipt).map_err(|e| Fault::internal(e.to_string()))
    }

    /// The same in a mail, with the PDF attached.
    #[must_use]
    pub fn mail(&self, link: &str, document: DocumentId, recipient: String, recipient_name: String) -> Message {
        let Self { call, dossier, version, suspended_days } = *self;
        let contact = &call.definition.contact;
        let reference = dossier.reference_or_draft();
        let received = first_received(dossier, version);
        let implicit = implicit_rejection(&call.definition, received, suspended_days).unwrap_or_default();
        let body = format!(
            "Bonjour {recipient_name},\n\n\
         Nous avons bien reçu le dossier « {title} » de l’organisme {organisation}, pour l’appel « {call_title} ».\n\n\
         Référence : {reference}\n\
         Reçu le : {received}\n\
         Montant demandé : {requested}\n\n\
         L’accusé de réception est joint à ce message. Vous pouvez relire le dossier et suivre son examen à cette adresse :\n\
         {link}\n\n\
         Sans réponse de notre part au {implicit}, la demande sera implicitement rejetée ; l’accusé de réception indique les \
         voies et délais de recours.\n\n\
         Une question ? {service}, {email}, {telephone}.\n",
            title = version.content.title(),
            organisation = version.content.applicant.name,
            call_title = call.title,
            received = version.submitted_at.long(call.zone()),
            requested = requested(&call.definition, version),
            service = contact.service,
            email = contact.email,
            telephone = contact.telephone,
        );
        Message {
            kind: "dossier.receipt",
            recipient,
            recipient_name,
            subject: format!("Dossier {reference} bien reçu"),
            body,
            document: Some(document),
            dossier: Some(version.dossier),
        }
    }
}
