//! The receipt of a deposit: what CRPA R112-5 asks, what was received, and what happens next.

use super::DocumentError;
use super::fonts::{Face, fonts};
use super::frame::{
    Dress, LEFT, Pen, RIGHT, Sender, Stamp, Verification, check_block, column as body_column, dress, letterhead,
};
use super::layout::{Bullets, Flow, Keep};
use super::paragraph::{Style, span};
use super::pdf::{Metadata, write};
use super::table::{cell, column, strong};
use super::tags::Role;
use crate::base::Instant;

#[derive(Clone, Debug)]
pub struct Receipt {
    pub created: Instant,
    pub specimen: bool,
    pub sender: Sender,
    /// `AMI-ISS-2021-0042`.
    pub reference: String,
    /// Name of the call.
    pub call: String,
    /// `vendredi 15 octobre 2021 à 14 h 05 (heure de Paris)`.
    pub received_at: String,
    pub organisation: String,
    /// SIRET or RNA, with its name: `SIRET 732 829 320 00074`.
    pub identifier: Option<String>,
    /// Who deposited the dossier.
    pub depositor: String,
    pub title: String,
    /// `106 250 €`.
    pub requested: String,
    pub pieces: Vec<ReceivedPiece>,
    /// `1` for the first deposit.
    pub version: u32,
    /// SHA-256 of the frozen version, in full.
    pub version_hash: String,
    /// The service in charge: name, postal lines, telephone, electronic address.
    pub service: Sender,
    pub implicit_decision: ImplicitDecision,
    pub appeal: Vec<String>,
    pub next_steps: Vec<String>,
    pub verification: Option<Verification>,
}

#[derive(Clone, Debug)]
pub struct ReceivedPiece {
    /// What the call asked for.
    pub label: String,
    pub file_name: String,
    /// `182 ko`.
    pub size: String,
    /// SHA-256 in full; the receipt shows its beginning.
    pub sha256: String,
}

/// What silence means.
#[derive(Clone, Debug)]
pub struct ImplicitDecision {
    /// `rejet` or `acceptation`, with what it bears on: `décision implicite de rejet de la demande`.
    pub nature: String,
    /// When it arises, if nothing is notified by then.
    pub date: String,
    /// Whence the rule: `article L. 231-4, 3° du code…`.
    pub ground: String,
}

const BODY: Style = Style::new(Face::Regular, 10.0, 13.8);
const SMALL: Style = Style::new(Face::Regular, 9.0, 12.2);
const SHOWN_HASH: usize = 16;

/// # Errors
/// When an embedded face cannot be used or the check address is too long for a QR code; never because of the text.
pub fn receipt(receipt: &Receipt) -> Result<Vec<u8>, DocumentError> {
    let fonts = fonts()?;
    let mut flow = Flow::new(fonts, body_column(0.0));
    let stamp = receipt.specimen.then(|| (Stamp::Specimen, flow.tags.add(Role::Paragraph, None)));
    let colour = receipt.sender.colour();
    let heading = Style::new(Face::Bold, 11.0, 15.0).coloured(colour);
    let mut pen = Pen { fonts, marks: Vec::new() };
    let mut y = letterhead(&mut pen, &mut flow.tags, &receipt.sender) + 22.0;
    let title = flow.tags.add(Role::H1, None);
    let width = RIGHT - LEFT;
    let title_style = Style::new(Face::Bold, 18.0, 23.0);
    y = pen.write("Accusé de réception d’une demande de subvention", title_style, (LEFT, y), width, Some(title));
    flow.frame.first_top = y + 6.0;

    let lead = [
        span(Face::Regular, "Votre dossier "),
        span(Face::Bold, receipt.reference.clone()),
        span(Face::Regular, " a été reçu le "),
        span(Face::Bold, receipt.received_at.clone()),
        span(Face::Regular, "."),
    ];
    flow.spans(&lead, Style::new(Face::Regular, 11.0, 15.4), 0.0, Keep::Flow, Role::Paragraph);

    flow.heading("Le dossier", heading, 15.0, Role::H2);
    let organisation = match &receipt.identifier {
        Some(identifier) => format!("{}\n{identifier}", receipt.organisation),
        None => receipt.organisation.clone(),
    };
    let hash = format!("Version {} – empreinte SHA-256\u{A0}:\n{}", receipt.version, receipt.version_hash);
    facts(
        &mut flow,
        &[
            ("Référence", &receipt.reference),
            ("Appel", &receipt.call),
            ("Demandeur", &organisation),
            ("Déposé par", &receipt.depositor),
            ("Projet", &receipt.title),
            ("Montant demandé", &receipt.requested),
            ("Version déposée", &hash),
        ],
    );

    flow.heading("Pièces reçues", heading, 15.0, Role::H2);
    if receipt.pieces.is_empty() {
        flow.text("Aucune pièce n’a été jointe au dossier.", BODY, 3.0, Keep::Flow);
    } else {
        let columns = [
            column("Pièce", 34.0),
            column("Fichier", 32.0),
            column("Taille", 12.0),
            column("Empreinte SHA-256 (début)", 28.0),
        ];
        let rows: Vec<_> = receipt
            .pieces
            .iter()
            .map(|p| vec![cell(&p.label), cell(&p.file_name), cell(&p.size), cell(shortened(&p.sha256))])
            .collect();
        flow.table(&columns, &rows, SMALL, 3.0);
    }

    flow.heading("Service chargé du dossier", heading, 15.0, Role::H2);
    let service = &receipt.service;
    let address = service.service.iter().chain(&service.address).cloned().collect::<Vec<_>>().join("\n");
    facts(
        &mut flow,
        &[
            ("Service", &service.institution),
            ("Adresse postale", &address),
            ("Téléphone", &service.phone),
            ("Adresse électronique", &service.email),
        ],
    );

    flow.heading("En l’absence de réponse", heading, 15.0, Role::H2);
    let implicit = &receipt.implicit_decision;
    let silence = [
        span(Face::Regular, "Si aucune décision ne vous est notifiée, une "),
        span(Face::Bold, implicit.nature.clone()),
        span(Face::Regular, " naîtra le "),
        span(Face::Bold, implicit.date.clone()),
        span(Face::Regular, format!(" ({}).", implicit.ground)),
    ];
    flow.spans(&silence, BODY, 3.0, Keep::Flow, Role::Paragraph);
    if !receipt.appeal.is_empty() {
        flow.heading("Voies et délais de recours", heading, 15.0, Role::H2);
        for text in &receipt.appeal {
            flow.text(text, SMALL, 3.0, Keep::Flow);
        }
    }
    if !receipt.next_steps.is_empty() {
        flow.heading("Et maintenant\u{202F}?", heading, 15.0, Role::H2);
        flow.list(&receipt.next_steps, BODY, 3.0, Bullets::Numbers);
    }
    let note = "Accusé de réception délivré en application des articles L.\u{A0}112-3 et R.\u{A0}112-5 du code des relations \
                entre le public et l’administration.";
    let keep = if receipt.verification.is_some() { Keep::EndWithNext } else { Keep::Flow };
    flow.text(note, Style::new(Face::Italic, 8.5, 11.4), 12.0, keep);
    if let Some(verification) = &receipt.verification {
        let strip = check_block(fonts, &mut flow.tags, verification, "cet accusé de réception")?;
        flow.anchor(12.0, strip);
    }

    let (mut pages, tags) = flow.paginate();
    if let Some(first) = pages.first_mut() {
        first.marks.splice(0..0, pen.marks);
    }
    let running = format!("Accusé de réception {}", receipt.reference);
    dress(fonts, &mut pages, &Dress { sender: &receipt.sender, running: &running, stamp });
    let metadata = Metadata {
        title: &running,
        author: &receipt.sender.institution,
        subject: &receipt.call,
        created: receipt.created,
    };
    write(&pages, &tags, &metadata)
}

/// Label and value pairs, as a table without header; what is empty is left out.
fn facts(flow: &mut Flow<'_>, pairs: &[(&str, &str)]) {
    let rows: Vec<_> = pairs
        .iter()
        .filter(|(_, v)| !v.trim().is_empty())
        .map(|(label, value)| vec![strong(*label), cell(*value)])
        .collect();
    flow.plain_table(&[column("", 26.0), column("", 74.0)], &rows, SMALL, 3.0);
}

/// The beginning of a hash in groups of four, enough to compare by eye.
fn shortened(hash: &str) -> String {
    let start: Vec<char> = hash.chars().take(SHOWN_HASH).collect();
    let groups: Vec<String> = start.chunks(4).map(|group| group.iter().collect()).collect();
    let more = if hash.chars().count() > SHOWN_HASH { "…" } else { "" };
    format!("{}{more}", groups.join("\u{202F}"))
}
