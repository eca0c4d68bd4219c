//! Eligibility, assignments, interests, reviews and scores.

mod assignment;
mod management;
mod review;
mod scores;
