//! Eligibility, assignments, interests, reviews and scores.

mod scores;
