//! What surrounds the text of every document: letterhead, running header, footer, check block, specimen mark.

use super::DocumentError;
use super::canvas::{Colour, Mark, PAGE_HEIGHT, PAGE_WIDTH, Page, Run, Shape, Strip, mm};
use super::fonts::{Face, Fonts};
use super::layout::{Frame, one_line, space, stack};
use super::paragraph::{Align, Style, lines, span};
use super::qr::qr_code;
use super::tags::{Element, Role, Tags};

pub(super) const LEFT: f32 = mm(25.0);
pub(super) const RIGHT: f32 = PAGE_WIDTH - mm(25.0);

/// The institution that writes, and how to reach it.
#[derive(Clone, Debug, Default)]
pub struct Sender {
    pub institution: String,
    /// Lines under the name: direction, department, unit.
    pub service: Vec<String>,
    /// Postal lines, street to town.
    pub address: Vec<String>,
    pub phone: String,
    pub email: String,
    /// The institution's colour; the house accent when absent.
    pub accent: Option<[u8; 3]>,
}

impl Sender {
    pub(super) fn colour(&self) -> Colour {
        self.accent.map_or(Colour::ACCENT, |[r, g, b]| Colour(r, g, b))
    }
}

/// How a reader checks that the document is genuine.
#[derive(Clone, Debug)]
pub struct Verification {
    /// Full address behind the QR code.
    pub url: String,
    /// Short code, printed in groups of four.
    pub code: String,
}

impl Verification {
    fn grouped_code(&self) -> String {
        let plain: Vec<char> = self.code.chars().filter(|c| c.is_alphanumeric()).collect();
        plain.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("\u{A0}")
    }

    /// The address as one types it.
    fn short_url(&self) -> &str {
        self.url.trim_start_matches("https://").trim_start_matches("http://")
    }
}

/// The column every document's text is set in.
pub(super) fn column(first_top: f32) -> Frame {
    Frame { left: LEFT, width: RIGHT - LEFT, first_top, top: mm(27.0), bottom: PAGE_HEIGHT - mm(26.0) }
}

/// Text set in a box outside the flow; returns where it ends.
pub(super) struct Pen<'a> {
    pub fonts: &'a Fonts,
    pub marks: Vec<Mark>,
}

impl Pen<'_> {
    pub fn write(&mut self, text: &str, style: Style, at: (f32, f32), width: f32, element: Option<Element>) -> f32 {
        self.write_at_most(usize::MAX, text, style, at, width, element)
    }

    /// Boxes outside the flow cannot grow: what exceeds `most` lines is left out.
    pub fn write_at_most(
        &mut self,
        most: usize,
        text: &str,
        style: Style,
        (x, y): (f32, f32),
        width: f32,
        element: Option<Element>,
    ) -> f32 {
        let strips = lines(self.fonts, &[span(style.face, text)], style, x, width, element);
        let strip = stack(strips.into_iter().take(most));
        self.marks.extend(strip.marks.into_iter().map(|mark| mark.shifted(0.0, y)));
        y + strip.height
    }
}

/// Mark, name, service and address of the institution at the top left; returns where the block ends.
pub(super) fn letterhead(pen: &mut Pen<'_>, tags: &mut Tags, sender: &Sender) -> f32 {
    let colour = sender.colour();
    let (top, side) = (mm(14.0), mm(5.4));
    pen.marks.extend(hexagons((LEFT, top), side, colour));
    let x = LEFT + side * 2.0 + mm(3.2);
    // Wide above the addressee's window, narrow beside it.
    let (width, beside) = (mm(135.0) - x, mm(106.0) - x);
    let name = tags.add(Role::Paragraph, None);
    let style = Style::new(Face::Bold, 12.5, 15.0).coloured(colour);
    let mut y = pen.write_at_most(2, &sender.institution, style, (x, top - 1.5), width, Some(name));
    let service = Style::new(Face::Regular, 9.5, 12.5);
    for line in sender.service.iter().take(3) {
        y = pen.write_at_most(1, line, service, (x, y), width, Some(name));
    }
    let address = Style::new(Face::Regular, 8.5, 11.2).coloured(Colour::SOFT_INK);
    y += 2.0;
    for line in sender.address.iter().chain([&sender.phone, &sender.email]).filter(|l| !l.is_empty()).take(6) {
        y = pen.write_at_most(1, line, address, (x, y), beside, Some(name));
    }
    y.max(top + side * 2.0)
}

/// Three cells of a comb in a box of `side` × 2: no emblem of anyone.
fn hexagons((x, y): (f32, f32), side: f32, colour: Colour) -> Vec<Mark> {
    let radius = side * 0.56;
    let (dx, dy) = (radius * 3f32.sqrt() / 2.0, radius * 1.5);
    let (cx, cy) = (x + side, y + side * 0.86);
    let grow = 0.9;
    [(cx - dx, cy - dy / 2.0, colour), (cx + dx, cy - dy / 2.0, Colour::HONEY), (cx, cy + dy / 2.0, colour)]
        .into_iter()
        .map(|(cx, cy, colour)| {
            let points = (0..6)
                .map(|corner| {
                    let (sin, cos) = (std::f32::consts::FRAC_PI_3 * corner as f32).sin_cos();
                    (cx + radius * grow * sin, cy - radius * grow * cos)
                })
                .collect();
            Mark::decoration(Shape::Polygon { points, colour })
        })
        .collect()
}

/// Why a document has no value.
#[derive(Clone, Copy)]
pub(super) enum Stamp {
    /// Made for a demonstration.
    Specimen,
    /// Not signed.
    Draft,
}

impl Stamp {
    /// Across the page, and in one line at its top.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Specimen => ("SPÉCIMEN", "SPÉCIMEN – document de démonstration, sans valeur juridique"),
            Self::Draft => ("PROJET", "PROJET – document non signé, sans valeur juridique"),
        }
    }
}

/// What [`dress`] writes around the text of each page.
pub(super) struct Dress<'a> {
    pub sender: &'a Sender,
    /// Title and reference, at the top of the second and following pages.
    pub running: &'a str,
    /// What is stamped on every page, and the element under which its notice is read.
    pub stamp: Option<(Stamp, Element)>,
}

/// Adds specimen mark, running header and footer once the number of pages is known.
pub(super) fn dress(fonts: &Fonts, pages: &mut [Page], dress: &Dress<'_>) {
    let count = pages.len();
    let sender = dress.sender;
    for (index, page) in pages.iter_mut().enumerate() {
        if let Some((stamp, notice)) = dress.stamp {
            let (word, text) = stamp.words();
            let mut pen = Pen { fonts, marks: vec![watermark(fonts, word)] };
            let style = Style::new(Face::Bold, 8.0, 10.0).aligned(Align::Centre);
            let element = (index == 0).then_some(notice);
            pen.write(text, style, (LEFT, mm(6.5)), RIGHT - LEFT, element);
            page.marks.splice(0..0, pen.marks);
        }
        let small = Style::new(Face::Regular, 8.0, 9.2).coloured(Colour::SOFT_INK);
        let mut pen = Pen { fonts, marks: Vec::new() };
        let rule =
            |y| Mark::decoration(Shape::Rule { from: (LEFT, y), to: (RIGHT, y), width: 0.5, colour: Colour::HAIRLINE });
        if index > 0 {
            let name = one_line(fonts, Face::Regular, 8.0, &sender.institution, mm(70.0));
            let running = one_line(fonts, Face::Regular, 8.0, dress.running, mm(85.0));
            pen.write(&name, small, (LEFT, mm(14.0)), mm(75.0), None);
            pen.write(&running, small.aligned(Align::Right), (LEFT, mm(14.0)), RIGHT - LEFT, None);
            pen.marks.push(rule(mm(19.0)));
        }
        let top = PAGE_HEIGHT - mm(20.0);
        pen.marks.push(rule(top));
        let place = [vec![sender.institution.clone()], sender.address.clone()].concat().join(" – ");
        let reach: Vec<&str> =
            [&sender.phone, &sender.email].into_iter().map(String::as_str).filter(|t| !t.is_empty()).collect();
        let width = mm(135.0);
        let below = pen.write_at_most(2, &place, small, (LEFT, top + 2.5), width, None);
        let reach = one_line(fonts, Face::Regular, 8.0, &reach.join(" – "), width);
        pen.write(&reach, small, (LEFT, below), width + 1.0, None);
        let number = format!("Page\u{A0}{}/{count}", index + 1);
        let style = Style { face: Face::Bold, ..small }.aligned(Align::Right);
        pen.write(&number, style, (LEFT, top + 2.5), RIGHT - LEFT, None);
        page.marks.extend(pen.marks);
    }
}

fn watermark(fonts: &Fonts, text: &str) -> Mark {
    let (size, turn) = (118.0, 52f32);
    let width = fonts.width(Face::Bold, size, text);
    let (sin, cos) = turn.to_radians().sin_cos();
    // The middle of the word, at half the height of its capitals, on the middle of the page.
    let (across, up) = (width / 2.0, size * 0.33);
    let x = PAGE_WIDTH / 2.0 - across * cos + up * sin;
    let y = PAGE_HEIGHT / 2.0 + across * sin + up * cos;
    let run = Run { face: Face::Bold, size, colour: Colour::WATERMARK, glyphs: fonts.glyphs(Face::Bold, text) };
    Mark::decoration(Shape::Text { x, y, run, turn })
}

/// QR code at the right, and beside it the code and how to use them. `what` is « cette lettre », « ce reçu »…
pub(super) fn check_block(
    fonts: &Fonts,
    tags: &mut Tags,
    verification: &Verification,
    what: &str,
) -> Result<Strip, DocumentError> {
    let side = mm(27.0);
    let width = RIGHT - LEFT - side - mm(4.0);
    let title = tags.add(Role::H2, None);
    let text = tags.add(Role::Paragraph, None);
    let body = Style::new(Face::Regular, 8.5, 11.4).coloured(Colour::SOFT_INK);
    let set = |text: String, style: Style, element| {
        lines(fonts, &[span(style.face, text)], style, LEFT, width, Some(element))
    };
    let mut words = set(format!("Vérifier {what}"), Style::new(Face::Bold, 9.0, 12.6), title);
    words.extend(set(verification.grouped_code(), Style::new(Face::Bold, 12.0, 16.0), text));
    words.extend(set(verification.short_url().to_owned(), Style::new(Face::Regular, 9.0, 13.0), text));
    let how = "Scannez le code QR ou saisissez cette adresse. La page dit si un document de ce numéro existe\u{202F}; déposez-y \
               le fichier PDF pour contrôler qu’il n’a pas été modifié.";
    words.extend(set(how.to_owned(), body, text));
    let words = stack(words);
    let height = side.max(words.height + 8.0);
    let mut strip = stack([space(height - words.height - 4.0), words, space(4.0)]);
    let figure = tags.figure(&format!("Code QR vers {}", verification.url));
    // The quiet zone may overhang the margin: the dark modules then align with the text.
    let shape = qr_code(&verification.url, RIGHT - side + side * 0.09, height - side + side * 0.09, side)?;
    strip.marks.push(Mark { shape, element: Some(figure) });
    Ok(strip)
}
