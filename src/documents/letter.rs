//! The decision letter: an A4 administrative letter, addressee in the window of the envelope.

use super::canvas::{Colour, Mark, Shape, Strip, mm};
use super::fonts::{Face, fonts};
use super::frame::{Dress, LEFT, Pen, RIGHT, Sender, Stamp, Verification, check_block, column, dress, letterhead};
use super::layout::{Bullets, Flow, Keep, space, stack};
use super::paragraph::{Align, Style, lines, span};
use super::pdf::{Metadata, write};
use super::table::{Cell, cell, column as text_column, figures, strong};
use super::tags::Role;
use super::{DocumentError, amount_in_words};
use crate::base::{Cents, Instant};

/// A letter as it is to be read. Dates and references are given as text, formatted by the caller.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Becomes the file's date: the same letter gives the same bytes.
    pub created: Instant,
    /// Marks every page as a demonstration without value.
    pub specimen: bool,
    pub sender: Sender,
    /// `Montpellier, le 1er février 2022`.
    pub place_and_date: String,
    /// Postal lines of the addressee, name to town; six at most fit the window.
    pub addressee: Vec<String>,
    /// How it is sent, printed above the addressee: `Notification électronique`.
    pub delivery: Option<String>,
    /// « Nos références », also in the running header.
    pub reference: String,
    /// « Vos références ».
    pub your_reference: Option<String>,
    /// « Affaire suivie par ».
    pub handled_by: Contact,
    /// « Objet ».
    pub subject: String,
    /// « PJ ».
    pub attachments: Vec<String>,
    /// `Madame la Présidente,`.
    pub salutation: String,
    /// First paragraphs, up to the statement of the decision.
    pub opening: Vec<String>,
    pub grant: Option<Grant>,
    /// Beside whom and when the amount comes from, or what an amendment changes.
    pub table: Option<Breakdown>,
    pub motives: Vec<String>,
    pub conditions: Vec<String>,
    /// Each begins with « Vu ».
    pub legal_bases: Vec<String>,
    /// Last paragraphs; the courtesy formula comes last and never leaves the signature.
    pub closing: Vec<String>,
    /// One per authority, the leading one first.
    pub signatures: Vec<Signature>,
    /// « Voies et délais de recours ».
    pub appeal: Vec<String>,
    /// « Copie à ».
    pub copies: Vec<String>,
    pub verification: Option<Verification>,
}

#[derive(Clone, Debug, Default)]
pub struct Contact {
    pub name: String,
    pub phone: String,
    pub email: String,
}

/// The amount decided, in figures and in words.
#[derive(Clone, Debug)]
pub struct Grant {
    /// `Subvention accordée pour 2022`.
    pub label: String,
    pub amount: Cents,
}

/// The table under the amount.
#[derive(Clone, Debug)]
pub enum Breakdown {
    Shares(Vec<ShareRow>),
    Changes(Vec<ChangeRow>),
}

/// Who brings what, on which line, in which year.
#[derive(Clone, Debug)]
pub struct ShareRow {
    pub funder: String,
    pub line: String,
    pub year: String,
    pub amount: Cents,
    /// `Ferme` or `Sous réserve de crédits`.
    pub standing: String,
}

#[derive(Clone, Debug)]
pub struct ChangeRow {
    pub label: String,
    pub before: Option<Cents>,
    pub after: Option<Cents>,
}

/// Who decides, as CRPA L212-1 asks. An image is not a signature: none is drawn.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Which authority decides, said with its decision's number when several sign one letter.
    pub authority: String,
    pub decision: Option<String>,
    /// `La directrice de la santé publique`.
    pub quality: String,
    /// `décision n° 2022-017 du 3 janvier 2022`; absent when the authority signs itself.
    pub delegation: Option<String>,
    pub first_name: String,
    pub surname: String,
    pub service: String,
    /// `1er février 2022 à 10 h 12 (heure de Paris)`; a letter not yet signed says so.
    pub signed_at: Option<String>,
}

const BODY: Style = Style::new(Face::Regular, 10.5, 14.6).aligned(Align::Justify);
const SMALL: Style = Style::new(Face::Regular, 9.0, 12.4);
const MENTION: Style = Style::new(Face::Italic, 8.5, 11.2).coloured(Colour::SOFT_INK);
const GAP: f32 = 7.5;
/// Left edge of the right half: addressee, date, signature.
const RIGHT_HALF: f32 = mm(110.0);
const ADDRESSEE_TOP: f32 = mm(50.0);
const LABEL_LINES: usize = 3;
/// A missing amount in a before and after.
const NOTHING: &str = "–";

/// # Errors
/// When an embedded face cannot be used or the check address is too long for a QR code; never because of the text.
pub fn letter(letter: &Letter) -> Result<Vec<u8>, DocumentError> {
    let fonts = fonts()?;
    let mut flow = Flow::new(fonts, column(0.0));
    let stamp = match (letter.specimen, letter.signatures.iter().all(|s| s.signed_at.is_some())) {
        (true, _) => Some(Stamp::Specimen),
        (false, false) => Some(Stamp::Draft),
        (false, true) => None,
    };
    let stamp = stamp.map(|stamp| (stamp, flow.tags.add(Role::Paragraph, None)));
    let heading = Style::new(Face::Bold, 10.5, 14.6).coloured(letter.sender.colour());

    let mut pen = Pen { fonts, marks: Vec::new() };
    flow.frame.first_top = head(&mut pen, &mut flow, letter);

    subject(&mut flow, letter);
    flow.text(&letter.salutation, BODY, 16.0, Keep::WithNext);
    let last = letter.opening.len();
    for (index, text) in letter.opening.iter().enumerate() {
        // The sentence that announces the amount stays above it.
        let announces = index + 1 == last && letter.grant.is_some();
        flow.text(text, BODY, GAP, if announces { Keep::EndWithNext } else { Keep::Flow });
    }
    if let Some(grant) = &letter.grant {
        amount(&mut flow, grant, letter.sender.colour());
    }
    if let Some(breakdown) = &letter.table {
        table(&mut flow, breakdown, heading);
    }
    if !letter.motives.is_empty() {
        flow.heading("Motifs de la décision", heading, 11.0, Role::H2);
        for text in &letter.motives {
            flow.text(text, BODY, 3.5, Keep::Flow);
        }
    }
    if !letter.conditions.is_empty() {
        flow.heading("Conditions", heading, 11.0, Role::H2);
        flow.list(&letter.conditions, BODY, 3.0, Bullets::Numbers);
    }
    if !letter.legal_bases.is_empty() {
        flow.heading("Fondements juridiques", heading, 11.0, Role::H2);
        let style = Style::new(Face::Regular, 9.5, 12.8).aligned(Align::Justify);
        flow.list(&letter.legal_bases, style, 2.0, Bullets::Dash);
    }
    let last = letter.closing.len();
    for (index, text) in letter.closing.iter().enumerate() {
        let keep = if index + 1 == last { Keep::EndWithNext } else { Keep::Flow };
        flow.text(text, BODY, if index == 0 { 11.0 } else { GAP }, keep);
    }
    signatures(&mut flow, &letter.signatures);
    if !letter.copies.is_empty() {
        let text = [span(Face::Bold, "Copie à\u{A0}: "), span(Face::Regular, letter.copies.join("\u{202F}; "))];
        flow.spans(&text, SMALL, 12.0, Keep::Flow, Role::Paragraph);
    }
    if !letter.appeal.is_empty() {
        flow.rule(16.0, Colour::HAIRLINE, Keep::WithNext);
        let small_heading = Style { size: 9.5, leading: 13.0, ..heading };
        flow.heading("Voies et délais de recours", small_heading, 6.0, Role::H2);
        let last = letter.appeal.len();
        for (index, text) in letter.appeal.iter().enumerate() {
            let ends = index + 1 == last && letter.verification.is_some();
            let keep = if ends { Keep::EndWithNext } else { Keep::Flow };
            flow.text(text, SMALL.aligned(Align::Justify), 3.0, keep);
        }
    }
    if let Some(verification) = &letter.verification {
        let strip = check_block(fonts, &mut flow.tags, verification, "cette lettre")?;
        flow.anchor(14.0, strip);
    }

    let (mut pages, tags) = flow.paginate();
    if let Some(first) = pages.first_mut() {
        first.marks.splice(0..0, pen.marks);
    }
    let running = format!("Réf. {}", letter.reference);
    dress(fonts, &mut pages, &Dress { sender: &letter.sender, running: &running, stamp });
    let title = format!("{} – {}", letter.reference, letter.subject);
    let metadata = Metadata {
        title: &title,
        author: &letter.sender.institution,
        subject: &letter.subject,
        created: letter.created,
    };
    write(&pages, &tags, &metadata)
}

/// Everything above the subject; returns where the subject begins.
fn head(pen: &mut Pen<'_>, flow: &mut Flow<'_>, letter: &Letter) -> f32 {
    let tags = &mut flow.tags;
    let mut left = letterhead(pen, tags, &letter.sender);
    left = (left + 14.0).max(mm(56.0));
    let label = |text: &str, value: &str| format!("{text}\u{A0}: {value}");
    let references = tags.add(Role::Paragraph, None);
    let mut lines = vec![label("Nos références", &letter.reference)];
    if let Some(yours) = &letter.your_reference {
        lines.push(label("Vos références", yours));
    }
    lines.push(label("Affaire suivie par", &letter.handled_by.name));
    lines.extend([&letter.handled_by.phone, &letter.handled_by.email].into_iter().filter(|t| !t.is_empty()).cloned());
    for line in &lines {
        left = pen.write_at_most(2, line, SMALL, (LEFT, left), mm(78.0), Some(references));
    }

    let width = RIGHT - RIGHT_HALF;
    let addressee = tags.add(Role::Paragraph, None);
    if let Some(delivery) = &letter.delivery {
        let style = Style::new(Face::Bold, 8.5, 11.0).coloured(Colour::SOFT_INK);
        pen.write_at_most(1, delivery, style, (RIGHT_HALF, ADDRESSEE_TOP - 16.0), width, Some(addressee));
    }
    let mut right = ADDRESSEE_TOP;
    for line in letter.addressee.iter().filter(|line| !line.trim().is_empty()).take(8) {
        right = pen.write_at_most(
            2,
            line,
            Style::new(Face::Regular, 10.5, 13.6),
            (RIGHT_HALF, right),
            width,
            Some(addressee),
        );
    }
    let date = tags.add(Role::Paragraph, None);
    right = (right + 18.0).max(mm(86.0));
    right =
        pen.write_at_most(2, &letter.place_and_date, BODY.aligned(Align::Left), (RIGHT_HALF, right), width, Some(date));
    // Where a sheet is folded for the window envelope.
    for fold in [mm(99.0), mm(198.0)] {
        let from = (mm(6.0), fold);
        let shape = Shape::Rule { from, to: (mm(10.0), fold), width: 0.4, colour: Colour::HAIRLINE };
        pen.marks.push(Mark::decoration(shape));
    }
    left.max(right).max(mm(94.0)) + 16.0
}

fn subject(flow: &mut Flow<'_>, letter: &Letter) {
    let style = Style::new(Face::Bold, 10.5, 14.2);
    hanging(flow, "Objet\u{A0}:", Face::Bold, &letter.subject, style, 0.0, Role::H1);
    if !letter.attachments.is_empty() {
        let style = Style::new(Face::Regular, 9.5, 12.8);
        let text = letter.attachments.join("\u{202F}; ");
        hanging(flow, "PJ\u{A0}:", Face::Bold, &text, style, 3.0, Role::Paragraph);
    }
}

/// A label, and its text aligned beside it.
fn hanging(flow: &mut Flow<'_>, label: &str, face: Face, text: &str, style: Style, gap: f32, role: Role) {
    let element = flow.tags.add(role, None);
    let (left, indent) = (flow.frame.left, mm(14.0));
    let label = lines(flow.fonts, &[span(face, format!("{label} "))], style, left, indent, Some(element));
    let text = [span(style.face, text)];
    let mut strips = lines(flow.fonts, &text, style, left + indent, flow.frame.width - indent, Some(element));
    if let (Some(first), Some(label)) = (strips.first_mut(), label.into_iter().next()) {
        first.marks.splice(0..0, label.marks);
    }
    flow.strips(gap, Keep::WithNext, strips);
}

/// The amount beside a bar of colour: figures first, then words, then its split.
fn amount(flow: &mut Flow<'_>, grant: &Grant, colour: Colour) {
    let (pad, bar) = (11.0, 3.0);
    let (left, width) = (flow.frame.left + pad + bar, flow.frame.width - pad - bar);
    let element = flow.tags.add(Role::Paragraph, None);
    let set =
        |text: String, style: Style| lines(flow.fonts, &[span(style.face, text)], style, left, width, Some(element));
    // The panel is never cut, so its labels are kept short.
    let mut strips = set(grant.label.clone(), SMALL.coloured(Colour::SOFT_INK));
    strips.truncate(LABEL_LINES);
    strips.extend(set(grant.amount.to_string(), Style::new(Face::Bold, 17.0, 22.0).coloured(colour)));
    let words = format!("soit {}", amount_in_words(grant.amount));
    strips.extend(set(words, Style::new(Face::Italic, 10.0, 13.6)));
    let mut panel = stack(strips);
    let edge = Shape::Boxes { boxes: vec![[flow.frame.left, 0.0, bar, panel.height]], colour };
    panel.marks.insert(0, Mark::decoration(edge));
    flow.strips(10.0, Keep::Whole, vec![panel]);
}

fn table(flow: &mut Flow<'_>, breakdown: &Breakdown, heading: Style) {
    let style = Style::new(Face::Regular, 9.5, 12.6);
    match breakdown {
        Breakdown::Shares(rows) => {
            flow.heading("Répartition", heading, 11.0, Role::H2);
            let columns = [
                text_column("Financeur", 1.8),
                text_column("Ligne", 4.0),
                text_column("Année", 1.0),
                text_column("Nature", 2.0),
                figures("Montant", 1.9),
            ];
            let mut cells: Vec<Vec<Cell>> = rows
                .iter()
                .map(|row| {
                    vec![
                        cell(&row.funder),
                        cell(&row.line),
                        cell(&row.year),
                        cell(&row.standing),
                        cell(row.amount.to_string()),
                    ]
                })
                .collect();
            if rows.len() > 1 {
                let total: Cents = rows.iter().map(|row| row.amount).sum();
                cells.push(vec![strong("Total"), cell(""), cell(""), cell(""), strong(total.to_string())]);
            }
            flow.table(&columns, &cells, style, 4.0);
        }
        Breakdown::Changes(rows) => {
            flow.heading("Ce qui change", heading, 11.0, Role::H2);
            let columns = [
                text_column("Ligne et année", 4.6),
                figures("Avant", 1.9),
                figures("Après", 1.9),
                figures("Écart", 1.9),
            ];
            let amount = |value: Option<Cents>| value.map_or_else(|| NOTHING.to_owned(), |v| v.to_string());
            let cells: Vec<Vec<Cell>> = rows
                .iter()
                .map(|row| {
                    let difference = row.after.unwrap_or(Cents::ZERO) - row.before.unwrap_or(Cents::ZERO);
                    let sign = if difference.is_positive() { "+" } else { "" };
                    vec![
                        cell(&row.label),
                        cell(amount(row.before)),
                        cell(amount(row.after)),
                        cell(format!("{sign}{difference}")),
                    ]
                })
                .collect();
            flow.table(&columns, &cells, style, 4.0);
        }
    }
}

/// One authority signs in the right half; several sign side by side, so that the page shows them as equals.
fn signatures(flow: &mut Flow<'_>, signatures: &[Signature]) {
    let (left, gutter) = (flow.frame.left, mm(8.0));
    let half = (RIGHT - left - gutter) / 2.0;
    let several = signatures.len() > 1;
    let (width, places) =
        if several { (half, [left, left + half + gutter]) } else { (RIGHT - RIGHT_HALF, [RIGHT_HALF; 2]) };
    for pair in signatures.chunks(2) {
        let blocks: Vec<Vec<Strip>> =
            pair.iter().zip(places).map(|(each, x)| signature(flow, each, several, (x, width))).collect();
        // Names too long to stand side by side on one page are parted as any text.
        if several && blocks.iter().all(|block| block.len() < 20) {
            let mut row = Strip::default();
            for block in blocks.into_iter().map(stack) {
                row.height = row.height.max(block.height);
                row.marks.extend(block.marks);
            }
            flow.strips(14.0, Keep::WithNext, vec![row]);
        } else {
            blocks.into_iter().for_each(|block| flow.strips(18.0, Keep::WithNext, block));
        }
    }
    if signatures.iter().all(|each| each.signed_at.is_none()) {
        return;
    }
    let law = "Prénom, nom, qualité et service de l’auteur\u{A0}: article\u{A0}L.\u{A0}212-1 du code des relations entre \
               le public et l’administration.";
    let (x, width) = if several { (left, RIGHT - left) } else { (RIGHT_HALF, width) };
    let element = flow.tags.add(Role::Paragraph, None);
    let strips = lines(flow.fonts, &[span(MENTION.face, law)], MENTION, x, width, Some(element));
    flow.strips(3.0, Keep::Whole, strips);
}

fn signature(flow: &mut Flow<'_>, signature: &Signature, several: bool, (x, width): (f32, f32)) -> Vec<Strip> {
    let element = flow.tags.add(Role::Paragraph, None);
    let style = Style::new(Face::Regular, 10.5, 13.8);
    let fonts = flow.fonts;
    let set = |text: String, style: Style| lines(fonts, &[span(style.face, text)], style, x, width, Some(element));
    let mut strips = Vec::new();
    if several {
        strips.extend(set(signature.authority.clone(), Style::new(Face::Bold, 9.5, 13.0)));
        strips.extend(signature.decision.iter().flat_map(|number| set(format!("Décision {number}"), SMALL)));
    }
    strips.extend(set(signature.quality.clone(), style));
    if let Some(delegation) = &signature.delegation {
        strips.extend(set(format!("Par délégation ({delegation})"), SMALL.coloured(Colour::SOFT_INK)));
    }
    strips.push(space(if several { 5.0 } else { 12.0 }));
    let name = format!("{} {}", signature.first_name, signature.surname);
    strips.extend(set(name, Style { face: Face::Bold, ..style }));
    strips.extend(set(signature.service.clone(), SMALL));
    strips.push(space(if several { 3.0 } else { 6.0 }));
    strips.extend(match &signature.signed_at {
        Some(at) => set(format!("Décision signée dans le service Essaim le {at}."), MENTION),
        None => set("Projet de lettre\u{A0}: la décision n’est pas signée.".to_owned(), MENTION),
    });
    strips
}
