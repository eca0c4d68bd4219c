//! Follow-up: values reported against targets.

mod values;
