//! Where the pages of a dossier lead to its decision.

use crate::access::Actor;
use crate::base::ids::DossierId;
use crate::db::Conn;
use crate::decisions::actions::case;
use crate::fault::Fault;
use crate::web::Link;

/// The decision, for whoever may open its page.
///
/// # Errors
/// When the database refuses.
pub fn links(conn: &mut Conn, actor: &Actor, dossier: DossierId) -> Result<Vec<Link>, Fault> {
    match case(conn, actor, dossier) {
        Ok(_) => Ok(vec![Link::new("Décision", format!("/dossiers/{dossier}/decision"))]),
        Err(Fault::NotFound) => Ok(Vec::new()),
        Err(fault) => Err(fault),
    }
}
