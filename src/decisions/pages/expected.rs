//! What this person must do now: sign, notify, read.

use super::desk::Reader;
use super::{DESK, store};
use crate::access::Actor;
use crate::base::clock::Instant;
use crate::base::text::count;
use crate::calls;
use crate::db::Conn;
use crate::fault::Fault;
use crate::web::Expected;

/// # Errors
/// When the database refuses.
pub fn expected(conn: &mut Conn, actor: &Actor, _now: Instant) -> Result<Vec<Expected>, Fault> {
    let mut expected = Vec::new();
    for id in actor.calls_with(DESK) {
        let call = calls::by_id(conn, id)?;
        let reader = Reader::of(conn, actor, &call)?;
        let href = |step: &str| format!("/appels/{}/decisions?etape={step}", call.code);
        if !reader.authorities.is_empty() {
            let to_sign = reader.to_sign(conn, &call)?.iter().filter(|line| reader.signs(line)).count();
            if to_sign > 0 {
                let label = format!("Signer {}", count(to_sign, "décision", "décisions"));
                expected.push(Expected { label, href: href("signer"), detail: call.title.clone(), due: None });
            }
        }
        if reader.manages {
            let (waiting, _) =
                store::in_call_page(conn, call.id, false, &reader.closed, store::Wanted::default(), (0, 0))?;
            if waiting > 0 {
                let waiting = usize::try_from(waiting).unwrap_or(usize::MAX);
                let label = format!("Notifier {}", count(waiting, "décision", "décisions"));
                expected.push(Expected { label, href: href("notifier"), detail: call.title.clone(), due: None });
            }
        }
    }
    for (dossier, reference, title) in store::unread(conn, &actor.organisations)? {
        expected.push(Expected {
            label: format!("Lire la décision sur le dossier {reference}"),
            href: format!("/mes-dossiers/{dossier}/decision"),
            detail: title,
            due: None,
        });
    }
    Ok(expected)
}
