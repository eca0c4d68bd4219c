//! What the letter of a decision says. Pure: facts in, document model out.

mod appeal;
mod body;
mod words;

pub(super) use appeal::appeal_routes;

use super::model::{Kind, Procedure};
use super::rules::Change;
use crate::base::clock::{Instant, french_date};
use crate::base::money::{Cents, NO_BREAK_SPACE};
use crate::base::text::clean_line;
use crate::calls::Call;
use crate::calls::definition::LetterText;
use crate::documents::{self, Breakdown, ChangeRow, Grant, Sender, ShareRow, Signature, Verification, amount_in_words};
use crate::dossiers::{Content, Outcome};

/// Everything a letter prints.
pub(super) struct Facts<'a> {
    pub call: &'a Call,
    pub content: &'a Content,
    pub dossier_reference: &'a str,
    pub kind: Kind,
    /// What the dossier as a whole becomes or stays.
    pub outcome: Outcome,
    pub rank: Option<i64>,
    /// One per authority, the leading one first; never empty.
    pub parts: &'a [Part],
    /// When the committee met; none for what never reached it.
    pub session_held_at: Option<Instant>,
    /// Before and after, for an amendment or a termination.
    pub changes: &'a [Change],
    /// The year that a yearly decision commits.
    pub year: Option<i32>,
    pub procedure: Option<&'a Procedure>,
    /// Number and date of the letter that this one replaces.
    pub replaces: Option<(String, Instant)>,
    /// Whom the addressee may ask for; the service when absent.
    pub handled_by: Option<&'a str>,
    pub now: Instant,
    pub specimen: bool,
    /// Number and check of a signed letter; a draft has neither.
    pub issued: Option<Issued<'a>>,
}

/// One authority's decision in the letter.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub authority_name: String,
    pub authority_address: String,
    /// The authority that runs the call answers with the call's own service and address.
    pub leads_call: bool,
    /// `AAP-1000J-2021-D0003`, once signed.
    pub number: Option<String>,
    pub outcome: Outcome,
    pub shares: Vec<LetterShare>,
    pub motive: String,
    pub quality: String,
    pub service: String,
    pub delegation: String,
    pub given_name: String,
    pub surname: String,
    pub signed_at: Option<Instant>,
}

#[derive(Clone, Debug)]
pub(super) struct LetterShare {
    pub funder: String,
    pub line: String,
    pub year: i32,
    pub amount: Cents,
    pub firm: bool,
}

pub(super) struct Issued<'a> {
    pub number: &'a str,
    pub check_code: &'a str,
    pub check_url: String,
}

impl Facts<'_> {
    fn shares(&self) -> impl Iterator<Item = &LetterShare> {
        self.parts.iter().filter(|part| part.outcome == Outcome::Selected).flat_map(|part| &part.shares)
    }

    /// What the letter states in figures and in words.
    fn amount(&self) -> Option<Cents> {
        if self.outcome != Outcome::Selected || self.kind == Kind::Termination {
            return None;
        }
        let stated: Vec<Cents> = self
            .shares()
            .filter(|share| self.year.is_none_or(|year| share.year == year && share.firm))
            .map(|share| share.amount)
            .collect();
        (!stated.is_empty()).then(|| stated.into_iter().sum())
    }

    /// Motives of each authority, named when they are several.
    fn motive(&self) -> String {
        let several = self.parts.len() > 1;
        let said: Vec<String> = self
            .parts
            .iter()
            .filter(|part| !part.motive.is_empty())
            .map(|part| match (several, part.outcome) {
                (false, _) => part.motive.clone(),
                (true, Outcome::Selected) => format!("{}\u{A0}: {}", part.authority_name, part.motive),
                (true, _) => format!("{} n’attribue pas sa part\u{A0}: {}", part.authority_name, part.motive),
            })
            .collect();
        said.join("\n")
    }

    fn text(&self) -> &LetterText {
        let letters = &self.call.definition.decision.letters;
        match (self.kind, self.outcome) {
            (Kind::Amendment, _) => &letters.amendment,
            (Kind::Correction, _) => &letters.correction,
            (Kind::Yearly, _) => &letters.yearly,
            (Kind::Termination, _) => &letters.termination,
            (_, Outcome::Selected) => &letters.selected,
            (_, Outcome::Waitlisted) => &letters.waitlisted,
            (_, Outcome::Rejected) => &letters.rejected,
            (_, Outcome::NotShortlisted) => &letters.not_shortlisted,
            (_, Outcome::Ineligible) => &letters.ineligible,
        }
    }

    fn value(&self, word: &str) -> Option<String> {
        Some(match word {
            "projet" => clean_line(self.content.title()),
            "reference" => self.dossier_reference.to_owned(),
            "appel" => self.call.title.clone(),
            "montant" => self.amount()?.to_string(),
            "montant_en_lettres" => amount_in_words(self.amount()?),
            "motif" => self.motive(),
            "rang" => self.rank?.to_string(),
            "organisme" => self.content.applicant.name.clone(),
            "seance" => unbroken(&self.session_held_at?.date(self.call.zone())),
            "exercice" => self.year?.to_string(),
            "remplace" => {
                let (number, at) = self.replaces.as_ref()?;
                format!("{number} du {}", unbroken(&at.date(self.call.zone())))
            }
            "mise_en_demeure" => unbroken(&french_date(self.procedure?.formal_notice_on)),
            "observations" => self.procedure?.observations.clone(),
            _ => return None,
        })
    }
}

fn unbroken(date: &str) -> String {
    date.replace(' ', &NO_BREAK_SPACE.to_string())
}

pub(super) fn compose(facts: &Facts<'_>) -> documents::Letter {
    let definition = &facts.call.definition;
    let zone = facts.call.zone();
    let contact = &definition.contact;
    let text = facts.text();
    let fill = |template: &str| words::expand(template, |word| facts.value(word));
    let amount = facts.amount();
    let body = body::arrange(text, amount.is_some(), facts.kind, &facts.motive(), fill);
    let object = fill(&text.object);
    let date = facts.now.date(zone);
    let number =
        facts.issued.as_ref().map_or_else(|| format!("PROJET {}", facts.dossier_reference), |i| i.number.into());
    let lead = facts.parts.first();
    let own_service = lead.filter(|part| !part.leads_call);
    documents::Letter {
        created: facts.now,
        specimen: facts.specimen,
        sender: Sender {
            institution: lead.map(|part| part.authority_name.clone()).unwrap_or_default(),
            service: vec![own_service.map_or_else(|| contact.service.clone(), |part| part.service.clone())],
            address: own_service.map_or_else(
                || contact.address.clone(),
                |part| part.authority_address.lines().map(str::to_owned).collect(),
            ),
            phone: contact.telephone.clone(),
            email: contact.email.clone(),
            accent: None,
        },
        place_and_date: match contact.address.last().and_then(|line| words::town(line)) {
            Some(town) if own_service.is_none() => format!("{town}, le {date}"),
            _ => format!("Le {date}"),
        },
        addressee: words::addressee(&facts.content.applicant),
        delivery: Some(
            if facts.content.electronic_notification { "Notification électronique" } else { "Par voie postale" }.into(),
        ),
        reference: number,
        your_reference: Some(facts.dossier_reference.to_owned()),
        handled_by: documents::Contact {
            name: facts.handled_by.unwrap_or(&contact.service).to_owned(),
            ..documents::Contact::default()
        },
        subject: if facts.issued.is_some() { object } else { format!("PROJET – {object}") },
        attachments: Vec::new(),
        salutation: "Madame, Monsieur,".to_owned(),
        opening: body.opening,
        grant: amount.map(|amount| Grant { label: grant_label(facts), amount }),
        table: breakdown(facts),
        motives: body.motives,
        conditions: body.conditions,
        legal_bases: legal_bases(facts),
        closing: body.closing,
        signatures: facts.parts.iter().map(|part| signature(part, zone)).collect(),
        appeal: appeal_routes(
            facts.call,
            &facts
                .parts
                .iter()
                .map(|part| (part.authority_name.clone(), part.authority_address.clone()))
                .collect::<Vec<_>>(),
        ),
        copies: Vec::new(),
        verification: facts
            .issued
            .as_ref()
            .map(|i| Verification { url: i.check_url.clone(), code: i.check_code.to_owned() }),
    }
}

/// Those of the call, and the ones on reasons and observations that an end of award must name.
fn legal_bases(facts: &Facts<'_>) -> Vec<String> {
    let mut bases = facts.call.definition.decision.legal_bases.clone();
    if facts.kind == Kind::Termination {
        bases.push(
            "Vu le code des relations entre le public et l’administration, notamment ses articles L121-1, L122-1 et \
             L211-2\u{202F};"
                .to_owned(),
        );
    }
    bases
}

fn signature(part: &Part, zone: &str) -> Signature {
    Signature {
        authority: part.authority_name.clone(),
        decision: part.number.clone(),
        quality: part.quality.clone(),
        delegation: Some(part.delegation.clone()),
        first_name: part.given_name.clone(),
        surname: part.surname.clone(),
        service: part.service.clone(),
        signed_at: part.signed_at.map(|at| at.short(zone)),
    }
}

fn grant_label(facts: &Facts<'_>) -> String {
    let shares: Vec<&LetterShare> = facts.shares().collect();
    match (facts.kind, shares.as_slice()) {
        (Kind::Yearly, _) => format!("Part de l’année {}, ferme", facts.year.unwrap_or_default()),
        (Kind::Amendment, _) => "Subvention après modification".to_owned(),
        (_, [share]) if share.firm => {
            format!("Subvention attribuée au titre de l’exercice {} – {}", share.year, share.line)
        }
        _ => {
            let firm: Cents = shares.iter().filter(|s| s.firm).map(|s| s.amount).sum();
            if shares.iter().all(|s| s.firm) {
                "Subvention attribuée".to_owned()
            } else {
                format!("Subvention attribuée, dont {firm} fermes")
            }
        }
    }
}

fn breakdown(facts: &Facts<'_>) -> Option<Breakdown> {
    if !facts.changes.is_empty() && facts.kind != Kind::Yearly {
        let rows = facts.changes.iter().map(|change| ChangeRow {
            label: change.label.clone(),
            before: change.before,
            after: change.after,
        });
        return Some(Breakdown::Changes(rows.collect()));
    }
    let rows: Vec<ShareRow> = facts
        .shares()
        .map(|share| ShareRow {
            funder: share.funder.clone(),
            line: share.line.clone(),
            year: share.year.to_string(),
            amount: share.amount,
            standing: if share.firm { "Ferme" } else { "Sous réserve de crédits" }.to_owned(),
        })
        .collect();
    (rows.len() > 1 && facts.kind != Kind::Termination).then_some(Breakdown::Shares(rows))
}
