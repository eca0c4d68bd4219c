//! Reference data embedded in the binary: departments, poverty, legal forms, budget plans.

use std::sync::LazyLock;

use serde::Deserialize;

use super::model::{BudgetGroup, Source};

/// Names a call file may give as `budget.plan`.
pub const BUDGET_PLAN_NAMES: [&str; 1] = ["cerfa-12156-06"];

/// A department of the default territory.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Department {
    pub code: String,
    pub name: String,
    pub tile: Tile,
}

/// Place on the map of tiles: columns from the west, rows from the north, odd rows half a tile to the east.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tile {
    pub column: u8,
    pub row: u8,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Departments {
    departments: Vec<Department>,
    #[serde(rename = "source")]
    _source: Source,
}

/// Poverty as published: rates in tenths of a per cent. Figures are those of the source, never recomputed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poverty {
    pub rate: u32,
    pub rate_under_30: u32,
    pub rate_from_75: u32,
    /// Absent where the source gives none.
    pub people: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DepartmentPoverty {
    pub code: String,
    #[serde(flatten)]
    pub figures: Poverty,
}

/// A wider territory shown for comparison.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TerritoryPoverty {
    pub name: String,
    #[serde(flatten)]
    pub figures: Poverty,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PovertyTable {
    pub title: String,
    pub source: Source,
    /// What the source says in two ways, and the product does not repair.
    pub discrepancies: Vec<String>,
    pub region: TerritoryPoverty,
    pub country: TerritoryPoverty,
    pub departments: Vec<DepartmentPoverty>,
}

impl PovertyTable {
    #[must_use]
    pub fn of(&self, department: &str) -> Option<&Poverty> {
        self.departments.iter().find(|row| row.code == department).map(|row| &row.figures)
    }
}

/// INSEE legal form, level III.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalForm {
    pub code: String,
    pub label: String,
    pub family: LegalFamily,
}

/// What the rules of subsidies distinguish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegalFamily {
    /// Associations and foundations: they sign the republican commitment.
    AssociationLike,
    /// Local authorities and public establishments.
    PublicBody,
    /// Other private bodies.
    Private,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LegalForms {
    forms: Vec<LegalForm>,
    #[serde(rename = "source")]
    _source: Source,
}

/// Lines of a budget plan that calls share.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferencePlan {
    pub source: Source,
    pub charges: Vec<BudgetGroup>,
    pub produits: Vec<BudgetGroup>,
}

type Loaded<T> = LazyLock<Result<T, toml::de::Error>>;

static DEPARTMENTS: Loaded<Departments> =
    LazyLock::new(|| toml::from_str(include_str!("../../../seeds/reference/departments.toml")));
static POVERTY_2020: Loaded<PovertyTable> =
    LazyLock::new(|| toml::from_str(include_str!("../../../seeds/reference/poverty-2020.toml")));
static LEGAL_FORMS: Loaded<LegalForms> =
    LazyLock::new(|| toml::from_str(include_str!("../../../seeds/reference/legal-forms.toml")));
static CERFA_12156_06: Loaded<ReferencePlan> =
    LazyLock::new(|| toml::from_str(include_str!("../../../seeds/reference/budget-cerfa-12156-06.toml")));

/// Whether the embedded files are readable; a test and `essaim check` ask.
///
/// # Errors
/// The first file that does not parse.
pub fn check() -> Result<(), String> {
    let problems = [
        ("departments.toml", DEPARTMENTS.as_ref().err()),
        ("poverty-2020.toml", POVERTY_2020.as_ref().err()),
        ("legal-forms.toml", LEGAL_FORMS.as_ref().err()),
        ("budget-cerfa-12156-06.toml", CERFA_12156_06.as_ref().err()),
    ];
    match problems.into_iter().find_map(|(file, error)| error.map(|error| format!("{file}: {error}"))) {
        Some(problem) => Err(problem),
        None => Ok(()),
    }
}

/// Poverty in 2020 by department, region and country.
#[must_use]
pub fn poverty_2020() -> Option<&'static PovertyTable> {
    POVERTY_2020.as_ref().ok()
}

/// Departments of the default territory, by code.
#[must_use]
pub fn departments() -> &'static [Department] {
    DEPARTMENTS.as_ref().map_or(&[], |loaded| &loaded.departments)
}

#[must_use]
pub fn department(code: &str) -> Option<&'static Department> {
    departments().iter().find(|department| department.code == code)
}

/// `Gard (30)`; a department outside the reference data shows its code alone.
#[must_use]
pub fn department_label(code: &str) -> String {
    department(code).map_or_else(|| code.to_owned(), |department| format!("{}\u{A0}({code})", department.name))
}

#[must_use]
pub fn legal_forms() -> &'static [LegalForm] {
    LEGAL_FORMS.as_ref().map_or(&[], |loaded| &loaded.forms)
}

#[must_use]
pub fn legal_form(code: &str) -> Option<&'static LegalForm> {
    legal_forms().iter().find(|form| form.code == code)
}

/// Associations and foundations; an unknown form is not one.
#[must_use]
pub fn is_association_like(code: &str) -> bool {
    legal_form(code).is_some_and(|form| form.family == LegalFamily::AssociationLike)
}

/// Private bodies, to which the agreement threshold of law 2000-321 applies.
#[must_use]
pub fn is_private_body(code: &str) -> bool {
    legal_form(code).is_some_and(|form| form.family != LegalFamily::PublicBody)
}

/// Legal forms in words: a family by its name, less the few it leaves out, rather than form by form.
#[must_use]
pub fn describe_forms(codes: &[String]) -> String {
    const FEW: usize = 2;
    let families = [
        (LegalFamily::AssociationLike, "les associations et fondations"),
        (LegalFamily::PublicBody, "les organismes publics"),
        (LegalFamily::Private, "les autres organismes privés"),
    ];
    for (family, name) in families {
        let members = || legal_forms().iter().filter(move |form| form.family == family);
        let left_out: Vec<_> = members().filter(|form| !codes.contains(&form.code)).collect();
        let only_family = codes.iter().all(|code| legal_form(code).is_some_and(|form| form.family == family));
        if only_family && left_out.is_empty() {
            return name.to_owned();
        }
        if only_family && left_out.len() <= FEW && left_out.len() < codes.len() {
            let labels: Vec<_> = left_out.iter().map(|form| form.label.to_lowercase()).collect();
            return format!("{name}, sauf\u{A0}: {}", labels.join(", "));
        }
    }
    let labels: Vec<_> =
        codes.iter().map(|code| legal_form(code).map_or(code.as_str(), |form| form.label.as_str())).collect();
    format!("les formes juridiques suivantes\u{A0}: {}", labels.join(", "))
}

#[must_use]
pub fn budget_plan(name: &str) -> Option<&'static ReferencePlan> {
    match name {
        "cerfa-12156-06" => CERFA_12156_06.as_ref().ok(),
        _ => None,
    }
}
