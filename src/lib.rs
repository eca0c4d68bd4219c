//! Essaim runs public funding calls, from publication to shared follow-up.
//!
//! The modules below are in dependency order: each may use those above it. ARCHITECTURE.md tells the rest.
#![forbid(unsafe_code)]

// Leaf types and the two databases.
pub mod base;
pub mod fault;

pub mod db;

// Services: they know no capability.
pub mod files;

pub mod access;

pub mod journal;

pub mod documents;

pub mod sealed;

pub mod mail;

pub mod config;

pub mod service;

pub mod ledger;

pub mod notify;

pub mod web;

// Capabilities, in the order of a dossier's life.
pub mod accounts;

pub mod calls;

pub mod dossiers;

pub mod instruction;

pub mod committee;

pub mod decisions;

pub mod funding;

pub mod followup;

// Assembly.
pub mod site;

pub mod app;

pub mod commands;
