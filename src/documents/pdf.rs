//! Writes finished pages as a PDF: subset fonts, tagged content, metadata, and bytes that depend on nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use data_encoding::HEXUPPER;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use jiff::tz::TimeZone;
use lopdf::{Dictionary, Object, StringFormat};
use printpdf::{
    Codepoint, Color, DictItem, FontId, Line, LinePoint, Mm, Op, PaintMode, PdfDocument, PdfFont, PdfFontHandle,
    PdfPage, PdfSaveOptions, Point, Polygon, PolygonRing, Pt, Rgb, TextItem, TextMatrix, WindingOrder, to_lopdf_doc,
};
use sha2::{Digest, Sha256};

use super::DocumentError;
use super::canvas::{Colour, PAGE_HEIGHT, Page, Run, Shape};
use super::fonts::{Face, fonts};
use super::tags::{Marked, Tags};
use crate::base::Instant;

/// What readers and archives show about the file.
pub(super) struct Metadata<'a> {
    pub title: &'a str,
    pub author: &'a str,
    pub subject: &'a str,
    pub created: Instant,
}

type Moves = BTreeMap<Face, BTreeMap<u16, u16>>;

pub(super) fn write(pages: &[Page], tags: &Tags, metadata: &Metadata<'_>) -> Result<Vec<u8>, DocumentError> {
    let mut document = PdfDocument::new(metadata.title);
    let moves = embed_fonts(&mut document, pages)?;
    let mut marked = Vec::new();
    for (index, page) in pages.iter().enumerate() {
        let ops = page_operations(page, index, tags, &moves, &mut marked);
        document.pages.push(PdfPage::new(Mm(210.0), Mm(297.0), ops));
    }
    let mut warnings = Vec::new();
    let options = PdfSaveOptions { image_optimization: None, ..PdfSaveOptions::default() };
    let mut file = to_lopdf_doc(&document, &options, &mut warnings);
    finish(&mut file, tags, &marked, metadata).map_err(|e| DocumentError::Pdf(e.to_string()))?;
    deflate(&mut file)?;
    let mut bytes = Vec::new();
    file.save_to(&mut bytes).map_err(|e| DocumentError::Pdf(e.to_string()))?;
    identify(&mut bytes);
    Ok(bytes)
}

fn embed_fonts(document: &mut PdfDocument, pages: &[Page]) -> Result<Moves, DocumentError> {
    let mut used: BTreeMap<Face, BTreeSet<u16>> = BTreeMap::new();
    for mark in pages.iter().flat_map(|page| &page.marks) {
        if let Shape::Text { run, .. } = &mark.shape {
            used.entry(run.face).or_default().extend(run.glyphs.iter().map(|g| g.id));
        }
    }
    let mut moves = Moves::new();
    for (face, ids) in used {
        let subset = fonts()?.subset(face, &ids)?;
        document.resources.fonts.map.insert(font_id(face), PdfFont::new(subset.font));
        moves.insert(face, subset.moved);
    }
    Ok(moves)
}

/// Font programs are the largest streams by far: those made once are deflated once. The library's own compression takes
/// twice the time for some hundredths of the size.
fn deflate(file: &mut lopdf::Document) -> Result<(), DocumentError> {
    let fonts = fonts()?;
    for object in file.objects.values_mut() {
        let Object::Stream(stream) = object else { continue };
        if !stream.allows_compression || stream.dict.has(b"Filter") {
            continue;
        }
        let known = if stream.dict.has(b"Length1") { fonts.deflated(&stream.content) } else { None };
        let deflated = match known {
            Some(deflated) => deflated.to_vec(),
            None => zlib(&stream.content).map_err(|e| DocumentError::Pdf(e.to_string()))?,
        };
        if deflated.len() < stream.content.len() {
            stream.dict.set("Filter", Object::Name(b"FlateDecode".to_vec()));
            stream.set_content(deflated);
        }
    }
    Ok(())
}

fn zlib(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content)?;
    encoder.finish()
}

/// Fixed names: the library's own are random and would change the bytes at each run.
fn font_id(face: Face) -> FontId {
    FontId(
        match face {
            Face::Regular => "FR",
            Face::Bold => "FB",
            Face::Italic => "FI",
        }
        .to_owned(),
    )
}

/// Consecutive marks of one element share a marked-content sequence; the rest is artefact.
fn page_operations(page: &Page, index: usize, tags: &Tags, moves: &Moves, marked: &mut Vec<Marked>) -> Vec<Op> {
    let mut ops = Vec::new();
    let mut next = 0;
    for group in page.marks.chunk_by(|a, b| a.element == b.element) {
        match group.first().and_then(|mark| mark.element) {
            Some(element) => {
                let number = DictItem::Dict { map: BTreeMap::from([("MCID".to_owned(), DictItem::Int(next))]) };
                ops.push(Op::BeginMarkedContentWithProperties {
                    tag: tags.name(element).to_owned(),
                    properties: number,
                });
                marked.push(Marked { page: index, number: next, element });
                next += 1;
            }
            None => ops.push(Op::BeginMarkedContent { tag: "Artifact".to_owned() }),
        }
        for mark in group {
            draw(&mark.shape, moves, &mut ops);
        }
        ops.push(Op::EndMarkedContent);
    }
    ops
}

fn draw(shape: &Shape, moves: &Moves, ops: &mut Vec<Op>) {
    match shape {
        Shape::Text { x, y, run, turn } => draw_text((*x, *y), run, *turn, moves, ops),
        Shape::Polygon { points, colour } => {
            ops.push(Op::SetFillColor { col: rgb(*colour) });
            ops.push(fill(vec![points.clone()]));
        }
        Shape::Boxes { boxes, colour } => {
            ops.push(Op::SetFillColor { col: rgb(*colour) });
            let corners = |[x, y, w, h]: &[f32; 4]| vec![(*x, *y), (x + w, *y), (x + w, y + h), (*x, y + h)];
            ops.push(fill(boxes.iter().map(corners).collect()));
        }
        Shape::Rule { from, to, width, colour } => {
            ops.push(Op::SetOutlineColor { col: rgb(*colour) });
            ops.push(Op::SetOutlineThickness { pt: Pt(*width) });
            ops.push(Op::DrawLine { line: Line { points: vec![corner(*from), corner(*to)], is_closed: false } });
        }
    }
}

fn draw_text((x, y): (f32, f32), run: &Run, turn: f32, moves: &Moves, ops: &mut Vec<Op>) {
    let moved = moves.get(&run.face);
    let glyphs: Vec<Codepoint> = run
        .glyphs
        .iter()
        .map(|glyph| {
            let id = moved.and_then(|m| m.get(&glyph.id)).copied().unwrap_or(0);
            // A positive offset pulls the next glyph closer, hence the sign.
            Codepoint::with_cid(id, -glyph.extra, glyph.text.to_string())
        })
        .collect();
    let matrix = if turn == 0.0 {
        TextMatrix::Translate(Pt(x), Pt(PAGE_HEIGHT - y))
    } else {
        let (sin, cos) = turn.to_radians().sin_cos();
        TextMatrix::Raw([cos, sin, -sin, cos, x, PAGE_HEIGHT - y])
    };
    ops.extend([
        Op::SetFillColor { col: rgb(run.colour) },
        Op::StartTextSection,
        Op::SetFont { font: PdfFontHandle::External(font_id(run.face)), size: Pt(run.size) },
        Op::SetTextMatrix { matrix },
        Op::ShowText { items: vec![TextItem::GlyphIds(glyphs)] },
        Op::EndTextSection,
    ]);
}

fn fill(rings: Vec<Vec<(f32, f32)>>) -> Op {
    let rings =
        rings.into_iter().map(|points| PolygonRing { points: points.into_iter().map(corner).collect() }).collect();
    Op::DrawPolygon { polygon: Polygon { rings, mode: PaintMode::Fill, winding_order: WindingOrder::NonZero } }
}

fn corner((x, y): (f32, f32)) -> LinePoint {
    LinePoint { p: Point { x: Pt(x), y: Pt(PAGE_HEIGHT - y) }, bezier: false }
}

fn rgb(colour: Colour) -> Color {
    let part = |value: u8| f32::from(value) / 255.0;
    Color::Rgb(Rgb { r: part(colour.0), g: part(colour.1), b: part(colour.2), icc_profile: None })
}

/// Replaces what the library takes from the clock and from chance, and adds language and structure.
fn finish(
    file: &mut lopdf::Document,
    tags: &Tags,
    marked: &[Marked],
    metadata: &Metadata<'_>,
) -> Result<(), lopdf::Error> {
    file.version = "1.7".to_owned();
    let date = pdf_date(metadata.created);
    let mut info = Dictionary::new();
    info.set("Title", lopdf::text_string(metadata.title));
    info.set("Author", lopdf::text_string(metadata.author));
    info.set("Subject", lopdf::text_string(metadata.subject));
    info.set("Creator", lopdf::text_string("Essaim"));
    info.set("CreationDate", Object::string_literal(date.clone()));
    info.set("ModDate", Object::string_literal(date));
    let info_id = file.trailer.get(b"Info")?.as_reference()?;
    file.set_object(info_id, info);

    let pages: Vec<_> = file.get_pages().into_values().collect();
    for page in &pages {
        file.get_object_mut(*page)?.as_dict_mut()?.set("Tabs", Object::Name(b"S".to_vec()));
    }
    tags.write(file, &pages, marked)?;
    let mut preferences = Dictionary::new();
    preferences.set("DisplayDocTitle", true);
    let catalogue = file.catalog_mut()?;
    catalogue.set("Lang", Object::string_literal("fr-FR"));
    catalogue.set("ViewerPreferences", preferences);

    let id = Object::String(NO_ID.to_vec(), StringFormat::Hexadecimal);
    file.trailer.set("ID", vec![id.clone(), id]);
    Ok(())
}

/// Keeps the place of the file's identifier until the rest is written.
const NO_ID: [u8; 16] = [0; 16];

/// Draws the file's identifier from all of its bytes, and writes it in its two places, which are in the trailer.
fn identify(bytes: &mut [u8]) {
    let place = format!("<{}>", HEXUPPER.encode(&NO_ID)).into_bytes();
    let id = format!("<{}>", HEXUPPER.encode(&Sha256::digest(&*bytes)[..NO_ID.len()]));
    for _ in 0..2 {
        if let Some(at) = bytes.windows(place.len()).rposition(|window| window == place) {
            bytes[at..at + place.len()].copy_from_slice(id.as_bytes());
        }
    }
}

fn pdf_date(at: Instant) -> String {
    at.timestamp().to_zoned(TimeZone::UTC).strftime("D:%Y%m%d%H%M%SZ").to_string()
}
