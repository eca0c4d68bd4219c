//! What a page is made of: text, filled shapes and rules, each belonging to an element of the document's structure.
//!
//! Lengths are points; `y` grows downwards from the top of the page, as one reads.

use super::fonts::{Face, Glyph};
use super::tags::Element;

pub(super) const PAGE_WIDTH: f32 = 595.276;
pub(super) const PAGE_HEIGHT: f32 = 841.89;

/// Millimetres to points.
pub(super) const fn mm(millimetres: f32) -> f32 {
    millimetres * 72.0 / 25.4
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    pub const BLACK: Self = Self(0, 0, 0);
    pub const INK: Self = Self(0x1B, 0x1F, 0x23);
    pub const SOFT_INK: Self = Self(0x4A, 0x50, 0x57);
    pub const ACCENT: Self = Self(0x6A, 0x23, 0x59);
    pub const HONEY: Self = Self(0xE3, 0xA7, 0x2C);
    pub const HAIRLINE: Self = Self(0xB9, 0xBD, 0xC2);
    /// Light enough for text over it to keep a contrast above 12:1.
    pub const WATERMARK: Self = Self(0xE7, 0xE7, 0xE9);
}

#[derive(Clone, Debug)]
pub(super) struct Run {
    pub face: Face,
    pub size: f32,
    pub colour: Colour,
    pub glyphs: Vec<Glyph>,
}

#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// `y` is the baseline; `turn` is in degrees, counter-clockwise.
    Text {
        x: f32,
        y: f32,
        run: Run,
        turn: f32,
    },
    Polygon {
        points: Vec<(f32, f32)>,
        colour: Colour,
    },
    /// x, y, width, height.
    Boxes {
        boxes: Vec<[f32; 4]>,
        colour: Colour,
    },
    Rule {
        from: (f32, f32),
        to: (f32, f32),
        width: f32,
        colour: Colour,
    },
}

/// A shape and the structure element it belongs to; decoration belongs to none.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub shape: Shape,
    pub element: Option<Element>,
}

impl Mark {
    pub fn decoration(shape: Shape) -> Self {
        Self { shape, element: None }
    }

    pub fn shifted(mut self, dx: f32, dy: f32) -> Self {
        match &mut self.shape {
            Shape::Text { x, y, .. } => {
                *x += dx;
                *y += dy;
            }
            Shape::Polygon { points, .. } => points.iter_mut().for_each(|p| *p = (p.0 + dx, p.1 + dy)),
            Shape::Boxes { boxes, .. } => boxes.iter_mut().for_each(|b| {
                b[0] += dx;
                b[1] += dy;
            }),
            Shape::Rule { from, to, .. } => {
                *from = (from.0 + dx, from.1 + dy);
                *to = (to.0 + dx, to.1 + dy);
            }
        }
        self
    }
}

/// A horizontal band of the page that is never cut: marks placed relative to its top.
#[derive(Clone, Debug, Default)]
pub(super) struct Strip {
    pub height: f32,
    pub marks: Vec<Mark>,
}

/// The finished marks of one page, in drawing order.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    pub marks: Vec<Mark>,
}

impl Page {
    pub fn place(&mut self, strip: &Strip, y: f32) {
        self.marks.extend(strip.marks.iter().cloned().map(|mark| mark.shifted(0.0, y)));
    }
}
