//! What keeps pages fast as a call fills up; how fast they are is measured in `benches`.

mod plans;
mod statements;
