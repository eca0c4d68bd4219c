//! What is there afterwards, counted from the rows: each deed is done whole and once, or not at all.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use essaim::base::clock::Clock;
use essaim::base::ids::DossierId;
use essaim::db::Conn;
use essaim::db::schema::{documents, dossier_versions, dossiers, journal_entries, letters, mails, payments};

use super::place::Place;
use super::prepared::prepared;
use super::work::{Answer, Deed};

type Counts = BTreeMap<DossierId, usize>;

pub struct Inventory {
    references: BTreeMap<DossierId, Option<String>>,
    versions: Counts,
    receipts: Counts,
    receipt_mails: Counts,
    submitted: Counts,
    reminded: Counts,
    notified_letters: BTreeMap<DossierId, Vec<String>>,
    notification_mails: Counts,
    notified: Counts,
    payments: BTreeMap<DossierId, Vec<String>>,
    paid: Counts,
}

fn counted(dossiers: Vec<Option<DossierId>>) -> Counts {
    let mut counts = Counts::new();
    for dossier in dossiers.into_iter().flatten() {
        *counts.entry(dossier).or_default() += 1;
    }
    counts
}

fn grouped(rows: Vec<(DossierId, String)>) -> BTreeMap<DossierId, Vec<String>> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (dossier, name) in rows {
        groups.entry(dossier).or_default().push(name);
    }
    groups
}

fn mails_about(conn: &mut Conn, kind: &str) -> Counts {
    counted(mails::table.filter(mails::kind.eq(kind)).select(mails::dossier_id).load(conn).unwrap())
}

fn entries_about(conn: &mut Conn, action: &str) -> Counts {
    let entries = journal_entries::table.filter(journal_entries::action.eq(action));
    counted(entries.select(journal_entries::dossier_id).load(conn).unwrap())
}

impl Inventory {
    pub fn of(place: &Place) -> Self {
        place.service(Clock::System).read(|conn| Ok(Self::read(conn))).unwrap()
    }

    fn read(conn: &mut Conn) -> Self {
        let references: Vec<(DossierId, Option<String>)> =
            dossiers::table.select((dossiers::id, dossiers::reference)).load(conn).unwrap();
        let versions: Vec<DossierId> = dossier_versions::table.select(dossier_versions::dossier_id).load(conn).unwrap();
        let receipts = documents::table.filter(documents::kind.eq("receipt"));
        let letters = letters::table.filter(letters::notified_at.is_not_null());
        Self {
            references: references.into_iter().collect(),
            versions: counted(versions.into_iter().map(Some).collect()),
            receipts: counted(receipts.select(documents::dossier_id).load(conn).unwrap()),
            receipt_mails: mails_about(conn, "dossier.receipt"),
            submitted: entries_about(conn, "dossier.submit"),
            reminded: mails_about(conn, "dossier.reminder"),
            notified_letters: grouped(letters.select((letters::dossier_id, letters::number)).load(conn).unwrap()),
            notification_mails: mails_about(conn, "decision.notify"),
            notified: entries_about(conn, "decision.notify"),
            payments: grouped(payments::table.select((payments::dossier_id, payments::reference)).load(conn).unwrap()),
            paid: entries_about(conn, "funding.payment"),
        }
    }

    /// How often a deed was done, by each of its traces, and the number it was given.
    fn traces(&self, deed: &Deed) -> (Vec<usize>, Option<&String>) {
        let of = |counts: &Counts, dossier| counts.get(dossier).copied().unwrap_or_default();
        let names = |groups: &BTreeMap<DossierId, Vec<String>>, dossier| groups.get(dossier).map_or(0, Vec::len);
        match deed {
            Deed::Submit(id) => {
                let reference = self.references[id].as_ref();
                let counts = [&self.versions, &self.receipts, &self.receipt_mails, &self.submitted];
                let mut traces = vec![usize::from(reference.is_some())];
                traces.extend(counts.map(|counts| of(counts, id)));
                (traces, reference)
            }
            Deed::Notify(id) => {
                let traces =
                    vec![names(&self.notified_letters, id), of(&self.notification_mails, id), of(&self.notified, id)];
                (traces, self.notified_letters.get(id).and_then(|names| names.first()))
            }
            Deed::Pay(paying) => {
                let id = &paying.dossier;
                (vec![names(&self.payments, id), of(&self.paid, id)], self.payments.get(id).and_then(|n| n.first()))
            }
        }
    }

    /// Every deed is there whole and once, or not at all; nobody was reminded twice; references are unique and none is
    /// skipped. Answers how many deeds are done.
    #[track_caller]
    pub fn is_sound(&self) -> usize {
        let mut done = 0;
        for deed in &prepared().deeds {
            let (traces, _) = self.traces(deed);
            let whole = traces.iter().all(|n| *n == 1);
            assert!(whole || traces.iter().all(|n| *n == 0), "{deed:?} is done in part or twice: {traces:?}");
            done += usize::from(whole);
        }
        assert!(self.reminded.values().all(|n| *n == 1), "a writer was reminded twice: {:?}", self.reminded);
        let given: Vec<&String> =
            self.references.values().flatten().filter(|reference| reference.starts_with("AMI-OUVERT-")).collect();
        let wanted: BTreeSet<String> = (1..=given.len()).map(|n| format!("AMI-OUVERT-{n:04}")).collect();
        assert_eq!(given.iter().map(|r| (*r).clone()).collect::<BTreeSet<_>>(), wanted);
        done
    }

    /// What somebody was told is done, under the number they were told.
    #[track_caller]
    pub fn keeps(&self, deeds: &[Deed], answers: &[Answer]) {
        for (deed, answer) in deeds.iter().zip(answers) {
            let Answer::Acknowledged(number) = answer else { continue };
            let (traces, given) = self.traces(deed);
            assert!(traces.iter().all(|n| *n == 1), "{deed:?} was acknowledged and is lost: {traces:?}");
            if number.is_some() {
                assert_eq!(number.as_ref(), given, "{deed:?} was acknowledged under another number");
            }
        }
    }
}
