//! What the minutes of a session say, from what was sealed.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::actions::firm_year;
use super::model::{Board, Item, Presence, Session, SessionKind, Verdict};
use super::rules::Ranked;
use super::sealing::Judged;
use super::store;
use crate::base::money::Cents;
use crate::base::text;
use crate::calls::Call;
use crate::db::Conn;
use crate::db::schema::institutions;
use crate::documents::{
    self, Attendance, Debate, FundingTotal, Member, Minutes, Quorum, RankedDossier, Sender, ShareLine,
};
use crate::fault::Fault;
use crate::ledger;
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
    adjourned: bool,
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
    let (totals, total_amount) = if adjourned { (Vec::new(), None) } else { totals(op, call, judged)? };
    let presiding = board.presiding();
    let title = match (adjourned, session.kind) {
        (true, _) => "Procès-verbal de carence",
        (false, SessionKind::Shortlisting) => "Procès-verbal de présélection",
        (false, SessionKind::Selection) => "Procès-verbal du comité de sélection",
    };
    let minutes = Minutes {
        created: op.now,
        specimen: op.settings.demo,
        sender,
        title: title.to_owned(),
        number: number(call, session),
        call: format!("{} – {}", call.code, call.title),
        held_at: session.held_at.long(zone),
        place: session.place.clone(),
        preamble: preamble(op.conn, call, board, judged.len())?,
        members: board.seats.iter().map(|seat| member(board, seat)).collect(),
        quorum: Quorum {
            required: u32::try_from(session.quorum).unwrap_or(u32::MAX),
            counted: u32::try_from(board.attending()).unwrap_or(u32::MAX),
            reached: board.has_quorum(board.attending()),
        },
        recusals: recusals(board, zone),
        dossiers: judged.iter().map(|line| ranked(line, adjourned)).collect(),
        shares: if adjourned { Vec::new() } else { shares(op.conn, call, judged)? },
        debates: if adjourned { Vec::new() } else { judged.iter().filter_map(debate).collect() },
        totals,
        total_amount,
        closing: closing(board, adjourned),
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

/// How the session came about: convocation, agenda, opening, and the first session it follows.
fn preamble(conn: &mut Conn, call: &Call, board: &Board, dossiers: usize) -> Result<Vec<String>, Fault> {
    let session = &board.session;
    let zone = call.zone();
    let body = match session.kind {
        SessionKind::Shortlisting => "réuni pour la présélection",
        SessionKind::Selection => "réuni pour la sélection",
    };
    let agenda = text::count(dossiers, "dossier", "dossiers");
    let opened = session.opened_at.map(|at| format!(" Elle est ouverte à {}.", at.time(zone))).unwrap_or_default();
    let mut lines = vec![format!(
        "La séance n°\u{A0}{} du comité, {body}, a {agenda} à son ordre du jour.{opened}",
        session.number
    )];
    lines.push(match session.convened_at {
        None => "Le service n’a pas envoyé de convocation à cette séance.".to_owned(),
        Some(at) if session.urgency.is_empty() => format!("Ses membres ont été convoqués le {}.", at.short(zone)),
        Some(at) => {
            format!("Ses membres ont été convoqués le {}, en urgence\u{A0}: {}", at.short(zone), session.urgency)
        }
    });
    if let Some(first) = session.second_of {
        let first = store::session(conn, first)?;
        lines.push(format!(
            "Elle porte sur le même ordre du jour que la séance n°\u{A0}{} du {}, ajournée faute de quorum.",
            first.number,
            first.held_at.date(zone)
        ));
    }
    Ok(lines)
}

fn member(board: &Board, seat: &super::model::SeatHolder) -> Member {
    Member {
        name: if seat.name.is_empty() { "Siège vacant".to_owned() } else { seat.name.clone() },
        institution: seat.label.clone(),
        role: if seat.chair { "présidence".to_owned() } else { "membre".to_owned() },
        attendance: match seat.presence {
            Some(Presence::Present) => Attendance::Present,
            Some(Presence::Remote) => Attendance::Remote,
            Some(Presence::Represented) => Attendance::Proxy(
                seat.proxy.as_deref().and_then(|code| board.seat(code)).map(|s| s.name.clone()).unwrap_or_default(),
            ),
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
            returned_at: recusal.returned_at.map(|at| at.time(zone)),
        })
        .collect()
}

fn ranked(line: &Ranked<Judged<'_>>, adjourned: bool) -> RankedDossier {
    let Judged { item, assessment } = &line.item;
    let opinion = item.opinion.as_ref().filter(|_| !item.is_withdrawn() && !adjourned);
    RankedDossier {
        rank: line.rank.filter(|_| !adjourned).and_then(|rank| u32::try_from(rank).ok()),
        reference: item.dossier.reference_or_draft(),
        applicant: item.version.applicant().to_owned(),
        title: item.dossier.title.clone(),
        score: assessment.score.filter(|_| !adjourned).map(|score| score.to_string()),
        outcome: match opinion {
            None if adjourned && !item.is_withdrawn() => "non examiné".to_owned(),
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

/// What was said and how the committee voted.
fn debate(line: &Ranked<Judged<'_>>) -> Option<Debate> {
    let item = line.item.item;
    let opinion = item.opinion.as_ref().filter(|_| !item.is_withdrawn())?;
    (!opinion.debate.is_empty() || opinion.vote.is_some()).then(|| Debate {
        dossier: item.dossier.reference_or_draft(),
        vote: opinion.vote.map(|vote| vote.to_string()),
        text: opinion.debate.clone(),
    })
}

/// Each part of each grant, unless every grant is one amount on one line: the table of dossiers then says all.
fn shares(conn: &mut Conn, call: &Call, judged: &[Ranked<Judged<'_>>]) -> Result<Vec<ShareLine>, Fault> {
    let selected: Vec<(&Item, &super::model::Opinion)> = judged
        .iter()
        .map(|line| line.item.item)
        .filter(|item| !item.is_withdrawn())
        .filter_map(|item| Some((item, item.opinion.as_ref()?)))
        .filter(|(_, opinion)| !opinion.shares.is_empty())
        .collect();
    let kinds: HashSet<_> =
        selected.iter().flat_map(|(_, opinion)| &opinion.shares).map(|share| (share.line, share.year)).collect();
    if kinds.len() < 2 {
        return Ok(Vec::new());
    }
    let names: HashMap<_, _> =
        ledger::lines_of_call(conn, call.id)?.into_iter().map(|line| (line.line, line.name)).collect();
    Ok(selected
        .into_iter()
        .flat_map(|(item, opinion)| opinion.shares.iter().map(move |share| (item, share)))
        .map(|(item, share)| ShareLine {
            dossier: item.dossier.reference_or_draft(),
            line: names.get(&share.line).cloned().unwrap_or_default(),
            year: share.year.to_string(),
            amount: share.amount.to_string(),
            nature: if Some(share.year) == firm_year(call) {
                "réservé".to_owned()
            } else {
                "prévu, sous réserve de crédits".to_owned()
            },
        })
        .collect())
}

/// What the session amounts to in law.
fn closing(board: &Board, adjourned: bool) -> Vec<String> {
    if adjourned {
        return vec![
            "Faute de quorum, le comité n’a délibéré sur aucun dossier. Une nouvelle convocation peut porter sur le même \
             ordre du jour (code des relations entre le public et l’administration, article R133-10)."
                .to_owned(),
        ];
    }
    let advice = match board.session.kind {
        SessionKind::Shortlisting => {
            "Le comité rend un avis\u{202F}: les dossiers présélectionnés passent à l’instruction, les autres appellent une \
             décision de l’autorité compétente."
        }
        SessionKind::Selection => {
            "Le comité rend un avis\u{202F}: la décision revient à l’autorité compétente de chaque financeur."
        }
    };
    let counted = if board.session.quorum == 0 {
        "Aucun membre en déport n’a pris part au dossier qui le concerne.".to_owned()
    } else {
        format!(
            "Pour chaque dossier, {} membres au moins ont été comptés sans y avoir d’intérêt.",
            board.session.quorum
        )
    };
    vec![format!("{advice} {counted}")]
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
            .filter(|share| Some(share.year) == firm_year(call))
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
