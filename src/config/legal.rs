//! What the law asks the institution that runs the service to say of itself, read from a file it writes.
//!
//! Nothing is made up: what the file does not say is shown as « à compléter » on the page concerned.
//!
//! ```toml
//! [publisher]
//! name = "Agence d’exemple"
//! status = "Établissement public administratif"
//! address = ["1 rue de l’Exemple", "31000 Toulouse"]
//! telephone = "01 99 00 12 34"
//! director = "Ada Exemple, directrice générale"
//!
//! [hosting]
//! name = "Hébergeur d’exemple"
//! address = ["2 rue de l’Exemple", "31000 Toulouse"]
//! telephone = "01 99 00 12 35"
//!
//! [accessibility]
//! established_on = "2027-01-15"
//! audited_on = "2027-01-08"
//! audited_by = "Cabinet d’exemple"
//! rate = 82
//! non_compliant = ["Le tableau des lignes budgétaires n’a pas d’en-têtes de groupe."]
//! exempted = []
//! out_of_scope = ["Les pièces que les porteurs joignent à leur dossier."]
//! pages_checked = ["Accueil", "Dépôt d’un dossier"]
//! tools = ["axe-core 4.10"]
//! environments = ["Firefox et NVDA sous Windows"]
//! scheme = "https://exemple.example/schema-pluriannuel"
//!
//! [personal_data]
//! controller = "Agence d’exemple"
//! officer = "dpo@exemple.example"
//! processors = ["Hébergeur d’exemple : hébergement"]
//! retention = [{ what = "Dossiers financés", period = "10 ans après la fin de la convention" }]
//!
//! [contact]
//! service = "Direction de la santé publique"
//! address = ["1 rue de l’Exemple", "31000 Toulouse"]
//! telephone = "01 99 00 12 34"
//! hours = "du lundi au vendredi, de 9 h à 12 h"
//! ```

use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::file;

/// The three results that RGAA knows, as the law words them.
pub const COMPLIANCE: [&str; 3] = ["non conforme", "partiellement conforme", "totalement conforme"];

/// Texts of the institution; every part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LegalTexts {
    pub publisher: Publisher,
    pub hosting: Hosting,
    pub accessibility: Accessibility,
    pub personal_data: PersonalData,
    pub contact: Contact,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Publisher {
    pub name: String,
    pub status: String,
    pub address: Vec<String>,
    pub telephone: String,
    /// Who answers for what is published.
    pub director: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hosting {
    pub name: String,
    pub address: Vec<String>,
    pub telephone: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Accessibility {
    /// Days as `2027-01-15`.
    pub established_on: String,
    pub audited_on: String,
    pub audited_by: String,
    /// Per cent of the applicable criteria that are met.
    pub rate: Option<u8>,
    pub non_compliant: Vec<String>,
    /// Left inaccessible because the burden would be disproportionate.
    pub exempted: Vec<String>,
    /// Not subject to the duty.
    pub out_of_scope: Vec<String>,
    pub pages_checked: Vec<String>,
    pub tools: Vec<String>,
    pub environments: Vec<String>,
    /// Address of the multi-year scheme.
    pub scheme: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PersonalData {
    pub controller: String,
    /// Address of the data protection officer.
    pub officer: String,
    pub processors: Vec<String>,
    pub retention: Vec<Retention>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    pub what: String,
    pub period: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    pub service: String,
    pub address: Vec<String>,
    pub telephone: String,
    pub hours: String,
}

/// Reads the file of a deployment.
///
/// # Errors
/// Why it cannot be honoured: unreadable, not TOML, an unknown key, a day that is none.
pub fn read(path: &Path) -> Result<LegalTexts, String> {
    let text = file::text(path).map_err(|e| e.to_string())?;
    let texts: LegalTexts = toml::from_str(&text).map_err(|e| e.to_string().trim().replace('\n', " "))?;
    for (key, day) in
        [("established_on", &texts.accessibility.established_on), ("audited_on", &texts.accessibility.audited_on)]
    {
        if !day.is_empty() && day.parse::<Date>().is_err() {
            return Err(format!("accessibility.{key} = {day:?} is no day such as 2027-01-15"));
        }
    }
    if texts.accessibility.rate.is_some_and(|rate| rate > 100) {
        return Err("accessibility.rate is a percentage, 0 to 100".to_owned());
    }
    Ok(texts)
}

/// Whether a result may be announced: partial and total compliance are the findings of a dated audit.
///
/// # Errors
/// What is missing.
pub fn allows(compliance: &str, texts: &LegalTexts) -> Result<(), String> {
    if !COMPLIANCE.contains(&compliance) {
        return Err(COMPLIANCE.join(", "));
    }
    let audit = &texts.accessibility;
    if compliance != COMPLIANCE[0] && (audit.audited_on.is_empty() || audit.audited_by.is_empty()) {
        return Err("\"non conforme\", or an audit: accessibility.audited_on and audited_by in ESSAIM_LEGAL".to_owned());
    }
    Ok(())
}
