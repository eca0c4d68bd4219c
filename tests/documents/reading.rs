//! Reading a PDF back: its text page by page, its properties, where its ink lies.

use std::path::PathBuf;
use std::process::Command;

use lopdf::Document;

/// Pages as `pdftotext` reads them; without that tool, as the library's own reader does.
pub fn pages(name: &str, bytes: &[u8]) -> Vec<String> {
    let path = keep(name, bytes);
    match Command::new("pdftotext").args(["-layout", "-enc", "UTF-8"]).arg(&path).arg("-").output() {
        Ok(output) => {
            assert!(output.status.success(), "pdftotext refuses {name}: {}", String::from_utf8_lossy(&output.stderr));
            let text = String::from_utf8(output.stdout).expect("UTF-8 text");
            text.trim_end_matches('\u{C}').split('\u{C}').map(flat).collect()
        }
        Err(_) => {
            eprintln!("pdftotext is absent: {name} is read with lopdf");
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

/// Origins of all text, with the page height they lie in: nothing may lie outside the sheet.
pub fn text_outside_the_sheet(bytes: &[u8]) -> Vec<(f32, f32)> {
    let document = Document::load_mem(bytes).expect("a readable PDF");
    let mut outside = Vec::new();
    for page in document.get_pages().values() {
        let content = document.get_and_decode_page_content(*page).expect("page content");
        for operation in content.operations.iter().filter(|o| o.operator == "Tm") {
            let at = |index: usize| operation.operands[index].as_float().expect("a number");
            let (x, y) = (at(4), at(5));
            if !(0.0..=595.0).contains(&x) || !(15.0..=842.0).contains(&y) {
                outside.push((x, y));
            }
        }
    }
    outside
}
