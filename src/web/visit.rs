//! One request, read whole: who, where, what was sent, and when it arrived.

use std::cell::Cell;
use std::collections::HashMap;
use std::net::IpAddr;
use std::str::FromStr;

use super::answer::Flash;
use super::form::encode;
use super::serve::Site;
use super::{Answer, Form};
use crate::access::{Actor, Author};
use crate::base::clock::Instant;
use crate::db::{Conn, Reading};
use crate::fault::Fault;
use crate::service::{Operation, Service};

pub struct Visit {
    pub site: actix_web::web::Data<Site>,
    pub path: String,
    pub params: HashMap<String, String>,
    pub query: Form,
    pub form: Form,
    /// Whether the request asks for a change, not for a page.
    pub posted: bool,
    /// Arrival of the first byte, before the body was read.
    pub now: Instant,
    pub actor: Option<Actor>,
    /// Row of the session that vouches for the actor.
    pub session: Option<i64>,
    pub address: IpAddr,
    pub user_agent: String,
    pub flash: Vec<Flash>,
    /// What the next query of this page goes on with.
    pub reading: Cell<Option<Reading>>,
}

impl Visit {
    #[must_use]
    pub fn service(&self) -> &Service {
        &self.site.service
    }

    /// The signed-in person; the guard has made sure of one unless the page is public.
    ///
    /// # Errors
    /// [`Fault::NotFound`] on a public page without a session.
    pub fn actor(&self) -> Result<&Actor, Fault> {
        self.actor.as_ref().ok_or(Fault::NotFound)
    }

    /// A part of the address.
    ///
    /// # Errors
    /// [`Fault::NotFound`] when it does not read as `T`.
    pub fn param<T: FromStr>(&self, name: &str) -> Result<T, Fault> {
        let text = self.params.get(name).filter(|text| !text.contains('\0'));
        text.and_then(|text| text.parse().ok()).ok_or(Fault::NotFound)
    }

    /// The path without the token of a personal link: whoever reads the log must not open it.
    #[must_use]
    pub fn path_to_log(&self) -> String {
        let token = self.params.get("token").filter(|token| !token.is_empty());
        token.map_or_else(|| self.path.clone(), |token| self.path.replace(token.as_str(), "{token}"))
    }

    /// The address as asked for, to come back to it.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        let pairs: Vec<_> =
            self.query.fields().iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        if pairs.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, pairs.join("&")) }
    }

    /// Runs queries. All those of a page see the database at one instant, from the session on; those of a form that is
    /// posted see it as it stands at each step, because the form changes it.
    ///
    /// # Errors
    /// Whatever `work` answers.
    pub fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Fault>) -> Result<T, Fault> {
        let reading = self.reading.take().map_or_else(|| self.service().db.reading(), Ok)?;
        let (reading, value) = reading.run(work)?;
        self.reading.set((!self.posted).then_some(reading));
        Ok(value)
    }

    /// Lets the connection go to others; what is read next is read anew.
    pub fn end_reading(&self) {
        drop(self.reading.take());
    }

    /// One operation in the visitor's name, dated at the arrival of the request.
    ///
    /// # Errors
    /// Whatever `work` answers.
    pub fn perform<T>(&self, work: impl FnOnce(&mut Operation<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        self.end_reading();
        let author = self.actor.as_ref().map_or_else(Author::visitor, Actor::author);
        self.service().perform(author, self.now, work)
    }

    /// A write that is nobody's act and no entry of the journal.
    ///
    /// # Errors
    /// Whatever `work` answers.
    pub fn note<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Fault>) -> Result<T, Fault> {
        self.end_reading();
        self.service().db.write(work)
    }

    /// Answers a form's mistakes by showing the page again with them, status 422; other faults pass through.
    ///
    /// # Errors
    /// Every fault but [`Fault::Invalid`], and whatever `page` answers.
    pub fn with_mistakes(
        &self,
        fault: Fault,
        page: impl FnOnce(&Self, Vec<crate::fault::FieldError>) -> Result<Answer, Fault>,
    ) -> Result<Answer, Fault> {
        match fault {
            Fault::Invalid(mistakes) => page(self, mistakes).map(|answer| answer.status(422)),
            other => Err(other),
        }
    }
}
