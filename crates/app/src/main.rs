//! The `castad` program.

use std::process::ExitCode;

use castad_app::cli::Cli;
use clap::Parser;

fn main() -> ExitCode {
    castad_app::command::run(Cli::parse())
}
