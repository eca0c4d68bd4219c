//! Rows of the trail and the arithmetic of its chain.

use data_encoding::HEXLOWER;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::{Audience, Entry};
use crate::access::Author;
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, CallId, DossierId};
use crate::db::schema::{journal_entries, journal_head, journal_texts};
use crate::db::{Conn, Dialect, Window};
use crate::fault::Fault;

/// An entry as people read it.
#[derive(Clone, Debug)]
pub struct Read {
    pub sequence: i64,
    pub at: Instant,
    pub action: String,
    pub audience: Audience,
    pub actor_name: String,
    pub summary: String,
    pub reason: String,
}

#[derive(Queryable)]
struct Link {
    sequence: i64,
    occurred_at: Instant,
    actor_id: Option<AccountId>,
    action: String,
    audience: Audience,
    call_id: Option<CallId>,
    dossier_id: Option<DossierId>,
    text_digest: String,
    previous_hash: String,
    hash: String,
}

impl Link {
    fn digest(&self) -> Result<String, Fault> {
        let content = serde_json::to_vec(&(
            self.sequence,
            self.occurred_at,
            self.actor_id,
            &self.action,
            self.audience,
            self.call_id,
            self.dossier_id,
            &self.text_digest,
            &self.previous_hash,
        ))?;
        Ok(HEXLOWER.encode(&Sha256::digest(content)))
    }
}

fn digest_text(salt: &str, actor_name: &str, summary: &str, reason: &str) -> Result<String, Fault> {
    let content = serde_json::to_vec(&(salt, actor_name, summary, reason))?;
    Ok(HEXLOWER.encode(&Sha256::digest(content)))
}

/// Appends entries in order. Called last in a transaction: the head row queues writers until the commit.
///
/// # Errors
/// When the database refuses.
pub fn append(conn: &mut Conn, now: Instant, author: &Author, entries: &[Entry]) -> Result<(), Fault> {
    if entries.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(entries.len()).map_err(|e| Fault::internal(e.to_string()))?;
    let (last, mut previous_hash) = diesel::update(journal_head::table.filter(journal_head::id.eq(1)))
        .set(journal_head::sequence.eq(journal_head::sequence + count))
        .returning((journal_head::sequence, journal_head::hash))
        .get_result::<(i64, String)>(conn)?;
    for (sequence, entry) in (last - count + 1..).zip(entries) {
        let salt = HEXLOWER.encode(&rand::random::<[u8; 16]>());
        let text_digest = digest_text(&salt, &author.name, &entry.summary, &entry.reason)?;
        let mut link = Link {
            sequence,
            occurred_at: now,
            actor_id: author.id,
            action: entry.action.to_owned(),
            audience: entry.audience,
            call_id: entry.call,
            dossier_id: entry.dossier,
            text_digest,
            previous_hash,
            hash: String::new(),
        };
        link.hash = link.digest()?;
        diesel::insert_into(journal_entries::table)
            .values((
                journal_entries::sequence.eq(link.sequence),
                journal_entries::occurred_at.eq(link.occurred_at),
                journal_entries::actor_id.eq(link.actor_id),
                journal_entries::action.eq(&link.action),
                journal_entries::audience.eq(link.audience),
                journal_entries::call_id.eq(link.call_id),
                journal_entries::dossier_id.eq(link.dossier_id),
                journal_entries::text_digest.eq(&link.text_digest),
                journal_entries::previous_hash.eq(&link.previous_hash),
                journal_entries::hash.eq(&link.hash),
            ))
            .execute(conn)?;
        diesel::insert_into(journal_texts::table)
            .values((
                journal_texts::sequence.eq(sequence),
                journal_texts::salt.eq(&salt),
                journal_texts::actor_name.eq(&author.name),
                journal_texts::summary.eq(&entry.summary),
                journal_texts::reason.eq(&entry.reason),
            ))
            .execute(conn)?;
        previous_hash = link.hash;
    }
    diesel::update(journal_head::table.filter(journal_head::id.eq(1)))
        .set(journal_head::hash.eq(&previous_hash))
        .execute(conn)?;
    Ok(())
}

/// A dossier's trail, oldest first; `audience` keeps the applicant to what is theirs to read.
///
/// # Errors
/// When the database refuses.
pub fn of_dossier(conn: &mut Conn, dossier: DossierId, audience: Audience) -> Result<Vec<Read>, Fault> {
    let mut query = journal_entries::table
        .inner_join(journal_texts::table.on(journal_texts::sequence.eq(journal_entries::sequence)))
        .filter(journal_entries::dossier_id.eq(dossier))
        .order(journal_entries::sequence)
        .select((
            journal_entries::sequence,
            journal_entries::occurred_at,
            journal_entries::action,
            journal_entries::audience,
            journal_texts::actor_name,
            journal_texts::summary,
            journal_texts::reason,
        ))
        .into_boxed();
    if audience == Audience::Everyone {
        query = query.filter(journal_entries::audience.eq(Audience::Everyone));
    }
    Ok(query.load::<ReadRow>(conn)?.into_iter().map(read).collect())
}

type ReadRow = (i64, Instant, String, Audience, String, String, String);

fn read((sequence, at, action, audience, actor_name, summary, reason): ReadRow) -> Read {
    Read { sequence, at, action, audience, actor_name, summary, reason }
}

/// The acts of administration, by the first part of their codes: the only ones that are read outside a dossier.
macro_rules! of_administration {
    ($matter:expr) => {{
        let action = journal_entries::action;
        let acts = journal_entries::table
            .inner_join(journal_texts::table.on(journal_texts::sequence.eq(journal_entries::sequence)))
            .filter(journal_entries::dossier_id.is_null())
            .filter(
                action
                    .like("account.%")
                    .or(action.like("agent.%"))
                    .or(action.like("role.%"))
                    .or(action.like("institution.%"))
                    .or(action.like("organisation.%"))
                    .or(action.like("delegation.%"))
                    .or(action.like("call.%"))
                    .or(action.like("mail.%"))
                    .or(action.like("envelope.%"))
                    .or(action.like("funding_line.%")),
            )
            .into_boxed::<Dialect>();
        match $matter {
            Some(matter) => acts.filter(action.like(format!("{matter}.%"))),
            None => acts,
        }
    }};
}

/// How many acts of administration there are, in one matter or in all.
///
/// # Errors
/// When the database refuses.
pub fn count_administration(conn: &mut Conn, matter: Option<&str>) -> Result<i64, Fault> {
    Ok(of_administration!(matter).count().get_result(conn)?)
}

/// One window of them, in order or the latest first.
///
/// # Errors
/// When the database refuses.
pub fn administration(
    conn: &mut Conn,
    matter: Option<&str>,
    latest_first: bool,
    window: Window,
) -> Result<Vec<Read>, Fault> {
    let acts = of_administration!(matter);
    let acts = if latest_first {
        acts.order(journal_entries::sequence.desc())
    } else {
        acts.order(journal_entries::sequence.asc())
    };
    let rows = acts
        .offset(window.offset)
        .limit(window.limit)
        .select((
            journal_entries::sequence,
            journal_entries::occurred_at,
            journal_entries::action,
            journal_entries::audience,
            journal_texts::actor_name,
            journal_texts::summary,
            journal_texts::reason,
        ))
        .load::<ReadRow>(conn)?;
    Ok(rows.into_iter().map(read).collect())
}

/// Walks the whole chain and answers the number of links and what is broken, in French, for `check`.
///
/// # Errors
/// When the database refuses.
pub fn verify(conn: &mut Conn) -> Result<(i64, Vec<String>), Fault> {
    const BATCH: i64 = 1000;
    let mut problems = Vec::new();
    let mut previous_hash = "essaim".to_owned();
    let mut sequence = 0;
    loop {
        let links = journal_entries::table
            .filter(journal_entries::sequence.gt(sequence))
            .order(journal_entries::sequence)
            .limit(BATCH)
            .select((
                journal_entries::sequence,
                journal_entries::occurred_at,
                journal_entries::actor_id,
                journal_entries::action,
                journal_entries::audience,
                journal_entries::call_id,
                journal_entries::dossier_id,
                journal_entries::text_digest,
                journal_entries::previous_hash,
                journal_entries::hash,
            ))
            .load::<Link>(conn)?;
        let Some(last) = links.last().map(|l| l.sequence) else { break };
        let texts = journal_texts::table
            .filter(journal_texts::sequence.gt(sequence))
            .filter(journal_texts::sequence.le(last))
            .select((
                journal_texts::sequence,
                journal_texts::salt,
                journal_texts::actor_name,
                journal_texts::summary,
                journal_texts::reason,
            ))
            .load::<(i64, String, String, String, String)>(conn)?;
        let texts: std::collections::HashMap<_, _> = texts.into_iter().map(|t| (t.0, t)).collect();
        for link in links {
            if link.sequence != sequence + 1 {
                problems.push(format!("journal : il manque les entrées {} à {}", sequence + 1, link.sequence - 1));
            }
            if link.previous_hash != previous_hash || link.digest()? != link.hash {
                problems.push(format!("journal : l’entrée {} a été modifiée ou déplacée", link.sequence));
            }
            if let Some((_, salt, actor, summary, reason)) = texts.get(&link.sequence)
                && digest_text(salt, actor, summary, reason)? != link.text_digest
            {
                problems.push(format!("journal : le texte de l’entrée {} a été modifié", link.sequence));
            }
            sequence = link.sequence;
            previous_hash = link.hash;
        }
    }
    let (head, head_hash) = journal_head::table
        .filter(journal_head::id.eq(1))
        .select((journal_head::sequence, journal_head::hash))
        .first::<(i64, String)>(conn)?;
    if head != sequence || head_hash != previous_hash {
        problems.push("journal : la fin de la chaîne ne correspond pas à son registre".to_owned());
    }
    Ok((sequence, problems))
}
