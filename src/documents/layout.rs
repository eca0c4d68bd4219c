//! From blocks to pages: what may be parted, what stays together, where a new page begins.

use std::rc::Rc;

use super::canvas::{Colour, Mark, Page, Shape, Strip};
use super::fonts::{Face, Fonts, Glyph};
use super::paragraph::{Span, Style, lines, span};
use super::tags::{Element, Role, Tags};

/// The body column, and where it begins on the first and on the following pages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub left: f32,
    pub width: f32,
    pub first_top: f32,
    pub top: f32,
    pub bottom: f32,
}

struct Item {
    strip: Strip,
    /// Space above, dropped at the top of a page.
    gap: f32,
    /// Whether a page may end just before.
    parts: bool,
    /// Drawn again when this item begins a page: the header of a table.
    head: Option<Rc<Strip>>,
    /// Set against the bottom margin instead of following the text.
    at_bottom: bool,
}

/// How a block behaves at a page's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// Two lines at least stay on each side.
    Flow,
    Whole,
    /// Whole, and on the page of what follows.
    WithNext,
    /// Flows, but its last two lines stay with what follows.
    EndWithNext,
}

pub(super) struct Flow<'a> {
    pub fonts: &'a Fonts,
    pub frame: Frame,
    pub tags: Tags,
    items: Vec<Item>,
    held: bool,
}

impl<'a> Flow<'a> {
    pub fn new(fonts: &'a Fonts, frame: Frame) -> Self {
        Self { fonts, frame, tags: Tags::default(), items: Vec::new(), held: false }
    }

    /// Adds strips cut before this call.
    pub fn strips(&mut self, gap: f32, keep: Keep, strips: Vec<Strip>) {
        let count = strips.len();
        for (index, strip) in strips.into_iter().enumerate() {
            let parts = match (index, keep) {
                (0, _) => !self.held,
                (_, Keep::Whole | Keep::WithNext) => false,
                (_, Keep::Flow | Keep::EndWithNext) => index > 1 && index + 1 < count,
            };
            self.items.push(Item {
                strip,
                gap: if index == 0 { gap } else { 0.0 },
                parts,
                head: None,
                at_bottom: false,
            });
        }
        if count > 0 {
            self.held = matches!(keep, Keep::WithNext | Keep::EndWithNext);
        }
    }

    /// Adds table rows under a header that returns on each page.
    pub fn rows(&mut self, gap: f32, head: Strip, rows: Vec<Strip>) {
        let count = rows.len();
        let head = Rc::new(head);
        self.items.push(Item { strip: (*head).clone(), gap, parts: !self.held, head: None, at_bottom: false });
        let again = Rc::new(Strip {
            height: head.height,
            marks: head.marks.iter().cloned().map(|mark| Mark::decoration(mark.shape)).collect(),
        });
        for (index, strip) in rows.into_iter().enumerate() {
            // Neither a header without a row, nor a last row alone under its header.
            let parts = index > 0 && (index + 1 < count || count < 3);
            self.items.push(Item { strip, gap: 0.0, parts, head: Some(Rc::clone(&again)), at_bottom: false });
        }
        self.held = false;
    }

    /// A strip against the bottom margin, kept on the page of the lines before it.
    pub fn anchor(&mut self, gap: f32, strip: Strip) {
        self.items.push(Item { strip, gap, parts: false, head: None, at_bottom: true });
        self.held = false;
    }

    pub fn spans(&mut self, spans: &[Span], style: Style, gap: f32, keep: Keep, role: Role) -> Element {
        let element = self.tags.add(role, None);
        let strips = lines(self.fonts, spans, style, self.frame.left, self.frame.width, Some(element));
        self.strips(gap, keep, strips);
        element
    }

    /// One block per line of the text; blank lines only part paragraphs.
    pub fn text(&mut self, text: &str, style: Style, gap: f32, keep: Keep) {
        let parts: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        for (index, part) in parts.iter().enumerate() {
            let last = index + 1 == parts.len();
            let keep = if last || keep == Keep::Whole { keep } else { Keep::Flow };
            self.spans(&[span(style.face, *part)], style, gap, keep, Role::Paragraph);
        }
    }

    pub fn heading(&mut self, text: &str, style: Style, gap: f32, role: Role) {
        self.spans(&[span(style.face, text)], style, gap, Keep::WithNext, role);
    }

    /// Items under a mark hung in the margin of the list.
    pub fn list(&mut self, items: &[String], style: Style, gap: f32, bullets: Bullets) {
        let list = self.tags.add(Role::List, None);
        for (index, item) in items.iter().filter(|item| !item.trim().is_empty()).enumerate() {
            let entry = self.tags.add(Role::ListItem, Some(list));
            let label = self.tags.add(Role::Label, Some(entry));
            let body = self.tags.add(Role::ListBody, Some(entry));
            let mark = match bullets {
                Bullets::Dash => "–".to_owned(),
                Bullets::Numbers => format!("{}.", index + 1),
            };
            let indent = style.size * if bullets == Bullets::Dash { 1.1 } else { 1.7 };
            let (left, width) = (self.frame.left + indent, self.frame.width - indent);
            let text = item.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
            let mut strips = lines(self.fonts, &[span(style.face, text)], style, left, width, Some(body));
            let bullet = lines(self.fonts, &[span(style.face, mark)], style, self.frame.left, indent, Some(label));
            if let (Some(first), Some(bullet)) = (strips.first_mut(), bullet.into_iter().next()) {
                first.marks.splice(0..0, bullet.marks);
            }
            self.strips(gap, Keep::Flow, strips);
        }
    }

    /// A thin line across the column.
    pub fn rule(&mut self, gap: f32, colour: Colour, keep: Keep) {
        let (left, right) = (self.frame.left, self.frame.left + self.frame.width);
        let shape = Shape::Rule { from: (left, 0.0), to: (right, 0.0), width: 0.6, colour };
        self.strips(gap, keep, vec![Strip { height: 0.6, marks: vec![Mark::decoration(shape)] }]);
    }

    pub fn paginate(self) -> (Vec<Page>, Tags) {
        let Self { frame, tags, items, .. } = self;
        let mut pages = vec![Page::default()];
        let mut y = frame.first_top;
        let mut fresh = true;
        let mut rest = &items[..];
        while !rest.is_empty() {
            let length = 1 + rest[1..].iter().take_while(|item| !item.parts).count();
            let (group, after) = rest.split_at(length);
            if !fresh && y + height(group, false) > frame.bottom {
                pages.push(Page::default());
                y = frame.top;
                fresh = true;
            }
            for item in group {
                // A group taller than a page is parted where it must be.
                if !fresh && y + item.gap + item.strip.height > frame.bottom {
                    pages.push(Page::default());
                    y = frame.top;
                    fresh = true;
                }
                let Some(page) = pages.last_mut() else { continue };
                if !fresh {
                    y += item.gap;
                } else if let Some(head) = &item.head {
                    page.place(head, y);
                    y += head.height;
                }
                if item.at_bottom {
                    y = y.max(frame.bottom - item.strip.height);
                }
                page.place(&item.strip, y);
                y += item.strip.height;
                fresh = false;
            }
            rest = after;
        }
        (pages, tags)
    }
}

fn height(group: &[Item], fresh: bool) -> f32 {
    let first_gap = group.first().filter(|_| fresh).map_or(0.0, |item| item.gap);
    group.iter().map(|item| item.gap + item.strip.height).sum::<f32>() - first_gap
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bullets {
    Dash,
    Numbers,
}

/// Strips stacked into one that is never cut.
pub(super) fn stack(strips: impl IntoIterator<Item = Strip>) -> Strip {
    let mut whole = Strip::default();
    for strip in strips {
        let y = whole.height;
        whole.marks.extend(strip.marks.into_iter().map(|mark| mark.shifted(0.0, y)));
        whole.height += strip.height;
    }
    whole
}

/// Empty height.
pub(super) fn space(height: f32) -> Strip {
    Strip { height, marks: Vec::new() }
}

/// A line of text measured on its own, for places outside the flow.
pub(super) fn one_line(fonts: &Fonts, face: Face, size: f32, text: &str, width: f32) -> String {
    let glyphs = fonts.glyphs(face, text);
    let fitting = |limit: f32| {
        let mut used = 0.0;
        let too_far = |g: &Glyph| {
            used += g.width(size);
            used > limit
        };
        glyphs.iter().position(too_far).unwrap_or(glyphs.len())
    };
    if fitting(width) == glyphs.len() {
        return text.to_owned();
    }
    let count = fitting(width - fonts.width(face, size, "…"));
    let kept: String = glyphs.iter().take(count).map(|g| g.text).collect();
    format!("{}…", kept.trim_end())
}
