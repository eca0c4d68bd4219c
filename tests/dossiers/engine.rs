//! The whole matrix: every state, every event, with and without shortlisting.

use essaim::calls::definition::Stage;
use essaim::dossiers::rules::{allows, transition};
use essaim::dossiers::{Event, State};

const PLAIN: &[Stage] = &[Stage::Submission, Stage::Eligibility, Stage::Instruction, Stage::Committee, Stage::Decision];
const SHORTLISTING: &[Stage] = &[
    Stage::Submission,
    Stage::Eligibility,
    Stage::Shortlisting,
    Stage::Instruction,
    Stage::Committee,
    Stage::Decision,
];

fn matrix(stages: &[Stage]) -> String {
    let mut lines = Vec::new();
    for state in State::ALL {
        lines.push(state.code().to_owned());
        for event in Event::ALL {
            let answer = match transition(*state, *event, stages) {
                Ok(next) => next.code().to_owned(),
                Err(_) => "–".to_owned(),
            };
            lines.push(format!("    {} → {answer}", event.label()));
        }
    }
    lines.join("\n")
}

#[test]
fn every_state_answers_every_event() {
    insta::assert_snapshot!("matrix", matrix(PLAIN));
}

#[test]
fn every_state_answers_every_event_with_shortlisting() {
    insta::assert_snapshot!("matrix_with_shortlisting", matrix(SHORTLISTING));
}

#[test]
fn a_refusal_names_the_act_and_the_state() {
    let refusal = transition(State::Draft, Event::Notify, PLAIN).unwrap_err();
    assert_eq!(refusal.to_string(), "Impossible de notifier la décision : le dossier est dans l’état « brouillon ».");
}

#[test]
fn nothing_leaves_a_final_state() {
    let ends = [
        State::IneligibilityNotified,
        State::NonShortlistingNotified,
        State::RejectionNotified,
        State::Closed,
        State::Terminated,
        State::Withdrawn,
    ];
    for state in ends {
        for event in Event::ALL {
            assert!(!allows(state, *event, PLAIN) && !allows(state, *event, SHORTLISTING), "{state:?} {event:?}");
        }
    }
}

#[test]
fn every_state_is_reached_from_a_draft() {
    for stages in [PLAIN, SHORTLISTING] {
        let mut reached = vec![State::Draft];
        let mut next = 0;
        while next < reached.len() {
            for event in Event::ALL {
                if let Ok(state) = transition(reached[next], *event, stages)
                    && !reached.contains(&state)
                {
                    reached.push(state);
                }
            }
            next += 1;
        }
        // Without shortlisting nothing is shortlisted, nor set aside, signed and notified.
        let expected = if stages == PLAIN { State::ALL.len() - 4 } else { State::ALL.len() };
        assert_eq!(reached.len(), expected, "{reached:?}");
    }
}

#[test]
fn the_applicant_learns_nothing_before_notification() {
    let hidden =
        [State::Eligible, State::Ineligible, State::NotShortlisted, State::Opined, State::Selected, State::Rejected];
    for state in hidden {
        assert_eq!(state.label_for_applicant(), "En cours d’examen");
        assert_eq!(state.tone_for_applicant(), "info");
        assert!(state.awaits_decision());
    }
}
