//! Tables: columns of given shares, wrapped cells, rows that are not cut, a header repeated on each page.

use super::canvas::{Colour, Mark, Shape, Strip};
use super::fonts::Face;
use super::layout::{Flow, Keep, stack};
use super::paragraph::{Align, Style, lines, span};
use super::tags::{Element, Role};

/// A column: its title, its share of the width, and whether it holds figures.
pub(super) struct Column {
    pub title: &'static str,
    pub share: f32,
    pub figures: bool,
}

pub(super) const fn column(title: &'static str, share: f32) -> Column {
    Column { title, share, figures: false }
}

pub(super) const fn figures(title: &'static str, share: f32) -> Column {
    Column { title, share, figures: true }
}

#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub text: String,
    pub face: Face,
    /// The face of the first line.
    pub first: Face,
}

pub(super) fn cell(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), face: Face::Regular, first: Face::Regular }
}

pub(super) fn strong(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), face: Face::Bold, first: Face::Bold }
}

/// Its first line stands out.
pub(super) fn titled(text: impl Into<String>) -> Cell {
    Cell { first: Face::Bold, ..cell(text) }
}

const PADDING: f32 = 3.6;
const GUTTER: f32 = 8.0;
/// A row taller than this share of the page is cut into several.
const TALLEST: f32 = 0.8;

impl Flow<'_> {
    pub fn table(&mut self, columns: &[Column], rows: &[Vec<Cell>], style: Style, gap: f32) {
        let table = self.tags.add(Role::Table, None);
        let titles: Vec<Cell> = columns.iter().map(|c| strong(c.title)).collect();
        let head_style = Style { size: style.size * 0.94, colour: Colour::ACCENT, ..style };
        let mut head = self.row(columns, &titles, head_style, table, Role::ColumnHeader);
        let head_strip = stack(head.drain(..));
        let strips = rows.iter().flat_map(|cells| self.row(columns, cells, style, table, Role::Cell)).collect();
        self.rows(gap, self.ruled(head_strip, Colour::ACCENT, 1.0), strips);
    }

    /// Rows headed by their first cell: labels and values.
    pub fn plain_table(&mut self, columns: &[Column], rows: &[Vec<Cell>], style: Style, gap: f32) {
        let table = self.tags.add(Role::Table, None);
        for (index, cells) in rows.iter().enumerate() {
            let strips = self.row(columns, cells, style, table, Role::RowHeader);
            self.strips(if index == 0 { gap } else { 0.0 }, Keep::Flow, strips);
        }
    }

    /// The strips of one row: a single one unless a cell is taller than a page.
    fn row(&mut self, columns: &[Column], cells: &[Cell], style: Style, table: Element, role: Role) -> Vec<Strip> {
        let total: f32 = columns.iter().map(|c| c.share).sum();
        let row = self.tags.add(Role::Row, Some(table));
        let mut x = self.frame.left;
        let mut set = Vec::new();
        for (index, (column, cell)) in columns.iter().zip(cells).enumerate() {
            let width = self.frame.width * column.share / total;
            let role = if role == Role::RowHeader && index > 0 { Role::Cell } else { role };
            let element = self.tags.add(role, Some(row));
            let align = if column.figures { Align::Right } else { Align::Left };
            let tabular = column.figures && role == Role::Cell;
            let style = Style { face: cell.face, tabular, ..style }.aligned(align);
            let gutter = if index + 1 < columns.len() { GUTTER } else { 0.0 };
            let mut strips = Vec::new();
            for (line, text) in cell.text.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
                let face = if line == 0 { cell.first } else { cell.face };
                let text = [span(face, text)];
                strips.extend(lines(self.fonts, &text, style, x, width - gutter, Some(element)));
            }
            set.push(strips);
            x += width;
        }
        let height = set.iter().map(Vec::len).max().unwrap_or(0);
        let most = ((self.frame.bottom - self.frame.top) * TALLEST / style.leading) as usize;
        let mut parts = Vec::new();
        let mut from = 0;
        while from < height.max(1) {
            let to = (from + most.max(1)).min(height.max(1));
            let mut part = Strip { height: (to - from) as f32 * style.leading + 2.0 * PADDING, marks: Vec::new() };
            for strips in &set {
                for (index, strip) in strips.iter().enumerate().take(to).skip(from) {
                    let y = PADDING + (index - from) as f32 * style.leading;
                    part.marks.extend(strip.marks.iter().cloned().map(|mark| mark.shifted(0.0, y)));
                }
            }
            let part = if role == Role::ColumnHeader { part } else { self.ruled(part, Colour::HAIRLINE, 0.4) };
            parts.push(part);
            from = to;
        }
        parts
    }

    fn ruled(&self, mut strip: Strip, colour: Colour, width: f32) -> Strip {
        let (left, right, y) = (self.frame.left, self.frame.left + self.frame.width, strip.height);
        strip.marks.push(Mark::decoration(Shape::Rule { from: (left, y), to: (right, y), width, colour }));
        strip
    }
}
