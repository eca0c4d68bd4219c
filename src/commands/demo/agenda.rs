//! Everything that happens, whatever the call, in the order of the calendar, with a line told as each stage ends.

use std::collections::HashMap;
use std::time::{Duration, Instant as Stopwatch};

use super::replay::Replay;
use crate::base::clock::Instant;
use crate::fault::Fault;

type Work<'a> = Box<dyn FnOnce(&mut Replay<'a>) -> Result<(), Fault> + 'a>;

struct Step<'a> {
    at: Instant,
    stage: String,
    what: String,
    work: Work<'a>,
}

#[derive(Default)]
pub struct Agenda<'a> {
    steps: Vec<Step<'a>>,
}

#[derive(Default)]
struct Stage {
    steps: usize,
    left: usize,
    spent: Duration,
}

impl<'a> Agenda<'a> {
    /// Plans a step of a stage. Steps of one instant happen in the order planned.
    pub fn plan(
        &mut self,
        at: Instant,
        stage: &str,
        what: &str,
        work: impl FnOnce(&mut Replay<'a>) -> Result<(), Fault> + 'a,
    ) {
        self.steps.push(Step { at, stage: stage.to_owned(), what: what.to_owned(), work: Box::new(work) });
    }

    /// Does everything, each step at its instant.
    ///
    /// # Errors
    /// The first refusal, with the step it came from.
    pub fn play(mut self, replay: &mut Replay<'a>, tell: &mut dyn FnMut(&str)) -> Result<(), Fault> {
        self.steps.sort_by_key(|step| step.at);
        let mut stages: HashMap<String, Stage> = HashMap::new();
        for step in &self.steps {
            let stage = stages.entry(step.stage.clone()).or_default();
            stage.steps += 1;
            stage.left += 1;
        }
        for Step { at, stage, what, work } in self.steps {
            let started = Stopwatch::now();
            replay.service.clock.set(at);
            work(replay).map_err(|fault| Fault::internal(format!("{stage}, {what}, {}: {fault:?}", at.iso())))?;
            let Some(progress) = stages.get_mut(&stage) else { continue };
            progress.left -= 1;
            progress.spent += started.elapsed();
            if progress.left == 0 {
                let seconds = format!("{:.1}", progress.spent.as_secs_f64()).replace('.', ",");
                tell(&format!("  {stage:<46} {:>5}   {seconds:>5} s", progress.steps));
            }
        }
        Ok(())
    }
}
