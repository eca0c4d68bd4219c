//! The three embedded faces: glyphs and widths for measuring, subsets for embedding.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write as _;
use std::sync::LazyLock;

use allsorts::binary::read::ReadScope;
use allsorts::font::MatchingPresentation;
use allsorts::font_data::FontData;
use allsorts::gsub::{FeatureInfo, FeatureMask};
use allsorts::subset::{CmapTarget, SubsetProfile, subset};
use allsorts::tag;
use printpdf::{FontMetrics, ParsedFont};
use unicode_normalization::UnicodeNormalization;

use super::DocumentError;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Face {
    Regular,
    Bold,
    Italic,
}

pub(super) const FACES: [Face; 3] = [Face::Regular, Face::Bold, Face::Italic];

impl Face {
    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("../../static/fonts/letters/AtkinsonHyperlegibleNext-Regular.ttf"),
            Self::Bold => include_bytes!("../../static/fonts/letters/AtkinsonHyperlegibleNext-Bold.ttf"),
            Self::Italic => include_bytes!("../../static/fonts/letters/AtkinsonHyperlegibleNext-Italic.ttf"),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Regular => "AtkinsonHyperlegibleNext-Regular",
            Self::Bold => "AtkinsonHyperlegibleNext-Bold",
            Self::Italic => "AtkinsonHyperlegibleNext-Italic",
        }
    }
}

/// One glyph as it will be drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    pub id: u16,
    /// What copying the text gives back.
    pub text: char,
    /// Advance of the glyph itself, thousandths of an em.
    pub advance: f32,
    /// Space added after it, thousandths of an em: justification, tabular figures.
    pub extra: f32,
}

impl Glyph {
    pub fn width(&self, size: f32) -> f32 {
        (self.advance + self.extra) * size / 1000.0
    }
}

/// A face cut down to some glyphs, ready to embed.
#[derive(Clone)]
pub(super) struct Subset {
    pub font: ParsedFont,
    /// Where each glyph of the face went.
    pub moved: BTreeMap<u16, u16>,
}

/// The subset of what French is written with, made once: most documents need no other.
struct Usual {
    glyphs: BTreeSet<u16>,
    subset: Subset,
    /// As a font program of a PDF, deflated.
    deflated: Vec<u8>,
}

struct Typeface {
    face: Face,
    parsed: ParsedFont,
    /// Figures of one width.
    tabular: HashMap<u16, u16>,
    /// Space to add between two glyphs, in font units.
    kerning: HashMap<(u16, u16), i16>,
    usual: Option<Usual>,
}

pub(super) struct Fonts {
    faces: BTreeMap<Face, Typeface>,
}

static FONTS: LazyLock<Result<Fonts, DocumentError>> = LazyLock::new(|| {
    let mut faces = BTreeMap::new();
    for face in FACES {
        faces.insert(face, Typeface::load(face)?);
    }
    Ok(Fonts { faces })
});

/// What French letters are written with beside the letters of [`KERNED`].
const USUAL: &str = "0123456789 \u{A0}\u{202F}€%&!?@#+*=_[]{}<>|·•…“”‘\"'—";
/// What kerning is worth preparing for.
const KERNED: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZÀÉÈÊÇŒabcdefghijklmnopqrstuvwxyzàâäçéèêëîïôöùûüœ.,;:’'-–()«»/°";

impl Typeface {
    fn load(face: Face) -> Result<Self, DocumentError> {
        let broken = |cause: String| DocumentError::Font(format!("{}\u{A0}: {cause}", face.name()));
        let parsed =
            ParsedFont::from_bytes(face.bytes(), 0, &mut Vec::new()).ok_or_else(|| broken("illisible".to_owned()))?;
        let file = ReadScope::new(face.bytes()).read::<FontData<'_>>().map_err(|e| broken(e.to_string()))?;
        let provider = file.table_provider(0).map_err(|e| broken(e.to_string()))?;
        let mut font = allsorts::Font::new(provider).map_err(|e| broken(e.to_string()))?;
        let mut shaped = |text: &str, features: &[FeatureInfo]| {
            let glyphs = font.map_glyphs(text, tag::LATN, MatchingPresentation::NotRequired);
            let mask = FeatureMask::empty();
            font.shape(glyphs, tag::LATN, None, mask, features, None, true).map_err(|(e, _)| broken(e.to_string()))
        };
        let figures = "0123456789";
        let tabular = shaped(figures, &[FeatureInfo { feature_tag: tag::TNUM, alternate: None }])?
            .iter()
            .zip(figures.chars())
            .filter_map(|(info, c)| Some((parsed.lookup_glyph_index(u32::from(c))?, info.glyph.glyph_index)))
            .collect();
        let pairs: String = KERNED.chars().flat_map(|a| KERNED.chars().flat_map(move |b| [a, b])).collect();
        let kerning = shaped(&pairs, &[])?
            .windows(2)
            .filter(|pair| pair[0].kerning != 0)
            .map(|pair| ((pair[0].glyph.glyph_index, pair[1].glyph.glyph_index), pair[0].kerning))
            .collect();
        let mut typeface = Self { face, parsed, tabular, kerning, usual: None };
        typeface.usual = Some(typeface.usual()?);
        Ok(typeface)
    }

    fn broken(&self, cause: impl std::fmt::Display) -> DocumentError {
        DocumentError::Font(format!("{}\u{A0}: {cause}", self.face.name()))
    }

    fn usual(&self) -> Result<Usual, DocumentError> {
        let drawn = KERNED.chars().chain(USUAL.chars()).filter_map(|c| self.glyph(c)).map(|glyph| glyph.id);
        let glyphs: BTreeSet<u16> = drawn.chain(self.tabular.values().copied()).collect();
        let subset = self.subset(&glyphs)?;
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(subset.font.original_bytes.as_slice()).map_err(|e| self.broken(e))?;
        let deflated = encoder.finish().map_err(|e| self.broken(e))?;
        Ok(Usual { glyphs, subset, deflated })
    }

    /// The face cut down to the glyphs in use.
    fn subset(&self, used: &BTreeSet<u16>) -> Result<Subset, DocumentError> {
        let mut ids: Vec<u16> = vec![0];
        ids.extend(used.iter().copied().filter(|id| *id != 0));
        let file = ReadScope::new(self.face.bytes()).read::<FontData<'_>>().map_err(|e| self.broken(e))?;
        let provider = file.table_provider(0).map_err(|e| self.broken(e))?;
        let bytes =
            subset(&provider, &ids, &SubsetProfile::Pdf, CmapTarget::Unrestricted).map_err(|e| self.broken(e))?;
        let full = &self.parsed;
        let moved: BTreeMap<u16, u16> = ids.iter().copied().zip(0..).collect();
        let widths = moved.iter().filter_map(|(old, new)| Some((*new, full.get_glyph_width(*old)?))).collect();
        let mut font = ParsedFont::with_glyph_data(
            bytes,
            0,
            Some(format!("ESSAIM+{}", self.face.name())),
            BTreeMap::new(),
            widths,
            full.units_per_em,
            FontMetrics { ascent: full.font_metrics.ascent, descent: full.font_metrics.descent },
        );
        font.pdf_font_metrics = full.pdf_font_metrics.clone();
        Ok(Subset { font, moved })
    }

    fn glyph(&self, text: char) -> Option<Glyph> {
        let drawn = match text {
            '\u{202F}' => '\u{2009}',
            '\u{2011}' => '-',
            '\u{2192}' => '–',
            c if c.is_whitespace() && c != '\u{2009}' => '\u{A0}',
            c => c,
        };
        let plain = drawn.nfkd().next().unwrap_or(drawn);
        let (id, text) = [(drawn, text), (plain, plain), (MISSING, MISSING)].into_iter().find_map(|(c, text)| {
            self.parsed.lookup_glyph_index(u32::from(c)).filter(|id| *id != 0).map(|id| (id, text))
        })?;
        // One glyph has one text in the PDF: a plain hyphen and its no-break twin read the same.
        let text = match text {
            '\u{2011}' => '-',
            '\u{2192}' => '–',
            '\u{202F}' | '\u{2009}' => '\u{202F}',
            c if c.is_whitespace() => ' ',
            c => c,
        };
        // The face has no narrow no-break space: its thin space, a little wider, stands in.
        let extra = if text == '\u{202F}' { 50.0 } else { 0.0 };
        Some(Glyph { id, text, advance: self.advance(id), extra })
    }

    fn advance(&self, id: u16) -> f32 {
        self.per_mille(f32::from(self.parsed.get_glyph_width(id).unwrap_or(0)))
    }

    fn per_mille(&self, units: f32) -> f32 {
        units * 1000.0 / f32::from(self.parsed.units_per_em.max(1))
    }

    fn kern(&self, glyphs: &mut [Glyph]) {
        for index in 1..glyphs.len() {
            if let Some(space) = self.kerning.get(&(glyphs[index - 1].id, glyphs[index].id)) {
                glyphs[index - 1].extra += self.per_mille(f32::from(*space));
            }
        }
    }
}

pub(super) fn fonts() -> Result<&'static Fonts, DocumentError> {
    FONTS.as_ref().map_err(Clone::clone)
}

/// Shown for a character the face does not draw (another script, an emoji): visible, never silently dropped.
const MISSING: char = '?';

impl Fonts {
    /// The glyphs of a text, composed first; controls and invisible marks are left out.
    pub fn glyphs(&self, face: Face, text: &str) -> Vec<Glyph> {
        let Some(typeface) = self.faces.get(&face) else { return Vec::new() };
        let mut glyphs: Vec<Glyph> =
            text.nfc().filter(|c| !is_invisible(*c)).filter_map(|c| typeface.glyph(c)).collect();
        typeface.kern(&mut glyphs);
        glyphs
    }

    /// The same with figures of one width, so that columns of amounts line up.
    pub fn tabular(&self, face: Face, text: &str) -> Vec<Glyph> {
        let mut glyphs = self.glyphs(face, text);
        let Some(typeface) = self.faces.get(&face) else { return glyphs };
        for glyph in &mut glyphs {
            if let Some(id) = typeface.tabular.get(&glyph.id) {
                (glyph.id, glyph.advance, glyph.extra) = (*id, typeface.advance(*id), 0.0);
            }
        }
        glyphs
    }

    pub fn width(&self, face: Face, size: f32, text: &str) -> f32 {
        self.glyphs(face, text).iter().map(|g| g.width(size)).sum()
    }

    /// The face cut down to what French is written with, or to the glyphs in use where they go beyond it.
    pub fn subset(&self, face: Face, used: &BTreeSet<u16>) -> Result<Subset, DocumentError> {
        let absent = || DocumentError::Font(format!("{}\u{A0}: absente", face.name()));
        let typeface = self.faces.get(&face).ok_or_else(absent)?;
        match &typeface.usual {
            Some(usual) if used.is_subset(&usual.glyphs) => Ok(usual.subset.clone()),
            _ => typeface.subset(used),
        }
    }

    /// A font program as it is deflated, where that was done once for all.
    pub fn deflated(&self, program: &[u8]) -> Option<&[u8]> {
        let usual = self.faces.values().filter_map(|typeface| typeface.usual.as_ref());
        let same = |usual: &&Usual| usual.subset.font.original_bytes.as_slice() == program;
        usual.filter(same).map(|usual| usual.deflated.as_slice()).next()
    }
}

fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}
