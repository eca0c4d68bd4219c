//! The departments as a map of tiles: places, shades and words, ready for the `tile_map` component.
//!
//! The shade says the order of magnitude, the tile and the table beside it say the figure. A department without a
//! figure is not one at zero.

use std::collections::BTreeMap;

use serde::Serialize;

use super::definition::reference::{Tile, departments};

/// Half the width of a tile, in units of the drawing.
const HALF: f64 = 50.0;
/// Side of a hexagon of that width, and the distance between two rows.
const SIDE: f64 = 57.735;
const ROW: f64 = 86.603;
/// What neighbours leave between them.
const SHRINK: f64 = 0.95;
/// Shades above zero.
const SHADES: i64 = 4;

#[derive(Debug, Serialize)]
pub struct DepartmentMap {
    /// Distinguishes two maps of one page.
    id: String,
    title: String,
    /// Every figure in words: the text alternative.
    description: String,
    width: u32,
    height: u32,
    tiles: Vec<MapTile>,
    legend: Vec<Legend>,
}

#[derive(Debug, Serialize)]
struct MapTile {
    code: String,
    name: String,
    /// The hexagon as an SVG path.
    path: String,
    x: String,
    code_y: String,
    text_y: String,
    shade: String,
    text: String,
}

#[derive(Debug, Serialize)]
struct Legend {
    shade: String,
    text: String,
}

impl DepartmentMap {
    /// A map of figures by department code; `show` words a figure in at most eight characters.
    #[must_use]
    pub fn new(id: &str, title: &str, figures: &BTreeMap<String, i64>, show: impl Fn(i64) -> String) -> Self {
        let step = step(figures.values().copied().max().unwrap_or(0));
        let shade = |figure: Option<&i64>| match figure {
            None => "none".to_owned(),
            Some(figure) => shade(*figure, step).to_string(),
        };
        let mut description = Vec::new();
        let mut tiles = Vec::new();
        let (mut right, mut bottom) = (0.0_f64, 0.0_f64);
        for department in departments() {
            let (x, y) = centre(department.tile);
            (right, bottom) = (right.max(x + HALF), bottom.max(y + SIDE));
            let figure = figures.get(&department.code);
            let text = figure.map_or_else(|| "–".to_owned(), |figure| show(*figure));
            let said = if figure.is_some() { text.as_str() } else { "aucune donnée" };
            description.push(format!("{}\u{A0}: {said}", department.name));
            tiles.push(MapTile {
                code: department.code.clone(),
                name: department.name.clone(),
                path: hexagon(x, y),
                x: number(x),
                code_y: number(y - 6.0),
                text_y: number(y + 22.0),
                shade: shade(figure),
                text,
            });
        }
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            description: description.join("\u{202F}; "),
            width: ceiling(right),
            height: ceiling(bottom),
            legend: legend(figures, step, &show),
            tiles,
        }
    }
}

fn centre(tile: Tile) -> (f64, f64) {
    let shift = if tile.row % 2 == 1 { HALF } else { 0.0 };
    (HALF + f64::from(tile.column) * 2.0 * HALF + shift, SIDE + f64::from(tile.row) * ROW)
}

fn hexagon(x: f64, y: f64) -> String {
    let (w, h) = (HALF * SHRINK, SIDE * SHRINK);
    let corners = [(0.0, -h), (w, -h / 2.0), (w, h / 2.0), (0.0, h), (-w, h / 2.0), (-w, -h / 2.0)];
    let points: Vec<String> = corners.iter().map(|(dx, dy)| format!("{} {}", number(x + dx), number(y + dy))).collect();
    format!("M{}Z", points.join("L"))
}

fn number(value: f64) -> String {
    format!("{value:.1}")
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn ceiling(value: f64) -> u32 {
    value.ceil() as u32
}

/// Figures of one shade: a quarter of the largest, rounded up to one, two or five times a power of ten.
fn step(largest: i64) -> i64 {
    let quarter = largest.max(0).saturating_add(SHADES - 1) / SHADES;
    let mut power: i64 = 1;
    loop {
        for factor in [1, 2, 5] {
            let candidate = power.saturating_mul(factor);
            if candidate >= quarter {
                return candidate;
            }
        }
        power = power.saturating_mul(10);
    }
}

fn shade(figure: i64, step: i64) -> i64 {
    if figure <= 0 { 0 } else { ((figure - 1) / step + 1).min(SHADES) }
}

/// Only the shades that are used.
fn legend(figures: &BTreeMap<String, i64>, step: i64, show: &impl Fn(i64) -> String) -> Vec<Legend> {
    let mut legend = Vec::new();
    if departments().iter().any(|department| !figures.contains_key(&department.code)) {
        legend.push(Legend { shade: "none".to_owned(), text: "Aucune donnée".to_owned() });
    }
    for level in 0..=SHADES {
        if !figures.values().any(|figure| shade(*figure, step) == level) {
            continue;
        }
        let text = match level {
            0 => show(0),
            // A shade of one figure needs no range.
            _ if step == 1 => show(level),
            1 => format!("jusqu’à {}", show(step)),
            _ => format!("plus de {} à {}", show(step * (level - 1)), show(step * level)),
        };
        legend.push(Legend { shade: level.to_string(), text });
    }
    legend
}
