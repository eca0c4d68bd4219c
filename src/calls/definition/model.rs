//! What a call file says, as plain types. The file is the whole call: no code knows a call by name.

use serde::{Deserialize, Serialize};

pub use super::letters::Letters;
use crate::base::clock::Instant;
use crate::base::money::Cents;

/// Where a value of a call file comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub kind: SourceKind,
    /// Document and line, or the reason of the proposal.
    pub reference: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Read in a public document.
    Sourced,
    /// Chosen by the authors of the call file.
    Proposed,
    /// Invented for the demonstration, and labelled so wherever shown.
    Fictitious,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallDefinition {
    pub call: Identity,
    pub calendar: Calendar,
    pub contact: Contact,
    /// Ordered; `submission`, `eligibility`, `instruction`, `committee` and `decision` are mandatory.
    pub stages: Vec<Stage>,
    pub axes: Axes,
    pub eligibility: Eligibility,
    /// The task list of the form, in order.
    pub sections: Vec<Section>,
    pub budget: BudgetPlan,
    #[serde(default)]
    pub pieces: Vec<Piece>,
    #[serde(default)]
    pub attestations: Vec<Attestation>,
    pub indicators: Vec<IndicatorChoice>,
    pub grid: Grid,
    pub instruction: InstructionRules,
    pub committee: CommitteeRules,
    pub funders: Vec<Funder>,
    pub envelopes: Vec<EnvelopeDefinition>,
    pub decision: DecisionRules,
    #[serde(default)]
    pub followup: FollowupRules,
    /// Historic facts about the call, shown with their source and never recomputed.
    #[serde(default)]
    pub milestones: Vec<Milestone>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Unique, upper case, digits and hyphens: `AMI-ISS-2021`. Prefix of every dossier reference.
    pub code: String,
    pub kind: CallKind,
    pub title: String,
    /// One sentence for lists.
    pub summary: String,
    /// Paragraphs.
    pub purpose: Vec<String>,
    /// What the authority gives priority to.
    #[serde(default)]
    pub priorities: Vec<String>,
    /// The body that launches the call, as an institution code.
    pub authority: String,
    /// Shown on public pages when the call is part of the demonstration.
    #[serde(default)]
    pub demonstration: bool,
    pub source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallKind {
    /// Appel à manifestation d'intérêt.
    Ami,
    /// Appel à projets.
    Aap,
}

impl CallKind {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Ami => "Appel à manifestation d’intérêt",
            Self::Aap => "Appel à projets",
        }
    }
}

/// Civil times in the file are read in `zone` and kept as UTC instants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// IANA name, `Europe/Paris`.
    pub zone: String,
    pub opening: Instant,
    /// Last instant at which a submission is in time, inclusive.
    pub closing: Instant,
    /// Unknown dates of historic calls stay unknown.
    pub committee: Option<Instant>,
    pub notification: Option<Instant>,
    /// Provenance per date, in the order of the file.
    pub sources: Vec<(String, Source)>,
}

/// Who answers applicants, as CRPA R112-5 asks of an acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub service: String,
    /// Lines of the postal address.
    pub address: Vec<String>,
    pub email: String,
    pub telephone: String,
    pub source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Submission,
    Eligibility,
    Shortlisting,
    Instruction,
    Committee,
    Decision,
}

impl Stage {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Submission => "Dépôt des dossiers",
            Self::Eligibility => "Complétude et recevabilité",
            Self::Shortlisting => "Présélection",
            Self::Instruction => "Instruction",
            Self::Committee => "Comité de sélection",
            Self::Decision => "Décision et notification",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axes {
    pub choice: AxesChoice,
    pub list: Vec<Axis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AxesChoice {
    One,
    Several,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    pub code: String,
    pub label: String,
    /// Other wordings of the same axis in dated documents.
    #[serde(default)]
    pub aliases: Vec<AxisAlias>,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AxisAlias {
    pub label: String,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eligibility {
    /// Sentences: who may apply.
    pub applicants: Vec<String>,
    /// INSEE legal form codes accepted; a dossier from another form may still be judged by a person.
    pub legal_forms: Vec<String>,
    /// Department codes of the territory, in the order shown.
    pub departments: Vec<String>,
    /// What the call does not fund.
    #[serde(default)]
    pub exclusions: Vec<String>,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    pub code: String,
    pub title: String,
    /// A short introduction above the fields.
    #[serde(default)]
    pub intro: String,
    pub kind: SectionKind,
    /// Only for `fields` sections.
    #[serde(default)]
    pub fields: Vec<Field>,
    pub source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    /// The applicant organisation and its representative: exactly one.
    Identity,
    /// Questions of the call.
    Fields,
    /// The budget plan: exactly one.
    Budget,
    /// Indicators and targets: exactly one.
    Indicators,
    /// Bodies that take part in the project: at most one.
    Partners,
    /// Supporting documents: at most one.
    Pieces,
    /// Attestations: at most one, last.
    Attestations,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Unique in the call. Three codes carry meaning for lists and letters: `title`, `summary`, `axes`,
    /// plus `departments` and `scale`.
    pub code: String,
    pub label: String,
    #[serde(default)]
    pub hint: String,
    pub kind: FieldKind,
    #[serde(default = "yes")]
    pub required: bool,
    /// Longest text accepted, in characters.
    #[serde(default)]
    pub max: Option<u32>,
    /// Only for `choice` and `choices`.
    #[serde(default)]
    pub options: Vec<FieldOption>,
    /// The question is asked only when an earlier `choice` field has this value.
    #[serde(default)]
    pub when: Option<Condition>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    Line,
    Text,
    Choice,
    Choices,
    /// The call's axes, one or several as [`Axes::choice`] says.
    Axes,
    /// The call's departments, one at least.
    Departments,
    Date,
    Integer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldOption {
    pub value: String,
    pub label: String,
    #[serde(default)]
    pub hint: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub field: String,
    pub is: String,
}

/// Lines of CERFA 12156*06 unless the call says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetPlan {
    /// Years of the plan, one to four. The first is firm: later ones depend on the credits of their year.
    pub years: Vec<i16>,
    /// Code of a `choice` field whose value is the number of years asked; every year is asked without it.
    #[serde(default)]
    pub years_field: Option<String>,
    pub charges: Vec<BudgetGroup>,
    pub produits: Vec<BudgetGroup>,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetGroup {
    /// Class of the chart of accounts: `60`, `74`, `86`…
    pub class: String,
    pub label: String,
    pub lines: Vec<BudgetLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetLine {
    /// Unique in the plan.
    pub code: String,
    pub label: String,
    /// Code of the funder of this call to whom the line is the request (class 74 only).
    #[serde(default)]
    pub request_to: Option<String>,
    /// Public money, for the share of public funding.
    #[serde(default)]
    pub public: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    pub code: String,
    pub label: String,
    #[serde(default)]
    pub hint: String,
    #[serde(default = "yes")]
    pub required: bool,
    /// Asked only of these legal forms; empty: of everyone.
    #[serde(default)]
    pub legal_forms: Vec<String>,
    /// Asked only of dossiers filed from this day (`2022-01-02`).
    #[serde(default)]
    pub from_date: Option<String>,
    /// Asked only above this request, in whole euros.
    #[serde(default)]
    pub above_euros: Option<i64>,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    pub code: String,
    pub label: String,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndicatorChoice {
    pub code: String,
    pub label: String,
    /// `personnes`, `%`, `séances`…
    pub unit: String,
    pub family: IndicatorFamily,
    #[serde(default)]
    pub total: IndicatorTotal,
    pub source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndicatorFamily {
    Process,
    Result,
    Impact,
    Equity,
}

impl IndicatorFamily {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Process => "Processus",
            Self::Result => "Résultat",
            Self::Impact => "Impact",
            Self::Equity => "Équité",
        }
    }
}

/// How the values of successive periods make the figure that is compared with the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndicatorTotal {
    /// Each value is counted since the start of the project: the last one stands.
    #[default]
    Last,
    /// Each value is of its period alone: they add up.
    Sum,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grid {
    /// Words of the levels from 0 up; the highest level is `levels.len() - 1`.
    pub levels: Vec<String>,
    pub criteria: Vec<Criterion>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    pub code: String,
    pub label: String,
    /// Whole points; the weights of the call sum to 100.
    pub weight: u32,
    /// Scored only for dossiers on this axis.
    #[serde(default)]
    pub axis: Option<String>,
    /// One per level; empty: the general words of the grid.
    #[serde(default)]
    pub descriptors: Vec<String>,
    /// A zero here is shown to the committee, never silently applied.
    #[serde(default)]
    pub blocking: bool,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstructionRules {
    pub reviewers_per_dossier: u32,
    /// The reviewers of one dossier come from different institutions.
    pub distinct_institutions: bool,
    /// Institutions whose agents may instruct.
    pub institutions: Vec<String>,
    /// Weighted difference from which a dossier is flagged as divergent, in points of 100.
    pub divergence_threshold: u32,
    /// When an instructor reads the others' reviews.
    #[serde(default)]
    pub reviews_visible: ReviewsVisible,
    pub source: Source,
}

/// When an instructor reads the reviews of the others on the same dossier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewsVisible {
    /// Once their own is submitted.
    #[default]
    AfterOwn,
    /// Once every review of the dossier is.
    AfterAll,
    /// As soon as they are submitted.
    Always,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitteeRules {
    /// Voting members present, at least.
    pub quorum: u32,
    /// The same for a second session on the agenda of one that lacked its quorum; zero: whoever comes (CRPA R133-10).
    #[serde(default)]
    pub quorum_second: u32,
    /// Whether a member may give their vote to another, and whether it then counts for the quorum.
    #[serde(default)]
    pub proxies: ProxyRule,
    /// Days between the convocation and the session, but for urgency (CRPA R133-8).
    #[serde(default = "five")]
    pub notice_days: u32,
    pub seats: Vec<Seat>,
    pub source: Source,
}

/// Proxies in the committee. CRPA R133-9 lets a member hold one; R133-10 counts it for the quorum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProxyRule {
    #[default]
    Counted,
    /// Votes, without counting for the quorum.
    NotCounted,
    None,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    pub code: String,
    pub label: String,
    /// Institution code.
    pub institution: String,
    #[serde(default)]
    pub chair: bool,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Funder {
    /// Institution code.
    pub code: String,
    pub label: String,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeDefinition {
    /// Code of a [`Funder`].
    pub funder: String,
    /// Name of the funding line: `FIR – Ségur mesure 27`.
    pub line: String,
    /// Institution that decides on the line; the call's authority unless said otherwise.
    pub authority: Option<String>,
    /// Institution that pays; the one that decides unless said otherwise.
    pub payer: Option<String>,
    pub year: i16,
    /// Unknown is not unlimited: nothing can be reserved on it until a vote is recorded.
    pub amount: Option<Cents>,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRules {
    /// Months of silence after which the request is implicitly rejected (CRPA L231-4).
    pub silence_months: u8,
    /// Threshold in whole euros above which an agreement is mandatory (law 2000-321 art. 10).
    pub agreement_above_euros: i64,
    /// How a grant is paid unless the authority's agent says otherwise.
    #[serde(default)]
    pub schedule: ScheduleRules,
    pub court: Court,
    /// Days left to a beneficiary to answer a formal notice before an award is ended (CSP R1435-33: a month).
    #[serde(default = "month")]
    pub observation_days: i64,
    /// Legal bases quoted in letters, one per line.
    pub legal_bases: Vec<String>,
    pub letters: Letters,
    pub source: Source,
}

/// Each year's grant is paid in two: an advance at the notification, the balance on service done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleRules {
    /// Share of the year's grant paid in advance, in hundredths; 100: paid at once.
    pub advance_percent: u8,
}

impl Default for ScheduleRules {
    fn default() -> Self {
        Self { advance_percent: 80 }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Court {
    pub name: String,
    pub address: Vec<String>,
}

/// Paragraphs may use the words of [`super::check::PLACEHOLDERS`], in braces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterText {
    pub object: String,
    pub paragraphs: Vec<String>,
}

/// What funded projects report, when, and how they are reminded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowupRules {
    pub period: PeriodLength,
    /// Days given after the end of a period to report on it.
    pub report_within_days: u16,
    /// Days from the due date at which a reminder leaves, in order; negative: before.
    pub reminders: Vec<i16>,
    /// Date fields of the form between which the project runs.
    pub start_field: String,
    pub end_field: String,
    /// The indicator that counts the people reached, asked per department; empty: the call has none.
    pub reach: String,
    pub source: Source,
}

impl Default for FollowupRules {
    fn default() -> Self {
        Self {
            period: PeriodLength::HalfYear,
            report_within_days: 45,
            reminders: vec![-15, 1, 15],
            start_field: "start".to_owned(),
            end_field: "end".to_owned(),
            reach: String::new(),
            source: Source {
                kind: SourceKind::Proposed,
                reference: "Règles d’Essaim, pour un appel dont le fichier n’en donne pas".to_owned(),
            },
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodLength {
    Quarter,
    HalfYear,
    Year,
}

impl PeriodLength {
    #[must_use]
    pub fn months(self) -> i32 {
        match self {
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }

    /// `chaque semestre`.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Quarter => "chaque trimestre",
            Self::HalfYear => "chaque semestre",
            Self::Year => "chaque année",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// As precise as the source: `2021`, `2021-11` or `2021-12-15`.
    pub date: String,
    pub label: String,
    #[serde(default)]
    pub count: Option<u32>,
    #[serde(default)]
    pub euros: Option<i64>,
    pub source: Source,
}

fn five() -> u32 {
    5
}

fn yes() -> bool {
    true
}

fn month() -> i64 {
    30
}
