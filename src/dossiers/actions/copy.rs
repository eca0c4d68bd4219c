//! Taking a former dossier up again, as a draft of another call.

use std::collections::BTreeMap;

use super::draft::{create_draft, require_open, save_section};
use crate::access::Actor;
use crate::base::ids::{CallId, DossierId};
use crate::calls;
use crate::calls::definition::{CallDefinition, SectionKind};
use crate::dossiers::drafts::{self, Typed};
use crate::dossiers::form;
use crate::dossiers::model::State;
use crate::dossiers::sight::for_member;
use crate::dossiers::store;
use crate::fault::Fault;
use crate::journal::Entry;
use crate::service::Operation;

/// Answers that hold for one call and one moment only.
const OF_ITS_TIME: [&str; 3] = ["start", "end", "notification"];

/// Opens a draft with the answers that both calls ask for: neither money, nor targets, nor pieces, nor attestations.
///
/// # Errors
/// [`Fault::NotFound`] or [`Fault::Denied`] for anyone but a member of the organisation; [`Fault::Refused`] when the call
/// is not open.
pub fn copy_draft(op: &mut Operation<'_>, actor: &Actor, from: DossierId, call: CallId) -> Result<DossierId, Fault> {
    let former = for_member(op.conn, actor, from)?;
    let call = calls::by_id(op.conn, call)?;
    require_open(&call, op.now)?;
    let written: Typed = drafts::sections(op.conn, former.id)?.into_values().flat_map(|saved| saved.typed).collect();
    let kept = kept(&call.definition, &written);
    // Two clicks wait for each other here, so that the second finds the copy of the first.
    drafts::queue_on_organisation(op.conn, former.organisation)?;
    for other in store::of_organisations(op.conn, &[former.organisation])? {
        if other.call != call.id || other.state != State::Draft {
            continue;
        }
        let typed: BTreeMap<String, Typed> =
            drafts::sections(op.conn, other.id)?.into_iter().map(|(code, saved)| (code, saved.typed)).collect();
        if typed == kept {
            op.record(Entry::new("dossier.reopen", "Copie reprise").call(call.id).dossier(other.id).for_everyone());
            return Ok(other.id);
        }
    }
    let id = create_draft(op, actor, call.id, former.organisation)?;
    for (section, typed) in &kept {
        save_section(op, actor, id, section, typed, 0)?;
    }
    let summary = format!("Réponses reprises du dossier {}", former.reference_or_draft());
    op.record(Entry::new("dossier.copy", summary).call(call.id).dossier(id).for_everyone());
    Ok(id)
}

fn kept(definition: &CallDefinition, written: &Typed) -> BTreeMap<String, Typed> {
    let again = [SectionKind::Identity, SectionKind::Fields, SectionKind::Partners];
    let sections = definition.sections.iter().filter(|section| again.contains(&section.kind));
    sections
        .filter_map(|section| {
            let mut typed = form::keep_known(definition, section, written);
            typed.retain(|name, _| !OF_ITS_TIME.contains(&name.as_str()));
            (!typed.is_empty()).then(|| (section.code.clone(), typed))
        })
        .collect()
}
