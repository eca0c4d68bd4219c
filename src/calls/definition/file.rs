//! The shape of a call file: which keys each table has, and how they become the model.
//!
//! Reading order: [`call`], then one function per table, in the order of the file. Dates are in [`super::dates`].

use super::dates;
use super::model::*;
use super::reader::Table;
use super::reference;
use crate::base::money::Cents;

/// The whole document.
pub(super) fn call(t: &mut Table<'_>) -> CallDefinition {
    CallDefinition {
        call: t.table("call", identity),
        calendar: t.table("calendar", dates::calendar),
        contact: t.table("contact", contact),
        stages: t.choices("stages", STAGES),
        axes: t.table("axes", axes),
        eligibility: t.table("eligibility", eligibility),
        sections: t.tables("sections", section),
        budget: t.table("budget", budget),
        pieces: t.optional_tables("pieces", piece),
        attestations: t.optional_tables("attestations", attestation),
        indicators: t.tables("indicators", indicator),
        grid: t.table("grid", grid),
        instruction: t.table("instruction", instruction),
        committee: t.table("committee", committee),
        funders: t.tables("funders", funder),
        envelopes: t.tables("envelopes", envelope),
        decision: t.table("decision", decision),
        followup: t.optional_table("followup", followup).unwrap_or_default(),
        milestones: t.optional_tables("milestones", milestone),
    }
}

const STAGES: [(&str, Stage); 6] = [
    ("submission", Stage::Submission),
    ("eligibility", Stage::Eligibility),
    ("shortlisting", Stage::Shortlisting),
    ("instruction", Stage::Instruction),
    ("committee", Stage::Committee),
    ("decision", Stage::Decision),
];

pub(super) fn source(t: &mut Table<'_>) -> Source {
    let kinds =
        [("sourced", SourceKind::Sourced), ("proposed", SourceKind::Proposed), ("fictitious", SourceKind::Fictitious)];
    Source { kind: t.choice("kind", kinds), reference: t.text("reference") }
}

fn identity(t: &mut Table<'_>) -> Identity {
    Identity {
        code: t.code("code"),
        kind: t.choice("kind", [("ami", CallKind::Ami), ("aap", CallKind::Aap)]),
        title: t.label("title"),
        summary: t.label("summary"),
        purpose: t.texts("purpose"),
        priorities: t.optional_texts("priorities"),
        authority: t.code("authority"),
        demonstration: t.flag("demonstration", false),
        source: t.table("source", source),
    }
}

fn contact(t: &mut Table<'_>) -> Contact {
    Contact {
        service: t.label("service"),
        address: t.texts("address"),
        email: t.label("email"),
        telephone: t.label("telephone"),
        source: t.table("source", source),
    }
}

fn axes(t: &mut Table<'_>) -> Axes {
    Axes {
        choice: t.choice("choice", [("one", AxesChoice::One), ("several", AxesChoice::Several)]),
        list: t.optional_tables("list", axis),
    }
}

fn axis(t: &mut Table<'_>) -> Axis {
    Axis {
        code: t.code("code"),
        label: t.label("label"),
        aliases: t
            .optional_tables("aliases", |t| AxisAlias { label: t.label("label"), source: t.table("source", source) }),
        source: t.table("source", source),
    }
}

fn eligibility(t: &mut Table<'_>) -> Eligibility {
    Eligibility {
        applicants: t.texts("applicants"),
        legal_forms: t.texts("legal_forms"),
        departments: t.texts("departments"),
        exclusions: t.optional_texts("exclusions"),
        source: t.table("source", source),
    }
}

fn section(t: &mut Table<'_>) -> Section {
    let kinds = [
        ("fields", SectionKind::Fields),
        ("identity", SectionKind::Identity),
        ("budget", SectionKind::Budget),
        ("indicators", SectionKind::Indicators),
        ("partners", SectionKind::Partners),
        ("pieces", SectionKind::Pieces),
        ("attestations", SectionKind::Attestations),
    ];
    Section {
        code: t.code("code"),
        title: t.label("title"),
        intro: t.optional_paragraph("intro"),
        kind: t.choice("kind", kinds),
        fields: t.optional_tables("fields", field),
        source: t.table("source", source),
    }
}

fn field(t: &mut Table<'_>) -> Field {
    let kinds = [
        ("line", FieldKind::Line),
        ("text", FieldKind::Text),
        ("choice", FieldKind::Choice),
        ("choices", FieldKind::Choices),
        ("axes", FieldKind::Axes),
        ("departments", FieldKind::Departments),
        ("date", FieldKind::Date),
        ("integer", FieldKind::Integer),
    ];
    Field {
        code: t.code("code"),
        label: t.label("label"),
        hint: t.optional_paragraph("hint"),
        kind: t.choice("kind", kinds),
        required: t.flag("required", true),
        max: t.optional_integer("max"),
        options: t.optional_tables("options", |t| FieldOption {
            value: t.code("value"),
            label: t.label("label"),
            hint: t.optional_paragraph("hint"),
        }),
        when: t.optional_table("when", |t| Condition { field: t.code("field"), is: t.code("is") }),
    }
}

/// Either the lines inline, or `plan` naming reference data; both take `[[budget.requests]]`, added to class 74.
fn budget(t: &mut Table<'_>) -> BudgetPlan {
    let years = t.years("years");
    let years_field = t.optional_code("years_field");
    let (charges, mut produits) = if t.has("plan") { named_plan(t) } else { inline_plan(t) };
    let groups = t.path_of("produits");
    let class_74 = produits.iter().position(|group| group.class == "74");
    let mut taken = class_74.map_or(0, |group| produits[group].lines.len());
    let reading = t.reading;
    let mut lines = t.optional_tables("requests", |t| {
        taken += 1;
        let group = class_74.map_or(produits.len(), |group| group) + 1;
        let place = format!("{groups}[{group}].lines[{taken}]");
        reading.borrow_mut().alias(format!("{place}.request_to"), t.path_of("funder"));
        reading.borrow_mut().alias(place, t.path.clone());
        BudgetLine {
            code: t.code("code"),
            label: t.label("label"),
            request_to: Some(t.code("funder")),
            public: t.flag("public", true),
        }
    });
    match class_74 {
        Some(group) => produits[group].lines.append(&mut lines),
        None if lines.is_empty() => {}
        None => produits.push(BudgetGroup { class: "74".to_owned(), label: "Subventions".to_owned(), lines }),
    }
    BudgetPlan { years, years_field, charges, produits, source: t.table("source", source) }
}

fn named_plan(t: &mut Table<'_>) -> (Vec<BudgetGroup>, Vec<BudgetGroup>) {
    let line = t.find("plan").map_or(0, |(_, line)| line);
    let name = t.code("plan");
    match reference::budget_plan(&name) {
        Some(plan) => (plan.charges.clone(), plan.produits.clone()),
        None => {
            let known = reference::BUDGET_PLAN_NAMES.join(", ");
            t.refuse(line, "plan", format!("le plan « {name} » est inconnu. Plans connus : {known}."));
            for key in ["charges", "produits"] {
                let path = t.path_of(key);
                t.reading.borrow_mut().silence(path);
            }
            (Vec::new(), Vec::new())
        }
    }
}

fn inline_plan(t: &mut Table<'_>) -> (Vec<BudgetGroup>, Vec<BudgetGroup>) {
    (t.tables("charges", budget_group), t.tables("produits", budget_group))
}

fn budget_group(t: &mut Table<'_>) -> BudgetGroup {
    BudgetGroup {
        class: t.code("class"),
        label: t.label("label"),
        lines: t.tables("lines", |t| BudgetLine {
            code: t.code("code"),
            label: t.label("label"),
            request_to: t.optional_code("request_to"),
            public: t.flag("public", false),
        }),
    }
}

fn piece(t: &mut Table<'_>) -> Piece {
    Piece {
        code: t.code("code"),
        label: t.label("label"),
        hint: t.optional_paragraph("hint"),
        required: t.flag("required", true),
        legal_forms: t.optional_texts("legal_forms"),
        from_date: t.optional_text("from_date"),
        above_euros: t.optional_integer("above_euros"),
        source: t.table("source", source),
    }
}

fn attestation(t: &mut Table<'_>) -> Attestation {
    Attestation { code: t.code("code"), label: t.text("label"), source: t.table("source", source) }
}

fn indicator(t: &mut Table<'_>) -> IndicatorChoice {
    let families = [
        ("process", IndicatorFamily::Process),
        ("result", IndicatorFamily::Result),
        ("impact", IndicatorFamily::Impact),
        ("equity", IndicatorFamily::Equity),
    ];
    IndicatorChoice {
        code: t.code("code"),
        label: t.label("label"),
        unit: t.label("unit"),
        family: t.choice("family", families),
        total: t
            .optional_choice("total", [("last", IndicatorTotal::Last), ("sum", IndicatorTotal::Sum)])
            .unwrap_or_default(),
        source: t.table("source", source),
    }
}

fn grid(t: &mut Table<'_>) -> Grid {
    Grid { levels: t.texts("levels"), criteria: t.tables("criteria", criterion) }
}

fn criterion(t: &mut Table<'_>) -> Criterion {
    Criterion {
        code: t.code("code"),
        label: t.label("label"),
        weight: t.integer("weight"),
        axis: t.optional_code("axis"),
        descriptors: t.optional_texts("descriptors"),
        blocking: t.flag("blocking", false),
        source: t.table("source", source),
    }
}

fn instruction(t: &mut Table<'_>) -> InstructionRules {
    let visible = [
        ("after_own", ReviewsVisible::AfterOwn),
        ("after_all", ReviewsVisible::AfterAll),
        ("always", ReviewsVisible::Always),
    ];
    InstructionRules {
        reviewers_per_dossier: t.integer("reviewers_per_dossier"),
        distinct_institutions: t.required_flag("distinct_institutions"),
        institutions: t.texts("institutions"),
        divergence_threshold: t.integer("divergence_threshold"),
        reviews_visible: t.optional_choice("reviews_visible", visible).unwrap_or_default(),
        source: t.table("source", source),
    }
}

fn committee(t: &mut Table<'_>) -> CommitteeRules {
    CommitteeRules {
        quorum: t.integer("quorum"),
        quorum_second: t.optional_integer("quorum_second").unwrap_or(0),
        proxies: t
            .optional_choice(
                "proxies",
                [("counted", ProxyRule::Counted), ("not_counted", ProxyRule::NotCounted), ("none", ProxyRule::None)],
            )
            .unwrap_or_default(),
        notice_days: t.optional_integer("notice_days").unwrap_or(5),
        seats: t.tables("seats", |t| Seat {
            code: t.code("code"),
            label: t.label("label"),
            institution: t.code("institution"),
            chair: t.flag("chair", false),
            source: t.table("source", source),
        }),
        source: t.table("source", source),
    }
}

fn funder(t: &mut Table<'_>) -> Funder {
    Funder { code: t.code("code"), label: t.label("label"), source: t.table("source", source) }
}

/// No `amount_euros`: the amount is unknown.
fn envelope(t: &mut Table<'_>) -> EnvelopeDefinition {
    let largest = Cents::LIMIT / 100;
    EnvelopeDefinition {
        funder: t.code("funder"),
        line: t.label("line"),
        authority: t.optional_code("authority"),
        payer: t.optional_code("payer"),
        year: t.year("year"),
        amount: t
            .optional_integer::<i64>("amount_euros")
            .map(|euros| Cents::from_euros(euros.clamp(-largest, largest))),
        source: t.table("source", source),
    }
}

fn decision(t: &mut Table<'_>) -> DecisionRules {
    DecisionRules {
        silence_months: t.integer("silence_months"),
        agreement_above_euros: t.integer("agreement_above_euros"),
        schedule: t
            .optional_table("schedule", |t| ScheduleRules {
                advance_percent: t
                    .optional_integer("advance_percent")
                    .unwrap_or(ScheduleRules::default().advance_percent),
            })
            .unwrap_or_default(),
        court: t.table("court", |t| Court { name: t.label("name"), address: t.texts("address") }),
        observation_days: t.optional_integer("observation_days").unwrap_or(30),
        legal_bases: t.texts("legal_bases"),
        letters: t.table("letters", super::letters::read),
        source: t.table("source", source),
    }
}

fn followup(t: &mut Table<'_>) -> FollowupRules {
    let usual = FollowupRules::default();
    let lengths =
        [("quarter", PeriodLength::Quarter), ("half_year", PeriodLength::HalfYear), ("year", PeriodLength::Year)];
    FollowupRules {
        period: t.optional_choice("period", lengths).unwrap_or(usual.period),
        report_within_days: t.optional_integer("report_within_days").unwrap_or(usual.report_within_days),
        reminders: t.optional_integers("reminders").unwrap_or(usual.reminders),
        start_field: t.optional_code("start_field").unwrap_or(usual.start_field),
        end_field: t.optional_code("end_field").unwrap_or(usual.end_field),
        reach: t.optional_code("reach").unwrap_or(usual.reach),
        source: t.table("source", source),
    }
}

fn milestone(t: &mut Table<'_>) -> Milestone {
    Milestone {
        date: t.label("date"),
        label: t.text("label"),
        count: t.optional_integer("count"),
        euros: t.optional_integer("euros"),
        source: t.table("source", source),
    }
}
