//! The command line: reads settings, opens the service, runs one command.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use essaim::commands::{self, Outcome};
use essaim::config::{Settings, VARIABLES};

#[derive(Parser)]
#[command(name = "essaim", version, about = "Essaim runs public funding calls, from publication to shared follow-up.")]
#[command(after_help = settings_help())]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve a demonstration with fictitious data; started again, it keeps what was done
    Demo {
        /// Folder of the demonstration's files, and of its database unless one is named
        #[arg(long, default_value = "var/demo")]
        folder: PathBuf,
        /// PostgreSQL database to keep the rows in, in a schema of their own: postgres://USER@HOST/DATABASE
        #[arg(long)]
        database: Option<String>,
        /// Address and port to listen on
        #[arg(long, default_value = "127.0.0.1:8080")]
        bind: SocketAddr,
        /// Throw the demonstration's data away and start afresh
        #[arg(long)]
        reset: bool,
    },
    /// Serve the service with the settings of the environment
    Serve,
    /// Bring the database's schema up to date
    Migrate,
    /// Check or import call files
    #[command(subcommand)]
    Call(CallCommand),
    /// Manage accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Copy the database and the files into a new folder, while the service runs
    Backup { target: PathBuf },
    /// Make the database and the files again from a backup, in an empty place, then verify them
    Restore { source: PathBuf },
    /// Verify the journal's chain, the ledger's counters and every sealed hash
    Check,
}

#[derive(Subcommand)]
enum CallCommand {
    /// Explain every mistake of a call file, with its line
    Check { file: PathBuf },
    /// Check a call file, then record the call
    Import { file: PathBuf },
}

#[derive(Subcommand)]
enum UserCommand {
    /// Open an account whose address you vouch for; the password is read from standard input
    Add(UserAdd),
}

#[derive(Args)]
struct UserAdd {
    #[arg(long)]
    email: String,
    #[arg(long)]
    given_name: String,
    #[arg(long)]
    surname: String,
    /// May manage institutions, people and rights
    #[arg(long)]
    administrator: bool,
}

fn settings_help() -> String {
    let mut help = String::from("Settings, from environment variables:\n");
    for (name, meaning, default) in VARIABLES {
        let default = if default.is_empty() { "none" } else { default };
        help.push_str(&format!("  {name}\n      {meaning}\n      default: {default}\n"));
    }
    help
}

fn main() -> ExitCode {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    bound_memory();
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("ESSAIM_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,essaim=info")),
        )
        .with_writer(std::io::stderr)
        .init();
    match run(cli.command) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// The C library gives threads up to eight heaps a core, and each keeps the most it ever held: with two a core the service
/// answers as fast with a third less memory. The 19 MiB of a password's hash go back to the system at once, instead of
/// staying in the heap of each thread that computed one (`benches/README.md`).
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code)]
fn bound_memory() {
    use std::ffi::c_int;
    /// Given back when freed; smaller pieces come from heaps, at the cost of no system call.
    const LARGE: c_int = 16 << 20;
    /// What a heap keeps free at its end.
    const SPARE: c_int = 2 << 20;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let heaps = c_int::try_from(cores.saturating_mul(2)).unwrap_or(c_int::MAX);
    // SAFETY: these set bounds that the allocator reads when it needs memory; no other thread runs yet.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, heaps);
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        libc::mallopt(libc::M_TRIM_THRESHOLD, SPARE);
    }
}

fn run(command: Command) -> Result<ExitCode, String> {
    match command {
        Command::Demo { folder, database: server, bind, reset } => {
            commands::demo::run(&commands::demo::Options { folder, server, bind, reset }).map(done)
        }
        Command::Serve => commands::serve::run(settings()?).map(done),
        Command::Migrate => commands::migrate::run(settings()?).map(done),
        Command::Call(CallCommand::Check { file }) => commands::call::check(&file).map(done),
        Command::Call(CallCommand::Import { file }) => commands::call::import(settings()?, &file).map(done),
        Command::User(UserCommand::Add(user)) => {
            commands::user::add(settings()?, &user.email, &user.given_name, &user.surname, user.administrator).map(done)
        }
        Command::Backup { target } => commands::backup::run(&settings()?, &target).map(done),
        Command::Restore { source } => commands::backup::restore(settings()?, &source).map(done),
        Command::Check => commands::check::run(settings()?).map(done),
    }
}

fn settings() -> Result<Settings, String> {
    Settings::read(|name| std::env::var(name).ok())
        .map_err(|errors| format!("Settings refused:\n  {}", errors.join("\n  ")))
}

fn done(outcome: Outcome) -> ExitCode {
    match outcome {
        Outcome::Good => ExitCode::SUCCESS,
        Outcome::Problems => ExitCode::FAILURE,
    }
}
