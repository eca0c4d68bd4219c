//! Breaking text into lines of measured width, as evenly as the text allows.

use super::canvas::{Colour, Mark, Run, Shape, Strip};
use super::fonts::{Face, Fonts, Glyph};
use super::tags::Element;
use crate::base::typography::bind_spaces;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
    Centre,
    Justify,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub face: Face,
    pub size: f32,
    pub leading: f32,
    pub colour: Colour,
    pub align: Align,
    /// Figures of one width, for columns of amounts.
    pub tabular: bool,
}

impl Style {
    pub const fn new(face: Face, size: f32, leading: f32) -> Self {
        Self { face, size, leading, colour: Colour::INK, align: Align::Left, tabular: false }
    }

    pub const fn coloured(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    pub const fn aligned(self, align: Align) -> Self {
        Self { align, ..self }
    }
}

/// A stretch of text in one face.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub face: Face,
    pub text: String,
}

pub(super) fn span(face: Face, text: impl Into<String>) -> Span {
    Span { face, text: text.into() }
}

type Set = Vec<(Face, Glyph)>;

/// What is never broken, and whether a space follows it.
struct Piece {
    glyphs: Set,
    width: f32,
    space: Option<(Face, Glyph)>,
}

/// Where a line may end without a space: after these, inside long compounds and addresses.
fn breaks_after(c: char) -> bool {
    matches!(c, '-' | '/' | '–' | '—')
}

/// The lines of a paragraph as strips; `x` is the left edge on the page.
pub(super) fn lines(
    fonts: &Fonts,
    spans: &[Span],
    style: Style,
    x: f32,
    width: f32,
    element: Option<Element>,
) -> Vec<Strip> {
    let pieces = pieces(fonts, spans, style, width);
    let ends = line_ends(&pieces, style.size, width);
    let mut start = 0;
    let count = ends.len();
    ends.into_iter()
        .enumerate()
        .map(|(index, end)| {
            let strip = set_line(&pieces[start..end], index + 1 == count, style, x, width, element);
            start = end;
            strip
        })
        .collect()
}

fn pieces(fonts: &Fonts, spans: &[Span], style: Style, width: f32) -> Vec<Piece> {
    let size = style.size;
    let mut pieces = Vec::new();
    let mut current: Set = Vec::new();
    let mut used = 0.0;
    let mut push = |glyphs: &mut Set, used: &mut f32, space| {
        if !glyphs.is_empty() {
            pieces.push(Piece { glyphs: std::mem::take(glyphs), width: std::mem::take(used), space });
        }
    };
    for span in spans {
        let space = fonts.glyphs(span.face, " ").first().map(|g| (span.face, *g));
        let text = bind_spaces(&span.text);
        for part in text.split_inclusive([' ', '\n', '\t']) {
            let word = part.trim_end_matches([' ', '\n', '\t']);
            let set = if style.tabular { fonts.tabular(span.face, word) } else { fonts.glyphs(span.face, word) };
            for glyph in set {
                // A word wider than the line is cut where the line ends.
                if used + glyph.width(size) > width {
                    push(&mut current, &mut used, None);
                }
                used += glyph.width(size);
                current.push((span.face, glyph));
                if breaks_after(glyph.text) && current.len() > 2 {
                    push(&mut current, &mut used, None);
                }
            }
            if word.len() < part.len() {
                push(&mut current, &mut used, space);
            }
        }
    }
    // Even the last line ends with a space, so that what is read next does not run into it.
    let space = spans.last().and_then(|last| fonts.glyphs(last.face, " ").first().map(|g| (last.face, *g)));
    push(&mut current, &mut used, space);
    pieces
}

/// Ends of lines that spread the slack most evenly over the paragraph; the last line is free.
fn line_ends(pieces: &[Piece], size: f32, width: f32) -> Vec<usize> {
    let count = pieces.len();
    let mut best: Vec<(f32, usize)> = vec![(f32::INFINITY, 0); count + 1];
    best[0] = (0.0, 0);
    for end in 1..=count {
        let mut used = 0.0;
        for start in (0..end).rev() {
            let piece = &pieces[start];
            used += piece.width + if start + 1 < end { space_width(piece, size) } else { 0.0 };
            if used > width + 0.01 && start + 1 < end {
                break;
            }
            let slack = (width - used).max(0.0) / width;
            let cost = if end < count {
                1.0 + slack.powi(3) * 400.0
            } else if used < width * 0.12 && start > 0 {
                // A last line of one short word looks like an accident.
                6.0
            } else {
                0.0
            };
            let total = best[start].0 + cost;
            if total < best[end].0 {
                best[end] = (total, start);
            }
        }
    }
    let mut ends = Vec::new();
    let mut end = count;
    while end > 0 {
        ends.push(end);
        end = best[end].1;
    }
    ends.reverse();
    ends
}

fn space_width(piece: &Piece, size: f32) -> f32 {
    piece.space.map_or(0.0, |(_, glyph)| glyph.width(size))
}

fn set_line(pieces: &[Piece], last: bool, style: Style, x: f32, width: f32, element: Option<Element>) -> Strip {
    let mut glyphs: Set = Vec::new();
    let mut gaps = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        glyphs.extend(piece.glyphs.iter().copied());
        if index + 1 < pieces.len()
            && let Some(space) = piece.space
        {
            gaps.push(glyphs.len());
            glyphs.push(space);
        }
    }
    let used: f32 = glyphs.iter().map(|(_, g)| g.width(style.size)).sum();
    let slack = (width - used).max(0.0);
    if style.align == Align::Justify && !last && !gaps.is_empty() && slack < width * 0.25 {
        let extra = slack / gaps.len() as f32 * 1000.0 / style.size;
        for gap in gaps {
            glyphs[gap].1.extra += extra;
        }
    }
    let mut at = match style.align {
        Align::Left | Align::Justify => x,
        Align::Right => x + slack,
        Align::Centre => x + slack / 2.0,
    };
    // The space that ends the line is not seen, and keeps words apart when the text is read back.
    if let Some(space) = pieces.last().and_then(|piece| piece.space) {
        glyphs.push(space);
    }
    let mut marks = Vec::new();
    for run in glyphs.chunk_by(|a, b| a.0 == b.0) {
        let set: Vec<Glyph> = run.iter().map(|(_, glyph)| *glyph).collect();
        let advance: f32 = set.iter().map(|g| g.width(style.size)).sum();
        let run = Run { face: run[0].0, size: style.size, colour: style.colour, glyphs: set };
        marks.push(Mark { shape: Shape::Text { x: at, y: baseline(style), run, turn: 0.0 }, element });
        at += advance;
    }
    Strip { height: style.leading, marks }
}

/// From the top of a line to its baseline: the letters sit in the middle of the leading.
fn baseline(style: Style) -> f32 {
    (style.leading - style.size) / 2.0 + style.size * 0.80
}
