//! Eligibility, assignments, interests, reviews and scores.

mod assignment;
mod concurrency;
mod management;
mod review;
mod scores;
