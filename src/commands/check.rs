//! `essaim check`

use super::{Outcome, told};
use crate::base::clock::Clock;
use crate::config::Settings;
use crate::fault::Fault;
use crate::service::Service;
use crate::{committee, decisions, dossiers, funding, instruction, journal, ledger, sealed};

/// One thing verified.
#[derive(Clone, Debug)]
pub struct Finding {
    pub what: &'static str,
    /// How many rows were looked at.
    pub count: usize,
    /// French sentences; empty when all is well.
    pub problems: Vec<String>,
}

/// # Errors
/// When the database cannot be reached.
pub fn run(settings: Settings) -> Result<Outcome, String> {
    let service = Service::open(settings, Clock::System).map_err(told)?;
    let findings = verify(&service).map_err(told)?;
    for finding in &findings {
        let verdict = if finding.problems.is_empty() { "intact" } else { "ALTÉRÉ" };
        println!("{:<42} {:>8}  {verdict}", finding.what, finding.count);
        for problem in &finding.problems {
            println!("    {problem}");
        }
    }
    Ok(if findings.iter().all(|f| f.problems.is_empty()) { Outcome::Good } else { Outcome::Problems })
}

/// Every invariant that a live database must hold. Reads only.
///
/// # Errors
/// When the database refuses.
pub fn verify(service: &Service) -> Result<Vec<Finding>, Fault> {
    service.read(|conn| {
        let (links, problems) = journal::verify(conn)?;
        let links = usize::try_from(links).map_err(|e| Fault::internal(e.to_string()))?;
        let mut findings = vec![Finding { what: "Entrées du journal, chaînées", count: links, problems }];
        let (count, problems) = ledger::verify(conn)?;
        findings.push(Finding { what: "Enveloppes, égales à leurs lignes", count, problems });
        let (count, problems) = sealed::verify(conn, &service.files)?;
        findings.push(Finding { what: "Documents scellés, empreintes", count, problems });
        let (count, problems) = committee::verify(conn)?;
        findings.push(Finding { what: "Séances scellées, égales à leur relevé", count, problems });
        let (count, problems) = decisions::verify(conn, &service.files)?;
        findings.push(Finding { what: "Décisions, courriers et engagements", count, problems });
        let (count, problems) = funding::verify(conn)?;
        findings.push(Finding { what: "Actes et versements", count, problems });
        let (count, problems) = dossiers::verify(conn)?;
        findings.push(Finding { what: "Versions déposées, empreintes et extraits", count, problems });
        let (count, problems) = dossiers::verify_attachments(conn, &service.files)?;
        findings.push(Finding { what: "Pièces jointes, empreintes", count, problems });
        let (count, problems) = instruction::verify(conn)?;
        findings.push(Finding { what: "Avis, égaux à ce qu’en retiennent les listes", count, problems });
        let (count, problems) = dossiers::counts::verify(conn)?;
        findings.push(Finding { what: "Nombres des listes, égaux à leurs dossiers", count, problems });
        Ok(findings)
    })
}
