//! The kit that every page is made with. It knows HTTP and HTML, and no capability.
//!
//! A page is a plain function from a [`Visit`] to an [`Answer`]; a [`Page`] ties it to an address and to the
//! permission that is checked before it runs. Reading order: [`page`], [`visit`], [`answer`], [`serve`],
//! `intake`, `respond`; [`list`] and [`export`] for lists.

pub mod answer;
pub mod export;
pub mod form;
pub mod guard;
mod headers;
mod intake;
pub mod list;
mod pace;
pub mod page;
pub mod render;
mod respond;
pub mod serve;
pub mod session;
pub mod statics;
pub mod throttle;
pub mod visit;

pub use answer::Answer;
pub use form::{Form, Upload};
pub use list::{Column, Filter, Format, ListRequest, ListView};
pub use pace::Pace;
pub use page::Page;
pub use render::{Expected, Link};
pub use serve::{Site, start};
pub use visit::Visit;
