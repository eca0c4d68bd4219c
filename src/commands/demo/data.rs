//! The files of `seeds/demo`, as they are written: `people.toml`, `legal.toml`, then a folder per call with its
//! `story.toml` (what happened when) and its dossiers, one file per outcome.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::config::legal::LegalTexts;
use crate::fault::Fault;

#[derive(rust_embed::RustEmbed)]
#[folder = "seeds/demo/"]
#[include = "*.toml"]
struct Files;

#[derive(rust_embed::RustEmbed)]
#[folder = "seeds/calls/"]
struct CallFiles;

/// Stands for every supporting document, and says so.
pub const PIECE: &[u8] = include_bytes!("../../../seeds/demo/piece-fictive.pdf");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DossiersFile {
    dossiers: Vec<Dossier>,
}

/// One dossier and what became of it. Amounts are whole euros; instants are civil times in Paris.
#[derive(Debug, Deserialize)]
pub struct Dossier {
    /// Unique among all calls.
    pub key: String,
    /// Absent: the story's window decides, or the dossier stays a draft.
    pub submitted: Option<String>,
    #[serde(default)]
    pub draft: bool,
    pub organisation: Organisation,
    /// Answers by the code of the call's question.
    #[serde(flatten)]
    pub answers: BTreeMap<String, Answer>,
    #[serde(default)]
    pub partners: Vec<Partner>,
    #[serde(default)]
    pub indicators: Vec<Indicator>,
    #[serde(default)]
    pub budget: Vec<BudgetYear>,
    pub withdrawn: Option<String>,
    pub ineligible: Option<String>,
    pub set_aside: Option<String>,
    #[serde(default)]
    pub reviews: Vec<Review>,
    #[serde(default)]
    pub territorial: Vec<Territorial>,
    #[serde(default)]
    pub recusals: Vec<Recusal>,
    pub outcome: Option<String>,
    pub rank: Option<i64>,
    #[serde(default)]
    pub debate: String,
    #[serde(default)]
    pub motive: String,
    #[serde(default)]
    pub grants: Vec<Grant>,
    pub amendment: Option<Amendment>,
    #[serde(default)]
    pub promoted: bool,
    #[serde(default)]
    pub values: Vec<Value>,
    #[serde(default)]
    pub notes: Vec<Note>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    Text(String),
    Number(i64),
    List(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    pub name: String,
    pub legal_form: String,
    /// Written only where the scenario needs it; invented otherwise. Empty: the organisation has none.
    pub siret: Option<String>,
    #[serde(default)]
    pub rna: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    pub representative_name: String,
    pub representative_quality: String,
    /// Who fills the form.
    pub contact_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    pub name: String,
    pub role: String,
    pub kind: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    pub code: String,
    pub detail: String,
    pub target: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetYear {
    pub year: i16,
    pub charges: BTreeMap<String, i64>,
    pub products: BTreeMap<String, i64>,
    /// Contributions in kind, the same on both sides.
    #[serde(default)]
    pub volunteers: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Code of the reading institution.
    pub by: String,
    /// In the order of the call's criteria; -1 abstains. Empty: not given yet.
    #[serde(default)]
    pub levels: Vec<i32>,
    #[serde(default)]
    pub opinion: String,
    pub proposed: Option<i64>,
    #[serde(default)]
    pub comment: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Territorial {
    pub department: String,
    pub opinion: String,
    pub comment: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recusal {
    pub seat: String,
    pub reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    pub funder: String,
    pub year: i32,
    pub euros: i64,
}

/// What a grant of the first year becomes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amendment {
    pub euros: i64,
    pub reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Value {
    pub indicator: String,
    pub on: String,
    /// Absent: not measured, and the comment says why.
    pub value: Option<i64>,
    #[serde(default)]
    pub comment: String,
    /// Where the people are, when the project covers several departments.
    #[serde(default)]
    pub departments: BTreeMap<String, i64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    pub on: String,
    /// Day on which the call manager kept it for what the call has learnt.
    pub retained: Option<String>,
    pub title: String,
    pub situation: String,
    pub practice: String,
    pub lesson: String,
    #[serde(default)]
    pub answers: Vec<NoteAnswer>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteAnswer {
    /// Key of the dossier whose project answers.
    pub by: String,
    pub on: String,
    pub text: String,
}

fn parse<T: DeserializeOwned>(path: &str) -> Result<T, Fault> {
    let file = Files::get(path).ok_or_else(|| Fault::internal(format!("{path} is missing")))?;
    let text = std::str::from_utf8(&file.data).map_err(|e| Fault::internal(format!("{path}: {e}")))?;
    toml::from_str(text).map_err(|e| Fault::internal(format!("{path}: {e}")))
}

/// # Errors
/// When the file does not read.
pub fn people<T: DeserializeOwned>() -> Result<T, Fault> {
    parse("people.toml")
}

/// # Errors
/// When the file does not read.
pub fn legal() -> Result<LegalTexts, Fault> {
    parse("legal.toml")
}

/// Folders that tell a story, in alphabetical order.
pub fn folders() -> Vec<String> {
    let mut folders: Vec<String> =
        Files::iter().filter_map(|path| path.strip_suffix("/story.toml").map(str::to_owned)).collect();
    folders.sort();
    folders
}

/// # Errors
/// When the file does not read.
pub fn story<T: DeserializeOwned>(folder: &str) -> Result<T, Fault> {
    parse(&format!("{folder}/story.toml"))
}

/// Every dossier of a folder.
///
/// # Errors
/// When a file does not read.
pub fn dossiers(folder: &str) -> Result<Vec<Dossier>, Fault> {
    let inside = format!("{folder}/");
    let mut paths: Vec<_> =
        Files::iter().filter(|path| path.starts_with(&inside) && !path.ends_with("/story.toml")).collect();
    paths.sort();
    let mut dossiers = Vec::new();
    for path in paths {
        dossiers.extend(parse::<DossiersFile>(&path)?.dossiers);
    }
    Ok(dossiers)
}

/// Text of a call file.
///
/// # Errors
/// When there is no such file.
pub fn call_file(name: &str) -> Result<String, Fault> {
    let file = CallFiles::get(name).ok_or_else(|| Fault::internal(format!("seeds/calls/{name} is missing")))?;
    String::from_utf8(file.data.into_owned()).map_err(|e| Fault::internal(format!("{name}: {e}")))
}
