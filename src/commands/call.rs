//! `essaim call check` and `essaim call import`

use std::path::Path;

use super::{Outcome, open, told};
use crate::access::Author;
use crate::base::clock::{Clock, PARIS};
use crate::calls::actions;
use crate::calls::definition::{self, CallDefinition, Mistake};
use crate::config::{Settings, file};

/// # Errors
/// When the file cannot be read.
pub fn check(file: &Path) -> Result<Outcome, String> {
    match read(file)? {
        Ok(definition) => {
            println!(
                "{} : aucun défaut. Appel {}, {} critères, {} sections.",
                file.display(),
                definition.call.code,
                definition.grid.criteria.len(),
                definition.sections.len()
            );
            Ok(Outcome::Good)
        }
        Err(mistakes) => Ok(tell(file, &mistakes)),
    }
}

/// # Errors
/// When the file cannot be read, or when the service refuses the call.
pub fn import(settings: Settings, file: &Path) -> Result<Outcome, String> {
    let definition = match read(file)? {
        Ok(definition) => definition,
        Err(mistakes) => return Ok(tell(file, &mistakes)),
    };
    let service = open(settings)?;
    service.perform(Author::console(), service.clock.now(), |op| actions::import(op, &definition)).map_err(told)?;
    println!("L’appel {} est enregistré.", definition.call.code);
    Ok(Outcome::Good)
}

/// A call file, or its mistakes, those of publication included when the call is still to come.
fn read(file: &Path) -> Result<Result<CallDefinition, Vec<Mistake>>, String> {
    let name = file.display().to_string();
    let text = file::text(file).map_err(|e| format!("{name}: {e}"))?;
    let now = Clock::System.now();
    let today = now.in_zone(PARIS).date();
    Ok(definition::parse_at(&text, &name, today).and_then(|definition| {
        let unready = definition::check_for_publication(&definition, now);
        if unready.is_empty() { Ok(definition) } else { Err(definition::locate(&text, &name, unready)) }
    }))
}

fn tell(file: &Path, mistakes: &[Mistake]) -> Outcome {
    println!("{} : {} à corriger.", file.display(), crate::base::text::count(mistakes.len(), "défaut", "défauts"));
    for mistake in mistakes {
        println!("  {mistake}");
    }
    Outcome::Problems
}
