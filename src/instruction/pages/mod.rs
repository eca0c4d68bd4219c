//! Pages of instruction, by audience.
