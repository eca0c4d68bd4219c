//! Reading a PDF back: its text page by page, its where each line lies.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use lopdf::{Dictionary, Document, Object};

/// Pages as `pdftotext` reads them; without that tool, as the library's own reader does.
#[allow(clippy::print_stderr, reason = "a lesser reading must be seen")]
pub fn pages(name: &str, bytes: &[u8]) -> Vec<String> {
    let path = keep(name, bytes);
    match Command::new("pdftotext").args(["-layout", "-enc", "UTF-8"]).arg(&path).arg("-").output() {
        Ok(output) => {
            assert!(output.status.success(), "pdftotext refuses {name}: {}", String::from_utf8_lossy(&output.stderr));
            let text = String::from_utf8(output.stdout).expect("UTF-8 text");
            text.trim_end_matches('\u{C}').split('\u{C}').map(flat).collect()
        }
        Err(_) => {
            crate::support::skipped(&format!("pdftotext is not installed, {name} is read with lopdf"));
            let document = Document::load_mem(bytes).expect("a readable PDF");
            document.get_pages().keys().map(|page| flat(&document.extract_text(&[*page]).expect("text"))).collect()
        }
    }
}

/// All pages in one line of text.
pub fn text(name: &str, bytes: &[u8]) -> String {
    pages(name, bytes).join(" ")
}

/// Leaves the file where it can be looked at.
fn keep(name: &str, bytes: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pdf"));
    std::fs::write(&path, bytes).expect("a writable target folder");
    path
}

/// White space of every kind made one space.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A line of text as it lies on its page, in points from the bottom left corner.
#[derive(Debug)]
pub struct Placed {
    pub page: u32,
    pub left: f32,
    pub right: f32,
    pub baseline: f32,
}

/// Every upright line of text, measured with the widths the file itself declares.
pub fn placed_text(bytes: &[u8]) -> Vec<Placed> {
    let document = Document::load_mem(bytes).expect("a readable PDF");
    let mut placed = Vec::new();
    for (number, page) in document.get_pages() {
        let fonts = document.get_page_fonts(page).expect("page fonts");
        let widths: BTreeMap<Vec<u8>, BTreeMap<i64, f32>> =
            fonts.into_iter().map(|(name, font)| (name, widths(&document, font))).collect();
        let (mut font, mut size, mut matrix) = (Vec::new(), 0.0, [0f32; 6]);
        for operation in document.get_and_decode_page_content(page).expect("page content").operations {
            match operation.operator.as_str() {
                "Tf" => {
                    font = operation.operands[0].as_name().expect("a font name").to_vec();
                    size = operation.operands[1].as_float().expect("a size");
                }
                "Tm" => {
                    for (part, operand) in matrix.iter_mut().zip(&operation.operands) {
                        *part = operand.as_float().expect("a number");
                    }
                }
                "TJ" if matrix[1] == 0.0 => {
                    let advance: f32 = operation.operands[0]
                        .as_array()
                        .expect("an array")
                        .iter()
                        .map(|item| match item {
                            Object::String(code, _) => {
                                widths[&font][&i64::from(u16::from_be_bytes([code[0], code[1]]))]
                            }
                            offset => -offset.as_float().expect("an offset"),
                        })
                        .sum();
                    let right = matrix[4] + advance * size / 1000.0;
                    placed.push(Placed { page: number, left: matrix[4], right, baseline: matrix[5] });
                }
                _ => {}
            }
        }
    }
    placed
}

fn widths(document: &Document, font: &Dictionary) -> BTreeMap<i64, f32> {
    let descendants = font.get(b"DescendantFonts").and_then(Object::as_array).expect("a composite font");
    let descendant = match &descendants[0] {
        Object::Reference(id) => document.get_dictionary(*id).expect("a font"),
        other => other.as_dict().expect("a font"),
    };
    let mut widths = BTreeMap::new();
    for pair in descendant.get(b"W").and_then(Object::as_array).expect("widths").chunks(2) {
        let first = pair[0].as_i64().expect("a code");
        for (code, width) in (first..).zip(pair[1].as_array().expect("widths")) {
            widths.insert(code, width.as_float().expect("a width"));
        }
    }
    widths
}

/// Fails when a line leaves the column, the sheet, or falls into the footer's neighbourhood.
pub fn assert_nothing_overflows(bytes: &[u8]) {
    let millimetres = |points: f32| points * 25.4 / 72.0;
    let placed = placed_text(bytes);
    assert!(placed.len() > 10, "the document has text");
    for line in placed {
        // A trailing space may hang in the margin.
        assert!(
            millimetres(line.left) > 24.9 && millimetres(line.right) < 186.6,
            "page {}: {line:?} leaves the column",
            line.page
        );
        let height = millimetres(line.baseline);
        assert!((10.0..292.0).contains(&height), "page {}: {line:?} leaves the sheet", line.page);
        assert!(!(20.2..25.5).contains(&height), "page {}: {line:?} runs into the footer", line.page);
    }
}
