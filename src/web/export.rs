//! Tables to take away: CSV that a French spreadsheet opens by a double click, and XLSX with typed cells.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as CellFormat, Workbook, Worksheet, XlsxError};

use super::Answer;
use super::list::Format;
use crate::base::clock::Instant;
use crate::base::money::Cents;
use crate::base::text::is_invisible;
use crate::fault::Fault;

/// One cell, typed so that a spreadsheet can sum and sort it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// What is missing is missing, never zero.
    Empty,
    Text(String),
    Cents(Cents),
    Integer(i64),
    /// A day, in the call's zone.
    Date(jiff::civil::Date),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// The day of an instant in a zone.
    #[must_use]
    pub fn day(at: Option<Instant>, zone: &str) -> Self {
        at.map_or(Self::Empty, |at| Self::Date(at.in_zone(zone).date()))
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<Cents> for Cell {
    fn from(amount: Cents) -> Self {
        Self::Cents(amount)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Self {
        i64::try_from(number).map_or(Self::Empty, Self::Integer)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// A list as it leaves the service.
#[derive(Clone, Debug)]
pub struct Table {
    /// Name of the sheet and stem of the file's name: « dossiers AMI-ISS-2021 ».
    pub name: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    #[must_use]
    pub fn new(name: impl Into<String>, columns: &[&str]) -> Self {
        Self { name: name.into(), columns: columns.iter().map(|&c| c.to_owned()).collect(), rows: Vec::new() }
    }

    pub fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    /// The file, offered for download.
    ///
    /// # Errors
    /// When the workbook cannot be written: more rows than a sheet holds.
    pub fn answer(&self, format: Format, now: Instant) -> Result<Answer, Fault> {
        let stem: String = crate::base::text::fold(&self.name)
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let file_name = format!("{stem}.{}", format.code());
        Ok(match format {
            Format::Csv => Answer::file("text/csv; charset=utf-8", file_name, self.csv().into_bytes()),
            Format::Xlsx => Answer::file(
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                file_name,
                self.xlsx(now)?,
            ),
        })
    }

    /// Semicolons, a byte order mark and decimal commas: what a French spreadsheet expects of a CSV file.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut csv = String::from('\u{FEFF}');
        for (place, label) in self.columns.iter().enumerate() {
            csv.push_str(if place > 0 { ";" } else { "" });
            push_quoted(&mut csv, "", label);
        }
        csv.push_str("\r\n");
        for row in &self.rows {
            for (place, cell) in row.iter().enumerate() {
                csv.push_str(if place > 0 { ";" } else { "" });
                push_cell(&mut csv, cell);
            }
            csv.push_str("\r\n");
        }
        csv
    }

    /// # Errors
    /// When there are more rows than a sheet holds.
    pub fn xlsx(&self, now: Instant) -> Result<Vec<u8>, Fault> {
        self.workbook(now).map_err(|e| Fault::internal(format!("XLSX: {e}")))
    }

    fn workbook(&self, now: Instant) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        // Dated by the request and not by the machine: the same list gives the same file.
        let created = ExcelDateTime::from_timestamp(now.timestamp().as_second())?;
        workbook.set_properties(&DocProperties::new().set_title(&self.name).set_creation_datetime(&created));
        let sheet = workbook.add_worksheet();
        sheet.set_name(sheet_name(&self.name))?;
        let heading = CellFormat::new().set_bold();
        for (column, label) in (0..).zip(&self.columns) {
            sheet.write_string_with_format(0, column, label, &heading)?;
            sheet.set_column_width(column, self.width(usize::from(column)))?;
        }
        sheet.set_freeze_panes(1, 0)?;
        let amount = CellFormat::new().set_num_format("#,##0.00");
        let date = CellFormat::new().set_num_format("dd/mm/yyyy");
        for (row, cells) in (1..).zip(&self.rows) {
            for (column, cell) in (0..).zip(cells) {
                write(sheet, row, column, cell, &amount, &date)?;
            }
        }
        if let (Some(last_row), Some(last_column)) =
            (u32::try_from(self.rows.len()).ok(), u16::try_from(self.columns.len()).ok().and_then(|n| n.checked_sub(1)))
        {
            sheet.autofilter(0, 0, last_row, last_column)?;
        }
        workbook.save_to_buffer()
    }

    /// As wide as the longest of the first cells, within reason.
    fn width(&self, column: usize) -> f64 {
        let lengths = self.rows.iter().take(200).filter_map(|row| match row.get(column)? {
            Cell::Text(text) => u32::try_from(text.chars().count()).ok(),
            _ => Some(14),
        });
        let heading = u32::try_from(self.columns[column].chars().count()).unwrap_or(20);
        f64::from(lengths.chain([heading]).max().unwrap_or(10).clamp(8, 60)) + 2.0
    }
}

/// Text is written as text: a spreadsheet reads no formula in it.
fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    amount: &CellFormat,
    date: &CellFormat,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        // A cell holds 32 767 characters; the page has the rest.
        Cell::Text(text) => {
            sheet.write_string(row, column, text.chars().take(32_000).collect::<String>())?;
        }
        Cell::Cents(cents) => {
            #[allow(clippy::cast_precision_loss, reason = "a spreadsheet knows no other number")]
            sheet.write_number_with_format(row, column, cents.0 as f64 / 100.0, amount)?;
        }
        Cell::Integer(number) => {
            #[allow(clippy::cast_precision_loss, reason = "a spreadsheet knows no other number")]
            sheet.write_number(row, column, *number as f64)?;
        }
        Cell::Date(day) => {
            let [month, number] = [day.month(), day.day()].map(i8::unsigned_abs);
            // A spreadsheet's days begin with 1900.
            match u16::try_from(day.year()).map(|year| ExcelDateTime::from_ymd(year, month, number)) {
                Ok(Ok(known)) => sheet.write_datetime_with_format(row, column, &known, date)?,
                _ => sheet.write_string(row, column, shown_day(*day))?,
            };
        }
    }
    Ok(())
}

fn push_cell(csv: &mut String, cell: &Cell) {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => push_quoted(csv, disarming(text), text),
        Cell::Cents(cents) => {
            csv.push_str(if cents.0 < 0 { "-" } else { "" });
            csv.push_str(&format!("{},{:02}", cents.0.unsigned_abs() / 100, cents.0.unsigned_abs() % 100));
        }
        Cell::Integer(number) => csv.push_str(&number.to_string()),
        Cell::Date(day) => csv.push_str(&shown_day(*day)),
    }
}

fn shown_day(day: jiff::civil::Date) -> String {
    format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
}

/// What goes before a text that a spreadsheet would run: it runs what begins like a formula, whatever blanks come first,
/// and an apostrophe makes it text.
fn disarming(text: &str) -> &'static str {
    let begins = text.trim_start_matches(|c| c != '\t' && c != '\r' && c != '\n' && is_invisible(c)).chars().next();
    match begins {
        Some('=' | '+' | '-' | '\u{2212}' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => "'",
        _ => "",
    }
}

fn push_quoted(csv: &mut String, before: &str, text: &str) {
    let spaced = text.ends_with(' ') || (before.is_empty() && text.starts_with(' '));
    if !spaced && !text.contains(['"', ';', '\n', '\r', ',', '\t']) {
        csv.push_str(before);
        csv.push_str(text);
        return;
    }
    csv.push('"');
    csv.push_str(before);
    csv.push_str(&text.replace('"', "\"\""));
    csv.push('"');
}

/// A sheet's name holds 31 characters and none that a formula would trip on.
fn sheet_name(name: &str) -> String {
    let name: String = name.chars().filter(|c| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'')).collect();
    let name: String = name.chars().take(31).collect();
    if name.trim().is_empty() { "Liste".to_owned() } else { name }
}
