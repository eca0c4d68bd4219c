//! The minutes of a selection committee's session.

use super::DocumentError;
use super::canvas::Colour;
use super::fonts::{Face, fonts};
use super::frame::{
    Dress, LEFT, Pen, RIGHT, Sender, Stamp, Verification, check_block, column as body_column, dress, letterhead,
};
use super::layout::{Flow, Keep};
use super::paragraph::{Align, Style, span};
use super::pdf::{Metadata, write};
use super::table::{cell, column, figures, strong, titled};
use super::tags::Role;
use crate::base::Instant;

#[derive(Clone, Debug)]
pub struct Minutes {
    pub created: Instant,
    pub specimen: bool,
    pub sender: Sender,
    /// `Procès-verbal du comité de sélection`, or of an adjourned session.
    pub title: String,
    /// `PV-AMI-ISS-2021-01`.
    pub number: String,
    pub call: String,
    /// `jeudi 20 janvier 2022 à 14 h (heure de Paris)`.
    pub held_at: String,
    pub place: String,
    /// Opening words: convocation, agenda.
    pub preamble: Vec<String>,
    pub members: Vec<Member>,
    pub quorum: Quorum,
    pub recusals: Vec<Recusal>,
    /// In the order of the ranking.
    pub dossiers: Vec<RankedDossier>,
    /// What each selected dossier receives, when it is not one amount on one line.
    pub shares: Vec<ShareLine>,
    pub debates: Vec<Debate>,
    pub totals: Vec<FundingTotal>,
    /// Total of all lines, `1 700 000 €`.
    pub total_amount: Option<String>,
    /// Closing paragraphs.
    pub closing: Vec<String>,
    /// Who chaired: name and quality, typed.
    pub chair_name: String,
    pub chair_quality: String,
    /// `20 janvier 2022 à 17 h 40 (heure de Paris)`; minutes not yet sealed say so.
    pub sealed_at: Option<String>,
    /// Hash of the journal entry that sealed them.
    pub seal_hash: Option<String>,
    pub verification: Option<Verification>,
}

#[derive(Clone, Debug)]
pub struct Member {
    pub name: String,
    pub institution: String,
    /// `présidente`, `membre`, `personne qualifiée`.
    pub role: String,
    pub attendance: Attendance,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attendance {
    Present,
    Remote,
    Absent,
    Excused,
    /// Represented by the named member.
    Proxy(String),
}

impl Attendance {
    /// Words that suit a woman as well as a man.
    fn label(&self) -> String {
        match self {
            Self::Present => "sur place".to_owned(),
            Self::Remote => "à distance".to_owned(),
            Self::Absent => "absence".to_owned(),
            Self::Excused => "absence excusée".to_owned(),
            Self::Proxy(to) => format!("pouvoir donné à {to}"),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Quorum {
    /// Zero: no quorum is asked of this session.
    pub required: u32,
    /// Members counted, on site or remote.
    pub counted: u32,
    pub reached: bool,
}

#[derive(Clone, Debug)]
pub struct Recusal {
    pub member: String,
    /// Reference of the dossier.
    pub dossier: String,
    pub reason: String,
    /// Hours of leaving and returning, `14 h 35`; missing is missing.
    pub left_at: Option<String>,
    pub returned_at: Option<String>,
}

#[derive(Clone, Debug)]
pub struct RankedDossier {
    pub rank: Option<u32>,
    pub reference: String,
    pub applicant: String,
    pub title: String,
    /// Weighted score as it is to be read, `78,25`.
    pub score: Option<String>,
    /// `retenu`, `liste complémentaire (1)`, `non retenu`.
    pub outcome: String,
    /// `106 250 €`.
    pub amount: Option<String>,
    pub motive: String,
}

/// A selected dossier's part of one line in one year.
#[derive(Clone, Debug)]
pub struct ShareLine {
    /// Reference of the dossier.
    pub dossier: String,
    pub line: String,
    pub year: String,
    pub amount: String,
    /// `réservé`, or planned under credits yet to be voted.
    pub nature: String,
}

/// What was said of a dossier, and how the committee voted when a vote was asked.
#[derive(Clone, Debug)]
pub struct Debate {
    /// Reference of the dossier.
    pub dossier: String,
    pub vote: Option<String>,
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct FundingTotal {
    pub line: String,
    pub year: String,
    pub reserved: String,
    /// What the envelope still holds; missing when it is unknown.
    pub left: Option<String>,
}

const BODY: Style = Style::new(Face::Regular, 10.0, 13.8);
const TABLE: Style = Style::new(Face::Regular, 8.5, 11.2);
const GAP: f32 = 15.0;

/// # Errors
/// When an embedded face cannot be used or the check address is too long for a QR code; never because of the text.
pub fn minutes(minutes: &Minutes) -> Result<Vec<u8>, DocumentError> {
    let fonts = fonts()?;
    let mut flow = Flow::new(fonts, body_column(0.0));
    let stamp = minutes.specimen.then(|| (Stamp::Specimen, flow.tags.add(Role::Paragraph, None)));
    let heading = Style::new(Face::Bold, 11.0, 15.0).coloured(minutes.sender.colour());
    let mut pen = Pen { fonts, marks: Vec::new() };
    let mut y = letterhead(&mut pen, &mut flow.tags, &minutes.sender) + 22.0;
    let title = flow.tags.add(Role::H1, None);
    let title_style = Style::new(Face::Bold, 18.0, 23.0);
    y = pen.write(&minutes.title, title_style, (LEFT, y), RIGHT - LEFT, Some(title));
    let call = flow.tags.add(Role::Paragraph, None);
    y = pen.write(&minutes.call, Style::new(Face::Regular, 12.0, 16.0), (LEFT, y), RIGHT - LEFT, Some(call));
    flow.frame.first_top = y + 8.0;

    let held = [
        span(Face::Regular, "Procès-verbal n°\u{A0}"),
        span(Face::Bold, minutes.number.clone()),
        span(Face::Regular, " – séance du "),
        span(Face::Bold, minutes.held_at.clone()),
        span(Face::Regular, format!(", {}.", minutes.place)),
    ];
    flow.spans(&held, BODY, 0.0, Keep::Flow, Role::Paragraph);
    for text in &minutes.preamble {
        flow.text(text, BODY, 6.0, Keep::Flow);
    }

    flow.heading("Membres et présences", heading, GAP, Role::H2);
    let columns =
        [column("Membre", 26.0), column("Institution", 36.0), column("Qualité", 20.0), column("Présence", 24.0)];
    let rows: Vec<_> = minutes
        .members
        .iter()
        .map(|m| vec![strong(&m.name), cell(&m.institution), cell(&m.role), cell(m.attendance.label())])
        .collect();
    flow.table(&columns, &rows, Style { size: 9.0, leading: 12.0, ..TABLE }, 3.0);
    quorum(&mut flow, &minutes.quorum);

    flow.heading("Déports", heading, GAP, Role::H2);
    if minutes.recusals.is_empty() {
        flow.text("Aucun membre ne s’est déporté.", BODY, 3.0, Keep::Flow);
    } else {
        recusals(&mut flow, &minutes.recusals);
    }

    if minutes.quorum.reached {
        flow.heading("Dossiers examinés et avis du comité", heading, GAP, Role::H2);
    } else {
        flow.heading("Ordre du jour, non examiné", heading, GAP, Role::H2);
    }
    dossiers(&mut flow, &minutes.dossiers);
    if !minutes.shares.is_empty() {
        flow.heading("Montants par dossier, ligne et année", heading, GAP, Role::H2);
        shares(&mut flow, &minutes.shares);
    }
    if !minutes.debates.is_empty() {
        flow.heading("Débats et votes", heading, GAP, Role::H2);
        debates(&mut flow, &minutes.debates);
    }

    if !minutes.totals.is_empty() {
        flow.heading("Montants par ligne de financement et par année", heading, GAP, Role::H2);
        totals(&mut flow, minutes);
    }

    let last = minutes.closing.len();
    for (index, text) in minutes.closing.iter().enumerate() {
        let keep = if index + 1 == last { Keep::EndWithNext } else { Keep::Flow };
        flow.text(text, BODY.aligned(Align::Justify), if index == 0 { GAP } else { 6.0 }, keep);
    }
    seal(&mut flow, minutes);
    if let Some(verification) = &minutes.verification {
        let strip = check_block(fonts, &mut flow.tags, verification, "ce procès-verbal")?;
        flow.anchor(14.0, strip);
    }

    let (mut pages, tags) = flow.paginate();
    if let Some(first) = pages.first_mut() {
        first.marks.splice(0..0, pen.marks);
    }
    let running = format!("Procès-verbal {}", minutes.number);
    dress(fonts, &mut pages, &Dress { sender: &minutes.sender, running: &running, stamp });
    let title = format!("{running} – {}", minutes.call);
    let metadata = Metadata {
        title: &title,
        author: &minutes.sender.institution,
        subject: &minutes.call,
        created: minutes.created,
    };
    write(&pages, &tags, &metadata)
}

fn quorum(flow: &mut Flow<'_>, quorum: &Quorum) {
    let verdict = if quorum.reached { "le quorum est atteint" } else { "le quorum n’est pas atteint" };
    if quorum.required == 0 {
        let counted = format!(
            "Seconde séance sur le même ordre du jour\u{A0}: aucun quorum n’est exigé. Membres comptés\u{A0}: {}.",
            quorum.counted
        );
        flow.text(&counted, BODY, 7.0, Keep::Whole);
        return;
    }
    let text = [
        span(
            Face::Regular,
            format!("Quorum requis\u{A0}: {} – membres comptés\u{A0}: {}\u{202F}; ", quorum.required, quorum.counted),
        ),
        span(Face::Bold, format!("{verdict}.")),
    ];
    flow.spans(&text, BODY, 7.0, Keep::Whole, Role::Paragraph);
}

fn recusals(flow: &mut Flow<'_>, recusals: &[Recusal]) {
    let columns =
        [column("Membre", 22.0), column("Dossier", 22.0), column("Motif", 38.0), column("Sortie et retour", 20.0)];
    let rows: Vec<_> = recusals
        .iter()
        .map(|r| {
            let left = r.left_at.as_deref().map(|at| format!("sortie à {at}"));
            let back = r.returned_at.as_deref().map(|at| format!("retour à {at}"));
            let moves: Vec<String> = left.into_iter().chain(back).collect();
            let moves = if moves.is_empty() { "–".to_owned() } else { moves.join("\n") };
            vec![strong(&r.member), cell(&r.dossier), cell(&r.reason), cell(moves)]
        })
        .collect();
    flow.table(&columns, &rows, TABLE, 3.0);
}

/// A column that no dossier fills is not drawn: a shortlisting has neither rank, score nor amount.
fn dossiers(flow: &mut Flow<'_>, dossiers: &[RankedDossier]) {
    let missing = || "–".to_owned();
    let rank = |d: &RankedDossier| d.rank.map(|rank| rank.to_string());
    let mut columns = vec![
        (figures("Rang", 8.0), dossiers.iter().any(|d| d.rank.is_some())),
        (column("Dossier et demandeur", 33.0), true),
        (figures("Note /100", 9.0), dossiers.iter().any(|d| d.score.is_some())),
        (column("Avis du comité", 20.5), true),
        (figures("Montant", 13.5), dossiers.iter().any(|d| d.amount.is_some())),
        (column("Motif", 38.0), dossiers.iter().any(|d| !d.motive.is_empty())),
    ];
    let filled: Vec<bool> = columns.iter().map(|(_, filled)| *filled).collect();
    columns.retain(|(_, filled)| *filled);
    let columns: Vec<_> = columns.into_iter().map(|(column, _)| column).collect();
    let rows: Vec<Vec<_>> = dossiers
        .iter()
        .map(|d| {
            let row = [
                strong(rank(d).unwrap_or_else(missing)),
                titled(format!("{}\n{}\n{}", d.reference, d.applicant, d.title)),
                cell(d.score.clone().unwrap_or_else(missing)),
                strong(&d.outcome),
                cell(d.amount.clone().unwrap_or_else(missing)),
                cell(&d.motive),
            ];
            row.into_iter().zip(&filled).filter_map(|(cell, filled)| filled.then_some(cell)).collect()
        })
        .collect();
    flow.table(&columns, &rows, TABLE, 3.0);
}

fn shares(flow: &mut Flow<'_>, shares: &[ShareLine]) {
    let columns = [
        column("Dossier", 22.0),
        column("Ligne de financement", 34.0),
        column("Année", 9.0),
        figures("Montant", 16.0),
        column("Nature", 23.0),
    ];
    let rows: Vec<_> = shares
        .iter()
        .map(|s| vec![cell(&s.dossier), cell(&s.line), cell(&s.year), cell(&s.amount), cell(&s.nature)])
        .collect();
    flow.table(&columns, &rows, TABLE, 3.0);
}

fn debates(flow: &mut Flow<'_>, debates: &[Debate]) {
    for debate in debates {
        let mut said = vec![span(Face::Bold, debate.dossier.clone())];
        if let Some(vote) = &debate.vote {
            said.push(span(Face::Regular, format!(" – vote\u{A0}: {vote}.")));
        }
        if !debate.text.is_empty() {
            said.push(span(Face::Regular, format!("\n{}", debate.text)));
        }
        flow.spans(&said, BODY, 6.0, Keep::Flow, Role::Paragraph);
    }
}

fn totals(flow: &mut Flow<'_>, minutes: &Minutes) {
    let columns = [
        column("Ligne de financement", 46.0),
        column("Année", 12.0),
        figures("Réservé", 21.0),
        figures("Reste à engager", 21.0),
    ];
    let mut rows: Vec<_> = minutes
        .totals
        .iter()
        .map(|t| {
            let left = t.left.clone().unwrap_or_else(|| "non connu".to_owned());
            vec![cell(&t.line), cell(&t.year), cell(&t.reserved), cell(left)]
        })
        .collect();
    if let Some(total) = &minutes.total_amount {
        rows.push(vec![strong("Total"), cell(""), strong(total), cell("")]);
    }
    flow.table(&columns, &rows, Style { size: 9.0, leading: 12.0, ..TABLE }, 3.0);
}

fn seal(flow: &mut Flow<'_>, minutes: &Minutes) {
    let chair =
        [span(Face::Regular, format!("{}\n", minutes.chair_quality)), span(Face::Bold, minutes.chair_name.clone())];
    for (part, gap) in chair.into_iter().zip([16.0, 0.0]) {
        flow.spans(&[part], BODY, gap, Keep::WithNext, Role::Paragraph);
    }
    let text = match (&minutes.sealed_at, &minutes.seal_hash) {
        (Some(at), Some(hash)) => {
            format!("Procès-verbal scellé dans le service Essaim le {at}. Empreinte chaînée au journal\u{A0}: {hash}")
        }
        (Some(at), None) => format!("Procès-verbal scellé dans le service Essaim le {at}."),
        (None, _) => "Projet de procès-verbal\u{A0}: il n’est pas encore scellé.".to_owned(),
    };
    let style = Style::new(Face::Italic, 8.5, 11.4).coloured(Colour::SOFT_INK);
    flow.text(&text, style, 6.0, Keep::Whole);
}
