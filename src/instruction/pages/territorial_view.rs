//! View model of the departments' opinions, shown beside the reviews.

use serde::Serialize;

use crate::base::clock::Instant;
use crate::instruction::territory::TerritorialOpinion;

/// One department, its opinion or what is awaited.
#[derive(Serialize)]
pub(super) struct TerritorialRow {
    department: String,
    status: &'static str,
    tone: &'static str,
    detail: String,
    comment: String,
}

pub(super) fn rows(opinions: &[TerritorialOpinion], zone: &str, now: Instant) -> Vec<TerritorialRow> {
    opinions
        .iter()
        .map(|asked| {
            let (status, tone) = match asked.opinion {
                Some(opinion) => (opinion.label(), opinion.tone()),
                None if asked.is_late(now) => ("En retard", "danger"),
                None => ("Attendu", "neutral"),
            };
            let detail = match (asked.submitted_at, asked.due_at) {
                (Some(at), _) => format!("{}, le {}", asked.author, at.date(zone)),
                (None, Some(due)) => format!("Attendu le {}", due.date(zone)),
                (None, None) => format!("Demandé le {}", asked.asked_at.date(zone)),
            };
            TerritorialRow { department: asked.label.clone(), status, tone, detail, comment: asked.comment.clone() }
        })
        .collect()
}
