//! Questions the rest of the product asks a call.

use jiff::civil::Date;

use super::model::*;
use crate::base::clock::Instant;
use crate::base::money::Cents;

/// Where a call stands with respect to submissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Published, not yet open.
    Announced,
    Open,
    Closed,
}

impl Phase {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Announced => "Annoncé",
            Self::Open => "Ouvert",
            Self::Closed => "Clos",
        }
    }
}

impl Calendar {
    /// Before opening, between opening and the end of the closing second, after.
    #[must_use]
    pub fn phase(&self, now: Instant) -> Phase {
        if now < self.opening {
            Phase::Announced
        } else if now.0 < self.closing.0 + 1_000_000 {
            Phase::Open
        } else {
            Phase::Closed
        }
    }

    /// Provenance of a date, by its name in the file.
    #[must_use]
    pub fn source(&self, date: &str) -> Option<&Source> {
        self.sources.iter().find(|(name, _)| name == date).map(|(_, source)| source)
    }
}

impl CallDefinition {
    #[must_use]
    pub fn phase(&self, now: Instant) -> Phase {
        self.calendar.phase(now)
    }

    #[must_use]
    pub fn has_stage(&self, stage: Stage) -> bool {
        self.stages.contains(&stage)
    }

    #[must_use]
    pub fn section(&self, code: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.code == code)
    }

    #[must_use]
    pub fn section_of_kind(&self, kind: SectionKind) -> Option<&Section> {
        self.sections.iter().find(|section| section.kind == kind)
    }

    /// All the call's fields, in the order asked.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.sections.iter().flat_map(|section| &section.fields)
    }

    #[must_use]
    pub fn field(&self, code: &str) -> Option<&Field> {
        self.fields().find(|field| field.code == code)
    }

    #[must_use]
    pub fn axis(&self, code: &str) -> Option<&Axis> {
        self.axes.list.iter().find(|axis| axis.code == code)
    }

    #[must_use]
    pub fn criterion(&self, code: &str) -> Option<&Criterion> {
        self.grid.criteria.iter().find(|criterion| criterion.code == code)
    }

    #[must_use]
    pub fn seat(&self, code: &str) -> Option<&Seat> {
        self.committee.seats.iter().find(|seat| seat.code == code)
    }

    #[must_use]
    pub fn funder(&self, code: &str) -> Option<&Funder> {
        self.funders.iter().find(|funder| funder.code == code)
    }

    #[must_use]
    pub fn piece(&self, code: &str) -> Option<&Piece> {
        self.pieces.iter().find(|piece| piece.code == code)
    }

    #[must_use]
    pub fn attestation(&self, code: &str) -> Option<&Attestation> {
        self.attestations.iter().find(|attestation| attestation.code == code)
    }

    #[must_use]
    pub fn indicator(&self, code: &str) -> Option<&IndicatorChoice> {
        self.indicators.iter().find(|indicator| indicator.code == code)
    }

    /// Charges then produits, with their group.
    pub fn budget_lines(&self) -> impl Iterator<Item = (&BudgetGroup, &BudgetLine)> {
        self.budget
            .charges
            .iter()
            .chain(&self.budget.produits)
            .flat_map(|group| group.lines.iter().map(move |line| (group, line)))
    }

    #[must_use]
    pub fn budget_line(&self, code: &str) -> Option<(&BudgetGroup, &BudgetLine)> {
        self.budget_lines().find(|(_, line)| line.code == code)
    }

    /// Years of the budget asked of a dossier that answered `count` to the call's [`BudgetPlan::years_field`]; the first
    /// one alone while it did not answer.
    #[must_use]
    pub fn years_asked(&self, count: &str) -> &[i16] {
        let years = &self.budget.years;
        if self.budget.years_field.is_none() {
            return years;
        }
        let count = count.parse::<usize>().unwrap_or(1).clamp(1, years.len().max(1));
        years.get(..count).unwrap_or(years)
    }

    /// Lines whose amount is the request to a funder of this call.
    pub fn request_lines(&self) -> impl Iterator<Item = &BudgetLine> {
        self.budget_lines().map(|(_, line)| line).filter(|line| line.request_to.is_some())
    }

    /// Lines whose amount is the request to this funder.
    pub fn request_lines_to<'a>(&'a self, funder: &'a str) -> impl Iterator<Item = &'a BudgetLine> {
        self.request_lines().filter(move |line| line.request_to.as_deref() == Some(funder))
    }

    /// The level worth all of a criterion's points.
    #[must_use]
    pub fn maximum_level(&self) -> u32 {
        u32::try_from(self.grid.levels.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// The words of one level of one criterion: its own, else the grid's.
    #[must_use]
    pub fn descriptor<'a>(&'a self, criterion: &'a Criterion, level: u32) -> Option<&'a str> {
        let level = usize::try_from(level).ok()?;
        criterion.descriptors.get(level).or_else(|| self.grid.levels.get(level)).map(String::as_str)
    }

    /// Criteria scored for a dossier on these axes.
    #[must_use]
    pub fn criteria_for_axes(&self, axes: &[impl AsRef<str>]) -> Vec<&Criterion> {
        let among = |axis: &String| axes.iter().any(|one| one.as_ref() == axis);
        let concerned = |criterion: &&Criterion| criterion.axis.as_ref().is_none_or(among);
        self.grid.criteria.iter().filter(concerned).collect()
    }

    /// Pieces asked of this dossier, required or not.
    #[must_use]
    pub fn pieces_for(&self, legal_form: &str, filed_on: Date, request: Cents) -> Vec<&Piece> {
        self.pieces.iter().filter(|piece| piece.is_asked(legal_form, filed_on, request)).collect()
    }
}

impl Piece {
    /// Whether the piece is asked of this applicant, on this day, for this request.
    #[must_use]
    pub fn is_asked(&self, legal_form: &str, filed_on: Date, request: Cents) -> bool {
        let form = self.legal_forms.is_empty() || self.legal_forms.iter().any(|form| form == legal_form);
        let date = self.from_date().is_none_or(|from| filed_on >= from);
        let amount = self.above_euros.is_none_or(|euros| request > Cents::from_euros(euros));
        form && date && amount
    }

    #[must_use]
    pub fn from_date(&self) -> Option<Date> {
        self.from_date.as_ref().and_then(|text| text.parse().ok())
    }
}
