//! The files of `seeds/demo`, as they are written.

use serde::Deserialize;

use crate::fault::Fault;

pub const CALL_2021: &str = include_str!("../../../seeds/calls/ami-iss-2021.toml");
pub const CALL_OPEN: &str = include_str!("../../../seeds/calls/ami-iss-ouvert.toml");
/// Stands for every supporting document, and says so.
pub const PIECE: &[u8] = include_bytes!("../../../seeds/demo/piece-fictive.pdf");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeopleFile {
    pub institutions: Vec<Institution>,
    pub people: Vec<Person>,
    pub organisations: Vec<Organisation>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Institution {
    pub code: String,
    pub name: String,
    pub short_name: String,
    pub address: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub email: String,
    pub given_name: String,
    pub surname: String,
    /// What the person does, for the list of logins.
    pub title: String,
    #[serde(default)]
    pub administrator: bool,
    #[serde(default)]
    pub institution: Option<String>,
    #[serde(default)]
    pub quality: String,
    #[serde(default)]
    pub service: String,
    /// Codes of [`crate::access::Role`], held in every call.
    #[serde(default)]
    pub roles: Vec<String>,
    #[serde(default)]
    pub seat: Option<String>,
    /// Reference of a delegation of signature.
    #[serde(default)]
    pub delegation: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    pub code: String,
    /// E-mail of the account that declares it.
    pub owner: String,
    pub name: String,
    pub siret: String,
    pub rna: String,
    pub legal_form: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    pub representative_name: String,
    pub representative_quality: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossiersFile {
    pub dossiers: Vec<Dossier>,
}

/// One dossier and how far it goes. Amounts are whole euros.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dossier {
    pub call: String,
    pub organisation: String,
    /// Civil time in Paris, for the historic call.
    pub submitted: Option<String>,
    /// Stays a draft.
    pub draft: bool,
    pub title: String,
    pub summary: String,
    pub axes: Vec<String>,
    pub departments: Vec<String>,
    pub scale: String,
    pub audience: String,
    pub start: String,
    pub end: String,
    /// Months of the budget year, for the live call.
    pub start_month: u8,
    pub end_month: u8,
    pub mechanism: String,
    pub lever: String,
    pub impact: String,
    pub outreach: String,
    pub participation: String,
    pub request: i64,
    pub rent: i64,
    pub services: i64,
    pub staff: i64,
    pub town: i64,
    pub members: i64,
    pub volunteers: i64,
    pub indicator: String,
    pub indicator_detail: String,
    pub target: i64,
    /// Ground of not being shortlisted; ends the path there.
    pub set_aside: Option<String>,
    /// Per instructor, in the order of the criteria; -1 abstains.
    pub levels: Vec<Vec<i32>>,
    pub opinions: Vec<String>,
    /// -1: none proposed.
    pub proposed: Vec<i64>,
    pub comments: Vec<String>,
    pub outcome: Option<String>,
    pub amount: i64,
    pub rank: Option<i64>,
    pub debate: String,
    pub motive: String,
    /// Date of the attributive act.
    pub act: Option<String>,
    /// Date of the advance.
    pub payment: Option<String>,
    pub value: Option<i64>,
    pub value_on: String,
    pub value_comment: String,
}

/// # Errors
/// When the embedded file does not parse.
pub fn people() -> Result<PeopleFile, Fault> {
    toml::from_str(include_str!("../../../seeds/demo/people.toml"))
        .map_err(|e| Fault::internal(format!("people.toml: {e}")))
}

/// # Errors
/// When the embedded file does not parse.
pub fn dossiers() -> Result<DossiersFile, Fault> {
    toml::from_str(include_str!("../../../seeds/demo/dossiers.toml"))
        .map_err(|e| Fault::internal(format!("dossiers.toml: {e}")))
}
