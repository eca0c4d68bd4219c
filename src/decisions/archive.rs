//! Letters in one archive: the sealed PDF files and a register of what each one is.

use std::fs::File;
use std::io::Write;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::store;
use crate::base::ids::{DossierId, LetterId};
use crate::calls::Call;
use crate::db::Conn;
use crate::fault::Fault;
use crate::files::FileStore;
use crate::sealed;

/// Letters read at a time: memory stays the same whatever their number.
const GROUP: usize = 50;

/// Writes the letters, then `registre.csv`, to a file without a name.
pub(super) fn write(conn: &mut Conn, files: &FileStore, call: &Call, letters: &[LetterId]) -> Result<File, Fault> {
    // PDF files are compressed already.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut archive = ZipWriter::new(files.scratch()?);
    let mut register = String::from("\u{FEFF}");
    line(
        &mut register,
        &[
            "Courrier",
            "Nature",
            "Dossier",
            "Organisme",
            "Scellé le",
            "Notifié le",
            "Posté le",
            "Lu le",
            "Remplacé",
            "Code de vérification",
            "SHA-256",
        ],
    );
    for group in letters.chunks(GROUP) {
        let group = store::letters_by_ids(conn, group)?;
        let dossiers: Vec<DossierId> = group.iter().map(|letter| letter.dossier).collect();
        let named = store::named(conn, &dossiers)?;
        let documents = sealed::by_ids(conn, &group.iter().map(|letter| letter.document).collect::<Vec<_>>())?;
        for letter in group {
            let document = documents.get(&letter.document).ok_or(Fault::NotFound)?;
            archive.start_file(&document.file_name, options).map_err(broken)?;
            archive.write_all(&files.get(&document.sha256)?)?;
            let zone = call.zone();
            let day = |at: Option<crate::base::clock::Instant>| at.map(|at| at.iso_date(zone)).unwrap_or_default();
            let dossier = named.get(&letter.dossier);
            line(
                &mut register,
                &[
                    &letter.number,
                    letter.kind.label(),
                    dossier.map_or("", |d| d.reference.as_str()),
                    dossier.map_or("", |d| d.organisation.as_str()),
                    &letter.issued_at.iso_date(zone),
                    &day(letter.notified_at),
                    letter.posted_on.as_deref().unwrap_or_default(),
                    &day(letter.read_at),
                    if letter.replaced_by.is_some() { "oui" } else { "" },
                    &letter.check_code,
                    &document.sha256,
                ],
            );
        }
    }
    archive.start_file("registre.csv", options).map_err(broken)?;
    archive.write_all(register.as_bytes())?;
    archive.finish().map_err(broken)
}

fn broken(error: zip::result::ZipError) -> Fault {
    Fault::internal(format!("archive: {error}"))
}

/// Semicolons, quotes doubled; a text that a spreadsheet would run as a formula is quoted as text.
fn line(register: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells
        .iter()
        .map(|cell| {
            let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
            format!("\"{guard}{}\"", cell.replace('"', "\"\""))
        })
        .collect();
    register.push_str(&cells.join(";"));
    register.push_str("\r\n");
}
