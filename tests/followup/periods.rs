//! Periods come from the project's own dates; missing is missing; totals follow the call's rule.

use essaim::base::clock::Instant;
use essaim::calls::definition::{CallDefinition, IndicatorTotal, PeriodLength, parse};
use essaim::dossiers::{Answer, Content};
use essaim::followup::periods::{Period, Standing, of_project, reminder_due};
use essaim::followup::rules::{percent, read_value, total};

use crate::support::CALL_FILE;

fn call() -> CallDefinition {
    parse(CALL_FILE, "ami-iss-2021.toml").unwrap()
}

fn content(start: &str, end: &str) -> Content {
    let mut content = Content::default();
    for (field, day) in [("start", start), ("end", end)] {
        if !day.is_empty() {
            content.answers.insert(field.to_owned(), Answer::One(day.to_owned()));
        }
    }
    content
}

fn days(periods: &[Period]) -> Vec<(String, String)> {
    periods.iter().map(|p| (p.starts_on.to_string(), p.ends_on.to_string())).collect()
}

fn at(civil: &str) -> Instant {
    Instant::from_civil(civil, "Europe/Paris").unwrap()
}

#[test]
fn periods_run_from_the_first_day_and_the_last_one_ends_with_the_project() {
    let mut call = call();
    let periods = of_project(&call, &content("2022-03-01", "2022-12-31"));
    let expected = [("2022-03-01", "2022-08-31"), ("2022-09-01", "2022-12-31")];
    assert_eq!(days(&periods), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    assert_eq!(periods[0].due_at, at("2022-10-15T23:59:59"));
    call.followup.period = PeriodLength::Quarter;
    let periods = of_project(&call, &content("2022-01-31", "2022-07-30"));
    assert_eq!(days(&periods)[1], ("2022-04-30".to_owned(), "2022-07-30".to_owned()), "ends of months are kept to");
    assert_eq!(of_project(&call, &content("2022-05-01", "2022-04-01")).len(), 1, "an end before its start is one day");
    call.followup.period = PeriodLength::Year;
    let years = of_project(&call, &content("", ""));
    assert_eq!(days(&years)[0].0, "2022-01-01", "without dates, the years of the budget");
}

#[test]
fn a_report_is_late_after_its_last_day_only() {
    let period = &of_project(&call(), &content("2022-03-01", "2022-12-31"))[0];
    let standing = |reported, civil: &str| period.standing(reported, at(civil), "Europe/Paris");
    assert_eq!(standing(false, "2022-02-28T12:00:00"), Standing::Upcoming);
    assert_eq!(standing(false, "2022-08-31T23:00:00"), Standing::Running);
    assert_eq!(standing(false, "2022-09-01T00:00:00"), Standing::Expected);
    assert_eq!(standing(false, "2022-10-15T23:59:59"), Standing::Expected);
    assert_eq!(standing(false, "2022-10-16T00:00:00"), Standing::Late);
    assert_eq!(standing(true, "2023-10-16T00:00:00"), Standing::Reported);
}

#[test]
fn one_reminder_at_a_time_and_none_that_is_too_old() {
    let period = &of_project(&call(), &content("2022-03-01", "2022-12-31"))[0];
    let due = |civil: &str| reminder_due(period, &[-15, 1, 15], at(civil));
    assert_eq!(due("2022-09-30T23:00:00"), None);
    assert_eq!(due("2022-10-01T08:00:00"), Some(-15));
    assert_eq!(due("2022-10-08T08:00:00"), None, "a week late, it helps nobody");
    assert_eq!(due("2022-10-17T08:00:00"), Some(1));
    assert_eq!(due("2022-10-31T08:00:00"), Some(15), "only the last step that has passed");
    assert_eq!(due("2024-01-01T08:00:00"), None);
}

#[test]
fn values_add_up_as_the_call_says_and_nothing_is_not_zero() {
    assert_eq!(total(IndicatorTotal::Last, [Some(3), None, Some(5), None]), Some(5));
    assert_eq!(total(IndicatorTotal::Sum, [Some(3), None, Some(5)]), Some(8));
    assert_eq!(total(IndicatorTotal::Sum, [None, None]), None);
    assert_eq!(total(IndicatorTotal::Last, [Some(0)]), Some(0));
    assert_eq!(percent(499, 500), Some(99));
    assert_eq!(percent(1, 0), None);
    assert_eq!(read_value("0", "personnes"), Ok(Some(0)));
    assert_eq!(read_value("", "personnes"), Ok(None));
    assert_eq!(read_value(" 1\u{202F}200 ", "personnes"), Ok(Some(1200)));
    for wrong in ["-1", "1,5", "beaucoup", "99999999999999999999"] {
        assert!(read_value(wrong, "personnes").is_err(), "{wrong}");
    }
    assert!(read_value("101", "%").is_err());
}

#[test]
fn the_call_file_explains_its_follow_up_mistakes() {
    let wrong = |from: &str, to: &str| {
        let text = CALL_FILE.replacen(from, to, 1);
        assert_ne!(text, CALL_FILE, "{from}");
        parse(&text, "x.toml").unwrap_err().iter().map(|m| (m.path.clone(), m.message.clone())).collect::<Vec<_>>()
    };
    for (from, to, path, words) in [
        ("reach = \"reached\"", "reach = \"licornes\"", "followup.reach", "licornes"),
        ("reminders = [-15, 1, 15]", "reminders = [1, 1]", "followup.reminders[2]", "ordre"),
        ("start_field = \"start\"", "start_field = \"title\"", "followup.start_field", "date"),
        ("report_within_days = 45", "report_within_days = 900", "followup.report_within_days", "366"),
    ] {
        let mistakes = wrong(from, to);
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        assert!(mistakes[0].0 == path && mistakes[0].1.contains(words), "{mistakes:?}");
    }
    assert!(wrong("period = \"half_year\"", "period = \"half_yaer\"")[0].1.contains("half_year"));
}
