//! The stand-ins as a program: `castad-stand-ins --port 8300`.

use std::{io::Write, net::Ipv4Addr};

use castad_stand_ins::StandIns;
use clap::Parser;

/// Stands in for the providers of Castad, as we read their documents. Faults are ordered with
/// `POST /stand-in/{openai,suno}/faults`, requests told by `GET /stand-in/{openai,suno}/requests`.
#[derive(Parser)]
struct Flags {
    /// The port to listen on; 0 takes any that is free.
    #[arg(long, default_value_t = 8300)]
    port: u16,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let flags = Flags::parse();
    let stand_ins = StandIns::start((Ipv4Addr::LOCALHOST, flags.port).into()).await?;
    let key = castad_stand_ins::openai::KEY;
    let told = format!("OPENAI_BASE_URL={}\nOPENAI_API_KEY={key}\n", stand_ins.openai_url());
    std::io::stdout().write_all(told.as_bytes())?;
    let key = castad_stand_ins::suno::KEY;
    let told = format!("SUNO_BASE_URL={}\nSUNO_API_KEY={key}\n", stand_ins.suno_url());
    std::io::stdout().write_all(told.as_bytes())?;
    tokio::signal::ctrl_c().await
}
