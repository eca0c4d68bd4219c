//! Exports: what a spreadsheet opens is what the page says, and none of it runs.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use essaim::base::Cents;
use essaim::base::clock::Instant;
use essaim::web::export::{Cell, Table};

fn now() -> Instant {
    Instant::parse("2021-10-04T10:00:00Z").unwrap()
}

fn sample() -> Table {
    let mut table = Table::new("Dossiers AMI/2021 : tout", &["Référence", "Titre", "Demande (€)", "Avis", "Déposé le"]);
    let submitted = Instant::parse("2021-10-03T22:30:00Z").unwrap();
    table.push(vec![
        "AMI-1".into(),
        "Éveil ; « des \"sens\" »".into(),
        Cents(123_456_705).into(),
        3_usize.into(),
        Cell::day(Some(submitted), "Europe/Paris"),
    ]);
    table.push(vec!["AMI-2".into(), "=HYPERLINK(\"http://x\")".into(), Cell::Empty, 0_i64.into(), Cell::Empty]);
    table.push(vec!["AMI-3".into(), "une\nligne de plus".into(), Cents(-50).into(), Cell::Empty, Cell::Empty]);
    table
}

#[test]
fn csv_opens_in_a_french_spreadsheet() {
    let csv = sample().csv();
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!(lines[0], "\u{FEFF}Référence;Titre;Demande (€);Avis;Déposé le");
    assert_eq!(lines[1], "AMI-1;\"Éveil ; « des \"\"sens\"\" »\";1234567,05;3;04/10/2021", "the day is Paris’s");
    assert_eq!(lines[3], "AMI-3;\"une\nligne de plus\";-0,50;;");
    assert_eq!(lines[4], "", "the last line is ended");
}

#[test]
fn no_text_of_a_csv_runs_as_a_formula() {
    let mut table = Table::new("Essai", &["Texte"]);
    for text in ["=1+1", "+33", "-2", "@SUM(A1)", "\tx", "\r=1", "  =1", "＝1", "\u{A0}=1", "a=1", "1-2"] {
        table.push(vec![text.into()]);
    }
    let csv = table.csv();
    let harmed: Vec<&str> = csv
        .trim_start_matches('\u{FEFF}')
        .split("\r\n")
        .map(|line| line.trim_matches('"').trim_start())
        .filter(|line| line.starts_with(['=', '+', '-', '@', '\t', '＝']))
        .collect();
    assert_eq!(harmed, Vec::<&str>::new());
    assert!(csv.contains("\r\na=1\r\n1-2\r\n"), "what is no formula is left as it is: {csv}");
}

#[test]
fn xlsx_reads_back_with_its_types() {
    let bytes = sample().xlsx(now()).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet = book.sheet_names()[0].clone();
    assert_eq!(sheet, "Dossiers AMI2021  tout", "no character that a sheet's name refuses");
    let range = book.worksheet_range(&sheet).unwrap();
    let rows: Vec<Vec<Data>> = range.rows().map(<[Data]>::to_vec).collect();
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[0][2], Data::String("Demande (€)".to_owned()));
    assert_eq!(rows[1][1], Data::String("Éveil ; « des \"sens\" »".to_owned()));
    assert_eq!(rows[1][2], Data::Float(1_234_567.05));
    assert_eq!(rows[1][3], Data::Float(3.0));
    let Data::DateTime(day) = &rows[1][4] else { panic!("a date is a date: {:?}", rows[1][4]) };
    assert_eq!(day.as_f64(), 44_473.0, "4 October 2021");
    assert_eq!(rows[2][1], Data::String("=HYPERLINK(\"http://x\")".to_owned()));
    assert_eq!(rows[2][2], Data::Empty, "missing is missing, never zero");
    assert!(book.worksheet_formula(&sheet).unwrap().is_empty(), "no formula");
}

#[test]
fn the_same_list_gives_the_same_file() {
    assert_eq!(sample().xlsx(now()).unwrap(), sample().xlsx(now()).unwrap());
}

/// A spreadsheet counts its days from 1900 to 9999, and a cell holds 32,767 characters.
#[test]
fn what_a_cell_cannot_hold_is_written_as_text_or_cut() {
    let day = |year, month, day| Cell::Date(jiff::civil::date(year, month, day));
    let mut table = Table::new("Essai", &["Jour", "Texte"]);
    for known in [day(1900, 3, 1), day(9999, 12, 31), day(1899, 12, 30), day(-44, 3, 15)] {
        table.push(vec![known, Cell::text("é".repeat(40_000))]);
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(table.xlsx(now()).unwrap())).unwrap();
    let range = book.worksheet_range("Essai").unwrap();
    let days: Vec<Data> = range.rows().skip(1).map(|row| row[0].clone()).collect();
    assert!(matches!((&days[0], &days[1]), (Data::DateTime(_), Data::DateTime(_))), "{days:?}");
    let text = |text: &str| Data::String(text.to_owned());
    assert_eq!(days[2..], [text("30/12/1899"), text("15/03/-044")]);
    assert!(range.rows().skip(1).all(|row| row[1].to_string().chars().count() == 32_000));
}
