//! What is said to releases: commands, facts, approvals, and plans of further releases.

use crate::event::{Actor, Command, What};
use crate::executor::ExecutorError;
use crate::order::ReleaseId;
use crate::release::{Release, State};
use crate::simulation::chaos::runner::{Happening, Runner, name_of};
use crate::simulation::chaos::scenario::Said;
use crate::time::Span;

/// Something that was said and is not written yet.
#[derive(Debug)]
pub(super) struct Unanswered {
    /// To which process.
    pub(super) engine: usize,
    /// It is written once so many batches are.
    pub(super) batch: u64,
    /// Which saying.
    pub(super) place: usize,
}

impl Runner<'_> {
    /// Tells a release something by its leading process, now. Answers with the batch in which it will
    /// be written; none if there is no process, or if it refuses.
    pub fn say(&mut self, to: u16, what: What) -> Option<u64> {
        let now = self.process_time();
        let told = self.process_mut()?.executor.tell(&name_of(to), what, now).ok()?;
        self.drain();
        Some(told.batch)
    }

    /// One of the sayings. Whoever says it waits until it is written.
    pub(super) fn say_again(&mut self, place: usize) {
        let Some(said) = self.sayings.get(place).cloned() else { return };
        let leader = self.engines.iter().rposition(Option::is_some);
        match (leader, self.say(said.to, said.what)) {
            (Some(engine), Some(batch)) => {
                self.unanswered.push(Unanswered { engine, batch, place });
            }
            // A release that is over takes nothing.
            (Some(_), None) => {}
            (None, _) => self.later(Happening::Say(place)),
        }
    }

    /// What was said to a process that ended before it was written is said to the next one. What
    /// was answered is in the journal.
    pub(super) fn answers(&mut self) {
        for one in std::mem::take(&mut self.unanswered) {
            match self.engines.get(one.engine).and_then(Option::as_ref) {
                Some(process) if process.executor.written() >= one.batch => {
                    let said = self.sayings.get(one.place);
                    let commands = said.filter(|said| matches!(said.what, What::Command { .. }));
                    if let Some(said) = commands {
                        *self.answered.entry(name_of(said.to)).or_default() += 1;
                    }
                }
                Some(_) => self.unanswered.push(one),
                None => self.later(Happening::Say(one.place)),
            }
        }
    }

    /// Every command that was answered has a record.
    pub(super) fn audited(&self) -> Result<(), String> {
        let is_lost = |(id, count): &(&String, &u64)| self.watch.heard(id) < **count;
        match self.answered.iter().find(is_lost) {
            Some((id, count)) => Err(format!("{id} answered {count} commands and wrote fewer")),
            None => Ok(()),
        }
    }

    /// Says something that the scenario did not foresee.
    pub(super) fn will_say(&mut self, after: Span, to: u16, what: What) {
        let at = self.now + after;
        let after = at - super::START;
        self.sayings.push(Said { after, to, what });
        self.put(at, Happening::Say(self.sayings.len() - 1));
    }

    /// People who are asked for approval answer in their time, some of them twice.
    pub(super) fn ask_people(&mut self) {
        if self.scenario.people.is_empty() {
            return;
        }
        for to in 0..=u16::try_from(self.scenario.offers.len()).unwrap_or_default() {
            let asks = self.watch.asks(&name_of(to));
            if self.asked.get(&to).copied().flatten() == asks {
                continue;
            }
            self.asked.insert(to, asks);
            if asks.is_none() {
                continue;
            }
            for person in &self.scenario.people {
                let by = Actor { name: person.name.clone(), roles: person.roles.clone() };
                let (agreed, comment) = (person.agrees, String::new());
                let what = What::Command { by, command: Command::Approve { agreed, comment } };
                self.will_say(person.after, to, what.clone());
                if let Some(again) = person.again {
                    self.will_say(person.after + again, to, what);
                }
            }
        }
    }

    /// Another release is offered: taken if its target is free, and refused if it is not.
    pub(super) fn offer(&mut self, place: usize) -> Result<(), String> {
        let Some(offer) = self.scenario.offers.get(place) else { return Ok(()) };
        let to = u16::try_from(place + 1).unwrap_or(u16::MAX);
        let (id, now) = (name_of(to), self.process_time());
        let author = Actor { name: "author".to_owned(), roles: Vec::new() };
        let Some(process) = self.engines.iter_mut().flatten().last() else {
            self.later(Happening::Offer(place));
            return Ok(());
        };
        let mut here = process.executor.releases();
        let is_busy = |release: &Release, state: &State| {
            release.plan().target == offer.plan.target && !state.status().is_final()
        };
        let other = here.find(|(_, release, state)| is_busy(release, state));
        let other = other.map(|(id, ..)| id.to_string());
        drop(here);
        match (process.executor.plan(&id, offer.plan.clone(), author, now), other) {
            (Ok(_), None) => {
                process.neighbours.greet(&id, &mut process.executor, now);
                process.recall(&mut self.journal, now);
            }
            (Ok(_), Some(other)) => return Err(format!("{id} was taken beside {other}")),
            (Err(ExecutorError::TargetBusy { .. }), Some(_)) => {
                self.refused += 1;
                if self.refused < OFFERS_MAX {
                    self.put(self.now + AGAIN, Happening::Offer(place));
                }
            }
            (Err(ExecutorError::Taken(_)), _) => {}
            (Err(error), _) => return Err(format!("{id} was refused: {error}")),
        }
        Ok(())
    }

    /// What lies outside when a plan is written, and who starts it.
    pub(super) fn planned(&mut self, id: &ReleaseId) {
        let place = self.scenario.offers.iter().enumerate();
        let places = place.map(|(place, offer)| (place + 1, &offer.plan));
        let named = |place: &usize| u16::try_from(*place).map(name_of).ok();
        let mut plans = places.filter(|(place, _)| named(place).as_deref() == Some(&**id));
        let Some((to, plan)) = plans.next() else { return };
        self.prepare_world(plan);
        let by = Actor { name: "deployer".to_owned(), roles: Vec::new() };
        let start = What::Command { by, command: Command::Start };
        self.will_say(Span::from_secs(1), u16::try_from(to).unwrap_or_default(), start);
    }

    fn later(&mut self, happening: Happening) {
        self.put(self.now + Span::from_secs(1), happening);
    }
}

/// How long after a refusal a release is offered again, and how many refusals there are at most.
const AGAIN: Span = Span::from_secs(300);
const OFFERS_MAX: u32 = 12;
