//! Essaim runs public funding calls, from publication to shared follow-up.

pub mod access;
pub mod base;
pub mod calls;
pub mod db;
pub mod documents_store;
pub mod fault;
pub mod files;
pub mod journal;
pub mod mail;
pub mod config;
pub mod service;
pub mod web;
pub mod ledger;
pub mod dossiers;
pub mod accounts;
pub mod app;
pub mod site;
