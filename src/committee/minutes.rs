//! What the minutes of a session say, from what was sealed.

use diesel::prelude::*;

use super::model::{Board, Item, Presence, Session, Verdict};
use super::rules::Ranked;
use super::sealing::Judged;
use super::store;
use crate::base::money::Cents;
use crate::base::text;
use crate::calls::Call;
use crate::db::schema::institutions;
use crate::documents::{self, Attendance, FundingTotal, Member, Minutes, Quorum, RankedDossier, Sender};
use crate::fault::Fault;
use crate::service::Operation;

/// `PV-AMI-ISS-2021-01`.
#[must_use]
pub fn number(call: &Call, session: &Session) -> String {
    format!("PV-{}-{:02}", call.code, session.number)
}

/// Writes the PDF; the envelopes are read as the reservations left them.
pub(super) fn write(
    op: &mut Operation<'_>,
    call: &Call,
    board: &Board,
    judged: &[Ranked<Judged<'_>>],
    record_sha256: &str,
) -> Result<Vec<u8>, Fault> {
    let zone = call.zone();
    let session = &board.session;
    let (institution, address) = institutions::table
        .filter(institutions::id.eq(call.authority))
        .select((institutions::name, institutions::address))
        .first::<(String, String)>(op.conn)?;
    let contact = &call.definition.contact;
    let sender = Sender {
        institution,
        address: address.lines().map(str::to_owned).collect(),
        phone: contact.telephone.clone(),
        email: contact.email.clone(),
        ..Sender::default()
    };
    let (totals, total_amount) = totals(op, call, judged)?;
    let presiding = board.presiding();
    let opened = session.opened_at.map(|at| format!(" Elle est ouverte à {}.", at.time(zone))).unwrap_or_default();
    let minutes = Minutes {
        created: op.now,
        specimen: op.settings.demo,
        sender,
        number: number(call, session),
        call: format!("{} – {}", call.code, call.title),
        held_at: session.held_at.long(zone),
        place: session.place.clone(),
        preamble: vec![format!(
            "La séance n°\u{A0}{} du comité de sélection porte sur {}.{opened}",
            session.number,
            text::count(judged.len(), "dossier", "dossiers")
        )],
        members: board.seats.iter().map(member).collect(),
        quorum: Quorum {
            required: u32::try_from(session.quorum).unwrap_or(u32::MAX),
            counted: u32::try_from(board.attending()).unwrap_or(u32::MAX),
            reached: board.has_quorum(board.attending()),
        },
        recusals: recusals(board, zone),
        dossiers: judged.iter().map(ranked).collect(),
        totals,
        total_amount,
        closing: closing(board, judged),
        chair_name: presiding.map(|seat| seat.name.clone()).unwrap_or_default(),
        chair_quality: presiding.map_or_else(String::new, |seat| {
            let quality = if seat.chair {
                "Présidence de la séance"
            } else {
                "Présidence de la séance, en l’absence du siège qui la tient"
            };
            format!("{quality} – {}", seat.label)
        }),
        sealed_at: Some(format!("{} ({})", op.now.short(zone), crate::base::clock::zone_name(zone))),
        seal_hash: Some(record_sha256.to_owned()),
        verification: None,
    };
    documents::minutes(&minutes).map_err(|e| Fault::internal(e.to_string()))
}

fn member(seat: &super::model::SeatHolder) -> Member {
    Member {
        name: if seat.name.is_empty() { "Siège vacant".to_owned() } else { seat.name.clone() },
        institution: seat.label.clone(),
        role: if seat.chair { "présidence".to_owned() } else { "membre".to_owned() },
        attendance: match seat.presence {
            Some(Presence::Present) => Attendance::Present,
            Some(Presence::Remote) => Attendance::Remote,
            Some(Presence::Absent) | None => Attendance::Absent,
        },
    }
}

fn recusals(board: &Board, zone: &str) -> Vec<documents::Recusal> {
    let name = |account| {
        board.seats.iter().find(|seat| seat.account == Some(account)).map_or_else(String::new, |seat| seat.name.clone())
    };
    let reference = |item: &Item| item.dossier.reference_or_draft();
    board
        .recusals
        .iter()
        .map(|recusal| documents::Recusal {
            member: name(recusal.account),
            dossier: board.item(recusal.dossier).map(reference).unwrap_or_default(),
            reason: recusal.reason.clone(),
            left_at: recusal.left_at.map(|at| at.time(zone)),
            returned_at: None,
        })
        .collect()
}

fn ranked(line: &Ranked<Judged<'_>>) -> RankedDossier {
    let Judged { item, version, assessment } = &line.item;
    let opinion = item.opinion.as_ref().filter(|_| !item.is_withdrawn());
    RankedDossier {
        rank: line.rank.and_then(|rank| u32::try_from(rank).ok()),
        reference: item.dossier.reference_or_draft(),
        applicant: version.content.applicant.name.clone(),
        title: item.dossier.title.clone(),
        score: assessment.score.map(|score| score.to_string()),
        outcome: match opinion {
            None => "retiré par le porteur".to_owned(),
            Some(opinion) => outcome_words(opinion.outcome, opinion.rank),
        },
        amount: opinion.and_then(super::model::Opinion::total).map(|amount| amount.to_string()),
        motive: opinion.map(|o| o.motive.clone()).unwrap_or_default(),
    }
}

/// `Retenu`, `Liste complémentaire (rang 1)`, `Non retenu`.
#[must_use]
pub fn outcome_words(outcome: Verdict, rank: Option<i64>) -> String {
    match rank {
        Some(rank) => format!("{} (rang\u{A0}{rank})", outcome.label()),
        None => outcome.label().to_owned(),
    }
}

/// Debates worth keeping, then the advisory nature of it all.
fn closing(board: &Board, judged: &[Ranked<Judged<'_>>]) -> Vec<String> {
    let mut closing: Vec<String> = judged
        .iter()
        .filter_map(|line| {
            let item = line.item.item;
            let opinion = item.opinion.as_ref().filter(|o| !item.is_withdrawn() && !o.debate.is_empty())?;
            Some(format!("Débat sur le dossier {}\u{A0}: {}", item.dossier.reference_or_draft(), opinion.debate))
        })
        .collect();
    closing.push(format!(
        "Le comité rend un avis\u{202F}: la décision revient à l’autorité compétente de chaque financeur. Pour chaque \
         dossier, {} membres au moins ont siégé sans y avoir d’intérêt.",
        board.session.quorum
    ));
    closing
}

fn totals(
    op: &mut Operation<'_>,
    call: &Call,
    judged: &[Ranked<Judged<'_>>],
) -> Result<(Vec<FundingTotal>, Option<String>), Fault> {
    let mut rows = Vec::new();
    let mut total = Cents::ZERO;
    for envelope in store::envelopes_of_call(op.conn, call.id)? {
        let reserved: Cents = judged
            .iter()
            .map(|line| line.item.item)
            .filter(|item| !item.is_withdrawn())
            .filter_map(|item| item.opinion.as_ref())
            .flat_map(|opinion| &opinion.shares)
            .filter(|share| share.line == envelope.line && share.year == envelope.year)
            .map(|share| share.amount)
            .sum();
        if reserved.is_zero() {
            continue;
        }
        total += reserved;
        rows.push(FundingTotal {
            line: envelope.name.clone(),
            year: envelope.year.to_string(),
            reserved: reserved.to_string(),
            left: envelope.left.map(|left| left.to_string()),
        });
    }
    let sum = (!rows.is_empty()).then(|| total.to_string());
    Ok((rows, sum))
}
