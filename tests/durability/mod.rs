//! The program itself, as a process, under what happens to processes: killed, stopped, out of disk, out of database,
//! two at once, backed up and restored.
//!
//! `prepared` makes, once, a service with work waiting; each test starts from a copy of it (`place`), runs the real
//! binary on it (`process`), has many people press a button at once (`work`), and counts afterwards what is there
//! (`inventory`). `ESSAIM_KILLS` says how often the process is killed, `ESSAIM_SEED` repeats a run.

mod backup;
mod clock;
mod full_disk;
mod inventory;
mod kills;
mod outage;
mod place;
mod prepared;
mod process;
mod shutdown;
mod twins;
mod work;
