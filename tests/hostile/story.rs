//! Hostile texts that were accepted: every page shows them as text, no spreadsheet runs them, every document is drawn.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use essaim::base::text::is_invisible;
use essaim::commands::check::verify;

use super::corpus::{MARK, corpus};
use super::fields::attempt_with;
use super::scan::{self, Kind};
use super::scene::Scene;
use crate::support::Reply;

/// A project's title that is a formula, breaks quotes, and carries every kind of character.
fn poisoned(title: &str) -> String {
    format!(
        "=HYPERLINK(\"http://exemple.example/{MARK}\";\"{title}\")'><img src=x onerror={MARK}>{{{{ 7919 * 104729 }}}} \u{202E}שלום 👩‍👩‍👧 ﷺ e\u{301}\u{302}"
    )
}

#[test]
fn what_applicants_wrote_stays_text() {
    stays_text(&Scene::applying(poisoned));
}

#[test]
fn what_agents_wrote_stays_text() {
    stays_text(&Scene::deciding(poisoned));
}

fn stays_text(scene: &Scene) {
    poison(scene);
    let mut read = Taken::default();
    scene.walk(|who, page, reply| read.take(&format!("{who} {page}"), reply));
    eprintln!("{:?}", read.kinds);
    assert!(read.problems.is_empty(), "{} problems:\n  {}", read.problems.len(), read.problems.join("\n  "));
    for kind in [
        "text/html",
        "text/csv",
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ] {
        assert!(read.kinds.get(kind).is_some_and(|count| *count > 1), "hardly any {kind}: {:?}", read.kinds);
    }
    assert!(read.formulas > 3, "hardly any cell that would have run: {}", read.formulas);
    let problems: Vec<String> = verify(scene.app.service()).unwrap().into_iter().flat_map(|f| f.problems).collect();
    assert_eq!(problems, Vec::<String>::new(), "`essaim check` is green");
}

/// Fills every form once more, with hostile words where words are asked; what uses a form up is undone.
fn poison(scene: &Scene) {
    let words: Vec<_> = corpus()
        .iter()
        .filter(|h| matches!(h.family, "markup" | "formulas" | "scripts" | "templates" | "headers"))
        .collect();
    let found = scene.walk(|_, _, _| ());
    for (turn, spot) in found.spots.iter().enumerate() {
        if spot.form.fields.iter().any(|field| field.kind == Kind::Secret) || spot.form.action == "/deconnexion" {
            continue;
        }
        attempt_with(scene, spot, |at| words[(turn * 7 + at) % words.len()]);
    }
}

/// What a walk brought back.
#[derive(Default)]
struct Taken {
    kinds: BTreeMap<String, usize>,
    formulas: usize,
    problems: Vec<String>,
}

impl Taken {
    fn take(&mut self, place: &str, reply: &Reply) {
        let kind = reply.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().to_owned();
        *self.kinds.entry(kind.clone()).or_default() += 1;
        let problems: Vec<String> = match kind.as_str() {
            _ if reply.status >= 500 => vec![format!("status {}: {}", reply.status, reply.words())],
            "text/html" => scan::escapes(&reply.text()),
            "text/csv" => self.csv(&reply.text()),
            "application/pdf" if !reply.bytes.starts_with(b"%PDF-") => vec!["no PDF".to_owned()],
            kind if kind.ends_with("spreadsheetml.sheet") => self.xlsx(&reply.bytes),
            _ => Vec::new(),
        };
        self.problems.extend(problems.into_iter().map(|problem| format!("{place}: {problem}")));
    }

    /// No cell begins as a formula; all rows are as wide as the first.
    fn csv(&mut self, text: &str) -> Vec<String> {
        let rows = csv_rows(text.trim_start_matches('\u{FEFF}'));
        let width = rows.first().map_or(0, Vec::len);
        let mut problems = Vec::new();
        for row in &rows {
            if row.len() != width {
                problems.push(format!("a row of {} cells under {width} columns: {row:?}", row.len()));
            }
            for cell in row {
                if cell.starts_with("'") {
                    self.formulas += 1;
                }
                let number = cell.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit() || b == b',');
                if would_run(cell) && !number {
                    problems.push(format!("a cell that runs: {cell:?}"));
                }
            }
        }
        problems
    }

    /// Every cell is a text, a number or a date, and none a formula.
    fn xlsx(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut book: Xlsx<_> = match Xlsx::new(Cursor::new(bytes)) {
            Ok(book) => book,
            Err(error) => return vec![format!("unreadable: {error}")],
        };
        let mut problems = Vec::new();
        for sheet in book.sheet_names() {
            if book.worksheet_formula(&sheet).is_ok_and(|formulas| !formulas.is_empty()) {
                problems.push("a formula".to_owned());
            }
            let Ok(range) = book.worksheet_range(&sheet) else {
                problems.push("no cells".to_owned());
                continue;
            };
            for cell in range.rows().flatten() {
                match cell {
                    Data::String(text) if would_run(text) => self.formulas += 1,
                    Data::Error(error) => problems.push(format!("an error: {error:?}")),
                    _ => {}
                }
            }
        }
        problems
    }
}

/// Said independently of the exporter: what spreadsheets take for a formula.
fn would_run(cell: &str) -> bool {
    let begins = cell.trim_start_matches(|c| is_invisible(c) && !matches!(c, '\t' | '\r' | '\n'));
    begins.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', '\u{2212}'])
}

/// Rows and cells of a CSV file with semicolons.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut inside = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if inside && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' if inside => inside = false,
            '"' if cell.is_empty() => inside = true,
            ';' if !inside => row.push(std::mem::take(&mut cell)),
            '\r' if !inside && characters.peek() == Some(&'\n') => {}
            '\n' if !inside => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    rows
}

#[test]
fn the_reader_of_csv_reads_as_spreadsheets_do() {
    let rows = csv_rows("a;\"b;\"\"c\"\"\r\nd\";e\r\n1;2;3\r\n");
    assert_eq!(rows, [vec!["a", "b;\"c\"\r\nd", "e"], vec!["1", "2", "3"]]);
    assert!(would_run("\u{A0}=1") && would_run("＝1") && !would_run("'=1") && !would_run("a=1"));
}
