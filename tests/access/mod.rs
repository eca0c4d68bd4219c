//! Who may open what: every route, as every role.

mod routes;
