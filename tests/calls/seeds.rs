use essaim::base::{Cents, Instant};
use essaim::calls::definition::*;
use jiff::civil::date;

pub const HISTORIC: &str = include_str!("../../seeds/calls/ami-iss-2021.toml");
pub const OPEN: &str = include_str!("../../seeds/calls/ami-iss-ouvert.toml");

pub fn historic() -> CallDefinition {
    parse(HISTORIC, "ami-iss-2021.toml").unwrap_or_else(|mistakes| panic!("{}", show(&mistakes)))
}

pub fn show(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(|mistake| format!("{mistake}\n")).collect()
}

fn open_on(today: jiff::civil::Date) -> CallDefinition {
    parse_at(OPEN, "ami-iss-ouvert.toml", today).unwrap_or_else(|mistakes| panic!("{}", show(&mistakes)))
}

#[test]
fn the_historic_call_is_legal_and_says_what_the_sources_say() {
    let call = historic();
    assert_eq!(call.call.code, "AMI-ISS-2021");
    assert_eq!(call.calendar.closing.iso(), "2021-10-29T21:59:59Z");
    assert_eq!(call.axes.list.len(), 4);
    assert_eq!(call.eligibility.departments.len(), 13);
    assert_eq!(call.envelopes[0].amount, Some(Cents::from_euros(1_700_000)));
    assert_eq!((call.committee.seats.len(), call.committee.quorum), (5, 3));
    let counts: Vec<_> = call.milestones.iter().filter_map(|milestone| milestone.count).collect();
    assert_eq!(counts, [76, 20, 16, 17]);
    assert_eq!(call.request_lines().map(|line| line.code.as_str()).collect::<Vec<_>>(), ["74-ars"]);
    assert!(call.budget_line("74-ars").is_some_and(|(group, line)| group.class == "74" && line.public));
    assert_eq!(call.maximum_level(), 4);
    assert!(call.grid.criteria.iter().all(|criterion| criterion.descriptors.len() == 5));
}

#[test]
fn texts_typed_with_plain_spaces_never_break_before_a_colon_or_inside_quotes() {
    let titled = HISTORIC.replacen("title = \"", "title = \"« Agir » ici : ", 1);
    let call = parse(&titled, "ami-iss-2021.toml").unwrap_or_else(|mistakes| panic!("{}", show(&mistakes)));
    let start = "«\u{202F}Agir\u{202F}» ici\u{A0}: ";
    assert!(call.call.title.starts_with(start), "{:?}", call.call.title);
}

#[test]
fn every_code_of_every_list_can_be_asked_for() {
    let call = historic();
    assert!(call.sections.iter().all(|section| call.section(&section.code) == Some(section)));
    assert!(call.fields().all(|field| call.field(&field.code) == Some(field)));
    assert!(call.axes.list.iter().all(|axis| call.axis(&axis.code) == Some(axis)));
    assert!(call.grid.criteria.iter().all(|criterion| call.criterion(&criterion.code) == Some(criterion)));
    assert!(call.committee.seats.iter().all(|seat| call.seat(&seat.code) == Some(seat)));
    assert_eq!(call.field("nothing"), None);
}

#[test]
fn the_open_call_is_open_whatever_the_day_it_is_installed() {
    for today in [date(2026, 11, 23), date(2027, 2, 25), date(2027, 10, 1), date(2028, 2, 29)] {
        let call = open_on(today);
        let noon = Instant::from_civil(&format!("{today}T12:00:00"), &call.calendar.zone).expect("noon");
        assert_eq!(call.phase(noon), Phase::Open);
        assert_eq!(
            call.calendar.opening.iso_date("Europe/Paris"),
            today.saturating_sub(jiff::ToSpan::days(10)).to_string()
        );
        assert_eq!(call.budget.years, [today.year() + 1]);
        assert_eq!(check_for_publication(&call, noon), []);
        assert!(call.call.demonstration);
    }
}

#[test]
fn relative_dates_are_refused_where_no_day_is_given() {
    let mistakes = parse(OPEN, "ami-iss-ouvert.toml").expect_err("relative dates");
    let paths: Vec<_> = mistakes.iter().map(|mistake| mistake.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "calendar.opening.at",
            "calendar.closing.at",
            "calendar.committee.at",
            "calendar.notification.at",
            "budget.years[1]",
            "envelopes[1].year",
        ]
    );
    assert!(mistakes.iter().all(|mistake| mistake.message.contains("jour d’installation")));
}

#[test]
fn a_submission_within_the_closing_second_is_in_time() {
    let call = historic();
    let phase = |text: &str| call.phase(Instant::parse(text).expect("an instant"));
    assert_eq!(phase("2021-09-01T07:59:59+02:00"), Phase::Announced);
    assert_eq!(phase("2021-09-01T08:00:00+02:00"), Phase::Open);
    assert_eq!(phase("2021-10-29T23:59:59.9+02:00"), Phase::Open);
    assert_eq!(phase("2021-10-30T00:00:00+02:00"), Phase::Closed);
}

#[test]
fn pieces_depend_on_legal_form_date_and_amount() {
    let call = historic();
    let asked = |form: &str, on, euros| {
        let pieces = call.pieces_for(form, on, Cents::from_euros(euros));
        pieces.iter().map(|piece| piece.code.clone()).collect::<Vec<_>>()
    };
    let (before, after) = (date(2022, 1, 1), date(2022, 1, 2));
    let has = |pieces: &[String], code: &str| pieces.iter().any(|piece| piece == code);
    assert!(has(&asked("7210", before, 1), "rib"));
    assert!(!has(&asked("9220", before, 1), "republican_commitment"));
    assert!(has(&asked("9220", after, 1), "republican_commitment"));
    assert!(!has(&asked("7210", after, 1), "republican_commitment"));
    assert!(!has(&asked("9220", after, 153_000), "auditor_report"));
    assert!(has(&asked("9220", after, 153_001), "auditor_report"));
}

#[test]
fn criteria_of_an_axis_concern_only_its_dossiers() {
    let mut call = historic();
    call.grid.criteria[7].axis = Some("A2".to_owned());
    let codes = |axes: &[&str]| {
        let axes: Vec<String> = axes.iter().map(|axis| (*axis).to_owned()).collect();
        call.criteria_for_axes(&axes).len()
    };
    assert_eq!((codes(&["A1"]), codes(&["A1", "A2"])), (7, 8));
}

#[test]
fn publication_of_a_live_call_asks_for_what_history_may_leave_unknown() {
    let mut call = historic();
    call.calendar.committee = None;
    call.envelopes[0].amount = None;
    assert_eq!(check_for_publication(&call, call.calendar.closing.plus_days(1)), []);
    let mistakes = check_for_publication(&call, call.calendar.closing.plus_days(-1));
    let paths: Vec<_> = mistakes.iter().map(|mistake| mistake.path.as_str()).collect();
    assert_eq!(paths, ["calendar.committee", "envelopes[1].amount_euros"]);
    let line = |found: &str| HISTORIC.lines().position(|line| line.starts_with(found)).expect("the line") + 1;
    let located = locate(HISTORIC, "ami-iss-2021.toml", mistakes);
    let lines: Vec<_> = located.iter().map(|mistake| mistake.line).collect();
    assert_eq!(lines, [line("committee = "), line("amount_euros = ")]);
}

#[test]
fn a_definition_survives_being_stored() {
    let call = historic();
    let stored = serde_json::to_string(&call).expect("a definition is JSON");
    assert_eq!(serde_json::from_str::<CallDefinition>(&stored).expect("and back"), call);
}

#[test]
fn reference_data_is_readable() {
    assert_eq!(reference::check(), Ok(()));
    assert_eq!(reference::departments().len(), 13);
    assert_eq!(reference::department_label("34"), "Hérault\u{A0}(34)");
    assert!(reference::is_association_like("9220") && !reference::is_association_like("7210"));
    assert!(reference::is_private_body("8210") && !reference::is_private_body("7210"));
    for name in reference::BUDGET_PLAN_NAMES {
        assert!(reference::budget_plan(name).is_some());
    }
    let call = historic();
    assert!(call.eligibility.legal_forms.iter().all(|form| reference::legal_form(form).is_some()));
    assert!(call.eligibility.departments.iter().all(|code| reference::department(code).is_some()));
}
