//! A QR code as rectangles: sharp at any size, no image in the PDF.

use qrcode::{EcLevel, QrCode};

use super::DocumentError;
use super::canvas::{Colour, Shape};

/// Light modules around the symbol that readers need.
const QUIET_ZONE: f32 = 4.0;

/// The code for `text`, quiet zone included, filling the square of side `side` whose top left corner is at `x`, `y`.
pub(super) fn qr_code(text: &str, x: f32, y: f32, side: f32) -> Result<Shape, DocumentError> {
    let code =
        QrCode::with_error_correction_level(text, EcLevel::M).map_err(|e| DocumentError::QrCode(e.to_string()))?;
    let width = code.width();
    let module = side / (width as f32 + 2.0 * QUIET_ZONE);
    let colours = code.to_colors();
    let mut boxes = Vec::new();
    for (row, line) in colours.chunks(width).enumerate() {
        let mut column = 0;
        while column < width {
            let dark = line[column..].iter().take_while(|c| **c == qrcode::Color::Dark).count();
            if dark > 0 {
                boxes.push([
                    x + (column as f32 + QUIET_ZONE) * module,
                    y + (row as f32 + QUIET_ZONE) * module,
                    dark as f32 * module,
                    module,
                ]);
            }
            column += dark.max(1);
        }
    }
    Ok(Shape::Boxes { boxes, colour: Colour::BLACK })
}
