//! From the text of a call file to a definition, or to everything that must be corrected.

use std::cell::RefCell;

use jiff::civil::Date;
use toml::de::DeTable;

use super::check;
use super::file;
use super::mistake::Mistake;
use super::model::CallDefinition;
use super::reader::{Reading, Table};

/// Reads a call file whose dates are all absolute.
///
/// # Errors
/// Every mistake of the file at once, in the order of its lines.
pub fn parse(text: &str, file_name: &str) -> Result<CallDefinition, Vec<Mistake>> {
    read(text, file_name, None)
}

/// Reads a call file whose dates may count from `today`: `J+30T23:59:59`, `A+1`.
///
/// # Errors
/// Every mistake of the file at once, in the order of its lines.
pub fn parse_at(text: &str, file_name: &str, today: Date) -> Result<CallDefinition, Vec<Mistake>> {
    read(text, file_name, Some(today))
}

fn read(text: &str, file_name: &str, today: Option<Date>) -> Result<CallDefinition, Vec<Mistake>> {
    let reading = RefCell::new(Reading::new(text, file_name, today));
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(syntax_mistakes(reading.into_inner(), &errors));
    }
    let mut root = Table::root(&reading, document.get_ref());
    let definition = file::call(&mut root);
    root.finish();
    let mut reading = reading.into_inner();
    check::check(&definition, &mut reading);
    let mistakes = reading.into_mistakes();
    if mistakes.is_empty() { Ok(definition) } else { Err(mistakes) }
}

/// Gives mistakes of a definition the lines of the file it was read from.
#[must_use]
pub fn locate(text: &str, file_name: &str, mistakes: Vec<Mistake>) -> Vec<Mistake> {
    let reading = RefCell::new(Reading::new(text, file_name, None));
    let (document, _) = DeTable::parse_recoverable(text);
    file::call(&mut Table::root(&reading, document.get_ref()));
    let reading = reading.into_inner();
    let located = mistakes.into_iter().map(|mistake| Mistake {
        line: reading.line_of(&mistake.path),
        file: file_name.to_owned(),
        ..mistake
    });
    located.collect()
}

/// A text that is no TOML has no shape to check: only its writing is reported, one mistake a line.
fn syntax_mistakes(mut reading: Reading, errors: &[toml::de::Error]) -> Vec<Mistake> {
    let mut last = 0;
    for error in errors {
        let line = reading.line_at(error.span().map_or(0, |span| span.start));
        if line != last {
            reading.refuse(line, "", syntax_message(error.message()));
        }
        last = line;
    }
    reading.into_mistakes()
}

fn syntax_message(message: &str) -> String {
    if message.contains("duplicate key") {
        return "cette clé est écrite deux fois dans la même table. Gardez-en une.".to_owned();
    }
    format!("cette ligne ne respecte pas l’écriture TOML ({message}). Vérifiez guillemets, crochets et signe =.")
}
