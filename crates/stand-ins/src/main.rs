//! The stand-ins as a program: `castad-stand-ins --port 8300`.

use std::{io::Write, net::Ipv4Addr};

use castad_stand_ins::StandIns;
use clap::Parser;

/// Stands in for the providers of Castad, as we read their documents. Faults are ordered with
/// `POST /stand-in/{openai,suno,creatomate}/faults`, requests told by `GET …/requests` beside it.
#[derive(Parser)]
struct Flags {
    /// The port to listen on; 0 takes any that is free.
    #[arg(long, default_value_t = 8300)]
    port: u16,
}

fn creatomate(stand_ins: &StandIns) -> String {
    use castad_stand_ins::creatomate::{HORIZONTAL, KEY, SQUARE, VERTICAL};
    let base = stand_ins.creatomate_url();
    format!(
        "CREATOMATE_BASE_URL={base}\nCREATOMATE_API_KEY={KEY}\n\
         CREATOMATE_TEMPLATE_VERTICAL={VERTICAL}\nCREATOMATE_TEMPLATE_SQUARE={SQUARE}\n\
         CREATOMATE_TEMPLATE_HORIZONTAL={HORIZONTAL}\n"
    )
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
    std::io::stdout().write_all(creatomate(&stand_ins).as_bytes())?;
    tokio::signal::ctrl_c().await
}
