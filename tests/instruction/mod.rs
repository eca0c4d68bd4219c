//! Eligibility, assignments, interests, reviews and scores.

mod assignment;
mod concurrency;
mod distribution;
mod management;
mod ordinary;
mod proposals;
mod review;
mod scores;
mod territory;

pub use territory::correspondent;
