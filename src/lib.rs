//! Essaim runs public funding calls, from publication to shared follow-up.

pub mod access;
pub mod accounts;
pub mod app;
pub mod base;
pub mod calls;
pub mod commands;
pub mod committee;
pub mod config;
pub mod db;
pub mod decisions;
pub mod documents;
pub mod documents_store;
pub mod dossiers;
pub mod fault;
pub mod files;
pub mod followup;
pub mod funding;
pub mod instruction;
pub mod journal;
pub mod ledger;
pub mod mail;
pub mod service;
pub mod site;
pub mod web;
