//! One address: method, path, permission, handler.

use super::{Answer, Visit};
use crate::access::Permission;
use crate::fault::Fault;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

pub type Handler = fn(&Visit) -> Result<Answer, Fault>;

#[derive(Clone, Copy)]
pub struct Page {
    pub method: Method,
    /// With `{name}` parts, read through [`Visit::param`].
    pub path: &'static str,
    pub permission: Permission,
    pub handler: Handler,
}

impl Page {
    #[must_use]
    pub const fn get(path: &'static str, permission: Permission, handler: Handler) -> Self {
        Self { method: Method::Get, path, permission, handler }
    }

    #[must_use]
    pub const fn post(path: &'static str, permission: Permission, handler: Handler) -> Self {
        Self { method: Method::Post, path, permission, handler }
    }
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {} {:?}", self.method, self.path, self.permission)
    }
}
