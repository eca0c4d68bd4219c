//! The public check of a letter: that it exists, and that a file is the one that was sealed.

use serde::Serialize;

use super::store;
use crate::calls;
use crate::decisions::{Letter, check_code};
use crate::fault::{Fault, FieldError};
use crate::files::sha256_hex;
use crate::sealed;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct AskView {
    typed: String,
    /// A code of the right shape that no letter bears.
    unknown: String,
    errors: Vec<FieldError>,
    error: String,
}

#[derive(Serialize)]
struct LetterView {
    number: String,
    date: String,
    code: String,
    action: String,
    kind: &'static str,
    /// Number of the letter that takes its place, or empty.
    replaced_by: String,
    /// `authentic`, `altered`, or empty while no file was given.
    verdict: &'static str,
    file_name: String,
    sha256: String,
    errors: Vec<FieldError>,
    error: String,
}

pub(super) fn ask(visit: &Visit) -> Result<Answer, Fault> {
    let typed = visit.query.text("code");
    if !typed.is_empty()
        && let Some(code) = check_code::read(typed)
    {
        return Ok(Answer::redirect(format!("/verifier/{code}")));
    }
    ask_page(typed, String::new(), Vec::new())
}

fn ask_page(typed: &str, unknown: String, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let error = errors.first().map(|e| e.message.clone()).unwrap_or_default();
    let view = AskView { typed: typed.to_owned(), unknown, errors, error };
    Answer::page("Vérifier un courrier", "decisions/check.html", &view)
}

pub(super) fn find(visit: &Visit) -> Result<Answer, Fault> {
    let typed = visit.form.text("code");
    match check_code::read(typed) {
        Some(code) => Ok(Answer::redirect(format!("/verifier/{code}"))),
        None => {
            let why = "Saisissez les 12 caractères du code, par exemple K7QD 4M9T RX2B.";
            visit.with_mistakes(Fault::invalid("code", why), |visit, errors| {
                ask_page(visit.form.text("code"), String::new(), errors)
            })
        }
    }
}

/// The notified letter that bears the code of the address; attempts are counted.
fn lookup(visit: &Visit) -> Result<Result<Letter, Answer>, Fault> {
    let typed: String = visit.param("code")?;
    let code = check_code::read(&typed);
    visit.site.throttle.attempt("verifier", code.as_deref().unwrap_or_default(), visit.address)?;
    let letter = match &code {
        Some(code) => visit.read(|conn| store::letter_by_code(conn, code))?,
        None => None,
    };
    match letter {
        Some(letter) => Ok(Ok(letter)),
        None => {
            let shown = code.map_or(typed, |code| check_code::grouped(&code));
            Ok(Err(ask_page(&shown, shown.clone(), Vec::new())?.status(404)))
        }
    }
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    match lookup(visit)? {
        Ok(letter) => letter_page(visit, &letter, None, Vec::new()),
        Err(unknown) => Ok(unknown),
    }
}

pub(super) fn compare(visit: &Visit) -> Result<Answer, Fault> {
    let letter = match lookup(visit)? {
        Ok(letter) => letter,
        Err(unknown) => return Ok(unknown),
    };
    let Some(upload) = visit.form.upload("letter") else {
        let fault = Fault::invalid("letter", "Choisissez le fichier PDF de la lettre.");
        return visit.with_mistakes(fault, |visit, errors| letter_page(visit, &letter, None, errors));
    };
    let sha256 = sha256_hex(&upload.bytes);
    letter_page(visit, &letter, Some((&upload.file_name, sha256)), Vec::new())
}

/// Says number, date and kind, and nothing of what was decided nor about whom.
fn letter_page(
    visit: &Visit,
    letter: &Letter,
    file: Option<(&str, String)>,
    errors: Vec<FieldError>,
) -> Result<Answer, Fault> {
    let (date, sealed, replaced_by) = visit.read(|conn| {
        let call = calls::of_dossier(conn, letter.dossier)?;
        let replaced_by = match letter.replaced_by {
            Some(id) => store::letter_by_id(conn, id)?.number,
            None => String::new(),
        };
        Ok((letter.issued_at.date(call.zone()), sealed::get(conn, letter.document)?.sha256, replaced_by))
    })?;
    let view = LetterView {
        number: letter.number.clone(),
        date,
        kind: letter.kind.label(),
        replaced_by,
        code: check_code::grouped(&letter.check_code),
        action: format!("/verifier/{}", letter.check_code),
        verdict: match &file {
            None => "",
            Some((_, sha256)) if *sha256 == sealed => "authentic",
            Some(_) => "altered",
        },
        file_name: file.as_ref().map(|(name, _)| (*name).to_owned()).unwrap_or_default(),
        sha256: file.map(|(_, sha256)| sha256).unwrap_or_default(),
        error: errors.first().map(|e| e.message.clone()).unwrap_or_default(),
        errors,
    };
    Ok(Answer::page(format!("Courrier {}", letter.number), "decisions/check_letter.html", &view)?
        .crumb("Vérifier un courrier", "/verifier")
        .crumb(&letter.number, ""))
}
