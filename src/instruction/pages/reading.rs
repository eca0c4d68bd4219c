//! The page on which every agent reads a dossier as it was submitted, and its pieces.

use serde::Serialize;

use super::Opened;
use super::review_view::{Row, Sheet, sheets};
use super::spread::{self, Spread};
use super::territorial_view::{self, TerritorialRow};
use crate::access::Role;
use crate::base::ids::DossierId;
use crate::dossiers::PieceRef;
use crate::dossiers::present::{self, PresentedSection};
use crate::fault::Fault;
use crate::files::ACCEPTED;
use crate::instruction::{self, ReviewSight, store};
use crate::web::{Answer, Link, Visit};

#[derive(Serialize)]
struct VersionRow {
    number: i64,
    at: String,
    sha256: String,
}

#[derive(Serialize)]
struct View {
    title: String,
    reference: String,
    call: String,
    status: &'static str,
    tone: &'static str,
    facts: Vec<Row>,
    manage_href: String,
    review_href: String,
    review_label: &'static str,
    journal_href: String,
    /// Pages of this dossier that the reader's other roles open.
    links: Vec<Link>,
    shows_reviews: bool,
    sheets: Vec<Sheet>,
    spread: Option<Spread>,
    territorial: Vec<TerritorialRow>,
    versions: Vec<VersionRow>,
    sections: Vec<PresentedSection>,
}

/// The frozen content with its pieces to download.
pub(super) fn sections(opened: &Opened) -> Vec<PresentedSection> {
    let path = opened.path();
    let pieces = &opened.version.content.pieces;
    let href = |piece: &PieceRef| {
        pieces.iter().position(|p| p == piece).map_or(String::new(), |i| format!("{path}/pieces/{}", i + 1))
    };
    present::sections_with_links(&opened.call.definition, &opened.version.content, &href, None)
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id = visit.param("dossier")?;
    let (opened, undeclared, own, shows_reviews, versions) = visit.read(|conn| {
        let opened = Opened::load(conn, actor, id)?;
        let undeclared = super::must_declare(conn, actor, &opened.view)?;
        let own = store::assignments_of(conn, id)?.into_iter().find(|a| a.account == actor.id && a.is_active());
        let shows = ReviewSight::load(conn, actor, &opened.call, &[id])?.shows(&opened.view);
        Ok((opened, undeclared, own, shows, store::versions_of(conn, id)?))
    })?;
    let path = opened.path();
    if undeclared {
        return Ok(Answer::redirect(super::declaration_path(actor, &opened)));
    }
    let view = &opened.view;
    let own_in = own.as_ref().is_some_and(|a| a.submitted_at.is_some());
    let zone = opened.call.zone();
    let (sheets, spread, territorial) = if shows_reviews {
        visit.read(|conn| {
            let assessment = instruction::assessments(conn, &opened.call, &[id])?.remove(&id).unwrap_or_default();
            let opinions = instruction::territorial(conn, id)?;
            let territorial = territorial_view::rows(&opinions, zone, visit.now);
            Ok((sheets(conn, &opened)?, spread::of(&assessment, &opened.call.definition), territorial))
        })?
    } else {
        Default::default()
    };
    let content = &opened.version.content;
    let page = View {
        title: view.dossier.title.clone(),
        reference: opened.reference(),
        call: opened.call.title.clone(),
        status: view.dossier.state.label(),
        tone: view.dossier.state.tone(),
        facts: vec![
            Row::new("Porteur", &content.applicant.name),
            Row::new("Subvention demandée", opened.version.requested.to_string()),
            Row::new(
                "Version",
                format!("{}, déposée le {}", opened.version.number, opened.version.submitted_at.short(zone)),
            ),
        ],
        manage_href: if view.through(Role::CallManager) { format!("{path}/gestion") } else { String::new() },
        review_href: if own.is_some() {
            format!("{path}/avis")
        } else if view.through(Role::Correspondent) {
            super::declaration_path(actor, &opened)
        } else {
            String::new()
        },
        review_label: match own {
            Some(_) if own_in => "Relire mon avis",
            Some(_) => "Instruire le dossier",
            None => "Avis de mon département",
        },
        journal_href: format!("{path}/journal"),
        links: links(visit, id)?,
        shows_reviews,
        sheets,
        spread,
        territorial,
        versions: versions
            .into_iter()
            .map(|(number, at, sha256)| VersionRow { number, at: at.short(zone), sha256 })
            .collect(),
        sections: sections(&opened),
    };
    let title = format!("{} – {}", page.reference, page.title);
    Ok(opened.crumbs_to_list(Answer::page(title, "instruction/reading.html", &page)?.desk()))
}

/// A piece of the version in force, by its place in it.
pub(super) fn piece(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id = visit.param("dossier")?;
    let place: usize = visit.param("piece")?;
    let piece = visit.read(|conn| {
        let opened = Opened::load(conn, actor, id)?;
        if super::must_declare(conn, actor, &opened.view)? {
            return Err(Fault::NotFound);
        }
        let pieces = opened.version.content.pieces;
        place.checked_sub(1).and_then(|i| pieces.into_iter().nth(i)).ok_or(Fault::NotFound)
    })?;
    let bytes = visit.service().files.get(&piece.sha256)?;
    let extension = piece.file_name.rsplit('.').next().unwrap_or_default().to_lowercase();
    let media_type = ACCEPTED
        .iter()
        .find(|t| t.extensions.contains(&extension.as_str()))
        .map_or("application/octet-stream", |t| t.media_type);
    Ok(Answer::file(media_type, piece.file_name, bytes))
}

/// What later capabilities say of this dossier, for those whose pages they are.
fn links(visit: &Visit, dossier: DossierId) -> Result<Vec<Link>, Fault> {
    let actor = visit.actor()?;
    visit.read(|conn| {
        let mut links = Vec::new();
        for of in visit.site.dossier_links {
            links.extend(of(conn, actor, dossier)?);
        }
        Ok(links)
    })
}
