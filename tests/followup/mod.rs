//! Follow-up: values reported against targets.

