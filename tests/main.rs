//! One test binary for the whole application.

mod documents;
