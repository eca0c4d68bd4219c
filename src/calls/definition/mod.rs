//! The call file: a whole funding call as data.
//!
//! Reading order: [`model`] (what a call is), [`queries`] (what is asked of it), `file` (the keys of each table),
//! [`check`] (the rules), [`mod@parse`] (the door), [`mod@reference`] (shared data).
//!
//! # Writing a call file
//!
//! A call file is TOML in UTF-8. Every table says where it comes from:
//! `source = { kind = "sourced" | "proposed" | "fictitious", reference = "document and line, or the reason" }`.
//! Reading reports every mistake at once, each with its line; items of a list are counted from one.
//!
//! ```toml
//! stages = ["submission", "eligibility", "instruction", "committee", "decision"]
//!
//! [call]
//! code = "AAP-ECOUTE-2027"
//! kind = "aap"
//! title = "Écouter les jeunes"
//! # …
//!
//! [calendar]
//! zone = "Europe/Paris"
//! opening = { at = "2027-01-04T08:00:00", source = { kind = "proposed", reference = "…" } }
//! closing = { at = "2027-02-26T23:59:59", source = { kind = "proposed", reference = "…" } }
//! committee = { source = { kind = "sourced", reference = "silent on the date" } }
//!
//! [budget]
//! years = [2027]
//! plan = "cerfa-12156-06"
//! source = { kind = "proposed", reference = "…" }
//!
//! [[budget.requests]]
//! code = "74-ars"
//! label = "ARS Occitanie"
//! funder = "ARS"
//! ```
//!
//! | table | keys (a question mark follows the optional ones) |
//! |---|---|
//! | top level | `stages`: shortlisting is optional, after eligibility and before committee |
//! | `call` | `code`, `kind` (`ami`, `aap`), `title`, `summary`, `purpose`, `priorities`?, `authority`, `demonstration`? |
//! | `calendar` | `zone`, `opening`, `closing`, `committee`?, `notification`?: each `{ at, source }`; the last two may leave `at` out: unknown |
//! | `contact` | `service`, `address`, `email`, `telephone` |
//! | `axes` | `choice` (`one`, `several`), `list`? of `code`, `label`, `aliases`? of `label`, `source` |
//! | `eligibility` | `applicants`, `legal_forms`, `departments`, `exclusions`? |
//! | `sections` | `code`, `title`, `intro`?, `kind`, `fields`?; one section each of kind `identity`, `budget`, `indicators`, one of kind `partners` if wished, then `pieces` and `attestations` if the call has some, the latter last |
//! | `sections.fields` | `code`, `label`, `hint`?, `kind`, `required`?, `max`?, `options`? of `value`, `label`, `hint`?, `when`? `{ field, is }` |
//! | `budget` | `years`, `years_field`? (a `choice` field whose value is the number of years asked); either `plan` or `charges` and `produits` (`class`, `label`, `lines`); `requests`? of `code`, `label`, `funder`, `public`?, added to class 74 |
//! | `pieces` | `code`, `label`, `hint`?, `required`?, `legal_forms`?, `from_date`?, `above_euros`? |
//! | `attestations` | `code`, `label` |
//! | `indicators` | `code`, `label`, `unit`, `family` (`process`, `result`, `impact`, `equity`), `total`? (`last`: values count from the start of the project, `sum`: each is of its period) |
//! | `grid` | `levels` from the lowest, `criteria` of `code`, `label`, `weight`, `axis`?, `descriptors`?, `blocking`?; weights sum to 100 |
//! | `instruction` | `reviewers_per_dossier`, `distinct_institutions`, `institutions`, `divergence_threshold`, `reviews_visible`? (`after_own`, `after_all`, `always`: when an instructor reads the others) |
//! | `committee` | `quorum`, `quorum_second`? (0), `proxies`? (`counted`, `not_counted`, `none`), `notice_days`? (5), `seats` of `code`, `label`, `institution`, `chair`? |
//! | `funders` | `code`, `label` |
//! | `envelopes` | `funder`, `line`, `authority`?, `payer`?, `year`, `amount_euros`?: absent means unknown, never zero |
//! | `decision` | `silence_months`, `agreement_above_euros`, `schedule`? (`advance_percent`), `court`, `legal_bases`, `observation_days`?, `letters` with `selected`, `waitlisted`, `rejected`, `ineligible`?, `not_shortlisted`?, `amendment`?, `correction`?, `yearly`?, `termination`? (`object`, `paragraphs`) |
//! | `followup`? | `period`? (`quarter`, `half_year`, `year`), `report_within_days`?, `reminders`? (days from the due date, negative: before), `start_field`?, `end_field`? (date fields), `reach`? (the indicator of people reached, asked per department) |
//! | `milestones` | `date` (`2021`, `2021-11` or `2021-11-30`), `label`, `count`?, `euros`? |
//!
//! The fields `title`, `summary`, `departments`, and `axes` when the call has axes, are asked of everyone. Budget classes
//! are those of the chart of accounts, plus `IND` (indirect charges) and `RP` (own resources). Letters may quote
//! [`PLACEHOLDERS`] between braces.
//!
//! **Times** are civil times read in `calendar.zone`; one that does not exist or happens twice that day is refused.
//! The closing second is in time to its end.
//!
//! **Relative dates**, for a demonstration call: `J+30T23:59:59` is thirty days after the day of installation, `"A+1"`
//! the year after its year. [`parse_at`] resolves them; [`parse()`] refuses them.
//!
//! **Unknown is allowed in history only**: [`check_for_publication`] refuses an unknown committee date or envelope when the call
//! still takes dossiers.

pub mod check;
mod dates;
mod file;
mod letters;
pub mod mistake;
pub mod model;
pub mod parse;
pub mod queries;
mod reader;
pub mod reference;
mod values;

pub use check::{PLACEHOLDERS, check_for_publication};
pub use mistake::Mistake;
pub use model::*;
pub use parse::{locate, parse, parse_at};
pub use queries::Phase;
