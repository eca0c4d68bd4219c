//! Where the pages of a dossier lead to its money.

use crate::access::Actor;
use crate::base::ids::DossierId;
use crate::db::Conn;
use crate::dossiers;
use crate::fault::Fault;
use crate::funding::store::READERS;
use crate::web::Link;

/// Acts and payments of an awarded dossier, for those who read them.
///
/// # Errors
/// When the database refuses.
pub fn links(conn: &mut Conn, actor: &Actor, dossier: DossierId) -> Result<Vec<Link>, Fault> {
    let view = dossiers::for_staff(conn, actor, dossier)?;
    let reads = READERS.iter().any(|role| view.through(*role)) && view.dossier.state.is_awarded();
    let link = reads.then(|| Link::new("Acte et versements", format!("/dossiers/{dossier}/financement")));
    Ok(link.into_iter().collect())
}
