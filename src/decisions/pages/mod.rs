//! Pages of decisions.
