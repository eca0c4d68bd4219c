//! Doors that anybody may knock on answer at even times: what was found behind shows in neither words nor time.

use std::time::{Duration, Instant};

/// Longer than the work of any of them, on a machine that is not overloaded.
const STEP: Duration = Duration::from_millis(100);

/// When the work of an answer began.
#[derive(Debug)]
pub struct Pace(Instant);

impl Pace {
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Waits until a whole number of steps has gone by since the start.
    pub fn keep(self) {
        let spent = self.0.elapsed().as_nanos() % STEP.as_nanos();
        let left = STEP.as_nanos() - spent;
        std::thread::sleep(Duration::from_nanos(u64::try_from(left).unwrap_or_default()));
    }
}
